/** Keys that another JSON reader could take for one of the protocol's, or for one another. */
import { ProxyError } from './errors.ts';
import type { Members } from './json/strict.ts';

/**
 * Folds case the way a lenient JSON reader might (Go's `encoding/json` takes `Name`, and even `ſ` for `s`; Java's
 * `equalsIgnoreCase` takes `İ` for `i`), so that a key another parser could take for one of ours is refused.
 */
export function fold(key: string): string {
  return key.toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}

/** Throws `invalid-request` for a key that differs only in case from a known one, or from another unknown one. */
export function refuseVariants(members: Members, known: readonly string[], where: string): void {
  let folded: Set<string> | undefined;
  for (let i = 0; i < members.count; i++) {
    const key = members.key(i);
    if (known.includes(key)) continue;
    const low = fold(key);
    if (known.some((name) => name.toLowerCase() === low)) {
      throw new ProxyError('invalid-request', `a key of ${where} differs from a known one only in case`);
    }
    folded ??= new Set();
    if (folded.has(low)) throw new ProxyError('invalid-request', `two keys of ${where} differ only in case`);
    folded.add(low);
  }
}
