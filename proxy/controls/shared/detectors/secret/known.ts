import { isAlphanumeric, isEscape } from '../characters.ts';
import { type Format, FORMATS, JOINED, LED, MARKED } from './formats.ts';
import { startOfPrefixed } from './prefixed.ts';
/** Finds secrets that identify themselves, by the tables in `formats.ts`, at the words of a text. */
import { COLON, JOINS } from './words.ts';

interface Known {
  readonly prefix: string;
  readonly rest: RegExp;
  /** The prefix says little: base64 before it, or a text without all kinds of characters, is something else. */
  readonly weak: Format[3];
  readonly lead: { readonly pattern: RegExp; readonly reach: number } | undefined;
}

interface Index {
  /** For the first two characters, the place of their list; 0: none. */
  readonly pairs: Uint8Array;
  readonly lists: readonly (readonly Known[])[];
  /** For each list, which third characters its prefixes have: a bit for each, by its last five bits. */
  readonly thirds: readonly number[];
  readonly marked: ReadonlyMap<number, readonly { readonly mark: string; readonly at: number; readonly all: RegExp }[]>;
  readonly joined: readonly {
    readonly sign: number;
    readonly least: number;
    readonly back: number;
    readonly all: RegExp;
  }[];
}

/** Made at the first search. */
let made: Index | undefined;

export const pairOf = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 0x7f) << 7) | (text.charCodeAt(at + 1) & 0x7f);
const sticky = (pattern: string): RegExp => new RegExp(pattern, 'y');

function index(): Index {
  const lists: Known[][] = [[]];
  const pairs = new Uint8Array(0x4000);
  const add = (known: Known): void => {
    const pair = pairOf(known.prefix, 0);
    pairs[pair] ||= lists.push([]) - 1;
    lists[pairs[pair] ?? 0]?.push(known);
  };
  for (const [, prefixes, rest, only] of FORMATS)
    for (const prefix of prefixes.split(' ')) add({ prefix, rest: sticky(rest), weak: only, lead: undefined });
  for (const [, lead, reach, prefix, rest] of LED)
    add({ prefix, rest: sticky(rest), weak: undefined, lead: { pattern: new RegExp(`(?:${lead})$`), reach } });
  // The longest first: `sgp_local_` before `sgp_`.
  for (const list of lists) list.sort((a, b) => b.prefix.length - a.prefix.length);
  const thirds = lists.map((list) => list.reduce((bits, { prefix }) => bits | thirdOf(prefix), 0));
  const marked = new Map<number, { mark: string; at: number; all: RegExp }[]>();
  for (const [, before, at, mark, after] of MARKED) {
    const all = sticky(before + mark + after);
    const [least, most] = lengthsOf(after);
    for (let size = at + mark.length + least; size <= at + mark.length + most; size++) {
      const list = marked.get(size) ?? [];
      list.push({ mark, at, all });
      marked.set(size, list);
    }
  }
  const joined = JOINED.map(([, sign, least, back, pattern]) => ({
    sign: sign.charCodeAt(0),
    least,
    back,
    all: sticky(pattern),
  }));
  return { pairs, lists, thirds, marked, joined };
}

/** The bit of a prefix's third character; all bits if it has none. */
const thirdOf = (prefix: string): number => (prefix.length > 2 ? 1 << (prefix.charCodeAt(2) & 0x1f) : -1);

/** The least and greatest length of one class with a repetition. */
function lengthsOf(pattern: string): readonly [number, number] {
  const [, least = '0', most = least] = /\{(\d+)(?:,(\d+))?\}$/.exec(pattern) ?? [];
  return [Number(least), Number(most)];
}

/** Whether something known begins with two characters: not 0 at the place of {@link pairOf}. */
export function knownPairs(): Uint8Array {
  return (made ??= index()).pairs;
}

/** Where the last found secret begins. Read it immediately. */
export const begins = { at: 0 };

/**
 * The end of a secret that identifies itself and begins with, before or in the word `start` to `end`; -1 if there is
 * none. {@link begins} says where it begins.
 */
export function endOfKnown(text: string, start: number, end: number, field?: string): number {
  const { pairs, lists, thirds, marked, joined } = (made ??= index());
  const size = end - start;
  const sign = text.charCodeAt(end);
  for (let at = start; at < end; at++) {
    const place = pairs[pairOf(text, at)] ?? 0;
    if (place !== 0 && ((thirds[place] ?? 0) & (1 << (text.charCodeAt(at + 2) & 0x1f))) !== 0) {
      const close = endOfListed(text, at, lists[place] ?? []);
      if (close > 0) return close;
    }
    // In a longer word, another may begin after a hyphen or an underscore.
    if (size < LEAST_WITHIN || size > MOST_WITHIN) break;
    const last = end - LEAST_WITHIN;
    while (at < last && !isJoint(text.charCodeAt(at))) at++;
    if (at >= last) break;
  }
  if (sign < 0x80 && (JOINS[sign] !== 0 || sign === COLON))
    for (const { sign: own, least, back, all } of joined) {
      if (own !== sign || size < least) continue;
      const at = back === 0 ? start : end - back;
      const close = at < 0 ? -1 : endOfMatch(text, at, all);
      if (close > 0 && !(back > 0 && isGlued(text, at))) return began(at, close);
    }
  for (const { mark, at, all } of marked.get(size) ?? [])
    if (text.startsWith(mark, start + at) && endOfMatch(text, start, all) === end) return began(start, end);
  const at = startOfPrefixed(text, start, end, field);
  return at < 0 ? -1 : began(at, end);
}

const LEAST_WITHIN = 20;
/** Longer words are data. */
const MOST_WITHIN = 2_048;
const isJoint = (code: number): boolean => code === 0x2d || code === 0x5f;

function began(start: number, end: number): number {
  begins.at = start;
  return end;
}

/** Of forms with the same beginning, the one that ends last: `lip_…` with and without signs in it. */
function endOfListed(text: string, start: number, list: readonly Known[]): number {
  let best = -1;
  let bestStart = start;
  let prefixed = '';
  for (const { prefix, rest, weak, lead } of list) {
    // The longest beginnings come first.
    if (best > 0 && prefix !== prefixed) break;
    if (!text.startsWith(prefix, start)) continue;
    const from = start + prefix.length;
    const end = endOfMatch(text, from, rest);
    if (end <= best || !isPlausible(text.slice(from, end), weak)) continue;
    let at = start;
    if (lead === undefined) {
      if (weak !== undefined && isBase64Before(text, start)) continue;
      if (prefix.includes('/')) at = withScheme(text, start);
    } else {
      const before = lead.pattern.exec(text.slice(Math.max(0, start - lead.reach), start))?.[0].length ?? 0;
      if (before === 0 || isGlued(text, start - before)) continue;
      at = withScheme(text, start - before);
    }
    best = end;
    bestStart = at;
    prefixed = prefix;
  }
  return best < 0 ? -1 : began(bestStart, best);
}

/** The start of a URL, if its host begins here. */
function withScheme(text: string, start: number): number {
  if (text.startsWith('https://', start - 8)) return start - 8;
  return text.startsWith('http://', start - 7) ? start - 7 : start;
}

/** The end of what a pattern matches here, if no letter or digit follows; -1 otherwise. */
function endOfMatch(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  if (!pattern.test(text)) return -1;
  let end = pattern.lastIndex;
  if (isAlphanumericAt(text, end)) return -1;
  // A dot at the end of a sentence is no part of it.
  while (text.charCodeAt(end - 1) === 0x2e) end--;
  return end;
}

function isAlphanumericAt(text: string, at: number): boolean {
  return isAlphanumeric(text.charCodeAt(at));
}

/** Whether a letter or digit precedes. */
function isGlued(text: string, start: number): boolean {
  return isAlphanumericAt(text, start - 1) && !isEscape(text, start - 1);
}

function isBase64Before(text: string, start: number): boolean {
  const code = text.charCodeAt(start - 1);
  return code === 0x2b || (code === 0x2f && isAlphanumericAt(text, start - 2));
}

/** Placeholders repeat a character or say that they are one; names consist of words. */
function isPlausible(rest: string, weak: Format[3]): boolean {
  if (/x{5}|\*{3}|example|placeholder|your[-_]/i.test(rest) || WORDS.test(rest)) return false;
  if (weak === 'digits' && !/\d.*\d/.test(rest)) return false;
  if (weak === 'mixed' && !(/\d/.test(rest) && /[a-z]/.test(rest) && /[A-Z]/.test(rest))) return false;
  return new Set(rest).size >= 4;
}

const WORDS = /^(?:[a-z]+\d{0,2}(?:[-_.][a-z]*)+|[A-Z]+(?:[-_.][A-Z]*)+)$/;
