/** The folders of the repository with sources, and their files. */
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';

/** A folder and all folders in it, as paths from the repository's root. */
export async function foldersOf(top: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, top), { recursive: true, withFileTypes: true });
  const within = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  return [top, ...within].toSorted();
}

/** The source files directly in a folder, as paths from the repository's root. */
export async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`)
    .toSorted();
}
