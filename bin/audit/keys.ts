/** The keys that check heads: the keyring that signed them, or the public key. */
import { createPublicKey, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signedText } from '../../proxy/controls/audit/chain.ts';
import { derived } from '../../proxy/controls/audit/keys.ts';
import { keyringSource, readKeyring } from '../../proxy/controls/shared/keyring.ts';
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

/** @param path of a PEM file with the public key, or with the private key, of which only the public part is used */
export function checkByPublicKey(path: string): CheckHead {
  let key: KeyObject;
  try {
    key = createPublicKey(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new TypeError(`--public-key ${path}: expected an Ed25519 key as PEM (${code})`, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TypeError(
      `--public-key ${path}: expected an Ed25519 key, got ${key.asymmetricKeyType ?? 'another type of key'}`,
    );
  return (line, { alg, sig = '' }) => {
    if (alg !== 'ed25519') return undefined;
    const given = Buffer.from(sig, 'base64url');
    return given.toString('base64url') === sig && verify(null, Buffer.from(signedText(line)), key, given);
  };
}
