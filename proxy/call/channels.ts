/** Data about one call that parts of the proxy exchange, beside the call itself and its reply. */
import type { Tool } from '@modelcontextprotocol/server';
import type { JsonObject } from '../json/value.ts';
import type { Message } from './message.ts';

/** The parts of another version of the same call that are read. A `Call` is one. */
export interface CallVersion {
  readonly method: string;
  readonly name: string | undefined;
  readonly message: Message | undefined;
  readonly params: JsonObject | undefined;
}

/** The page that a person agreed to open, as the proxy sealed it for its client. */
export interface Agreed {
  readonly id: string;
  readonly url: string;
  /** Names the person's visit there. */
  readonly visit: string | undefined;
}

/** The W3C Trace Context that is sent upstream in place of the client's, if the proxy makes its own spans. */
export interface Trace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/**
 * Every channel is a field here. Its comment names the folders of `proxy/` that write and read it, and its meaning while
 * it is unwritten; a test compares that with the code. So that the test and readers find all uses, code always writes a
 * channel in full, `exchange.channels.trace`, and never destructures.
 *
 * One small object, made with the exchange: a call pays for no lookup and no closure.
 */
export class Channels {
  /**
   * The call as the client made it, before any control.
   *
   * Written by: dispatch.
   * Read by: aggregate, argument-names, call, controls/tokenization, controls/tool-lock, controls/validation, dispatch, upstream.
   * Unwritten: the proxy itself made the call.
   */
  received: CallVersion | undefined = undefined;
  /**
   * The call as it goes to the upstream, beneath all controls, or as the control that answered it got it.
   *
   * Written by: dispatch, pipeline.
   * Read by: controls/shared, dispatch.
   * Unwritten: it has not passed all controls yet, or there are none.
   */
  sent: CallVersion | undefined = undefined;
  /**
   * What the upstream calls the tool, prompt or resource of the call, where there are several upstreams.
   *
   * Written by: aggregate.
   * Read by: controls/shared.
   * Unwritten: it has the same name there, or the call has not been sent yet.
   */
  nameAtUpstream: string | undefined = undefined;
  /**
   * A tool or prompt that the upstream doesn't have is answered like one that this caller may not use.
   *
   * Written by: controls/access-policy, controls/enrichment.
   * Read by: dispatch.
   * Unwritten: the upstream answers for names that it doesn't have.
   */
  knownNamesOnly = false;
  /**
   * Makes the tool's description as the client sees it from the upstream's.
   *
   * Written by: controls/enrichment.
   * Read by: upstream.
   * Unwritten: as the upstream describes it.
   */
  shownTool: ((tool: Tool) => Tool) | undefined = undefined;
  /**
   * The client called the tool by another one, so it could not mirror arguments by the tool's schema.
   *
   * Written by: tool-search.
   * Read by: upstream.
   * Unwritten: the client knows the schema, as far as it needs to.
   */
  isUnseen = false;
  /**
   * A control that doesn't declare which arguments it reads has read those of this call.
   *
   * Written by: call.
   * Read by: argument-names, call.
   * Unwritten: only controls that declare their arguments have read them.
   */
  argumentsRead = false;
  /**
   * Runs right before the call is sent to the upstream, or answered by a control; what it throws refuses the call.
   *
   * Written by: controls/audit.
   * Read by: dispatch, pipeline.
   * Unwritten: the call is sent or answered at once.
   */
  beforeSending: (() => Promise<void>) | undefined = undefined;
  /**
   * The client retries a call after its person agreed to open the page where access is given. The answer may wait for that.
   *
   * Written by: dispatch, upstream.
   * Read by: upstream.
   * Unwritten: nobody was asked, or did not agree.
   */
  agreed: Agreed | undefined = undefined;
  /**
   * The trace context for the upstream: that of the proxy's span.
   *
   * Written by: telemetry, upstream.
   * Read by: controls/audit, upstream.
   * Unwritten: no spans are made, and the client's context is sent.
   */
  trace: Trace | undefined = undefined;
  /**
   * Milliseconds until the upstream's response headers or its failure.
   *
   * Written by: telemetry.
   * Read by: telemetry.
   * Unwritten: metrics are off, or the call was not sent to the upstream.
   */
  upstreamMs: number | undefined = undefined;
  /**
   * Number of answers that controls made to this call.
   *
   * Written by: call, pipeline.
   * Read by: call, pipeline.
   * Unwritten: none.
   */
  answersMade = 0;
  /**
   * The name of the control that answered in the upstream's place.
   *
   * Written by: pipeline.
   * Read by: controls/audit, controls/validation, telemetry.
   * Unwritten: no control has answered.
   */
  answeredBy: string | undefined = undefined;
  /**
   * A line of the log has the id of the call, or will have it when the call has ended.
   *
   * Written by: call, controls/audit.
   * Read by: call.
   * Unwritten: a refusal of the call gets its own line.
   */
  isInLog = false;
}
