/**
 * Keys for fingerprints and signatures, from keyrings and secrets. Each use has its own derived key (HKDF, RFC 5869).
 */
import { createHmac, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { log } from '../../base/log.ts';
import { kernelRandom } from '../../base/random.ts';
import { parseKmsKey } from '../../credentials/kms-key.ts';
import { parseSecretSource, readSecret } from '../../credentials/secret.ts';
import type { SigningAlgorithm } from '../../credentials/signing-algorithms.ts';
import { type Keyring, keyringSource, readKeyring } from '../shared/keyring.ts';
import { vouchedText } from './chain.ts';
import type { Signer } from './signer.ts';

/** @param text the binding's value, which says where the keyring is */
export async function keyringOf(
  variable: string,
  text: string,
  warn: (warning: string) => void = (warning) => log.warn(warning),
): Promise<Keyring> {
  const source = keyringSource(text, (warning) => warn(`${variable}: ${warning}`));
  if ('error' in source) throw new TypeError(`${variable}: ${source.error}`);
  return readKeyring(source);
}

export function derived(key: string, use: 'audit-fingerprint' | 'audit-chain'): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', use, 32));
}

/** Writes 96 bits in base64url after the key id: enough to make accidental collisions unlikely. */
export class Fingerprinter {
  readonly #key: Buffer;
  readonly #prefix: string;

  constructor({ current, keys }: Keyring) {
    this.#key = derived(keys.get(current) ?? '', 'audit-fingerprint');
    this.#prefix = `${current}.`;
  }

  /** @param of separates equal values of different kinds */
  of(of: string, value: string): string {
    return this.#prefix + createHmac('sha256', this.#key).update(`${of}\n${value}`).digest('base64url').slice(0, 16);
  }
}

export function hmacSigner({ current, keys }: Keyring): Signer {
  const key = derived(keys.get(current) ?? '', 'audit-chain');
  return {
    alg: 'hmac-sha256',
    key: current,
    sign: (text) => createHmac('sha256', key).update(text).digest('base64url'),
  };
}

export async function ed25519Signer(variable: string, text: string): Promise<Signer> {
  const parsed = parseSecretSource(text, (warning) => log.warn(`${variable}: ${warning}`));
  if ('error' in parsed) throw new TypeError(`${variable}: ${parsed.error}`);
  const key = privateKey(variable, await readSecret(parsed.source));
  return {
    alg: 'ed25519',
    key: undefined,
    sign: (signed) => sign(null, Buffer.from(signed), key).toString('base64url'),
  };
}

/**
 * Signs with a key that exists in this process only, for one chain, and for which a key in KMS vouches. KMS can't sign
 * every head: heads are written at once, also as the process exits. Those who can only change lines can't change what an ended
 * process wrote: its own key is gone. Those who may sign with KMS can write the chain again with another key, at the price of one
 * more `Sign` in CloudTrail than there are chains.
 */
export async function vouchedSigner(
  variable: string,
  text: string,
  algorithm: SigningAlgorithm,
  chain: string,
): Promise<Signer> {
  const parsed = parseKmsKey(text);
  if ('error' in parsed) throw new TypeError(`${variable}: ${parsed.error}`);
  const { kmsSigner } = await import('../../credentials/kms-signer.ts');
  // From the kernel: a restored snapshot has a clone of the generator that Node draws keys from.
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, kernelRandom(32)]), format: 'der', type: 'pkcs8' });
  const pub = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url');
  const proof = (await kmsSigner(parsed.key, algorithm)(vouchedText(chain, pub))).toString('base64url');
  return {
    alg: 'ed25519',
    key: undefined,
    by: { alg: algorithm, pub, proof },
    sign: (signed) => sign(null, Buffer.from(signed), key).toString('base64url'),
  };
}

/** What is before the 32 bytes of a private key in PKCS 8 (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Hides the parser's error, because it may contain a part of the key. */
function privateKey(variable: string, pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    key = undefined;
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new TypeError(
      `${variable}: expected an Ed25519 private key as PEM (openssl genpkey -algorithm ed25519), got something else`,
    );
  return key;
}
