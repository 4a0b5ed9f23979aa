/** Keys that another JSON reader could take for one of the protocol's, or for one another. */
import { ProxyError } from './errors.ts';
import type { Members } from './json/strict.ts';

/**
 * Folds case the way a lenient JSON reader might (Go's `encoding/json` takes `Name`, and even `ſ` for `s`; Java's
 * `equalsIgnoreCase` takes `İ` for `i`), so that a key another parser could take for one of ours is refused.
 */
export function fold(key: string): string {
  if (/^[a-z]*$/.test(key)) return key;
  return key.toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}

/** Keys a reader knows, and what they fold to. */
export class Known {
  readonly keys: readonly string[];
  readonly #folded: ReadonlySet<string>;

  constructor(keys: readonly string[]) {
    this.keys = keys;
    this.#folded = new Set(keys.map(fold));
  }

  /** Throws `invalid-request` for a key that differs only in case from a known one, or from another unknown one. */
  refuseVariants(given: readonly string[], where: string): void {
    let unknown: Set<string> | undefined;
    for (const key of given) {
      if (this.keys.includes(key)) continue;
      const low = fold(key);
      if (this.#folded.has(low)) throw new ProxyError('invalid-request', `a key of ${where} differs from a known one only in case`);
      if (unknown?.has(low) === true) throw new ProxyError('invalid-request', `two keys of ${where} differ only in case`);
      (unknown ??= new Set()).add(low);
    }
  }
}
