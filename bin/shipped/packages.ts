/** The packages in a bundle, found by the files in esbuild's outputs and the package.json above each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { ROOT } from '../../lib/root.ts';

export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** As in its package.json: an SPDX expression, or free text. */
  readonly license: string;
  readonly description: string | undefined;
  /** The texts of its licence and notices, with file names. */
  readonly texts: readonly { readonly file: string; readonly text: string }[];
}

const TEXTS = /^(?:licen[cs]e|copying|notice|copyright)(?:[-.].*)?$/i;

/** Sorted by name and version, without duplicates. */
export function packagesIn({ outputs }: Metafile): readonly Bundled[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0 && /(?:^|\/)node_modules\//.test(path)) folders.add(folderOf(resolve(ROOT, path)));
    }
  }
  const found = new Map(
    [...folders].map((folder) => readPackage(folder)).map((bundled) => [`${bundled.name}@${bundled.version}`, bundled]),
  );
  return [...found.values()].toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/**
 * The nearest folder whose package.json has a name: a package may contain others that only say how files are to be
 * read.
 */
function folderOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && typeof manifestOf(folder)['name'] === 'string') return folder;
  }
  throw new Error(`expected a package.json with a name above ${file}, found none`);
}

function manifestOf(folder: string): Readonly<Record<string, unknown>> {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null ? { ...manifest } : {};
}

function readPackage(folder: string): Bundled {
  const { name, version, license, description } = manifestOf(folder);
  if (typeof name !== 'string' || typeof version !== 'string')
    throw new Error(
      `expected a name and a version in ${folder}/package.json, got ${JSON.stringify({ name, version })}`,
    );
  const files = readdirSync(folder)
    .filter((file) => TEXTS.test(file))
    .toSorted();
  return {
    name,
    version,
    license: typeof license === 'string' ? license : 'NOASSERTION',
    description: typeof description === 'string' ? description : undefined,
    texts: files.map((file) => ({
      file,
      text: readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim(),
    })),
  };
}
