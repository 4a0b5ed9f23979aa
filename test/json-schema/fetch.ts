/**
 * Gets the official test suite from the source distribution of the Python package `jsonschema`, which contains it. npm
 * has no current package of it: `json-schema-test-suite` ends with draft 4, and `@json-schema-org/tests` has a loader
 * but no tests.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonWith, unavailable } from '../support/python.ts';
import { folderIn } from './official.ts';

const exec = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const BUILD_REQUIREMENTS = fileURLToPath(new URL('build-requirements.txt', import.meta.url));
const WHAT = 'the official JSON Schema test suite';

/**
 * Downloads and unpacks it, unless it exists.
 * @param cache the folder; safe to delete
 * @param most milliseconds that each of the two installations may take
 * @returns the folder with its `tests` and `remotes`
 * @throws Unavailable without Python 3.10 or later, or without access to PyPI
 * @throws Error if PyPI's file is not the pinned one
 */
export async function officialSuite(cache: string, most: number): Promise<string> {
  const folder = folderIn(cache);
  if (existsSync(folder)) return folder;
  const python = await pythonWith(BUILD_REQUIREMENTS, WHAT, join(cache, 'python'), most);
  const unpacked = join(cache, `unpacking-${process.pid}`);
  await mkdir(unpacked, { recursive: true });
  try {
    await download(python, unpacked, most);
    const [archive = ''] = await readdir(unpacked);
    await exec('tar', ['-xzf', archive], { cwd: unpacked });
    await rename(join(unpacked, archive.replace(/\.tar\.gz$/, ''), 'json'), folder);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return folder;
}

/** Uses pip, which compares the digest. Its build also runs with the pinned packages, and installs nothing. */
async function download(python: string, folder: string, most: number): Promise<void> {
  const signal = AbortSignal.timeout(most);
  try {
    await exec(
      python,
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--disable-pip-version-check',
        '--no-input',
        '--no-deps',
        '--no-binary',
        ':all:',
        '--no-build-isolation',
        '--require-hashes',
        '-r',
        REQUIREMENTS,
        '-d',
        folder,
      ],
      { signal },
    );
  } catch (error) {
    throw unavailable(WHAT, error, signal, most);
  }
}
