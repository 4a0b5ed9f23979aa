/**
 * Format-preserving encryption: maps numbers to numbers of the same range, by FF1 (NIST SP 800-38G) on their decimal
 * digits. If the range is not a power of ten, results outside are encrypted again until they are inside (cycle
 * walking).
 */
import { Ff1 } from './ff1.ts';

/** In a smaller domain, all values could be tried (SP 800-38G Rev. 1, 4). */
export const MIN_DOMAIN = 1_000_000n;
/** Walks take fewer than twenty steps on average; a walk this long is a bug. */
const MAX_STEPS = 10_000;

export type Way = 'encrypt' | 'decrypt';

export class Permutation {
  readonly #cipher: Ff1;

  constructor(key: Uint8Array) {
    this.#cipher = new Ff1(key);
  }

  /**
   * @param tweak separates this range from another of the same size
   * @param size how many of the range's first values are mapped to one another
   */
  encrypt(value: bigint, domain: bigint, tweak: string, size: bigint = domain): bigint {
    return this.#walk(value, domain, tweak, size, 'encrypt');
  }

  decrypt(value: bigint, domain: bigint, tweak: string, size: bigint = domain): bigint {
    return this.#walk(value, domain, tweak, size, 'decrypt');
  }

  #walk(value: bigint, domain: bigint, tweak: string, size: bigint, way: Way): bigint {
    if (domain < MIN_DOMAIN) throw new RangeError(`expected a range of ${MIN_DOMAIN} values or more, got ${domain}`);
    if (value < 0n || value >= size || size > domain) throw new RangeError('expected a value within the range');
    const { length } = String(domain - 1n);
    const bytes = Buffer.from(tweak);
    let at = value;
    for (let step = 0; step < MAX_STEPS; step++) {
      at = this.#cipher[way](at, length, bytes);
      if (at < size) return at;
    }
    throw new Error('a walk that found no way back into its range');
  }
}
