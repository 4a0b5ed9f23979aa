/** Decisions that were made before, by who asked and what for. Bounded: who has asked longest ago is forgotten first, with all of theirs. */
import type { Decision } from './decide.ts';

/** Decisions kept, over all callers: about 3 MB. */
const MAX_DECISIONS = 16_384;
const MAX_CALLERS = 1_024;
/** A name longer than any real one isn't kept. */
const MAX_NAME = 512;

export class Memo {
  readonly #callers = new Map<string, Map<string, Decision>>();
  #decisions = 0;

  get(caller: string, what: string): Decision | undefined {
    return this.#callers.get(caller)?.get(what);
  }

  set(caller: string, what: string, decision: Decision): void {
    if (what.length > MAX_NAME) return;
    const theirs = this.#callers.get(caller) ?? new Map<string, Decision>();
    // The last to be set is the last to be forgotten.
    this.#callers.delete(caller);
    this.#callers.set(caller, theirs);
    if (!theirs.has(what)) this.#decisions++;
    theirs.set(what, decision);
    while (this.#decisions > MAX_DECISIONS || this.#callers.size > MAX_CALLERS) this.#forget();
  }

  /** How many are kept. */
  get size(): number {
    return this.#decisions;
  }

  #forget(): void {
    const [oldest] = this.#callers;
    if (oldest === undefined) return;
    this.#callers.delete(oldest[0]);
    this.#decisions -= oldest[1].size;
  }
}
