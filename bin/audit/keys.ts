/** The keys that check heads: the keyring that signed them, or the public key. */
import { constants, createPublicKey, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signedText, vouchedText } from '../../proxy/controls/audit/chain.ts';
import { derived } from '../../proxy/controls/audit/keys.ts';
import { keyringSource, readKeyring } from '../../proxy/controls/shared/keyring.ts';
import type { SigningAlgorithm } from '../../proxy/credentials/signing-algorithms.ts';
import type { CheckHead } from './verify.ts';

/** @param where `arn:…`, `file:…` or `env:…` */
export async function checkByKeyring(where: string): Promise<CheckHead> {
  const source = keyringSource(where, () => {});
  if ('error' in source) throw new TypeError(`--keyring: ${source.error}`);
  const { keys } = await readKeyring(source);
  return (line, { alg, key: id = '', sig = '' }) => {
    const key = keys.get(id);
    if (alg !== 'hmac-sha256' || key === undefined) return undefined;
    // Compare as text: base64url can spell the same bytes in several ways, but only one was written.
    const expected = Buffer.from(
      createHmac('sha256', derived(key, 'audit-chain')).update(signedText(line)).digest('base64url'),
    );
    const given = Buffer.from(sig);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}

/**
 * The key that signed, or a key in KMS that vouched for the process's own.
 * @param path of a PEM file with the public key, or with the private key, of which only the public part is used
 */
export function checkByPublicKey(path: string): CheckHead {
  let key: KeyObject;
  try {
    key = createPublicKey(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new TypeError(`--public-key ${path}: expected a public key as PEM (${code})`, { cause: error });
  }
  const type = key.asymmetricKeyType ?? 'another type of';
  if (!['ed25519', 'ec', 'rsa'].includes(type))
    throw new TypeError(`--public-key ${path}: expected an Ed25519, EC or RSA key, got ${type} key`);
  return (line, { id, alg, by, sig = '' }) => {
    if (alg !== 'ed25519') return undefined;
    if (by === undefined) return type === 'ed25519' ? signed(line, key, sig) : undefined;
    const proof = bytesOf(by.proof);
    const options = verifying(by.alg, type);
    if (options === undefined || proof === undefined) return undefined;
    const { digest, ...more } = options;
    if (!verify(digest, Buffer.from(vouchedText(id, by.pub)), { key, ...more }, proof)) return false;
    const own = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: by.pub }, format: 'jwk' });
    return signed(line, own, sig);
  };
}

function signed(line: string, key: KeyObject, sig: string): boolean {
  const given = bytesOf(sig);
  return given !== undefined && verify(null, Buffer.from(signedText(line)), key, given);
}

/** Base64url can spell the same bytes in several ways, but only one was written. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** How to verify with this algorithm; undefined: a key of that type doesn't sign with it. */
function verifying(alg: SigningAlgorithm, type: string) {
  const digest = `sha${alg.slice(2)}`;
  if (alg === 'EdDSA') return type === 'ed25519' ? { digest: null } : undefined;
  if (alg.startsWith('ES')) return type === 'ec' ? { digest, dsaEncoding: 'ieee-p1363' as const } : undefined;
  if (type !== 'rsa') return undefined;
  return alg.startsWith('PS')
    ? { digest, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { digest };
}
