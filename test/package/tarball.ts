/** The tarballs of `npm pack`, made once in a run of the tests. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { isErrno } from '../../proxy/base/log.ts';

const run = promisify(execFile);

export interface Tarballs {
  /** The package, and the one of `npm create`. */
  readonly proxy: string;
  readonly create: string;
}

/** The run's own folder (`../support/one-run.ts`). */
const PLACE = join(tmpdir(), 'packed');
const DONE = join(PLACE, 'tarballs.json');

/** Whichever test file is first packs; the others wait for it. */
export async function tarballs(): Promise<Tarballs> {
  const isFirst = await mkdir(PLACE).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'EEXIST')) return false;
      throw error;
    },
  );
  if (isFirst) {
    const made = await pack(join(PLACE, 'repository')).catch((error: unknown) => ({ error: String(error) }));
    await writeFile(`${DONE}.part`, JSON.stringify(made));
    await rename(`${DONE}.part`, DONE);
  }
  const read = JSON.parse(await vi.waitFor(() => readFile(DONE, 'utf8'), { timeout: 900_000, interval: 100 })) as
    | Tarballs
    | { readonly error: string };
  if ('error' in read) throw new Error(`npm pack failed: ${read.error}`);
  return read;
}

/**
 * Packs a copy of the working tree, since packing changes its package.json for a moment, while other tests import from
 * it.
 */
async function pack(copy: string): Promise<Tarballs> {
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  for (const file of stdout.split('\n').filter((name) => name !== '')) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(ROOT, file), join(copy, file)).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const before = await readFile(join(copy, 'package.json'), 'utf8');
  await run('npm', ['pack', '--silent'], { cwd: copy });
  expect(await readFile(join(copy, 'package.json'), 'utf8')).toBe(before);
  await run('npm', ['pack', '--silent'], { cwd: join(copy, 'create') });
  return { proxy: await tarballIn(copy), create: await tarballIn(join(copy, 'create')) };
}

async function tarballIn(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack made no tarball');
  return join(folder, name);
}
