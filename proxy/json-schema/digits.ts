/**
 * The numbers of a text that a double can't hold exactly (`9007199254740993`, `1.00000000000000000001`, `1e400`), by
 * path. The text is what is sent on, so checking only the doubles would check other numbers.
 */
import { atOnce, type Work } from '../base/turns.ts';
import { eachNumber } from '../json/numbers.ts';
import { type Decimal, decimalOf, textOf } from './decimal.ts';
import type { Segment } from './failure.ts';

/** Exact numbers by their path in a value. */
export interface ExactNumbers {
  /** Undefined if the double is exact. */
  at(path: readonly Segment[]): Decimal | undefined;
}

export class Digits implements ExactNumbers {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #root: readonly Segment[];
  #found: ReadonlyMap<string, Decimal> | undefined | null = null;

  /**
   * @param start where the JSON starts in the text; it has been checked before and ends at `end`.
   * @param root path of the checked value in that JSON
   */
  constructor(text: string, start: number, end: number, root: readonly Segment[]) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#root = root;
  }

  /** Reads the text, in turns if it is long. */
  *read(): Work<void> {
    if (this.#found === null) this.#found = yield* numbersOf(this.#text.slice(this.#start, this.#end));
  }

  /** The number at a path; undefined if its double is exact. The text is read at the first request. */
  at(path: readonly Segment[]): Decimal | undefined {
    // Most texts have no such number, and what is around the value rarely has one.
    if (this.#found === null)
      this.#found = MAY_SAY_MORE.test(this.#text)
        ? atOnce(numbersOf(this.#text.slice(this.#start, this.#end)))
        : undefined;
    return this.#found?.get(keyOf([...this.#root, ...path]));
  }

  /** The exact numbers of a value inside this one. The text is read once for all of them. */
  within(root: readonly Segment[]): ExactNumbers {
    return { at: (path) => this.at([...root, ...path]) };
  }
}

/** Doubles keep any 15 digits. A number with fewer is inexact only if it overflows or underflows. */
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
