/**
 * A digest of what a team wrote: the config and everything that it imports, but not this package's own code. It changes with every
 * option, rule and control of the team's, and stays the same wherever the files lie and whatever version of this package bundles them.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import { ROOT } from '../../lib/root.ts';

/** @param config its absolute path */
export async function configDigest({ inputs }: Metafile, config: string): Promise<string> {
  const files = new Set<string>();
  const add = (path: string): void => {
    if (files.has(path) || isOwn(path)) return;
    files.add(path);
    for (const { path: imported, external } of inputs[path]?.imports ?? []) if (external !== true) add(imported);
  };
  const entry = relative(ROOT, config).split(sep).join('/');
  if (inputs[entry] === undefined) throw new Error(`expected the config ${config} among what was bundled, got ${Object.keys(inputs).length} other files`);
  add(entry);
  // By content alone: a file's name is in the text of what imports it.
  const hashes = await Promise.all([...files].map(async (path) => sha256(await readFile(resolve(ROOT, path)))));
  return `sha256:${sha256(hashes.toSorted().join('\n'))}`;
}

/** The proxy's code and its libraries, which the config reaches by importing this package. */
function isOwn(path: string): boolean {
  return path.startsWith('proxy/');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
