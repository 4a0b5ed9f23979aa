/**
 * Finds values in other spellings: in another case, normal form or width, with other separators (`DE89 3704 …`,
 * `61,250`), and names with the last name first. The spelling of the value itself is left to `KnownValues`.
 */
import type { Work } from '../../base/turns.ts';
import {
  ALONE,
  ASCII,
  BETWEEN,
  foldedWords,
  isBlank,
  isLoose,
  kindOf,
  mayContinue,
  unitsOf,
  UNSEEN,
  WORD,
} from './folded-text.ts';
import type { KnownSpan } from './known-span.ts';
import { isEscapeAt, markupAt, mayBeMarkup } from './markup-between.ts';
import { classAt, DIGIT } from './word-class.ts';

interface Folded {
  readonly units: string;
  readonly type: string;
  readonly value: string;
  /** A number with few digits: only separators of thousands, and of that many decimals, may be within it. */
  readonly decimals: number | undefined;
  /** Too short to hide in lower case: `May`, but not `may`. */
  readonly isShort: boolean;
}

/** Values with the same first units. */
interface Group {
  /** By the hash of all units. */
  readonly values: Map<number, Folded[]>;
  /** Hashes of longer beginnings. */
  readonly beginnings: Set<number>;
  longest: number;
}

/** Shorter values occur in too many places with another meaning. */
const SHORTEST = 3;
const SHORT = 5;
/** Digits from which on any grouping is taken for the number's: those of cards and accounts. */
const MANY_DIGITS = 8;
const FEW_DIGITS = 4;
/** More words than a name has are not reordered. */
const MAX_WORDS = 6;
/** Before a name, which a text may write without them. */
const TITLES: ReadonlySet<string> = new Set(
  'dr drs prof professor mr mrs ms miss mx sir dame herr frau mme mlle monsieur madame sig dott dottssa sr sra srta don dona dhr mevr dipl ing mag rev'.split(
    ' ',
  ),
);
/** From this length on, letters may follow a value's last digit: `DE89 3704 … 00EUR`. */
const LONG = 8;
/** Longer values are searched for in their own spelling only. */
const LONGEST = 256;
/** Lengths at which a text that begins like a value is compared again. */
const RUNGS = new Set([5, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192]);
/** Characters read for each character of the values and of the text, and a fixed number besides. */
const STEPS = 8;
const BASE_STEPS = 100_000;
const PART = 0x4000;
/** Folding values may yield after this many, plus one. */
const FOLDED = 0x7f;
const HASHES = 0x400;
const NONE: readonly KnownSpan[] = Object.freeze([]);

export class FoldedValues {
  readonly #groups = new Map<number, Group>();
  readonly #spellings = new Set<string>();
  /** Values that no text was compared with yet. */
  #added: (readonly [value: string, type: string])[] = [];
  /** Hashes of the values' first units: most words of a text have none of them. */
  readonly #hashes = new Uint8Array(HASHES);
  readonly #units = new Uint16Array(LONGEST + 32);
  #steps = BASE_STEPS;
  #first: Folded | undefined;

  add(value: string, type: string): void {
    if (value.length >= SHORTEST && value.length <= LONGEST) this.#added.push([value, type]);
  }

  #fold(value: string, type: string): void {
    const words = foldedWords(value);
    const units = words.join('');
    // Some characters fold to several.
    if (units.length < SHORTEST || units.length > LONGEST) return;
    const digits = units.replace(/[^0-9]/g, '').length;
    if (digits === units.length) {
      if (digits < FEW_DIGITS) return;
      const [, decimals = ''] = /^-?\d+(?:\.(\d+))?$/.exec(value) ?? [];
      this.#put(units, value, type, digits < MANY_DIGITS ? decimals.length : undefined);
      // An amount is written with two decimals.
      if (decimals.length === 1) this.#put(`${units}0`, value, type, 2);
      return;
    }
    this.#put(units, value, type, undefined);
    if (digits > 0 || words.length < 2 || words.length > MAX_WORDS) return;
    this.#putTurned(words, value, type);
    const first = words.findIndex((word) => !TITLES.has(word));
    if (first > 0) {
      this.#put(words.slice(first).join(''), value, type, undefined);
      this.#putTurned(words.slice(first), value, type);
    }
  }

  /** A last name may have several words, as `van der Berg` or `García Márquez`, and may come first. */
  #putTurned(words: readonly string[], value: string, type: string): void {
    for (let at = 1; at < words.length; at++)
      this.#put([...words.slice(at), ...words.slice(0, at)].join(''), value, type, undefined);
  }

  #put(units: string, value: string, type: string, decimals: number | undefined): void {
    if (units.length < SHORTEST || this.#spellings.has(units)) return;
    this.#spellings.add(units);
    this.#steps += STEPS * units.length;
    const one = { units, type, value, decimals, isShort: units.length < SHORT && !/\d/.test(units) };
    this.#first ??= one;
    const first = firstHash(units.charCodeAt(0), units.charCodeAt(1), units.charCodeAt(2));
    this.#hashes[first & (HASHES - 1)] = 1;
    let group = this.#groups.get(first);
    if (group === undefined)
      this.#groups.set(first, (group = { values: new Map(), beginnings: new Set(), longest: 0 }));
    group.longest = Math.max(group.longest, units.length);
    let hash = 0;
    for (let i = 0; i < units.length; i++) {
      hash = next(hash, units.charCodeAt(i));
      if (RUNGS.has(i + 1)) group.beginnings.add(hash);
    }
    const same = group.values.get(hash);
    if (same === undefined) group.values.set(hash, [one]);
    else same.push(one);
  }

  /** Where other spellings of the values are. If a text takes too many comparisons, the whole text counts as found. */
  *search(text: string): Work<readonly KnownSpan[]> {
    if (this.#added.length > 0) {
      let folded = 0;
      for (const [value, type] of this.#added) {
        this.#fold(value, type);
        if ((++folded & FOLDED) === 0) yield;
      }
      this.#added = [];
    }
    const any = this.#first;
    if (any === undefined) return NONE;
    this.#steps += STEPS * text.length;
    const found: KnownSpan[] = [];
    let before = BETWEEN;
    for (let from = 0; from < text.length; from += PART) {
      if (from > 0) yield;
      before = this.#part(text, from, Math.min(text.length, from + PART), before, found);
      if (this.#steps < 0) return [{ start: 0, end: text.length, type: any.type, value: text }];
    }
    return found;
  }

  /** Not a generator: the engine optimizes its loop better. */
  #part(text: string, from: number, to: number, kindBefore: number, found: KnownSpan[]): number {
    let before = kindBefore;
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      const kind = kindOf(code);
      if (kind === UNSEEN) continue;
      const begins =
        kind === BETWEEN
          ? code === AMPERSAND && isLetter(text, at)
          : (kind === ALONE || before !== WORD) && this.#mayBegin(text, at);
      if (begins) {
        const span = this.#longestAt(text, at);
        if (this.#steps < 0) return before;
        if (span !== undefined && span.end > (found.at(-1)?.end ?? 0)) found.push(span);
      }
      before = kind;
      if (kind === BETWEEN && isEscapeAt(text, at)) at++;
    }
    return before;
  }

  /** Whether three letters or digits in a row are those of a value. Anything else takes a closer look. */
  #mayBegin(text: string, at: number): boolean {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    if (!(a < 0x80 && b < 0x80 && c < 0x80) || kindOf(b) !== WORD || kindOf(c) !== WORD) return true;
    return this.#hashes[firstHash(ASCII[a] ?? 0, ASCII[b] ?? 0, ASCII[c] ?? 0) & (HASHES - 1)] === 1;
  }

  #longestAt(text: string, start: number): KnownSpan | undefined {
    const units = this.#units;
    /** How many units are before each separator; NaN: it groups no digits. */
    const gaps: number[] = [];
    let longest: KnownSpan | undefined;
    let group: Group | undefined;
    let hash = 0;
    let size = 0;
    let gap = 0;
    let isAllBlank = true;
    let isGrouping = true;
    for (let at = start; at < text.length && size < (group?.longest ?? SHORTEST); at++) {
      const code = text.charCodeAt(at);
      const kind = kindOf(code);
      this.#steps--;
      if (kind === UNSEEN) continue;
      const markup = mayBeMarkup(code) ? markupAt(text, at) : undefined;
      if (markup !== undefined) {
        this.#steps -= markup.end - at;
        at = markup.end - 1;
      }
      if (kind === BETWEEN && (markup === undefined || markup.units.length === 0)) {
        isAllBlank &&= isBlank(code);
        isGrouping &&= !isLoose(code);
        if (!mayContinue(code, ++gap, isAllBlank)) break;
        continue;
      }
      if (gap > 0) gaps.push(isGrouping ? size : Number.NaN);
      gap = 0;
      isAllBlank = isGrouping = true;
      const own = markup?.units ?? (code < 0x80 ? undefined : unitsOf(code));
      const count = own?.length ?? 1;
      if (size + count > LONGEST) break;
      for (let i = 0; i < count; i++) {
        const unit = own?.[i] ?? ASCII[code] ?? 0;
        units[size++] = unit;
        hash = next(hash, unit);
      }
      if (size < SHORTEST) continue;
      group ??= this.#groups.get(firstHash(units[0] ?? 0, units[1] ?? 0, units[2] ?? 0));
      if (group === undefined || this.#steps < 0) break;
      const same = group.values.get(hash);
      if (same !== undefined) longest = this.#take(text, start, at, size, gaps, same) ?? longest;
      if (RUNGS.has(size) && !group.beginnings.has(hash)) break;
    }
    return longest;
  }

  #take(
    text: string,
    start: number,
    last: number,
    size: number,
    gaps: readonly number[],
    same: readonly Folded[],
  ): KnownSpan | undefined {
    const end = endOf(text, last, size);
    if (end < 0) return undefined;
    const spelled = text.slice(start, end);
    for (const { units, type, value, decimals, isShort } of same) {
      this.#steps -= size;
      if (units.length !== size || !this.#are(units)) continue;
      if (spelled === value || (isShort && startsLow(spelled) && !startsLow(value))) continue;
      if (decimals === undefined || isGrouped(gaps, size - decimals)) return { start, end, type, value };
    }
    return undefined;
  }

  #are(wanted: string): boolean {
    for (let i = 0; i < wanted.length; i++) if (this.#units[i] !== wanted.charCodeAt(i)) return false;
    return true;
  }
}

/** The end of a word after its last character and marks; -1 if the word goes on. */
function endOf(text: string, last: number, size: number): number {
  let end = last + 1;
  while (end < text.length && kindOf(text.charCodeAt(end)) === UNSEEN) end++;
  if (end === text.length) return end;
  if (kindOf(text.charCodeAt(end)) !== WORD || kindOf(text.charCodeAt(last)) !== WORD) return end;
  return size >= LONG && classAt(text, last) === DIGIT && classAt(text, end) !== DIGIT ? end : -1;
}

/** Whether an entity stands for a letter. */
function isLetter(text: string, at: number): boolean {
  return (markupAt(text, at)?.units.length ?? 0) > 0;
}
const AMPERSAND = 0x26;

function startsLow(text: string): boolean {
  const first = text.charAt(0);
  return first === first.toLowerCase() && first !== first.toUpperCase();
}

/** Whether separators are only before each three digits, or before the decimals. */
function isGrouped(gaps: readonly number[], point: number): boolean {
  return gaps.every((gap) => gap === point || (gap < point && (point - gap) % 3 === 0));
}

function firstHash(a: number, b: number, c: number): number {
  return (Math.imul(a, 961) + Math.imul(b, 31) + c) | 0;
}

/** The hash of some units and one more. */
function next(hash: number, unit: number): number {
  return (Math.imul(hash, 0x01000193) + unit) | 0;
}
