/**
 * Makes tokens with a keyring: AES-SIV (RFC 5297) with a key per tenant, type and key of the ring, derived by HKDF (RFC
 * 5869). The same value of a tenant and type always gives the same token. Tenant, type and key id are authenticated, so
 * no token opens as another's. Loaded when the first value is hidden or the first token opened.
 */
import { hkdfSync } from 'node:crypto';
import { Cache } from '../../base/cache.ts';
import type { Keyring } from '../shared/keyring.ts';
import type { Encrypted, FoundToken } from './found-token.ts';
import { isPacked, packed, unpacked } from './packed.ts';
import { Permutation } from './permutation.ts';
import { Siv } from './siv.ts';
import { codeOf, MAX_VALUE, mayBeOf } from './token.ts';

const SALT = 'agentcore-mcp-proxy/tokenization/1';

export class Cipher {
  readonly #keyring: Keyring;
  readonly #sivs = remembering<Siv>();
  readonly #permutations = remembering<Permutation>();

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /**
   * Undefined: the value is too large or has no UTF-8 form.
   * @param packs whether an address is made shorter first
   */
  seal(tenant: string, type: string, value: string, packs = false): Encrypted | undefined {
    const bytes = (packs ? packed(value) : undefined) ?? Buffer.from(value);
    // A lone surrogate has no UTF-8 form, so the original could not be restored.
    if (bytes.length > MAX_VALUE || !value.isWellFormed()) return undefined;
    const keyId = this.#keyring.current;
    return { keyId, code: codeOf(type), ciphertext: this.#siv(tenant, type, keyId).seal(bytes) };
  }

  /** Undefined: not a token of that tenant and type. */
  open(tenant: string, type: string, token: FoundToken): string | undefined {
    if (!mayBeOf(type, token)) return undefined;
    for (const keyId of this.#keysOf(token)) {
      const bytes = this.#siv(tenant, type, keyId).open(token.ciphertext);
      if (bytes !== undefined) return isPacked(bytes) ? unpacked(bytes) : bytes.toString('utf8');
    }
    return undefined;
  }

  /** Whether the key of a token is in the keyring; in any case, because software may have changed it. */
  hasKey({ keyId }: FoundToken): boolean {
    const folded = keyId.toLowerCase();
    for (const id of this.#keyring.keys.keys()) if (id.toLowerCase() === folded) return true;
    return false;
  }

  /** Ids of keys may differ only in case. */
  #keysOf({ keyId, caseFree }: FoundToken): readonly string[] {
    const { keys } = this.#keyring;
    if (!caseFree) return keys.has(keyId) ? [keyId] : [];
    return [...keys.keys()].filter((id) => id.toLowerCase() === keyId);
  }

  /** For tokens without a marker, which can't name their key: always the same key, so that a rotation changes none. */
  permutation(tenant: string, type: string): Permutation {
    const keyId = this.#keyring.shaped;
    return remembered(
      this.#permutations,
      tenant,
      type,
      keyId,
      (info) => new Permutation(this.#derive('ff1', info, keyId, 32)),
    );
  }

  /** Tells keyring, tenant and type of tokens without a marker from others, and shows nothing of the key. */
  check(tenant: string, type: string): string {
    const info = JSON.stringify([tenant, type, this.#keyring.shaped]);
    return Buffer.from(this.#derive('check', info, this.#keyring.shaped, 6)).toString('hex');
  }

  #siv(tenant: string, type: string, keyId: string): Siv {
    return remembered(
      this.#sivs,
      tenant,
      type,
      keyId,
      (info) => new Siv(this.#derive('aes-siv', info, keyId, 64), Buffer.from(info)),
    );
  }

  #derive(purpose: string, info: string, keyId: string, length: number): Uint8Array {
    const secret = this.#keyring.keys.get(keyId);
    if (secret === undefined) throw new Error('a key that the keyring does not have');
    return new Uint8Array(hkdfSync('sha256', secret, SALT, `${purpose}${info}`, length));
  }
}

/** Claims may name thousands of tenants with long names. A key schedule takes some kilobytes. */
const remembering = <V>(): Cache<V> =>
  new Cache({ maxBytes: 8 * 1024 * 1024, maxKey: 4 * 1024, weigh: () => 6 * 1024 });

function remembered<V>(cache: Cache<V>, tenant: string, type: string, keyId: string, make: (info: string) => V): V {
  // Length and key id contain no space, so entries are unambiguous.
  const entry = `${type.length} ${keyId} ${type}${tenant}`;
  return cache.getOrMake(entry, () => make(JSON.stringify([tenant, type, keyId])));
}
