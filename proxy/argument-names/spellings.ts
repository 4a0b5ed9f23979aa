/** Names as they are meant to be spelt, and what others they may be taken for. */
import { foldName } from '../controls/shared/fold.ts';

const NONE: readonly string[] = [];

export class Spellings {
  readonly #names: ReadonlySet<string>;
  readonly #folded = new Map<string, readonly string[]>();
  /** Folding leaves a name as long as it was: what is longer needn't be folded. */
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

  /**
   * How a name would be spelt rightly that is none of these, and that some readers take for one; none where it is
   * another name altogether.
   */
  meantBy(name: string): readonly string[] {
    return name.length > this.#longest ? NONE : (this.#folded.get(foldName(name)) ?? NONE);
  }
}
