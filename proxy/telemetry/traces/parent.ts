/** The parent of a call's span: W3C Trace Context, from the message (MCP SEP-414) or the request's headers. */
import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';
import type { Call } from '../../call/call.ts';
import type { Trace } from '../../call/channels.ts';
import { isObject } from '../../json/lossless.ts';
import { mayContain } from '../../reply/contains.ts';

export interface Parent {
  /** Undefined: the trace starts here. */
  readonly parent: SpanContext | undefined;
  readonly tracestate: string | undefined;
  /** The context in the headers, if the message has another. */
  readonly link: SpanContext | undefined;
}

/**
 * `params._meta.traceparent` is about this message; the headers are about the HTTP request, which a component on the
 * way may have traced separately. So the former is the parent, and the latter a link (OpenTelemetry's conventions for
 * MCP).
 */
export function parentOf(call: Call): Parent {
  const { traceparent, tracestate } = call.exchange.inbound;
  const fromHeaders = contextOf(traceparent);
  const inMessage = metaOf(call);
  const fromMessage = inMessage && contextOf(inMessage.traceparent);
  if (fromMessage === undefined) return { parent: fromHeaders, tracestate: fromHeaders && tracestate, link: undefined };
  return {
    parent: fromMessage,
    tracestate: inMessage?.tracestate,
    link: fromHeaders?.spanId === fromMessage.spanId ? undefined : fromHeaders,
  };
}

/** The header for a request that is a child of this span. */
export function traceOf({ traceId, spanId, traceFlags }: SpanContext, tracestate: string | undefined): Trace {
  return { traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`, tracestate };
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
/** W3C Trace Context, 3.3: printable ASCII; longer values may be dropped. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** Leaves out the tracestate: a client's value is sent upstream but never becomes part of a span. */
function contextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const context: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/** Parses only if the text contains a traceparent. */
function metaOf(call: Call): { readonly traceparent: string; readonly tracestate: string | undefined } | undefined {
  if (call.message === undefined || !mayContain(call.message.text, '"traceparent"')) return undefined;
  const meta = call.params?.['_meta'];
  if (!isObject(meta) || typeof meta['traceparent'] !== 'string') return undefined;
  const tracestate = meta['tracestate'];
  return {
    traceparent: meta['traceparent'],
    tracestate: typeof tracestate === 'string' && TRACESTATE.test(tracestate) ? tracestate : undefined,
  };
}
