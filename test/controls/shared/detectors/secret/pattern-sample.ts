/** Makes a text that a pattern of the tables of formats matches: literals, classes, groups, bounded repetitions. */
import type { Random } from '../corpus/random.ts';

export function sampleOf(pattern: string, random: Random): string {
  const reader = new Reader(pattern, random);
  return reader.alternatives();
}

class Reader {
  readonly #pattern: string;
  readonly #random: Random;
  #at = 0;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#random = random;
  }

  alternatives(): string {
    const all = [this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      all.push(this.#sequence());
    }
    return this.#random.pick(all);
  }

  #sequence(): string {
    let out = '';
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern[this.#at] ?? '')) {
      const make = this.#atom();
      const [least, most] = this.#times();
      for (let i = this.#random.int(least, Math.min(most, least + 40)); i > 0; i--) out += make();
    }
    return out;
  }

  #atom(): () => string {
    const sign = this.#pattern[this.#at++] ?? '';
    if (sign === '[') {
      const end = this.#pattern.indexOf(']', this.#at);
      const alphabet = alphabetOf(this.#pattern.slice(this.#at, end));
      this.#at = end + 1;
      return () => this.#random.of(alphabet, 1);
    }
    if (sign === '(') {
      // `(?:`
      this.#at += 2;
      const text = this.alternatives();
      this.#at++;
      return () => text;
    }
    const literal = sign === '\\' ? (this.#pattern[this.#at++] ?? '') : sign;
    return () => literal;
  }

  #times(): readonly [number, number] {
    const quantifier = /^(?:\{(\d+)(?:,(\d+))?\}|(\?))/.exec(this.#pattern.slice(this.#at));
    if (quantifier === null) return [1, 1];
    const [all, least = '0', most = least, optional] = quantifier;
    this.#at += all.length;
    return optional === undefined ? [Number(least), Number(most)] : [0, 1];
  }
}

/** `A-Za-z0-9_-` */
function alphabetOf(inside: string): string {
  return inside.replaceAll(/(.)-(.)/g, (_, from: string, to: string) =>
    Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (__, i) =>
      String.fromCharCode(from.charCodeAt(0) + i),
    ).join(''),
  );
}
