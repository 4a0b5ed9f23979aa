/**
 * Which headers SigV4 covers: everything we send that no hop changes. AWS demands `host`, `x-amz-*` and, where present,
 * `content-type`; the `mcp-*` headers say what a call is, so they belong under the signature as well.
 */

/** What a hop may drop, add or rewrite. A signed one of these would break an honest request somewhere on the way. */
const CHANGED_ON_THE_WAY: ReadonlySet<string> = new Set([
  'authorization', // carries the signature itself
  'host', // signed from `Outgoing.host`, whether or not the list has it
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect', // hop-by-hop, RFC 9110 §7.6.1 and §10.1.1
  'content-length', // lost when a hop re-frames; the body's hash says more
  'accept-encoding',
  'cache-control',
  'pragma',
  'user-agent', // rewritten by CDNs and load balancers
  'via',
  'forwarded', // RFC 9110 §7.6.3, RFC 7239
  'x-amzn-trace-id',
  'traceparent',
  'tracestate',
  'baggage', // each traced hop puts in its own id
]);

/** True if this header goes under the signature. `name` in lower case. */
export function isSigned(name: string, value: string): boolean {
  if (
    CHANGED_ON_THE_WAY.has(name) ||
    name.startsWith('proxy-') ||
    name.startsWith('sec-') ||
    name.startsWith('x-forwarded-')
  )
    return false;
  // Node writes a header as latin-1, a service may hash it as UTF-8: beyond ASCII, whether both see the same text isn't
  // known.
  return /^[\t\x20-\x7e]*$/.test(value);
}
