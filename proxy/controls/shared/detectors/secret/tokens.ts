/** Secrets within a text that need no label: finds where they begin and end. */
import { follows } from '../characters.ts';
import { added, type Span } from '../detector.ts';
import { SECRET } from '../field.ts';
import { DOTTED, isKnown } from './known.ts';
import { looksSecret } from './looks.ts';
import { CLASS, COLON, DOT, EQUALS, UNDERSCORE } from './words.ts';

/** Longer runs are data: base64, hashes of hashes. */
const LONGEST = 8_192;

/** The end of a secret that begins with the run `start` to `end`; -1 if there is none. */
export function endOfToken(text: string, start: number, end: number, bearer: boolean): number {
  if (text.charCodeAt(start) === 0x65 && text.startsWith('eyJ', start)) {
    const close = endOfJwt(text, start, end);
    if (close > 0) return close;
  }
  if (isKnown(text, start, end)) return isPublished(text, start, end) ? -1 : end;
  if (text.charCodeAt(end - 1) === UNDERSCORE && isKnown(text, start, end - 1)) return end - 1;
  if (dottedStart(text, start, end - start) < start || hookStart(text, start, end) < start) return extended(text, end);
  if (bearer && end - start >= 20) {
    const close = extended(text, end);
    if (looksSecret(text.slice(start, close), SECRET, 'assigned')) return close;
  }
  return -1;
}

/** RFC 7519: three parts, the first an object in base64url, the last a signature; five parts if it is encrypted. */
function endOfJwt(text: string, start: number, end: number): number {
  let at = end;
  let parts = 1;
  let size = 0;
  while (parts < 5 && text.charCodeAt(at) === DOT) {
    let next = at + 1;
    while (next < text.length && next - at < LONGEST && CLASS[text.charCodeAt(next)] === 1) next++;
    // Only the encrypted key may be empty; otherwise the dot ends a sentence.
    if (next === at + 1 && parts !== 1) break;
    size = next - at - 1;
    at = next;
    parts++;
  }
  return parts >= 3 && size >= 10 && end - start >= 16 ? at : -1;
}

/** An access key id in a signature or a presigned URL is public by design; AWS's documentation contains example ids. */
function isPublished(text: string, start: number, end: number): boolean {
  if (text.startsWith('EXAMPLE', end - 7)) return true;
  const lead = text.slice(Math.max(0, start - 12), start);
  return lead.endsWith('Credential=') || lead.endsWith('AccessKeyId=');
}

/** The start of a secret whose prefix ends with a dot, which precedes the run. */
export function dottedStart(text: string, start: number, size: number): number {
  if (text.charCodeAt(start - 1) !== DOT) return start;
  for (const [prefix, least] of DOTTED) {
    const from = start - prefix.length;
    if (size >= least && from >= 0 && text.startsWith(prefix, from) && !follows(text, from)) return from;
  }
  return start;
}

const HOOK =
  /https?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)\/[\w/]{4,40}|discord(?:app)?\.com\/api\/webhooks\/\d{15,22}\/)$/;
const BOT = /(?:^|\D)(\d{8,10}:)$/;

/** The start of an incoming webhook's URL, or of a bot's token, that the run completes: its owner may post. */
export function hookStart(text: string, start: number, end: number): number {
  const before = text.charCodeAt(start - 1);
  if (before === 0x2f) return start - (HOOK.exec(text.slice(Math.max(0, start - 80), start))?.[0].length ?? 0);
  const size = text.charCodeAt(end - 1) === UNDERSCORE ? end - start - 1 : end - start;
  if (before !== COLON || (size !== 35 && end - start !== 35) || !text.startsWith('AA', start)) return start;
  return start - (BOT.exec(text.slice(Math.max(0, start - 12), start))?.[1]?.length ?? 0);
}

/** Extends a run by the other characters of base64 and dotted tokens. */
function extended(text: string, end: number): number {
  let at = end;
  for (; at < text.length && at - end < LONGEST; at++) {
    const code = text.charCodeAt(at);
    if (
      code < 0x80 &&
      (CLASS[code] === 1 || code === DOT || code === 0x2b || code === 0x2f || code === EQUALS || code === 0x7e)
    )
      continue;
    break;
  }
  while (at > end && text.charCodeAt(at - 1) === DOT) at--;
  return at;
}

const SECRET_KEY = /(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/;

/** Adds a secret access key near its id: forty characters of base64. */
export function withSecretKey(text: string, from: number, spans: readonly Span[], type: string): readonly Span[] {
  const match = SECRET_KEY.exec(text.slice(from, from + 128));
  const key = match?.[1];
  if (match === null || key === undefined || !/\d/.test(key) || !/[a-z]/.test(key) || !/[A-Z]/.test(key)) return spans;
  const start = from + match.index + match[0].length - 40;
  return added(spans, start, start + 40, type);
}
