/** What parts of the proxy say to each other about one call, beside the call itself and its reply. */
import type { Tool } from '@modelcontextprotocol/server';
import type { JsonObject } from '../json/value.ts';
import type { Message } from './message.ts';

/** What is read of another version of the same call. A `Call` is one. */
export interface CallVersion {
  readonly method: string;
  readonly name: string | undefined;
  readonly message: Message | undefined;
  readonly params: JsonObject | undefined;
}

/** The W3C Trace Context that goes upstream in place of the client's, where the proxy makes spans of its own. */
export interface Trace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/**
 * Every channel is a field here, and there are no others. Each says which folders of `proxy/` write it, which read it,
 * and what it means while nobody has written it; a test compares that with the code. To be found by that test, and by
 * the reader, a channel is always written out: `exchange.channels.trace`, and never taken apart.
 *
 * Fields of one small object, made with the exchange: a call pays for no lookup and no closure.
 */
export class Channels {
  /**
   * The call as the client made it, before any control.
   *
   * Written by: dispatch.
   * Read by: argument-names, controls/tokenization, controls/validation, dispatch, upstream.
   * Unwritten: the call is the proxy's own.
   */
  received: CallVersion | undefined = undefined;
  /**
   * The call as it goes to the upstream, beneath all controls.
   *
   * Written by: dispatch.
   * Read by: controls/shared, dispatch.
   * Unwritten: it has not passed all controls yet, or there are none.
   */
  sent: CallVersion | undefined = undefined;
  /**
   * A tool or prompt that the upstream doesn't have is answered like one that this caller may not know of.
   *
   * Written by: controls/access-policy, controls/enrichment.
   * Read by: dispatch.
   * Unwritten: the upstream answers for names that it doesn't have.
   */
  knownNamesOnly = false;
  /**
   * How the client sees the tool that the call goes to: gets the upstream's description of it, returns the other.
   *
   * Written by: controls/enrichment.
   * Read by: upstream.
   * Unwritten: as the upstream describes it.
   */
  shownTool: ((tool: Tool) => Tool) | undefined = undefined;
  /**
   * A control that doesn't declare which arguments it looks at has read those of this call.
   *
   * Written by: call.
   * Read by: argument-names, call.
   * Unwritten: only controls that declare theirs have.
   */
  argumentsRead = false;
  /**
   * Runs beneath all controls, right before the call is sent to the upstream; what it throws refuses the call.
   *
   * Written by: controls/audit.
   * Read by: dispatch.
   * Unwritten: the call is sent at once.
   */
  beforeSending: (() => Promise<void>) | undefined = undefined;
  /**
   * The trace context for the upstream: that of the proxy's span.
   *
   * Written by: telemetry, upstream.
   * Read by: controls/audit, upstream.
   * Unwritten: no spans are made, and the client's context goes on.
   */
  trace: Trace | undefined = undefined;
  /**
   * Milliseconds that the upstream took to the head of its reply, or to fail.
   *
   * Written by: telemetry.
   * Read by: telemetry.
   * Unwritten: nobody measures, or the upstream was not asked.
   */
  upstreamMs: number | undefined = undefined;
}
