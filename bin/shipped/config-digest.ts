/**
 * A digest of what a team wrote: the config and everything it imports, except for this package's code. It changes with
 * every option, rule and control of the team, but not with the location of the files or the version of this package.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import { ROOT } from '../../lib/root.ts';

/** @param config its absolute path */
export async function configDigest({ inputs }: Metafile, config: string): Promise<string> {
  const entry = relative(ROOT, config).split(sep).join('/');
  if (inputs[entry] === undefined)
    throw new Error(
      `expected the config ${config} among what was bundled, got ${Object.keys(inputs).length} other files`,
    );
  const files = [entry];
  const imported = (path: string): readonly string[] =>
    (inputs[path]?.imports ?? []).flatMap((one) => (one.external === true || isOwn(one.path) ? [] : [one.path]));
  // Files added in this loop are visited later in it.
  for (const path of files) for (const other of imported(path)) if (!files.includes(other)) files.push(other);
  // File names are left out, since they depend on the location. Each file counts together with its imports, since
  // swapping two files makes another config.
  const parts = await Promise.all(
    files.map(async (path) =>
      [sha256(await readFile(resolve(ROOT, path))), ...imported(path).map((other) => files.indexOf(other))].join(' '),
    ),
  );
  return `sha256:${sha256(parts.join('\n'))}`;
}

/** The proxy's code and its libraries, which the config imports through this package. */
function isOwn(path: string): boolean {
  return path.startsWith('proxy/');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
