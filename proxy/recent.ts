/** What was worked out lately, for what comes again and again: values, tokens, callers. Bounded. */
export class Recent<V> {
  // Two generations: what wasn't asked for since the last change of generations goes with the next.
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  readonly #max: number;
  readonly #maxKey: number;

  /**
   * @param max entries, at most
   * @param maxKey characters of a key; what belongs to a longer one is worked out anew
   */
  constructor(max: number, maxKey: number) {
    this.#max = Math.ceil(max / 2);
    this.#maxKey = maxKey;
  }

  get(key: string, make: (key: string) => V): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    const value = old ?? make(key);
    // A result that is undefined is worked out anew.
    if (key.length <= this.#maxKey && value !== undefined) {
      if (this.#young.size >= this.#max) [this.#old, this.#young] = [this.#young, new Map()];
      this.#young.set(key, value);
    }
    return value;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
