/**
 * The numbers of a text that say more than a double holds (`9007199254740993`, `1.00000000000000000001`, `1e400`), by where they are.
 * What is sent on is the text: a check of the doubles alone would be one of other numbers.
 */
import { type Decimal, decimalOf, textOf } from './decimal.ts';
import type { Segment } from './run.ts';

export class Digits {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #root: readonly Segment[];
  #found: ReadonlyMap<string, Decimal> | undefined | null = null;

  /** @param start where the JSON lies in the text that is checked before, up to `end`. @param root where in it the checked value is */
  constructor(text: string, start: number, end: number, root: readonly Segment[]) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#root = root;
  }

  /** The number at a path; undefined where its double says all of it. The text is read for the first number that somebody asks for. */
  at(path: readonly Segment[]): Decimal | undefined {
    if (this.#found === null) this.#found = numbersOf(this.#text.slice(this.#start, this.#end));
    return this.#found?.get(keyOf([...this.#root, ...path]));
  }
}

/** Fifteen digits always have a double of their own; without so many, only what is too large or too small for one hasn't. */
const MAY_SAY_MORE = /\d(?:[eE]|[\d.]{15})/;
const NUMBER = /-?[\d.eE+-]+/y;

function numbersOf(text: string): ReadonlyMap<string, Decimal> | undefined {
  if (!MAY_SAY_MORE.test(text)) return undefined;
  const found = new Map<string, Decimal>();
  const path: Segment[] = [];
  // A string right after `{`, or after a comma in an object, is a key.
  let isKey = false;
  for (let at = 0; at < text.length; ) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      const end = endOfString(text, at);
      if (isKey) path[path.length - 1] = JSON.parse(text.slice(at, end)) as string;
      isKey = false;
      at = end;
      continue;
    }
    if (c === MINUS || (c >= DIGIT_0 && c <= DIGIT_9)) {
      NUMBER.lastIndex = at;
      const [token = ''] = NUMBER.exec(text) ?? [];
      const exact = MAY_SAY_MORE.test(token) ? moreThanDouble(token) : undefined;
      if (exact !== undefined) found.set(keyOf(path), exact);
      at += token.length;
      continue;
    }
    if (c === OBJECT) {
      path.push('');
      isKey = true;
    } else if (c === LIST) {
      path.push(0);
    } else if (c === OBJECT_END || c === LIST_END) {
      path.pop();
      isKey = false;
    } else if (c === COMMA) {
      const last = path.at(-1);
      if (typeof last === 'number') path[path.length - 1] = last + 1;
      else isKey = true;
    }
    at++;
  }
  return found.size === 0 ? undefined : found;
}

function moreThanDouble(token: string): Decimal | undefined {
  const exact = decimalOf(token);
  const double = Number(token);
  return Number.isFinite(double) && textOf(decimalOf(String(double))) === textOf(exact) ? undefined : exact;
}

function keyOf(path: readonly Segment[]): string {
  return JSON.stringify(path);
}

function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LIST = 0x5b;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
