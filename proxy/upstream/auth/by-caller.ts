/** Credentials of callers, each kept under the digest of the token that it was got for; bounded in number and size. */
import { Cache } from '../../base/cache.ts';

/** Callers' tokens for which credentials are kept. */
const MAX_KEPT = 5_000;
/** Characters of a token that is accepted: servers accept headers of 8 to 16 KB. */
export const MAX_TOKEN = 12 * 1024;
/** Bytes of a kept token with what belongs to it, at most. */
const BYTES = MAX_TOKEN + 1024;
/** The shortest time between two searches for tokens that have expired. */
const SWEEP_MS = 60_000;

/** `isSpent`: nothing is kept that could still be used. */
export class ByCaller<T extends { readonly isSpent: boolean }> {
  readonly #kept = new Cache<T>({ maxBytes: MAX_KEPT * (BYTES + 512), maxEntries: MAX_KEPT, weigh: () => BYTES });
  readonly #make: () => T;
  #sweptAt = Date.now();

  constructor(make: () => T) {
    this.#make = make;
  }

  of(id: string): T {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    this.#sweep();
    const made = this.#make();
    this.#kept.set(id, made);
    return made;
  }

  /** Tokens that have expired are not left in memory until their place is needed. */
  #sweep(): void {
    const now = Date.now();
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const [id, { isSpent }] of this.#kept) if (isSpent) this.#kept.delete(id);
  }
}
