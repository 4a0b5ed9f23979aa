/** Secrets within a text that need no label: finds where they begin and end. */
import { added, type Span } from '../detector.ts';
import { begins, endOfKnown } from './known.ts';
import { looksSecret } from './looks.ts';
import { isPrivateWord } from './members.ts';
import { SECRET } from './names.ts';
import { CLASS, DOT, EQUALS } from './words.ts';

/** Longer runs are data: base64, hashes of hashes. */
const LONGEST = 8_192;

/**
 * The end of a secret that begins with the run `start` to `end`, or before or in it; -1 if there is none.
 * {@link begins} says where it begins.
 */
export function endOfToken(text: string, start: number, end: number, bearer: boolean, field?: string): number {
  if (text.charCodeAt(start) === 0x65) {
    const close = endOfJwt(text, start, end);
    if (close > 0) {
      begins.at = start;
      return close;
    }
  }
  const known = endOfKnown(text, start, end, field);
  if (known > 0) return isPublished(text, begins.at, known) ? -1 : known;
  if (isPrivateWord(text, start, end)) {
    begins.at = start;
    return end;
  }
  if (bearer && end - start >= 20) {
    const close = extended(text, end);
    begins.at = start;
    if (looksSecret(text.slice(start, close), SECRET, 'assigned')) return close;
  }
  return -1;
}

/** RFC 7519: three parts, the first an object in base64url, the last a signature; five parts if it is encrypted. */
function endOfJwt(text: string, start: number, end: number): number {
  // `{"`; or a brace before a line break or a space.
  if (!text.startsWith('eyJ', start) && !text.startsWith('ewo', start) && !text.startsWith('eyA', start)) return -1;
  let at = afterPadding(text, end);
  let parts = 1;
  let size = 0;
  while (parts < 5 && text.charCodeAt(at) === DOT) {
    let next = at + 1;
    while (next < text.length && next - at < LONGEST && CLASS[text.charCodeAt(next)] === 1) next++;
    // Only the encrypted key may be empty; otherwise the dot ends a sentence.
    if (next === at + 1 && parts !== 1) break;
    size = next - at - 1;
    at = parts === 1 ? afterPadding(text, next) : next;
    parts++;
  }
  return parts >= 3 && size >= 10 && end - start >= 16 ? at : -1;
}

/** Some libraries pad the header and the claims. */
function afterPadding(text: string, end: number): number {
  let at = end;
  while (at - end < 2 && text.charCodeAt(at) === EQUALS) at++;
  return text.charCodeAt(at) === DOT ? at : end;
}

/** An access key id in a signature or a presigned URL is public by design; AWS's documentation contains example ids. */
function isPublished(text: string, start: number, end: number): boolean {
  if (text.startsWith('EXAMPLE', end - 7)) return true;
  const lead = text.slice(Math.max(0, start - 12), start);
  return lead.endsWith('Credential=') || lead.endsWith('AccessKeyId=');
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
