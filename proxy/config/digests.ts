/** Reads the digests that the build left beside the bundle: `config` covers the config and what it imports. */
import { readFile } from 'node:fs/promises';

export const DIGESTS_FILE = 'digests.json';

export type Digests = Readonly<Record<string, string>>;

/** The digests of this build; none if the sources run unbuilt. */
export async function builtDigests(): Promise<Digests> {
  const text = await readFile(new URL(DIGESTS_FILE, import.meta.url), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  const read: unknown = JSON.parse(text);
  const entries = Object.entries(typeof read === 'object' && read !== null ? read : {});
  return Object.fromEntries(entries.map(([name, digest]: [string, unknown]) => [name, String(digest)]));
}
