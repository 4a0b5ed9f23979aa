/** IPv6 addresses in any of their spellings (RFC 4291, 2.2; RFC 4007, 11). */
import { isIPv6 } from 'node:net';
import { closes, follows, isAlphanumeric, isWord, plain, HYPHEN } from './characters.ts';
import { added, type Span } from './detector.ts';
import { reached } from './parts.ts';

const DOT = 0x2e;
const COLON = 0x3a;
const PERCENT = 0x25;

/** The longest spelling has 45 characters. */
const MAX = 45;

export function scanV6(text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let colon = text.indexOf(':', first);
  // The end of the last one, with its zone.
  let taken = 0;
  while (colon >= 0 && colon < until) {
    let start = colon;
    while (start > taken && colon - start < 5 && isHex(text.charCodeAt(start - 1))) start--;
    let end = colon + 1;
    let colons = 1;
    for (; end < text.length && end - start <= MAX; end++) {
      const code = text.charCodeAt(end);
      if (code === COLON) colons++;
      else if (!isHex(code) && code !== DOT) break;
    }
    if (colons > 1) {
      let last = addressEnd(text, start, end, false);
      // `ip:2001:db8::1`: the first colon is that of a label.
      if (last < 0 && colons > 2 && isLabel(text, colon)) last = addressEnd(text, (start = colon + 1), end, true);
      if (last > 0) spans = added(spans, start, (taken = last), 'ip');
    }
    colon = text.indexOf(':', end);
  }
  reached.next = colon < 0 ? text.length : colon;
  return spans;
}

/**
 * The end of the address that begins at `start` and has no character from `most` on; -1 if there is none.
 * @param labelled whether the colon before it is that of a label
 */
function addressEnd(text: string, start: number, most: number, labelled: boolean): number {
  if (!isAssigned(text, start, labelled)) return -1;
  // A full stop or a colon of the sentence.
  let end = most;
  while (
    end > start &&
    (text.charCodeAt(end - 1) === DOT || (text.charCodeAt(end - 1) === COLON && text.charCodeAt(end - 2) !== COLON))
  )
    end--;
  end = withoutPort(text, start, end);
  if (end - start > MAX || !isIPv6(text.slice(start, end))) return -1;
  if (text.charCodeAt(end) === PERCENT && isLinkLocal(text, start)) return zoneEnd(text, end);
  return closes(text, end) || isRange(text, end) ? end : -1;
}

/** Java writes ports after eight groups: `/2001:db8:0:0:0:0:0:1:8080`. */
function withoutPort(text: string, start: number, end: number): number {
  const [, address] = /^((?:[\da-f]{1,4}:){7}[\da-f]{1,4}):\d{2,5}$/i.exec(text.slice(start, end)) ?? [];
  return address === undefined ? end : start + address.length;
}

function isHex(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** A word, or a quotation mark after it, before a colon. */
function isLabel(text: string, colon: number): boolean {
  const before = text.charCodeAt(colon - 1);
  return colon > 0 && (isWord(before) || before === 0x22 || before === 0x27) && isHex(text.charCodeAt(colon + 1));
}

function isLinkLocal(text: string, start: number): boolean {
  return /^fe[89ab]/i.test(text.slice(start, start + 3));
}

/** The end of a zone (`fe80::1%eth0`), whose percent sign may be encoded. */
function zoneEnd(text: string, at: number): number {
  // Rather the next address.
  if (/^%[\da-f]{1,4}:[\da-f:]/i.test(text.slice(at, at + 7))) return at;
  const zone = /^%(?:25)?[\w.~-]{1,32}/.exec(text.slice(at, at + 36))?.[0].replace(/[.-]+$/, '') ?? '';
  return zone.length > 1 ? at + zone.length : at;
}

/** `2001:db8::1-2001:db8::9`. */
function isRange(text: string, end: number): boolean {
  return plain(text.charCodeAt(end)) === HYPHEN && /^[\da-f]{1,4}:/i.test(text.slice(end + 1, end + 6));
}

/**
 * Whether a host's address may begin here (IANA's registry): global (2000::/3), unique local (fc00::/7), link-local
 * (fe80::/10), or IPv4 in IPv6 (::ffff:0:0/96, 64:ff9b::/96). Times, hardware addresses and scoped names begin
 * otherwise.
 */
function isAssigned(text: string, start: number, labelled: boolean): boolean {
  const before = text.charCodeAt(start - 1);
  if (start > 0 && (follows(text, start) || (before === DOT && isAlphanumeric(text.charCodeAt(start - 2)))))
    return false;
  if (before === COLON && !labelled) return false;
  if (text.charCodeAt(start) === COLON) return /^::ffff:\d{1,3}\.\d/i.test(text.slice(start, start + 14));
  const head = text.slice(start, start + 5).toLowerCase();
  if (head.startsWith('64:')) return text.slice(start, start + 9).toLowerCase() === '64:ff9b::';
  return (
    /^(?:[23][\da-f]{3}|f[cd][\da-f]{2}|fe[89ab][\da-f]):/.test(head) ||
    (!(labelled && isGroup(text, start - 1)) && isFull(text.slice(start, start + MAX)))
  );
}

/** Whether what ends there is a group rather than a label. */
function isGroup(text: string, end: number): boolean {
  return /(?<!\w)[\da-f]{1,4}$/i.test(text.slice(Math.max(0, end - 5), end));
}

/**
 * Eight long groups are nothing else, in whatever range: made-up addresses are in any. Not a mask or multicast, and no
 * groups of two digits, as hardware addresses have.
 */
function isFull(text: string): boolean {
  const [groups] = /^(?!ff|0{1,4}:)(?:[\da-f]{1,4}:){7}[\da-f]{1,4}/i.exec(text) ?? [];
  return groups !== undefined && groups.split(':').filter((group) => group.length > 2).length > 4;
}
