/** Where the members of an object lie in its text: what `checkObject` collects. */

/** Slots that {@link Members} keeps for the next object: more than any message of the protocol needs. */
const KEPT = 32;

/**
 * The members of one object, collected while its text is checked; those of the objects inside that are asked for come
 * from the same pass. Meant to be kept and used again: on the way of every call, making lists costs more than reading.
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

  /** Where the value lies; -1 for an index of -1. */
  start(index: number): number {
    return index < 0 ? -1 : (this.#starts[index] ?? -1);
  }

  end(index: number): number {
    return index < 0 ? -1 : (this.#ends[index] ?? -1);
  }

  /** The index of a key; -1 where the object has none such. */
  find(key: string): number {
    for (let i = 0; i < this.#count; i++) if (this.#keys[i] === key) return i;
    return -1;
  }

  /** The keys, as a list of their own. */
  keys(): string[] {
    return this.#keys.slice(0, this.#count);
  }

  /** @internal Lets go of the keys, too: each may hold the whole text that it is a part of. */
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
