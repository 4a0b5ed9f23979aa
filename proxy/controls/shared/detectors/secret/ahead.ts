/**
 * Where a short text has words that may be a value without a sign before it. Most words after a word are words: one pass
 * over the text costs less than a look around each of its labels.
 */
import { COLON, EQUALS, FULL_COLON, SPACE } from './words.ts';

/** In longer texts, any place may have one. */
const MOST = 1_024;
/** Of a value with a digit, of one without, and of a code, as `labels.ts` takes them. */
const LEAST = 7;
const LONG = 20;
const CODE = 4;

class Ahead {
  #text = '';
  #first = 0;
  #last = -1;

  #read(text: string): void {
    this.#text = text;
    const { length } = text;
    this.#first = length;
    this.#last = -1;
    let start = 0;
    let digits = 0;
    for (let at = 0; at <= length; at++) {
      const code = at < length ? text.charCodeAt(at) : SPACE;
      if (code > SPACE) {
        if (code >= 0x30 && code <= 0x39) digits++;
        // After a sign, a value may be anything.
        else if (code === COLON || code === EQUALS || code === FULL_COLON) this.#last = at;
        continue;
      }
      if (digits >= CODE || (digits > 0 && at - start >= LEAST) || at - start >= LONG) {
        if (this.#first === length) this.#first = start;
        this.#last = at;
      }
      start = at + 1;
      digits = 0;
    }
  }

  /** Releases the last text. */
  forget(): void {
    this.#text = '';
    this.#first = 0;
    this.#last = -1;
  }

  /** Whether a value may follow a label that ends there. */
  mayFollow(text: string, end: number): boolean {
    if (text.length > MOST) return true;
    if (text !== this.#text) this.#read(text);
    return end < this.#last;
  }

  /** Whether a value may precede a label that begins there. */
  mayPrecede(text: string, start: number): boolean {
    if (text.length > MOST) return true;
    if (text !== this.#text) this.#read(text);
    return start > this.#first;
  }
}

/** Of the last text: it is asked about each label. */
export const ahead = new Ahead();
