/**
 * The keyring: the secrets that tokens are made with. Every key that ever made one stays, so that its tokens can be
 * opened.
 */
import { parseSecretSource, type SecretSource } from '../../credentials/secret.ts';
import { isObject, JsonText } from '../../json/lossless.ts';

export interface Keyring {
  /** The id of the key that makes new tokens. */
  readonly current: string;
  /** Key texts by id, the oldest first. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Where a keyring may be: a Secrets Manager secret, or, for local use, a file or an environment variable. */
export type KeyringSource = Exclude<SecretSource, { readonly kind: 'cognito' }>;

/** Characters of a key, at least: 256 random bits in base64. */
export const MIN_KEY = 43;
/** It stands in every token. */
const ID = /^[A-Za-z0-9]{1,8}$/;
const EXPECTED = 'expected { "current": ID, "keys": { ID: KEY } }';

/** Reads a keyring's text. The error says what was expected, and never repeats what was got. */
export function parseKeyring(text: string): Keyring | { readonly error: string } {
  let value: unknown;
  try {
    ({ value } = JsonText.parse(text));
  } catch {
    return { error: `got no JSON, or JSON with a key twice; ${EXPECTED}` };
  }
  if (!isObject(value)) return { error: `got another JSON value; ${EXPECTED}` };
  const { current, keys: given } = value;
  if (typeof current !== 'string') return { error: `got no "current"; ${EXPECTED}` };
  // As Secrets Manager generates it: one text, which is the current key.
  const members = typeof given === 'string' ? { [current]: given } : given;
  if (!isObject(members)) return { error: `got no "keys"; ${EXPECTED}` };
  const keys = new Map<string, string>();
  for (const [id, key] of Object.entries(members)) {
    if (!ID.test(id)) return { error: 'expected ids of 1 to 8 letters and digits, got another one' };
    if (typeof key !== 'string' || key.length < MIN_KEY)
      return {
        error: `expected each key to be a text of ${MIN_KEY} random characters or more; the one with the id ${id} is not`,
      };
    if ([...keys.values()].includes(key))
      return { error: `expected keys that differ; the one with the id ${id} is there twice` };
    keys.set(id, key);
  }
  if (!keys.has(current)) return { error: 'expected "current" to be the id of a key, got another one' };
  return { current, keys };
}

/** Reads what the binding says of where the keyring is. */
export function keyringSource(
  text: string,
  onWarning: (message: string) => void,
): KeyringSource | { readonly error: string } {
  const parsed = parseSecretSource(text);
  if (
    'error' in parsed ||
    parsed.source.kind === 'cognito' ||
    (parsed.source.kind === 'secrets-manager' && parsed.source.key !== undefined)
  ) {
    return {
      error:
        'expected where the keyring is: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, or, for local use, file:PATH or env:NAME',
    };
  }
  const { source } = parsed;
  if (source.kind !== 'secrets-manager')
    onWarning(
      `the keyring comes from ${source.kind === 'file' ? 'a file' : 'an environment variable'}: for local use only, deploy with a Secrets Manager ARN`,
    );
  return source;
}

/** What is wrong with a keyring, in words that hold nothing of it. */
export class KeyringFault extends Error {}

/** The keyring, read anew at each call. What it throws says where it looked, and never what it found. */
export async function readKeyring(source: KeyringSource): Promise<Keyring> {
  const keyring = parseKeyring(await textOf(source));
  if ('error' in keyring) throw new KeyringFault(`the keyring ${placeOf(source)}: ${keyring.error}`);
  return keyring;
}

export function placeOf(source: KeyringSource): string {
  return source.kind === 'secrets-manager'
    ? source.arn
    : source.kind === 'file'
      ? `in the file ${JSON.stringify(source.path)}`
      : `in the variable ${source.name}`;
}

async function textOf(source: KeyringSource): Promise<string> {
  switch (source.kind) {
    case 'secrets-manager':
      return (await import('../../credentials/secrets-manager.ts')).readWholeSecret(source);
    case 'file':
      return readText(source.path);
    case 'env':
      return process.env[source.name] ?? '';
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await process.getBuiltinModule('node:fs').promises.readFile(path, 'utf8');
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
    throw new KeyringFault(`could not read the keyring in the file ${JSON.stringify(path)} (${code})`);
  }
}
