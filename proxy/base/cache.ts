/**
 * What is kept beyond one call, by a name that came out of a message. Both come from strangers, on either side: a
 * client may make up names without end, an upstream cursors, ids and schemas. So there is one type for all of it:
 * bounded in bytes, with keys and texts copied flat. What is too long to be kept isn't kept: nobody may depend on
 * finding what was put here.
 */
import { flat } from './flat.ts';

export interface CacheOptions<V> {
  /** What all entries may take together, in bytes, about. */
  readonly maxBytes: number;
  /** Characters of a key, at most. @default 512 */
  readonly maxKey?: number;
  /** @default - as many as the bytes allow */
  readonly maxEntries?: number;
  /**
   * Bytes that a value holds on to besides its key, for as long as it is kept. Texts needn't be weighed.
   * @default - none
   */
  readonly weigh?: (value: V) => number;
  /** Where there is no more room: forget what was used longest ago, or take no more. @default 'forget' */
  readonly whenFull?: 'forget' | 'refuse';
  /** Told of what is forgotten to make room. */
  readonly onForget?: (key: string, value: V) => void;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  /** Since it was set, or passed over. */
  used: boolean;
}

/** An entry itself, and its place in a table. */
const OWN_BYTES = 128;

export class Cache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #maxBytes: number;
  readonly #maxKey: number;
  readonly #maxEntries: number;
  readonly #weigh: (value: V) => number;
  readonly #forgets: boolean;
  readonly #onForget: CacheOptions<V>['onForget'];
  /**
   * How far the oldest were passed over. Kept: from the beginning, it would go by all that was deleted there, each
   * time.
   */
  #hand = this.#entries.entries();
  #bytes = 0;

  constructor({
    maxBytes,
    maxKey = 512,
    maxEntries = Infinity,
    weigh = () => 0,
    whenFull = 'forget',
    onForget,
  }: CacheOptions<V>) {
    this.#maxBytes = maxBytes;
    this.#maxKey = maxKey;
    this.#maxEntries = maxEntries;
    this.#weigh = weigh;
    this.#forgets = whenFull === 'forget';
    this.#onForget = onForget;
  }

  /** How many things are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** What they take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): V | undefined {
    // Not even hashed: that takes time with every call.
    if (key.length > this.#maxKey) return undefined;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.value;
  }

  /**
   * What is kept under a key, or is made now. What is undefined is made again each time.
   * @param make gets the key in memory of its own: what it cuts out of it holds nothing else
   */
  getOrMake(key: string, make: (key: string) => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    if (key.length > this.#maxKey) return make(key);
    const own = flat(key);
    const value = make(own);
    if (value !== undefined) this.#put(own, value);
    return value;
  }

  /**
   * @param weight bytes that the value holds on to, where that isn't to be weighed
   * @returns false: it isn't kept, since it is too large or there is no room
   */
  set(key: string, value: V, weight?: number): boolean {
    return key.length <= this.#maxKey && this.#put(flat(key), value, weight);
  }

  take(key: string): V | undefined {
    const value = this.get(key);
    this.delete(key);
    return value;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#hand = this.#entries.entries();
    this.#bytes = 0;
  }

  [Symbol.iterator](): IterableIterator<[key: string, value: V]> {
    return this.#entries.entries().map(([key, { value }]): [string, V] => [key, value]);
  }

  #put(key: string, value: V, weight: number = this.#weigh(value)): boolean {
    // Characters beyond Latin-1 take two bytes.
    const text = typeof value === 'string' ? value.length : 0;
    const bytes = OWN_BYTES + 2 * (key.length + text) + weight;
    const before = this.#entries.get(key);
    const hasRoom = (less: number, fewer: number): boolean =>
      this.#bytes - less + bytes <= this.#maxBytes && this.#entries.size - fewer < this.#maxEntries;
    if (!this.#forgets && !hasRoom(before?.bytes ?? 0, before === undefined ? 0 : 1)) return false;
    this.delete(key);
    // Nor is what can't be weighed.
    if (!(bytes <= this.#maxBytes)) return false;
    while (!hasRoom(0, 0) && this.#entries.size > 0) this.#forgetOne();
    this.#entries.set(key, { value: typeof value === 'string' ? own(value) : value, bytes, used: false });
    this.#bytes += bytes;
    return true;
  }

  /** Of what wasn't used since it was last passed over, the one that has been here longest. */
  #forgetOne(): void {
    for (;;) {
      const { value: next } = this.#hand.next();
      if (next === undefined) {
        this.#hand = this.#entries.entries();
        continue;
      }
      const [key, entry] = next;
      this.#entries.delete(key);
      if (!entry.used) {
        this.#bytes -= entry.bytes;
        this.#onForget?.(key, entry.value);
        return;
      }
      entry.used = false;
      this.#entries.set(key, entry);
    }
  }
}

/** A text is a value of its own type, whatever that is called. */
function own<V extends string>(text: V): V {
  return flat(text) as V;
}
