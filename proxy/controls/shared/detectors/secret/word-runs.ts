/**
 * Finds the words of a text that may be a secret or its label. Most words are neither, but every character is seen. So
 * a window of the text is read twice. The first pass finds where words begin and end, without branches that the
 * processor must guess. The second decides about each word by its last letters and the sign after it.
 */
import { isAlphanumeric, isLetter } from '../characters.ts';
import { Codes, WINDOW } from '../codes.ts';
import { isEnding, LETTERS, withLetter } from './loose.ts';
import { BACKSLASH, CLASS, COLON, EQUALS, FULL_COLON, GREATER, HYPHEN, JOINS, SPACE, UNDERSCORE } from './words.ts';

/** The minimum length of a secret that needs no label. */
export const SHORTEST = 16;

/** What a character belongs to: nothing, a word, or another script. */
const [WORD, OTHER] = [1, 2];
/** What a sign after a word says: a value may follow; one may if the next sign says so, too; a token continues. */
const [VALUE, PERHAPS, TOKEN] = [1, 2, 3];

/** Signs of a text, by their codes. */
interface Signs {
  readonly kinds: Uint8Array;
  readonly after: Uint8Array;
}

function signs(): Signs {
  const kinds = new Uint8Array(0x10000).fill(OTHER);
  const after = new Uint8Array(0x80);
  for (let code = 0; code < 0x80; code++) {
    kinds[code] = CLASS[code] === 1 ? WORD : 0;
    if (code === COLON || code === EQUALS || code === GREATER || JOINS[code] === 2) after[code] = VALUE;
    else if (CLASS[code] === 2) after[code] = PERHAPS;
    else if (JOINS[code] === 1) after[code] = TOKEN;
  }
  return { kinds, after };
}

/** One for all texts, because each is read in one go. */
export class WordRuns {
  readonly #signs = signs();
  readonly #endings: Uint32Array;
  readonly #pairs: Uint8Array;
  readonly #window = new Codes();
  /** Where each run of characters of one kind begins; then, of those that matter. */
  readonly #starts = new Uint16Array(WINDOW + 1);
  readonly #ends = new Uint16Array(WINDOW + 1);
  #text = '';
  #until = 0;
  /** The window, and the next run in it that matters. */
  #base = 0;
  #edge = 0;
  #count = 0;
  #next = 0;

  /**
   * @param endings the last letters of labels
   * @param pairs with which two characters a known secret begins
   */
  constructor(endings: Uint32Array, pairs: Uint8Array) {
    this.#endings = endings;
    this.#pairs = pairs;
  }

  /** Begins to read a part of a text. */
  read(text: string, from: number, until: number): this {
    this.#text = text;
    this.#until = until;
    this.#base = this.#edge = from;
    this.#count = this.#next = 0;
    return this;
  }

  /**
   * The start of the next word that may matter, or the position of the next character of another script; the end of the
   * part if there is neither. @param from at or after the last one
   */
  next(from: number): number {
    let at = from;
    while (true) {
      for (; this.#next < this.#count; this.#next++)
        if (this.#base + (this.#ends[this.#next] ?? 0) > at)
          return Math.max(at, this.#base + (this.#starts[this.#next] ?? 0));
      at = Math.max(at, this.#edge);
      if (at >= this.#until) return this.#until;
      this.#read(at);
    }
  }

  #read(from: number): void {
    const text = this.#text;
    const length = this.#window.read(text, from, this.#until);
    this.#base = from;
    this.#edge = from + length;
    this.#next = 0;
    this.#count = this.#select(this.#split(length), length, from + length < text.length);
  }

  /** Finds where the kind of the characters changes. Returns how often. */
  #split(length: number): number {
    const { codes } = this.#window;
    const starts = this.#starts;
    const { kinds } = this.#signs;
    let count = 0;
    let before = -1;
    for (let i = 0; i < length; i++) {
      const kind = kinds[codes[i] ?? 0] ?? 0;
      starts[count] = i;
      // One more if it is another kind.
      count += (((kind ^ before) & 3) + 3) >> 2;
      before = kind;
    }
    starts[count] = length;
    return count;
  }

  /** Keeps the runs that may matter. @param goesOn whether the text has more after the window */
  #select(count: number, length: number, goesOn: boolean): number {
    const { codes } = this.#window;
    const starts = this.#starts;
    const ends = this.#ends;
    const endings = this.#endings;
    const pairs = this.#pairs;
    const { kinds, after } = this.#signs;
    let kept = 0;
    for (let run = 0, start = 0; run < count; run++) {
      const end = starts[run + 1] ?? 0;
      const code = codes[start] ?? 0;
      const kind = kinds[code] ?? 0;
      if (
        kind !== 0 &&
        (kind === OTHER || (goesOn && end >= length - 1) || mayMatter(codes, start, end, code, after, pairs, endings))
      ) {
        starts[kept] = start;
        ends[kept++] = end;
      }
      start = end;
    }
    return kept;
  }
}

function mayMatter(
  codes: Uint16Array,
  start: number,
  end: number,
  code: number,
  afters: Uint8Array,
  pairs: Uint8Array,
  endings: Uint32Array,
): boolean {
  // After a character of another script, any word matters; after a backslash, a letter may belong to it.
  const before = start > 0 ? (codes[start - 1] ?? 0) : BACKSLASH;
  const sign = codes[end] ?? 0;
  if (code === HYPHEN || code === UNDERSCORE || before === BACKSLASH || before >= 0x80) return true;
  if (end - start >= SHORTEST || sign >= 0x80) return true;
  const after = afters[sign] ?? 0;
  if (after !== 0) {
    const next = codes[end + 1] ?? 0;
    if (after === VALUE || (after === PERHAPS && (next >= 0x80 ? next === FULL_COLON : CLASS[next] === 2))) return true;
    if (after === TOKEN && pairs[(code << 7) | ((codes[start + 1] ?? 0) & 0x7f)] !== 0) return true;
  }
  if (end < LETTERS) return end - start > 1;
  let letters = 0;
  for (let at = end - LETTERS; at < end; at++) letters = withLetter(letters, codes[at] ?? 0);
  return isEnding(letters, endings);
}

/** What a character of a short text is. Inner signs are part of a word only after a letter or a digit of it. */
const [LETTER, DIGIT, GAP, SIGN, INNER] = [1, 2, 4, 8, 16];
const PARTS = new Uint8Array(0x250).fill(SIGN);
for (let code = 0; code < 0x250; code++)
  if (isLetter(code) || code >= 0xc0) PARTS[code] = LETTER;
  else if (isAlphanumeric(code)) PARTS[code] = DIGIT;
  else if (code === SPACE) PARTS[code] = GAP;
  else if (',.;()?!/'.includes(String.fromCharCode(code))) PARTS[code] = LETTER;
  else if ("-_'".includes(String.fromCharCode(code))) PARTS[code] = INNER;

/** Dashes between words, and the apostrophe. */
const isDash = (code: number): boolean => code === 0x2013 || code === 0x2014 || code === 0x2019;

/** A value without a sign before it has so many characters, one of them a digit, or so many digits. */
const [LEAST, CODE] = [5, 4];

/**
 * Whether a short text can hold no secret that needs no field: it is one short word without a sign, or short words, none
 * of which can be a value. No value follows a label there: without a sign before it, it would be longer and have a digit.
 */
export function isHarmless(text: string): boolean {
  const { length } = text;
  let word = 0;
  let digits = 0;
  let mayBeValue = false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const part = code < 0x250 ? PARTS[code] : isDash(code) ? LETTER : SIGN;
    if (part === LETTER) continue;
    if (part === DIGIT) digits++;
    else if (part === GAP) {
      if (i - word >= SHORTEST) return false;
      if (digits !== 0 && (digits >= CODE || i - word >= LEAST)) mayBeValue = true;
      word = i + 1;
      digits = 0;
    } else if (part === SIGN || i === 0 || !isAlphanumeric(text.charCodeAt(i - 1))) return false;
  }
  if (length - word >= SHORTEST) return false;
  return word === 0 || !(mayBeValue || (digits !== 0 && (digits >= CODE || length - word >= LEAST)));
}
