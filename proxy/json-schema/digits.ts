/**
 * The numbers of a text that say more than a double holds (`9007199254740993`, `1.00000000000000000001`, `1e400`), by
 * where they are. What is sent on is the text: a check of the doubles alone would be one of other numbers.
 */
import { atOnce, type Work } from '../base/turns.ts';
import { eachNumber } from '../json/numbers.ts';
import { type Decimal, decimalOf, textOf } from './decimal.ts';
import type { Segment } from './failure.ts';

/** Numbers by where they are in a value. */
export interface ExactNumbers {
  /** Undefined where its double says all of it. */
  at(path: readonly Segment[]): Decimal | undefined;
}

export class Digits implements ExactNumbers {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #root: readonly Segment[];
  #found: ReadonlyMap<string, Decimal> | undefined | null = null;

  /**
   * @param start where the JSON lies in the text that is checked before, up to `end`.
   * @param root where in it the checked value is
   */
  constructor(text: string, start: number, end: number, root: readonly Segment[]) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#root = root;
  }

  /** Reads the text, in turns where it is long. */
  *read(): Work<void> {
    if (this.#found === null) this.#found = yield* numbersOf(this.#text.slice(this.#start, this.#end));
  }

  /**
   * The number at a path; undefined where its double says all of it. The text is read for the first number that
   * somebody asks for.
   */
  at(path: readonly Segment[]): Decimal | undefined {
    if (this.#found === null) this.#found = atOnce(numbersOf(this.#text.slice(this.#start, this.#end)));
    return this.#found?.get(keyOf([...this.#root, ...path]));
  }

  /** Those of a value within this one: of many such values the text is read once. */
  within(root: readonly Segment[]): ExactNumbers {
    return { at: (path) => this.at([...root, ...path]) };
  }
}

/**
 * Fifteen digits always have a double of their own; without so many, only what is too large or too small for one
 * hasn't.
 */
const MAY_SAY_MORE = /\d(?:[eE]|[\d.]{15})/;

function* numbersOf(text: string): Work<ReadonlyMap<string, Decimal> | undefined> {
  if (!MAY_SAY_MORE.test(text)) return undefined;
  const found = new Map<string, Decimal>();
  yield* eachNumber(text, (token, path) => {
    const exact = MAY_SAY_MORE.test(token) ? moreThanDouble(token) : undefined;
    if (exact !== undefined) found.set(keyOf(path), exact);
  });
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
