/** Writes replacements into a message, on a second walk through it. */
import type { Place, Visitor } from '../shared/surfaces/index.ts';

/** Writes the replacements of a walk's strings and numbers. */
export class Replacer implements Visitor {
  readonly #texts: ReadonlyMap<number, string>;
  readonly #numbers: ReadonlyMap<number, string | number | null>;
  readonly #like: Visitor;
  readonly blobs: boolean;
  #text = 0;
  #number = 0;

  /** @param like the visitor of the previous walk: both must visit the same strings */
  constructor(texts: ReadonlyMap<number, string>, numbers: ReadonlyMap<number, string | number | null>, like: Visitor) {
    this.#texts = texts;
    this.#numbers = numbers;
    this.#like = like;
    this.blobs = like.blobs ?? true;
  }

  concerns(text: string): boolean {
    return this.#like.concerns?.(text) ?? true;
  }

  whole(at: Place): boolean {
    return this.#like.whole?.(at) ?? false;
  }

  text(text: string): string {
    return this.#texts.get(this.#text++) ?? text;
  }

  number(value: number): string | number | null {
    const index = this.#number++;
    return this.#numbers.has(index) ? (this.#numbers.get(index) ?? null) : value;
  }
}
