/** A Python with pinned packages, in its own folder. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const ASK = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, 10))';

/** Why there is none, which is not a fault of the proxy. */
export class Unavailable extends Error {}

/**
 * Installs the packages of a requirements file, unless they are installed.
 * @param what the packages, for an error
 * @param cache the folder; safe to delete
 * @param most milliseconds that the installation may take
 * @returns the path of its interpreter
 * @throws Unavailable without Python 3.10 or later, or without access to PyPI
 */
export async function pythonWith(requirements: string, what: string, cache: string, most: number): Promise<string> {
  const { name, version } = await findPython();
  const digest = createHash('sha256')
    .update(`${version}\n`)
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = join(cache, `${version}-${digest}`);
  const python = join(folder, 'bin/python');
  // Written at the end: a folder without it is from an interrupted installation.
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  const signal = AbortSignal.timeout(most);
  try {
    await exec(name, ['-m', 'venv', '--clear', folder], { signal });
    await exec(
      python,
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-input',
        '--only-binary',
        ':all:',
        '-r',
        requirements,
      ],
      { signal },
    );
  } catch (error) {
    throw unavailable(what, error, signal, most);
  }
  await writeFile(complete, '');
  return python;
}

/**
 * The error if pip could not get something in this many milliseconds. A digest that differs from the pinned one is an
 * ordinary error.
 */
export function unavailable(what: string, error: unknown, { aborted }: AbortSignal, most: number): Error {
  const all = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  if (all.includes('DO NOT MATCH THE HASHES'))
    return new Error(`${what}: what pip got is not what is pinned\n${all}`, { cause: error });
  const said = all.split('\n').at(-1);
  return new Unavailable(`${what} could not be installed by pip ${aborted ? `in ${most / 1000} s` : `(${said})`}`, {
    cause: error,
  });
}

async function findPython(): Promise<{ name: string; version: string }> {
  for (const name of NAMES) {
    try {
      return { name, version: (await exec(name, ['-c', ASK])).stdout.trim() };
    } catch {
      // Missing, too old, or without venv.
    }
  }
  throw new Unavailable(`no Python from 3.10 on with venv and ensurepip: none of ${NAMES.join(', ')} is one`);
}
