/** E-mail addresses, including those with letters of any script (RFC 5321, 6531). */
import { isAlphanumeric, isEscape, isLetter, isWord } from './characters.ts';
import { added, type Detector, NONE, type Span } from './detector.ts';
import { byCharacters, inParts, reached } from './parts.ts';

/** RFC 5321, 4.5.3.1. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 253;

export function email(): Detector {
  return inParts({ name: 'email', type: 'email', find }, (text) => byCharacters(scan, text));
}

function find(text: string): readonly Span[] {
  return scan(text, 0, text.length, NONE);
}

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
    const quote = text.lastIndexOf('"', at - 2);
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
const DOT = 0x2e;
const HYPHEN = 0x2d;
const IDEOGRAPHS = 0x2e80;

/**
 * RFC 5322 `atext` and the dot, without characters that often surround addresses: slash, equals sign, braces, backtick,
 * bar, question mark.
 */
function isLocal(code: number, ideographs: boolean): boolean {
  if (code < 0x80) return LOCAL[code] === 1;
  return code >= IDEOGRAPHS ? ideographs && isDomainLetter(code) : isWord(code);
}
const LOCAL = new Uint8Array(0x80);
for (let code = 0; code < 0x80; code++)
  if (isAlphanumeric(code) || "!#$%&*+-.^_~'".includes(String.fromCharCode(code))) LOCAL[code] = 1;

/**
 * The end of the domain: labels separated by dots; the last is neither a number nor a file extension. -1 if there is
 * none.
 */
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
    if (labels <= 2 && isNumber(text, label, end)) numbers++;
    // Two leading numbers are a version.
    if (numbers === 2) return -1;
    if (labels >= 2 && isTopLevel(text, label, end)) valid = end;
    if (end !== next || text.charCodeAt(next) !== DOT) break;
    label = next + 1;
  }
  return valid;
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

function isTopLevel(text: string, start: number, end: number): boolean {
  if (end - start < 2 || end - start > 63) return false;
  if (text.slice(start, start + 4).toLowerCase() === 'xn--') return true;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80 ? !isLetter(code) : !isDomainLetter(code)) return false;
  }
  return !NO_TOP_LEVEL.has(text.slice(start, end).toLowerCase());
}

/** File extensions and unit names at the place of a top-level domain. None of them is a top-level domain. */
const NO_TOP_LEVEL: ReadonlySet<string> = new Set(
  `png jpg jpeg gif svg webp ico bmp tif tiff js jsx ts tsx mjs cjs css scss less html htm json jsonl yaml yml toml xml txt csv tsv log lock tgz gz tar bz2 xz jar war
  whl egg gem deb rpm dmg exe dll so dylib wasm map min service socket timer mount target slice scope device swap path conf cfg ini env bak tmp patch diff git java go rb php cpp
  hpp kt swift sql ipynb pdf doc docx xls xlsx ppt pptx mp3 mp4 wav avi rc alpha beta snapshot final next canary`.split(
    /\s+/,
  ),
);

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
  const before = text.charCodeAt(start - 1);
  if (before !== 0x2f && before !== 0x3a && before !== 0x3c) return false;
  const lead = text.slice(Math.max(0, start - 96), start);
  // The user in a URL (`//user@host`), or the password after it (`//user:password@host`).
  if (before !== 0x3c) return USER.test(lead);
  return MESSAGE_ID.test(lead);
}

const MESSAGE_ID = /(?:message-id|in-reply-to|references|content-id)["']?:?\s*["']?(?:<[^>\n]{1,80}>\s*){0,1}<$/i;
