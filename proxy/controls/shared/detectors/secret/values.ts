/** Where the value after a label begins and ends. */
import { isAlphanumeric } from '../characters.ts';
import { isPunctuation, type Label } from './label-names.ts';
import type { Where } from './looks.ts';
import { BACKSLASH, EQUALS, SPACE } from './words.ts';

export interface Value {
  readonly start: number;
  readonly end: number;
  readonly where: Where;
}

const LONGEST = 1_024;

/** What a pair of signs encloses. */
const ENCLOSED: ReadonlyMap<number, string> = new Map([
  [0x60, '`'],
  [0x201c, '”'],
  [0x201e, '“'],
  [0x2018, '’'],
  [0xab, '»'],
  [0x300c, '」'],
]);

/**
 * @param start where the value begins
 * @param from where it begins with an authentication scheme before it
 */
export function valueAt(text: string, start: number, from: number, { parameter }: Label): Value {
  const quote = text.charCodeAt(from - 1);
  if (quote === 0x22 || quote === 0x27)
    return { start, end: endOfQuoted(text, start, quote, text.charCodeAt(from - 2) === BACKSLASH), where: 'quoted' };
  const close = ENCLOSED.get(text.charCodeAt(start));
  if (close !== undefined) {
    const end = text.slice(start + 1, start + LONGEST).indexOf(close);
    if (end > 0) return trimmed(text, start + 1, start + 1 + end);
  }
  if (text.startsWith('**', start) || text.startsWith('__', start)) {
    const end = text.slice(start + 2, start + LONGEST).indexOf(text.slice(start, start + 2));
    if (end > 0) return { start: start + 2, end: start + 2 + end, where: 'prose' };
  }
  const assigned = isAssigned(text, from);
  const end = endOfBare(text, start, parameter, assigned);
  if (assigned) return { start, end, where: 'assigned' };
  let last = end;
  // The end of a sentence.
  while (last > start && (text.charCodeAt(last - 1) === 0x2e || text.charCodeAt(last - 1) === 0x3a)) last--;
  return { start, end: last, where: 'prose' };
}

function trimmed(text: string, start: number, end: number): Value {
  let [first, last] = [start, end];
  while (isSpace(text.charCodeAt(first)) && first < last) first++;
  while (isSpace(text.charCodeAt(last - 1)) && first < last) last--;
  return { start: first, end: last, where: 'prose' };
}

const isSpace = (code: number): boolean => code <= SPACE || code === 0xa0 || code === 0x202f;

/** After `=` or `>`. */
function isAssigned(text: string, from: number): boolean {
  let at = from - 1;
  while (text.charCodeAt(at) === SPACE) at--;
  const code = text.charCodeAt(at);
  return code === EQUALS || code === 0x3e;
}

function endOfQuoted(text: string, start: number, quote: number, escaped: boolean): number {
  const until = Math.min(text.length, start + LONGEST);
  for (let at = start; at < until; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      if (escaped && text.charCodeAt(at + 1) === quote) return at;
      at++;
    } else if (code === quote) return at;
  }
  return until;
}

/** Another member follows: `;Database=`, `&grant_type=`, `, user: `. */
const MEMBER = /[;,&|] ?["']?[A-Za-z_][\w .-]{0,40}["']?\s?[=:]/y;
/** What may close around a value. */
const CLOSING = /["'`)\]}>;,.:]*(?:\s|$)/y;

const is = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

/** Where the last value went on without an end, so that the next one need not read it again. */
const read = { from: -1, until: -1, parameter: false, assigned: false };

/** Forgets what was read. Call it before each text. */
export function forgetValues(): void {
  read.from = -1;
  read.until = -1;
}

/** The end of a value without quotes: at a space, or at a sign that can't belong to it here. */
function endOfBare(text: string, start: number, parameter: boolean, assigned: boolean): number {
  const until = Math.min(text.length, start + LONGEST);
  const isRead = start > read.from && start < read.until && read.parameter === parameter && read.assigned === assigned;
  // Brackets and other scripts count from where a value begins, and a quote may begin it.
  let isPlain = !isQuote(text.charCodeAt(start));
  let open = 0;
  let at = isRead && isPlain ? read.until : start;
  for (; at < until; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || (code >= 0x80 && isPunctuation(code))) return at;
    // A sentence goes on in another script: `hunter2です`.
    if (code >= 0x2e80 && text.charCodeAt(start) < 0x80) return at;
    if (isAlphanumeric(code)) continue;
    if (code >= 0x80) {
      isPlain = false;
      continue;
    }
    const next = text.charCodeAt(at + 1);
    switch (code) {
      case 0x26: // &
        if (
          parameter ||
          (assigned && is(MEMBER, text, at)) ||
          text.startsWith('&amp;', at) ||
          text.startsWith('&quot;', at)
        )
          return at;
        break;
      case 0x3b: // ;
      case 0x2c: // ,
      case 0x7c: // |
        if (is(CLOSING, text, at) || is(MEMBER, text, at) || next === 0x22 || next === 0x7b) return at;
        break;
      case 0x22: // "
      case 0x27: // '
      case 0x60: // `
        if (at > start ? !isAlphanumeric(next) : true) return at;
        break;
      case 0x3c: // <
        if (next === 0x2f || next === 0x21 || isAlphanumeric(next)) return at;
        break;
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        open++;
        isPlain = false;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        if (open > 0) open--;
        else if (is(CLOSING, text, at)) return at;
        break;
      case 0x2a: // *
        if (next === 0x2a && is(CLOSING, text, at + 2)) return at;
        break;
      case BACKSLASH:
        if (next === 0x6e || next === 0x72 || next === 0x74 || next === 0x22 || next === 0x27) return at;
        break;
      default:
    }
  }
  if (isPlain) {
    read.from = isRead ? read.from : start;
    read.until = until;
    read.parameter = parameter;
    read.assigned = assigned;
  }
  return until;
}

const isQuote = (code: number): boolean => code === 0x22 || code === 0x27 || code === 0x60;

/** `seed phrase: legal winner thank …`: the words of a wallet (BIP 39), after a label of that name. */
export function walletAt(text: string, start: number, end: number, value: Value): Value | undefined {
  if (value.where !== 'prose' || !OF_WALLET.test(text.slice(Math.max(0, start - 16), end))) return undefined;
  WALLET.lastIndex = value.start;
  return WALLET.test(text) ? { ...value, end: WALLET.lastIndex } : undefined;
}
const OF_WALLET = /(?:seed|mnemonic|recovery|phrase|words)$/i;
const WALLET = /(?:[a-z]{3,8} ){11,23}[a-z]{3,8}(?![a-z])/y;
