/** IP addresses: IPv4 as four decimal numbers, IPv6 in any of its spellings (RFC 4291, 2.2). */
import { isIPv6 } from 'node:net';
import { closes, follows, isAlphanumeric, isWord } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { ADDRESS, hintsOf, PHONE, VERSION } from './field.ts';
import { labelBefore } from './label.ts';
import { byCharacters, byRuns, reached, type Search } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';
import { whole, wholeInTurns } from './whole.ts';

/** Finds addresses of hosts: not loopback, unspecified, netmask or network addresses (`10.0.0.0`). */
export function ip(): Detector {
  return inAnySpelling({ name: 'ip', type: 'ip', find }, search);
}

function find(text: string, evidence?: Evidence): readonly Span[] {
  const six = scanV6(text, 0, text.length, NONE);
  const four = findV4(text, evidence);
  // Both find `::ffff:10.1.2.3`.
  return six === NONE ? four : four === NONE ? six : whole(six.concat(four));
}

function* search(...given: Parameters<Search>): ReturnType<Search> {
  const [text] = given;
  const six = yield* byCharacters(scanV6, text);
  const four = text.includes('.') ? yield* inRuns(...given) : NONE;
  return yield* wholeInTurns([six, four]);
}

const DOT = 0x2e;
const COLON = 0x3a;

function findV4(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < 7 || !text.includes('.')) return NONE;
  const runs = runsOf(text);
  return scanV4(text, evidence, runs, 0, runs.count, NONE);
}

function scanV4(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  let spans = before;
  let i = first;
  for (const most = Math.min(until, runs.count - 3); i < most; i++) {
    if (!isDotted(text, runs, i)) continue;
    // Read all numbers that dots join: five of them are not an address.
    let last = i + 1;
    while (last + 1 < runs.count && last < i + FAR && isDotted(text, runs, last)) last++;
    if (last === i + 3 && isAddress(text, runs, i) && !isSomethingElse(text, runs.start(i), evidence)) {
      spans = added(spans, runs.start(i), runs.end(last), 'ip');
    }
    i = last;
  }
  reached.next = Math.max(i, until);
  return spans;
}

const inRuns = byRuns(scanV4);
/**
 * Maximum numbers joined by dots that are skipped at once. If more follow, no address begins there, because a dot
 * precedes it.
 */
const FAR = 512;

function isDotted(text: string, runs: Runs, i: number): boolean {
  return runs.start(i + 1) === runs.end(i) + 1 && text.charCodeAt(runs.end(i)) === DOT;
}

function isAddress(text: string, runs: Runs, first: number): boolean {
  let zeros = 0;
  let head = 0;
  for (let i = first; i < first + 4; i++) {
    const length = runs.length(i);
    if (length > 3) return false;
    const start = runs.start(i);
    const value = Number(text.slice(start, start + length));
    // Refuse leading zeros, and digits of other scripts, which `Number` does not read.
    if (!(value <= 255) || (length > 1 && text.charCodeAt(start) === 0x30)) return false;
    if (i === first) head = value;
    zeros = value === 0 ? zeros + 1 : 0;
  }
  // A host's address: no network, loopback, multicast or mask.
  return (
    head !== 0 &&
    head !== 127 &&
    head < 224 &&
    zeros < 2 &&
    opensAddress(text, runs.start(first)) &&
    closes(text, runs.end(first + 3))
  );
}

function opensAddress(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  // `-` before an address is a range (`10.0.0.1-10.0.0.9`), except after a file's name (`app-1.2.3.4`).
  if (before === 0x2d) return !isWord(text.charCodeAt(start - 2)) || isDigit(text.charCodeAt(start - 2));
  return start === 0 || !(follows(text, start) || before === DOT);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSomethingElse(text: string, start: number, evidence: Evidence | undefined): boolean {
  const hints = hintsOf(evidence);
  if (hints & ADDRESS) return false;
  if (hints & PHONE || /\+\d{1,3}[ .]$/.test(text.slice(Math.max(0, start - 5), start))) return true;
  // `Chrome/120.0.6.7` is a version; `//10.1.2.3` and `host/10.1.2.3` are addresses.
  const before = text.charCodeAt(start - 1);
  if (before === 0x2f && isWord(text.charCodeAt(start - 2))) return isProduct(text, start);
  if (before === 0xa7) return true;
  const label = labelBefore(text, start);
  return (label & VERSION) !== 0 || ((hints & VERSION) !== 0 && start < 3);
}

/** `Name/1.2.3.4`, as in user agents, but not a host's name before its address. */
function isProduct(text: string, start: number): boolean {
  return /(?:^|[\s("'])\p{Lu}[\w-]*\/$/u.test(text.slice(Math.max(0, start - 40), start));
}

/** The longest spelling has 45 characters. */
const MAX_V6 = 45;

function scanV6(text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let colon = text.indexOf(':', first);
  while (colon >= 0 && colon < until) {
    let start = colon;
    while (start > 0 && colon - start < 5 && isHex(text.charCodeAt(start - 1))) start--;
    let end = colon + 1;
    let colons = 1;
    for (; end < text.length && end - start <= MAX_V6; end++) {
      const code = text.charCodeAt(end);
      if (code === COLON) colons++;
      else if (!isHex(code) && code !== DOT) break;
    }
    if (colons > 1 && isAssigned(text, start)) {
      // A full stop or a colon of the sentence.
      let last = end;
      while (
        last > start &&
        (text.charCodeAt(last - 1) === DOT ||
          (text.charCodeAt(last - 1) === COLON && text.charCodeAt(last - 2) !== COLON))
      )
        last--;
      if (last - start <= MAX_V6 && closes(text, last) && isIPv6(text.slice(start, last)))
        spans = added(spans, start, last, 'ip');
    }
    colon = text.indexOf(':', end);
  }
  reached.next = colon < 0 ? text.length : colon;
  return spans;
}

function isHex(code: number): boolean {
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}

/**
 * Whether a host's address may begin here (IANA's registry): global (2000::/3), unique local (fc00::/7), link-local
 * (fe80::/10), or IPv4 in IPv6 (::ffff:0:0/96, 64:ff9b::/96). Times, hardware addresses and scoped names begin
 * otherwise.
 */
function isAssigned(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (
    start > 0 &&
    (follows(text, start) || before === COLON || (before === DOT && isAlphanumeric(text.charCodeAt(start - 2))))
  )
    return false;
  if (text.charCodeAt(start) === COLON) return /^::ffff:\d{1,3}\.\d/i.test(text.slice(start, start + 14));
  const head = text.slice(start, start + 5).toLowerCase();
  if (head.startsWith('64:')) return text.slice(start, start + 9).toLowerCase() === '64:ff9b::';
  return /^(?:[23][\da-f]{3}|f[cd][\da-f]{2}|fe[89ab][\da-f]):/.test(head);
}
