/** A text that a regular expression matches: scanners describe the secrets they know with one. */
import type { Random } from '../random.ts';

/** How many repetitions an open end (`*`, `{n,}`) may add. */
const MORE = 8;
/** `+`: those who write it expect a word, not a character. */
const SOME = [10, 18] as const;
const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';

/** Reads the common syntax of RE2 and Python; throws for what has no meaning in a made text, such as a look-ahead. */
export function textFor(pattern: string, random: Random): string {
  return new Sampler(pattern, random).all();
}

class Sampler {
  readonly #pattern: string;
  readonly #random: Random;
  #at = 0;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#random = random;
  }

  all(): string {
    const text = this.#alternatives()();
    if (this.#at < this.#pattern.length) throw this.#unknown();
    return text;
  }

  #unknown(): Error {
    return new Error(`expected a plain expression, got ${this.#pattern} at ${this.#at}`);
  }

  #alternatives(): () => string {
    const ways = [this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      ways.push(this.#sequence());
    }
    return () => this.#random.pick(ways)();
  }

  #sequence(): () => string {
    const parts: (() => string)[] = [];
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern.charAt(this.#at))) {
      const atom = this.#atom();
      const [from, to] = this.#count();
      parts.push(() => Array.from({ length: this.#random.int(from, to) }, atom).join(''));
    }
    return () => parts.map((part) => part()).join('');
  }

  #count(): readonly [from: number, to: number] {
    const rest = this.#pattern.slice(this.#at);
    const [, sign = '', low = '', comma = '', high = ''] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? [];
    const found = /^(?:[*+?]|\{\d+,?\d*\})\??/.exec(rest)?.[0] ?? '';
    this.#at += found.length;
    if (found === '') return [1, 1];
    if (sign === '?') return [0, 1];
    if (sign === '*') return [0, MORE];
    if (sign === '+') return SOME;
    const from = Number(low);
    return [from, comma === '' ? from : high === '' ? from + MORE : Number(high)];
  }

  #atom(): () => string {
    const c = this.#pattern.charAt(this.#at);
    if (c === '(') return this.#group();
    if (c === '[') return this.#oneOf(this.#set());
    this.#at++;
    // Rules write host names without escapes.
    if (c === '.') return () => '.';
    if (c === '^' || c === '$') return () => '';
    if (c !== '\\') return () => c;
    const escaped = this.#escape();
    return escaped.length === 1 ? () => escaped : escaped === '' ? () => '' : this.#oneOf(escaped);
  }

  #oneOf(set: string): () => string {
    if (set === '') throw this.#unknown();
    return () => this.#random.of(set, 1);
  }

  #group(): () => string {
    const head = /^\((?:\?(?:P?<\w+>|[-ims]*:|[-ims]+(?=\))|i:))?/.exec(this.#pattern.slice(this.#at))?.[0] ?? '';
    this.#at += head.length;
    if (this.#pattern.charAt(this.#at) === '?') throw this.#unknown();
    const inner = this.#alternatives();
    if (this.#pattern[this.#at] !== ')') throw this.#unknown();
    this.#at++;
    return inner;
  }

  /** What an escape stands for: one character, several of which one is meant, or none. */
  #escape(): string {
    const c = this.#pattern.charAt(this.#at++);
    if (c === 'x') {
      const hex = this.#pattern.slice(this.#at, this.#at + 2);
      this.#at += 2;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (c === 'd') return '0123456789';
    if (c === 'w') return WORD;
    if (c === 's') return ' ';
    if (c === 'n') return '\n';
    if (c === 'r') return '\r';
    if (c === 't') return '\t';
    if (c === 'b' || c === 'B' || c === 'z' || c === 'A') return '';
    if (/[A-Za-z0-9]/.test(c)) throw this.#unknown();
    return c;
  }

  #set(): string {
    this.#at++;
    const isNot = this.#pattern[this.#at] === '^';
    if (isNot) this.#at++;
    let out = '';
    for (let first = true; this.#pattern[this.#at] !== ']' || first; first = false) {
      const c = this.#pattern.charAt(this.#at++);
      if (c === '') throw this.#unknown();
      if (c === '[' && this.#pattern[this.#at] === ':') throw this.#unknown();
      const one = c === '\\' ? this.#escape() : c;
      const next = this.#pattern.charAt(this.#at + 1);
      if (one.length === 1 && this.#pattern[this.#at] === '-' && next !== ']' && next !== '\\' && next !== '') {
        this.#at += 2;
        for (let code = one.charCodeAt(0); code <= next.charCodeAt(0); code++) out += String.fromCharCode(code);
      } else out += one;
    }
    this.#at++;
    return isNot ? WORD.replaceAll(/./g, (c) => (out.includes(c) ? '' : c)) : out;
  }
}
