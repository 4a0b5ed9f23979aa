/** Secrets that span lines or are in URLs: private keys (RFC 7468, OpenPGP), and passwords in connection strings. */
import { added, type Span } from '../detector.ts';
import { reached } from '../parts.ts';
import { looksSecret } from './looks.ts';
import { KEY } from './names.ts';

const TYPE = 'secret';

export const BEGIN = 'BEGIN ';
/** `---- BEGIN SSH2 …` (RFC 4716). */
const HEADER = /^(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|---- BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY ----)/;
/**
 * The body of a key: also in a quoted mail, a comment, or code that joins its lines. Source code that only mentions keys
 * continues differently.
 */
const BODY =
  /^(?:[A-Za-z0-9+/=\s\\:,.-]{12}|\r?\n(?:Comment|Subject|x-[\w-]{1,20}): |\r?\n[ \t]{0,16}(?:[>|*#;]|\/\/)[>|*#; \t/]{0,8}[A-Za-z0-9+/=]{16}|(?:\\r)?(?:\\n)?["'] ?[+.,\\]?\s{0,40}["'][A-Za-z0-9+/=]{16})/;
const LONGEST_START = 96;

/**
 * Private keys whose `BEGIN` is from `begin` to `until`, from the first line to the last; to the end of the text if the last
 * line is missing.
 */
export function privateKeys(text: string, begin: number, until: number, spans: readonly Span[]): readonly Span[] {
  let found = spans;
  let start = text.indexOf(BEGIN, begin);
  while (start >= 0 && start < until) {
    let from = start + BEGIN.length;
    const first = Math.max(0, start - 5);
    const header =
      text.charCodeAt(start - 1) === 0x2d || text.charCodeAt(start - 2) === 0x2d
        ? HEADER.exec(text.slice(first, first + 64))?.[0]
        : undefined;
    if (header !== undefined && BODY.test(text.slice(first + header.length, first + header.length + LONGEST_START))) {
      const sign = header.slice(0, 5);
      const end = text.indexOf(`${sign}END `, from);
      const close = end < 0 ? -1 : text.indexOf('----', end + 9);
      from = close < 0 || close - end > 64 ? text.length : Math.min(text.length, close + (sign === '-----' ? 5 : 4));
      found = added(found, first, from, TYPE);
    }
    start = text.indexOf(BEGIN, from);
  }
  reached.next = start < 0 ? text.length : start;
  return found;
}

const OF_GIT = /^(?:[\w-]{1,40}\.)?(?:github|gitlab|bitbucket|gitea|codeberg|azure|visualstudio)\./i;
/** What is before such a host is no secret: it is in every page that reports errors. */
const PUBLIC_KEY = /^[\w.-]*(?:sentry|ingest|glitchtip)/i;
const MAX_USER = 256;
/** Ends the authority of a URL, or the URL. */
const STOP = /[\s/?#"'<>\\`]/;
const TEMPLATE =
  /^(?:[*•.x_-]+|<.*|\[.*|\{.*|\$.*|%\{.*|:.*|password|passwd|pass|pwd|secret|redacted|removed|.*\*\*\*.*)$/i;

/** Passwords in `scheme://user:password@host`, if the scheme ends from `first` to `until`. */
export function urlPasswords(text: string, first: number, until: number, spans: readonly Span[]): readonly Span[] {
  let found = spans;
  let scheme = text.indexOf('://', first);
  for (; scheme >= 0 && scheme < until; scheme = text.indexOf('://', scheme + 3)) {
    const start = scheme + 3;
    const authority = text.slice(start, start + MAX_USER);
    const stop = authority.search(STOP);
    const at = (stop < 0 ? authority : authority.slice(0, stop)).lastIndexOf('@');
    if (at < 0) continue;
    const colon = authority.indexOf(':');
    if (colon < 0 || colon > at) {
      // A token in place of a user: `https://…@github.com/`.
      const least = OF_GIT.test(authority.slice(at + 1))
        ? 20
        : PUBLIC_KEY.test(authority.slice(at + 1))
          ? MAX_USER
          : 24;
      if (at >= least && looksSecret(authority.slice(0, at), KEY, 'assigned'))
        found = added(found, start, start + at, TYPE);
      continue;
    }
    const password = authority.slice(colon + 1, at);
    // `https://…:x-oauth-basic@github.com/`, `https://…:@api.example.com/`.
    if (
      (password === '' || password === 'x-oauth-basic' || password === 'x') &&
      colon >= 20 &&
      looksSecret(authority.slice(0, colon), KEY, 'assigned')
    ) {
      found = added(found, start, start + colon, TYPE);
      continue;
    }
    if (password === '' || TEMPLATE.test(password)) continue;
    // A port, and a path with an at sign.
    if (/^\d{2,5}$/.test(password) && /^localhost$|\./.test(authority.slice(0, colon))) continue;
    found = added(found, start + colon + 1, start + at, TYPE);
  }
  reached.next = scheme < 0 ? text.length : scheme;
  return found;
}
