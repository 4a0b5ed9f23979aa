/**
 * Digests of what a deployment wrote, as the build left them beside the bundle: `config` is that of the config and what
 * it imports.
 */
import { readFile } from 'node:fs/promises';

export const DIGESTS_FILE = 'digests.json';

export type Digests = Readonly<Record<string, string>>;

/** Those of this build; none where the sources run as they are. */
export async function builtDigests(): Promise<Digests> {
  const text = await readFile(new URL(DIGESTS_FILE, import.meta.url), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  const read: unknown = JSON.parse(text);
  const entries = Object.entries(typeof read === 'object' && read !== null ? read : {});
  return Object.fromEntries(entries.map(([name, digest]: [string, unknown]) => [name, String(digest)]));
}
