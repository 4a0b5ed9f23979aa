/** Positions of the members of an object in its text, as collected by `checkObject`. */

/** Slots that {@link Members} keeps for reuse: more than any message of the protocol needs. */
const KEPT = 32;

/**
 * The members of one object, collected while its text is checked. The same pass also collects those of selected inner
 * objects. Instances are reused: for every call, allocating lists would cost more than reading.
 */
export class Members {
  readonly #keys: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #inside: readonly (readonly [key: string, members: Members])[];
  #count = 0;

  /** @param inside collects the members of the objects under these keys, too */
  constructor(inside: Readonly<Record<string, Members>> = {}) {
    this.#inside = Object.entries(inside);
  }

  get count(): number {
    return this.#count;
  }

  key(index: number): string {
    return this.#keys[index] ?? '';
  }

  /** Start of the value; -1 for an index of -1. */
  start(index: number): number {
    return index < 0 ? -1 : (this.#starts[index] ?? -1);
  }

  end(index: number): number {
    return index < 0 ? -1 : (this.#ends[index] ?? -1);
  }

  /** The index of a key; -1 if the object doesn't have it. */
  find(key: string): number {
    for (let i = 0; i < this.#count; i++) if (this.#keys[i] === key) return i;
    return -1;
  }

  /** The keys, as a new list. */
  keys(): string[] {
    return this.#keys.slice(0, this.#count);
  }

  /** @internal Drops the keys, too: each may keep the whole text in memory. */
  clear(): void {
    for (let i = 0; i < this.#count; i++) this.#keys[i] = '';
    if (this.#count > KEPT) this.#keys.length = this.#starts.length = this.#ends.length = KEPT;
    this.#count = 0;
    for (let i = 0; i < this.#inside.length; i++) this.#inside[i]?.[1].clear();
  }

  /** @internal */
  add(key: string, start: number, end: number): void {
    this.#keys[this.#count] = key;
    this.#starts[this.#count] = start;
    this.#ends[this.#count++] = end;
  }

  /** @internal */
  within(key: string): Members | undefined {
    for (let i = 0; i < this.#inside.length; i++) if (this.#inside[i]?.[0] === key) return this.#inside[i]?.[1];
    return undefined;
  }
}
