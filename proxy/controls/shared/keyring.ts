/** The keyring: the secrets that tokens are made with. Old keys stay in it so that their tokens can be opened. */
import { parseSecretSource, type SecretSource } from '../../credentials/secret.ts';
import { isObject, JsonText } from '../../json/lossless.ts';

export interface Keyring {
  /** The id of the key that makes new tokens. */
  readonly current: string;
  /** Keys by id. */
  readonly keys: ReadonlyMap<string, string>;
  /** The id of the key of tokens without a marker, which can't name theirs: it never changes. */
  readonly shaped: string;
}

/** Where a keyring can be: a Secrets Manager secret, or, for local use, a file or an environment variable. */
export type KeyringSource = Exclude<SecretSource, { readonly kind: 'cognito' }>;

/** Minimum length of a key, in characters: 256 random bits in base64. */
const MIN_KEY = 43;
/** Part of every token. */
const ID = /^[A-Za-z0-9]{1,8}$/;
/** Begins the variables of keyrings that `npm start` made itself: it says so, and nobody chose where they are. */
export const MADE_LOCALLY = 'LOCAL_KEYRING_OF_';
const EXPECTED = 'expected { "current": ID, "keys": { ID: KEY } }';

/** Parses a keyring. The error says what was expected and never repeats what was got. */
export function parseKeyring(text: string): Keyring | { readonly error: string } {
  let value: unknown;
  try {
    ({ value } = JsonText.parse(text));
  } catch {
    return { error: `${EXPECTED}, got text that is not JSON, or JSON with a duplicate key` };
  }
  if (!isObject(value)) return { error: `${EXPECTED}, got another JSON value` };
  const { current, keys: given, shaped } = value;
  if (typeof current !== 'string') return { error: `${EXPECTED}, got no "current"` };
  // Secrets Manager generates a plain string: use it as the current key.
  const members = typeof given === 'string' ? { [current]: given } : given;
  if (!isObject(members)) return { error: `${EXPECTED}, got no "keys"` };
  const keys = new Map<string, string>();
  for (const [id, key] of Object.entries(members)) {
    if (!ID.test(id)) return { error: 'expected ids of 1 to 8 letters and digits, got another one' };
    if (typeof key !== 'string' || key.length < MIN_KEY)
      return {
        error: `expected keys of ${MIN_KEY} random characters or more, got another value under the id ${id}: make one with npm run keys -- new`,
      };
    if ([...keys.values()].includes(key))
      return { error: `expected different keys, got the same key again under the id ${id}` };
    keys.set(id, key);
  }
  if (!keys.has(current)) return { error: 'expected "current" to be the id of a key, got another one' };
  // Rings of earlier versions don't name it. JSON's order is not enough: JavaScript moves ids like "2026" to the front.
  const [first = ''] = keys.keys();
  if (shaped !== undefined && (typeof shaped !== 'string' || !keys.has(shaped)))
    return {
      error:
        'expected "shaped" to be the id of a key, got another one: put that key back, since other keys turn tokens without a mark into wrong data',
    };
  return { current, keys, shaped: shaped ?? first };
}

/** Parses the binding that says where the keyring is. */
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
  const isMade = source.kind === 'env' && source.name.startsWith(MADE_LOCALLY);
  if (source.kind !== 'secrets-manager' && !isMade)
    onWarning(
      `the keyring comes from ${source.kind === 'file' ? 'a file' : 'an environment variable'}: for local use only, deploy with a Secrets Manager ARN`,
    );
  return source;
}

/** The fault of a source whose file does not exist, which shows without a call of a service; undefined: none. */
export function missingFile(source: KeyringSource): string | undefined {
  if (source.kind !== 'file' || process.getBuiltinModule('node:fs').existsSync(source.path)) return undefined;
  return `expected a keyring ${placeOf(source)}, got no file: make one with npm run keys -- new file:${source.path}`;
}

/** A fault of the keyring. Its message contains nothing of the keyring. */
export class KeyringFault extends Error {}

/** Reads the keyring again at each call. Errors say where it looked, never what it found. */
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
    throw new KeyringFault(
      `the keyring in the file ${JSON.stringify(path)}: expected a file that can be read, got ${code}`,
    );
  }
}
