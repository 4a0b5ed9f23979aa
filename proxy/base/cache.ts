/**
 * Entries kept beyond one call, under keys taken from messages. Both sides are untrusted: a client may invent names
 * without end, an upstream cursors, ids and schemas. So every such cache uses this type: bounded in bytes, with flat
 * copies of keys and texts. An entry that is too large is not kept, so no code may rely on finding what it put here.
 */
import { flat } from './flat.ts';

export interface CacheOptions<V> {
  /** Approximate bytes of all entries together. */
  readonly maxBytes: number;
  /** Longest key, in characters. @default 512 */
  readonly maxKey?: number;
  /** @default - as many as the bytes allow */
  readonly maxEntries?: number;
  /**
   * Bytes that a value holds besides its key. Strings are counted without it.
   * @default - none
   */
  readonly weigh?: (value: V) => number;
  /** When full: forget the least recently used entry, or refuse the new one. @default 'forget' */
  readonly whenFull?: 'forget' | 'refuse';
  /** Called with each entry that is forgotten to make room. */
  readonly onForget?: (key: string, value: V) => void;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
  /** Whether the entry was read since it was added or last passed over. */
  used: boolean;
}

/** Bytes of an entry itself and its slot in the table. */
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
   * The position of the search for an entry to forget. Kept, because an iterator from the start would walk over all
   * deleted slots each time.
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

  get size(): number {
    return this.#entries.size;
  }

  /** Their approximate size in bytes. */
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
    // Don't even hash it: that would cost time with every call.
    if (key.length > this.#maxKey) return undefined;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.value;
  }

  /**
   * Returns the value under a key, or makes and keeps it. An undefined value is not kept.
   * @param make gets a flat copy of the key, so that slices of it hold no other text in memory
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
   * @param weight bytes that the value holds. @default - the cache weighs it
   * @returns false if it is too large or there is no room
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
    // Written so that NaN is refused, too.
    if (!(bytes <= this.#maxBytes)) return false;
    while (!hasRoom(0, 0) && this.#entries.size > 0) this.#forgetOne();
    this.#entries.set(key, { value: typeof value === 'string' ? own(value) : value, bytes, used: false });
    this.#bytes += bytes;
    return true;
  }

  /** Forgets the oldest entry that was not read since it was last passed over. */
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

/** A string as its own branded type. */
function own<V extends string>(text: V): V {
  return flat(text) as V;
}
