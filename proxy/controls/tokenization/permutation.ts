/**
 * Format-preserving encryption: maps numbers to numbers of the same range, by FF1 (NIST SP 800-38G) on their decimal
 * digits. If the range is not a power of ten, results outside are encrypted again until they are inside (cycle
 * walking).
 */
import { FF1 } from '@noble/ciphers/ff1.js';

/** In a smaller domain, all values could be tried (SP 800-38G Rev. 1, 4). */
export const MIN_DOMAIN = 1_000_000n;
/** Walks take fewer than ten steps on average; a walk this long is a bug. */
const MAX_STEPS = 10_000;

export class Permutation {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @param tweak separates this range from another of the same size */
  encrypt(value: bigint, domain: bigint, tweak: string): bigint {
    return this.#walk(value, domain, tweak, 'encrypt');
  }

  decrypt(value: bigint, domain: bigint, tweak: string): bigint {
    return this.#walk(value, domain, tweak, 'decrypt');
  }

  #walk(value: bigint, domain: bigint, tweak: string, way: 'encrypt' | 'decrypt'): bigint {
    if (domain < MIN_DOMAIN) throw new RangeError(`expected a range of ${MIN_DOMAIN} values or more, got ${domain}`);
    if (value < 0n || value >= domain) throw new RangeError('expected a value within the range');
    const length = String(domain - 1n).length;
    const cipher = FF1(10, this.#key, Buffer.from(tweak));
    let at = value;
    for (let step = 0; step < MAX_STEPS; step++) {
      const digits = Array.from(String(at).padStart(length, '0'), Number);
      at = BigInt(cipher[way](digits).join(''));
      if (at < domain) return at;
    }
    throw new Error('a walk that found no way back into its range');
  }
}
