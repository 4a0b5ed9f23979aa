/** A keyring, a detector, and the tokens that they make, computed without a proxy. */
import type { Detector } from '../../../proxy/controls/shared/detectors/detector.ts';
import { parseKeyring } from '../../../proxy/controls/shared/keyring.ts';
import { Cipher } from '../../../proxy/controls/tokenization/cipher.ts';
import { Tokens } from '../../../proxy/controls/tokenization/tokens.ts';

export const TENANT = 'acme';
export const KEY = 'Wm3b5uUq0aE1H7vJr2nYc8dXk4tLs6oPzQfGhIiBxMw';
export const OTHER_KEY = KEY.split('').toReversed().join('');
const RING = JSON.stringify({ current: 'k1', keys: { k1: KEY } });

/** Binds the keyring through its own environment variable, as for local development. */
export function bindRing(text: string = RING, name = 'TEST_KEYRING'): Readonly<Record<string, string>> {
  process.env[name] = text;
  return { TOKENIZATION_KEYRING: `env:${name}` };
}

/** Finds addresses by a simple pattern; the real detectors have their own tests. */
export const emails: Detector = {
  name: 'email',
  type: 'email',
  find: (text) =>
    [...text.matchAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)].map(({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
      type: 'email',
    })),
};

/** Finds names of people from a fixed list. */
export function names(...known: readonly string[]): Detector {
  return {
    name: 'name',
    type: 'name',
    find: (text) =>
      known.flatMap((name) =>
        text.includes(name) ? [{ start: text.indexOf(name), end: text.indexOf(name) + name.length, type: 'name' }] : [],
      ),
  };
}

export function tokensWith(
  text: string = RING,
  types: readonly string[] = ['email', 'name', 'us-ssn', 'payment-card'],
): Tokens {
  const keyring = parseKeyring(text);
  if ('error' in keyring) throw new Error(keyring.error);
  return new Tokens(new Cipher(keyring), types);
}

export function tokenOf(value: string, type = 'email', tenant = TENANT): string {
  return tokensWith().token(tenant, { type, value, percent: false }, type === 'email' ? 'email' : 'plain') ?? '';
}
