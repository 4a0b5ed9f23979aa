/** Reads the certificates of private authorities at the start, if any are bound. They are trusted besides the public ones. */
import { readFile } from 'node:fs/promises';
import { type Faults } from '../base/environment.ts';
import { ProxyError } from '../base/errors.ts';
import { readSecret, type SecretSource } from '../credentials/secret.ts';
import { parseAuthorities } from '../network/authorities.ts';

/** The file that the construct puts beside the bundle. */
export const CA_FILE = 'ca.pem';

/** `built`: that file. */
export type CaBundle = SecretSource | { readonly kind: 'built' };

/** The certificates, in PEM. A fault says which block is wrong. */
export async function readCaBundle(bundle: CaBundle, faults: Faults): Promise<readonly string[]> {
  const text = await textOf(bundle, faults);
  const read = text === undefined ? undefined : parseAuthorities(text);
  if (read === undefined) return [];
  if (typeof read === 'string') {
    faults.error(`CA_BUNDLE: ${read}`);
    return [];
  }
  faults.warnings.push(...read.warnings.map((warning) => `CA_BUNDLE: ${warning}`));
  return read.certificates;
}

async function textOf(bundle: CaBundle, faults: Faults): Promise<string | undefined> {
  try {
    if (bundle.kind === 'built') return await readFile(new URL(CA_FILE, import.meta.url), 'utf8');
    return await (bundle.kind === 'file' ? readFile(bundle.path, 'utf8') : readSecret(bundle));
  } catch (error) {
    if (error instanceof ProxyError) return faults.error(`CA_BUNDLE: ${error.message}`);
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return faults.error(
      bundle.kind === 'built'
        ? `CA_BUNDLE: expected ${CA_FILE} beside the bundle, where caFile of a deployment puts it, got none${code}`
        : `CA_BUNDLE: expected a file that can be read${code}`,
    );
  }
}
