/** Secrets that span lines or stand in URLs: private keys (RFC 7468, OpenPGP), and passwords in connection strings. */
import { added, type Span } from '../detector.ts';

const BEGIN = '-----BEGIN ';
const KEY = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;
/** Its body; in a program that only speaks of keys something else follows. */
const BODY = /^[A-Za-z0-9+/=\s\\:,.-]{12}/;

/** Private keys from their first line to their last; to the end of the text where that is missing. */
export function privateKeys(text: string, spans: readonly Span[], type: string): readonly Span[] {
  let found = spans;
  for (let start = text.indexOf(BEGIN); start >= 0; ) {
    let from = start + BEGIN.length;
    const header = KEY.exec(text.slice(start, start + 64))?.[0];
    if (header !== undefined && BODY.test(text.slice(start + header.length, start + header.length + 12))) {
      const end = text.indexOf('-----END ', from);
      const close = end < 0 ? -1 : text.indexOf('-----', end + 9);
      from = close < 0 || close - end > 64 ? text.length : close + 5;
      found = added(found, start, from, type);
    }
    start = text.indexOf(BEGIN, from);
  }
  return found;
}

const MAX_USER = 256;
/** What ends the authority of a URL, or the URL. */
const STOP = /[\s/?#"'<>\\`]/;
const TEMPLATE = /^(?:[*•.x_-]+|<.*|\[.*|\{.*|\$.*|%\{.*|:.*|password|passwd|pass|pwd|secret|redacted|removed|.*\*\*\*.*)$/i;

/** Passwords in `scheme://user:password@host`. */
export function urlPasswords(text: string, spans: readonly Span[], type: string): readonly Span[] {
  let found = spans;
  for (let scheme = text.indexOf('://'); scheme >= 0; scheme = text.indexOf('://', scheme + 3)) {
    const start = scheme + 3;
    const authority = text.slice(start, start + MAX_USER);
    const stop = authority.search(STOP);
    const at = (stop < 0 ? authority : authority.slice(0, stop)).lastIndexOf('@');
    if (at < 0) continue;
    const colon = authority.indexOf(':');
    if (colon < 0 || colon + 1 >= at || TEMPLATE.test(authority.slice(colon + 1, at))) continue;
    found = added(found, start + colon + 1, start + at, type);
  }
  return found;
}
