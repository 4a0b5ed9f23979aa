/** E-mail addresses, including those with letters of any script (RFC 5321, 6531). */
import { isAlphanumeric, isEscape, isWord } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { byCharacters, reached } from './parts.ts';
import { isOneAt, isWordAt, type Sign } from './signs.ts';
import { inAnySpelling } from './spelling.ts';
import { isTopLevel } from './top-level-domains.ts';
import { leavesTrace } from './traces.ts';

/** RFC 5321, 4.5.3.1. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;

export function email(): Detector {
  return leavesTrace(
    inAnySpelling({ name: 'email', type: 'email', find }, (text) => byCharacters(scan, text), 'any'),
    { inText: (json) => AT.test(json), signs: SIGNS },
  );
}

/** `@`, and what is written for it. In other cases only beside one of these, or beside what is written for a dot. */
const AT = /@|[[({<] ?(?:at|AT)|_at_/;
const SIGNS: readonly Sign[] = [
  { row: ['', '@', ''], isAt: (bytes, at) => isOneAt(bytes, at + 1, '@') },
  {
    row: ['[({<', ' aA'],
    isAt: (bytes, at) => {
      const word = isOneAt(bytes, at + 1, ' ') ? at + 2 : at + 1;
      return isOneAt(bytes, at, '[({<') && (isWordAt(bytes, word, 'at') || isWordAt(bytes, word, 'AT'));
    },
  },
  { row: ['_', 'a', 't'], isAt: (bytes, at) => isWordAt(bytes, at, '_at_') },
];

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (isWhole(text, evidence)) return [{ start: 0, end: text.length, type: 'email' }];
  return scan(text, 0, text.length, NONE);
}

/**
 * Whether a field's whole value is an address: there, a local part has signs that are around addresses elsewhere (RFC 5322,
 * 3.2.3), dots at its ends, and a host without a domain.
 */
function isWhole(text: string, evidence: Evidence | undefined): boolean {
  const field = evidence?.field;
  return (
    field !== undefined &&
    text.length <= MAX_LOCAL + MAX_DOMAIN &&
    text.includes('@') &&
    FIELD.test(field) &&
    WHOLE.test(text)
  );
}
const FIELD = /mail|correo|courriel|почта|メール|邮箱|郵箱|이메일/i;
const WHOLE = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?$/u;

function scan(text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let from = spans.at(-1)?.end ?? 0;
  let at = text.indexOf('@', first);
  for (; at >= 0 && at < until; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, from);
    if (start === at) continue;
    const end = domainEnd(text, at + 1);
    if (end < 0 || isSomethingElse(text, start, at, end)) continue;
    spans = added(spans, start, end, 'email');
    from = end;
  }
  reached.next = at < 0 ? text.length : at;
  return spans;
}

/** The start of the local part before `at`; `at` itself if there is none. */
function localStart(text: string, at: number, from: number): number {
  const least = Math.max(from, at - MAX_LOCAL);
  const before = text.charCodeAt(at - 1);
  if (before === QUOTE) {
    // A quoted local part, or an address after a quotation mark.
    let quote = text.lastIndexOf('"', at - 2);
    while (quote > least && text.charCodeAt(quote - 1) === BACKSLASH) quote = text.lastIndexOf('"', quote - 2);
    return quote >= least && quote < at - 2 && !text.slice(quote, at).includes('\n') ? quote : at;
  }
  if (before === DOT) return at;
  // In scripts without spaces between words, an address begins with its first letter of another script.
  const ideographs = before >= IDEOGRAPHS;
  let start = at;
  while (start > least && isLocal(text.charCodeAt(start - 1), ideographs)) start--;
  if (start > 0 && isEscape(text, start)) start++;
  // Too long for a local part.
  if (start === at - MAX_LOCAL && start > from && isLocal(text.charCodeAt(start - 1), ideographs)) return at;
  // Skip punctuation that more often precedes an address than begins it.
  while (
    start < at &&
    text.charCodeAt(start) < 0x80 &&
    !isAlphanumeric(text.charCodeAt(start)) &&
    text.charCodeAt(start) !== 0x2b
  )
    start++;
  return start;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const IDEOGRAPHS = 0x2e80;

/**
 * RFC 5322 `atext` and the dot, without characters that often surround addresses: slash, equals sign, braces, backtick,
 * bar, question mark, caret (HL7).
 */
function isLocal(code: number, ideographs: boolean): boolean {
  if (code < 0x80) return LOCAL[code] === 1;
  return code >= IDEOGRAPHS ? ideographs && isDomainLetter(code) : isWord(code);
}
const LOCAL = new Uint8Array(0x80);
for (let code = 0; code < 0x80; code++)
  if (isAlphanumeric(code) || "!#$%&*+-._~'".includes(String.fromCharCode(code))) LOCAL[code] = 1;

/** The end of the domain: labels separated by dots, the last one a top-level domain. -1 if there is none. */
function domainEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === 0x5b) return literalEnd(text, start);
  const most = Math.min(text.length, start + MAX_DOMAIN);
  let valid = -1;
  let labels = 0;
  let numbers = 0;
  for (let label = start; label < most;) {
    let end = labelEnd(text, label, most);
    const next = end;
    while (end > label && text.charCodeAt(end - 1) === HYPHEN) end--;
    if (end === label || text.charCodeAt(label) === HYPHEN) break;
    labels++;
    const number = isNumber(text, label, end);
    if (labels <= 2 && number) numbers++;
    // Two leading numbers are a version; so is one after the domain (`libc.so.6`).
    if (numbers === 2 || (number && valid === label - 1)) return -1;
    const last = labels >= 2 ? topLevelEnd(text, label, end) : -1;
    if (last > 0) valid = last;
    if (end !== next || !isDot(text.charCodeAt(next))) break;
    label = next + 1;
  }
  return valid > 0 && isCall(text, valid, labels) ? -1 : valid;
}

/** The dot of a domain. An ideographic full stop is typed for it, too (RFC 3490, 3.1). */
function isDot(code: number): boolean {
  return code === DOT || code === 0x3002;
}

/** `x@y.dot(z)`: a product of matrices, not an address with a remark after it. */
function isCall(text: string, end: number, labels: number): boolean {
  if (text.charCodeAt(end) !== 0x28) return false;
  return (
    text.charCodeAt(end + 1) === 0x29 || (labels === 2 && !/\.(?:com|net|org|edu|gov)$/i.test(text.slice(end - 4, end)))
  );
}

function labelEnd(text: string, start: number, most: number): number {
  const ideographs = text.charCodeAt(start) >= IDEOGRAPHS;
  let end = start;
  for (; end < most; end++) {
    const code = text.charCodeAt(end);
    if (isAlphanumeric(code) || code === HYPHEN) continue;
    if (code < 0x80 || !isDomainLetter(code) || (code >= IDEOGRAPHS && !ideographs)) break;
  }
  return end;
}

function literalEnd(text: string, start: number): number {
  const literal = text.slice(start, start + 48);
  const end = literal.indexOf(']');
  return end > 0 && /^\[(?:IPv6:)?[\da-f.:]+$/i.test(literal.slice(0, end)) ? start + end + 1 : -1;
}

function isDomainLetter(code: number): boolean {
  return (
    isWord(code) ||
    (code >= IDEOGRAPHS && code < 0xfe00 && code !== 0x3001 && code !== 0x3002) ||
    (code >= 0x900 && code < 0x1200)
  );
}

function isNumber(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** The end of a top-level domain that is this label, or begins it in a script without spaces; -1 if there is none. */
function topLevelEnd(text: string, start: number, end: number): number {
  if (end - start < 2 || end - start > 63) return -1;
  const label = text.slice(start, end).toLowerCase();
  if (label.startsWith('xn--') || isTopLevel(label)) return end;
  if (text.charCodeAt(start) >= IDEOGRAPHS)
    for (let length = Math.min(label.length, LONGEST_IDEOGRAPHIC); length > 1; length--)
      if (isTopLevel(label.slice(0, length))) return start + length;
  // No file extension has such letters, and the list changes.
  for (let i = start; i < end; i++) if (text.charCodeAt(i) < 0x80) return -1;
  return end;
}

const LONGEST_IDEOGRAPHIC = 6;

/**
 * URL schemes whose `user@host` is not an address. With other schemes (`customer://jane@example.com`) it may be one.
 */
const USER =
  /(?:https?|ssh|git|sftp|ftps?|wss?|smb|rsync|svn|ldaps?|rtsp|telnet|vnc|rdp|amqps?|mqtts?|rediss?|mongodb|postgres|postgresql|mysql|mariadb|mssql|sqlserver|clickhouse|nats|kafka|s3|hdfs)(?:\+[a-z+]+)?:\/\/[^\s"'<>/]*$/i;

function isSomethingElse(text: string, start: number, at: number, end: number): boolean {
  // `git@host:owner/repository`, and arguments of scp.
  if (text.charCodeAt(end) === 0x3a) {
    const rest = /^:([^\s"'<>,;)]{1,128})/.exec(text.slice(end, end + 130))?.[1];
    if (
      rest !== undefined &&
      !/^\d{1,5}(?:\/|$)/.test(rest) &&
      (/[\w.~-]\/[\w.-]/.test(rest) || rest.startsWith('/') || rest.startsWith('~') || rest.endsWith('.git'))
    )
      return true;
    if (text.slice(start, at) === 'git') return true;
  }
  // The account that all of a host's repositories are reached with.
  if ((text.slice(start, at) === 'git' || text.slice(start, at) === 'hg') && GIT_HOST.test(text.slice(at + 1, end)))
    return true;
  const before = text.charCodeAt(start - 1);
  if (before === 0x3c) return isMessageId(text, start - 1);
  if ((before === 0x3a || before === 0x20) && OTHER_ID.test(text.slice(Math.max(0, start - 16), start))) return true;
  // The user in a URL (`//user@host`), or the password after it (`//user:password@host`).
  return (before === 0x2f || before === 0x3a) && USER.test(text.slice(Math.max(0, start - 96), start));
}

/** The id of a message or of a part of one (RFC 2392), of an event (RFC 5545). */
const OTHER_ID = /(?:(?:^|[^A-Za-z])(?:cid|mid|msgid|uid):|message-id: ?)$/i;
const GIT_HOST = /^(?:[\w-]+\.)*(?:github|gitlab|bitbucket|gitea|codeberg|sr)\.(?:com|org|ht)$/i;

/** Whether a header says that the `<` begins the id of a message, maybe after others. */
function isMessageId(text: string, open: number): boolean {
  let at = open;
  for (let ids = 0; ids < MAX_IDS; ids++) {
    let end = at;
    while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
    if (text.charCodeAt(end - 1) !== 0x3e) break;
    const other = text.lastIndexOf('<', end - 2);
    if (other < end - MAX_ID || other < 0) break;
    at = other;
  }
  return MESSAGE_ID.test(text.slice(Math.max(0, at - 32), at));
}

const MAX_IDS = 8;
const MAX_ID = 200;
const MESSAGE_ID = /(?:message[-_ ]?id|in-reply-to|references|content-id|\bmid)["']?\s*[:=]?\s*["']?$/i;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
