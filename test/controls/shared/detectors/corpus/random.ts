/**
 * Random choices that a seed repeats. Nothing in this folder knows the detectors: it follows the issuers' own rules.
 */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1), by mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, including both ends. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }

  /** One of the words in a text. */
  word(words: string): string {
    return this.pick(words.trim().split(/\s+/));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphabet[this.int(0, alphabet.length - 1)];
    return out;
  }

  digits(length: number): string {
    return this.of('0123456789', length);
  }

  hex(length: number): string {
    return this.of('0123456789abcdef', length);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.int(0, 255)));
  }

  /** `d` is a digit, `D` is one to nine, anything else is itself. */
  shape(shape: string): string {
    return shape.replace(/[dD]/g, (c) => (c === 'd' ? this.digits(1) : String(this.int(1, 9))));
  }
}

export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const DIGITS = '0123456789';
export const ALNUM = LOWER + UPPER + DIGITS;
