/** The calls that the console remembers: the newest, within bounds of number and memory. */
import type { Kept } from './kept.ts';

export interface Bounds {
  readonly calls: number;
  readonly bytes: number;
}

/** A day of a person's work; and what a laptop has to spare. */
const BOUNDS: Bounds = { calls: 10_000, bytes: 64 * 1024 * 1024 };

export class Store {
  readonly #bounds: Bounds;
  /** In the order of their arrival. */
  readonly #calls = new Map<number, Kept>();
  /** Of calls that have ended. */
  readonly #weights = new Map<number, number>();
  /** By ids of their errors, and these ids. */
  readonly #told = new Map<string, number>();
  readonly #toldOf = new Map<number, readonly string[]>();
  #bytes = 0;
  #lastId = 0;
  /** Where to look for the oldest call that has texts. */
  #firstWhole = 1;

  constructor(bounds: Bounds = BOUNDS) {
    this.#bounds = bounds;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  add(call: Kept): void {
    this.#calls.set(call.id, call);
    if (this.#calls.size <= this.#bounds.calls) return;
    for (const [, oldest] of this.#calls) {
      this.#forget(oldest);
      break;
    }
  }

  /** A call has ended, or holds more than before. */
  weigh(call: Kept): void {
    if (!this.#calls.has(call.id)) return;
    this.#index(call);
    const { weight } = call;
    this.#bytes += weight - (this.#weights.get(call.id) ?? 0);
    this.#weights.set(call.id, weight);
    for (; this.#bytes > this.#bounds.bytes && this.#firstWhole <= this.#lastId; this.#firstWhole++) {
      const oldest = this.#calls.get(this.#firstWhole);
      if (oldest === undefined) continue;
      oldest.drop();
      this.#bytes += oldest.weight - (this.#weights.get(oldest.id) ?? oldest.weight);
      this.#weights.set(oldest.id, oldest.weight);
    }
  }

  get(id: number): Kept | undefined {
    return this.#calls.get(id);
  }

  /** The call whose client got an error with that id. */
  told(id: string): Kept | undefined {
    const call = this.#told.get(id);
    return call === undefined ? undefined : this.#calls.get(call);
  }

  /** Oldest first. @param count undefined: all */
  newest(count: number = this.#calls.size): readonly Kept[] {
    return [...this.#calls.values().drop(Math.max(0, this.#calls.size - count))];
  }

  get size(): number {
    return this.#calls.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  #forget({ id }: Kept): void {
    this.#calls.delete(id);
    this.#bytes -= this.#weights.get(id) ?? 0;
    this.#weights.delete(id);
    for (const told of this.#toldOf.get(id) ?? []) if (this.#told.get(told) === id) this.#told.delete(told);
    this.#toldOf.delete(id);
  }

  #index({ id, toldIds }: Kept): void {
    if (toldIds.length === 0) return;
    this.#toldOf.set(id, toldIds);
    for (const told of toldIds) this.#told.set(told, id);
  }
}
