/** Finds keys that another JSON reader could take for one of the protocol's, or for each other. */
import { ProxyError } from '../base/errors.ts';
import type { Members } from '../json/members.ts';

/**
 * Folds case as the most lenient JSON readers do (Go's `encoding/json` accepts `Name` for `name`, and even `ſ` for `s`;
 * Java's `equalsIgnoreCase` accepts `İ` for `i`), so that a key that one of them takes for another key is refused.
 */
export function fold(key: string): string {
  if (/^[a-z]*$/.test(key)) return key;
  return key.toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}

/** The keys that the protocol defines for one object. */
export class Known {
  readonly #keys: ReadonlySet<string>;
  readonly #folded: ReadonlySet<string>;

  constructor(...keys: readonly string[]) {
    this.#keys = new Set(keys);
    this.#folded = new Set(keys.map(fold));
  }

  /** Whether a key differs only in case from a known one. */
  hasVariant(keys: readonly string[]): boolean {
    return keys.some((key) => !this.#keys.has(key) && this.#folded.has(fold(key)));
  }

  /** Throws `invalid-request` for a key that differs only in case from a known one, or from another unknown one. */
  refuseVariants(members: Members, where: string): void {
    let unknown: Set<string> | undefined;
    for (let i = 0; i < members.count; i++) {
      const key = members.key(i);
      if (this.#keys.has(key)) continue;
      const low = fold(key);
      if (this.#folded.has(low))
        throw new ProxyError('invalid-request', `a key of ${where} differs from a known one only in case`);
      if (unknown === undefined) unknown = new Set();
      else if (unknown.has(low)) throw new ProxyError('invalid-request', `two keys of ${where} differ only in case`);
      unknown.add(low);
    }
  }
}
