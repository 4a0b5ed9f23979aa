/**
 * Which headers SigV4 covers: all that the proxy sends and no hop changes. AWS requires `host`, `x-amz-*` and, if
 * present, `content-type`. The `mcp-*` headers say what a call is, so they are signed as well.
 */

/** Headers that a hop may drop, add or rewrite. A signature over one would fail for an honest request. */
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

/** Returns true if this header is signed. `name` in lower case. */
export function isSigned(name: string, value: string): boolean {
  // Node writes a header as latin-1, and a service may hash it as UTF-8: beyond ASCII, the two may differ.
  return mayBeSigned(name) && /^[\t\x20-\x7e]*$/.test(value);
}

/** Whether a header with this name is signed if its value is ASCII. */
export function mayBeSigned(name: string): boolean {
  return !(
    CHANGED_ON_THE_WAY.has(name) ||
    name.startsWith('proxy-') ||
    name.startsWith('sec-') ||
    name.startsWith('x-forwarded-')
  );
}
