/** Names in their correct spelling, and the names that may be read as one of them. */
import { foldName } from '../controls/shared/fold.ts';

const NONE: readonly string[] = [];

export class Spellings {
  readonly #names: ReadonlySet<string>;
  readonly #folded = new Map<string, readonly string[]>();
  /** Folding keeps the length, so longer names need not be folded. */
  readonly #longest: number;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
    let longest = 0;
    for (const name of this.#names) {
      longest = Math.max(longest, name.length);
      const folded = foldName(name);
      this.#folded.set(folded, [...(this.#folded.get(folded) ?? NONE), name]);
    }
    this.#longest = longest;
  }

  get size(): number {
    return this.#names.size;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The correct spellings that some readers accept a name for; empty if it is an unrelated name. */
  correctFor(name: string): readonly string[] {
    return name.length > this.#longest ? NONE : (this.#folded.get(foldName(name)) ?? NONE);
  }
}
