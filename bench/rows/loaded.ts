/** How much of the built folder is loaded before the first `tools/list` is answered. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { plain } from '../build.ts';
import { ask, serve, serveDrained } from '../child.ts';
import type { Finding } from '../finding.ts';
import { firstAnswer, LIST } from '../first-answer.ts';
import { before, upstream, type Programs } from '../subjects.ts';

interface Sizes {
  /** Paths within the folder. */
  readonly files: readonly string[];
  /** Their bytes. */
  readonly loaded: number;
  /** Bytes and number of all files in the folder. */
  readonly all: number;
  readonly count: number;
}

export async function loaded(programs: Programs): Promise<Finding[]> {
  if (programs.selfCheck) return [];
  const { files, loaded: read, all, count } = await sizes(programs);
  return [
    {
      row: 'loaded',
      what: 'bundle loaded before the first answer',
      value: kilobytes(read),
      unit: 'KB',
      detail: files.join(', '),
      bound: { atMost: 300 },
    },
    { row: 'loaded', what: 'the whole folder', value: kilobytes(all), unit: 'KB', detail: `${count} files` },
  ];
}

/** Of the proxy as shipped. */
export async function sizes({ folder, bare }: Programs): Promise<Sizes> {
  const up = await serve(upstream({}));
  const proxy = await serveDrained({
    args: ['--import', plain('loaded-files.ts'), ...bare('shipped').args],
    env: before(up.port),
  });
  await firstAnswer(proxy.port, LIST);
  const { files } = await ask<{ files: string[] }>(proxy.child, 'loaded');
  await proxy.stop();
  await up.stop();

  const root = realpathSync(folder('shipped'));
  const inside = files.filter((file) => !relative(root, file).startsWith('..'));
  // At least the entry point: a hook that recorded nothing must not look like a proxy that loads nothing.
  if (!inside.some((file) => file.endsWith('main.mjs')))
    throw new Error(`expected main.mjs among the loaded files, got ${files.join(', ')}`);
  const all = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return {
    files: inside.map((file) => relative(root, file)),
    loaded: bytes(inside),
    all: bytes(all),
    count: all.length,
  };
}

/** In units of 1,000 bytes, which is stricter. */
const kilobytes = (size: number): number => size / 1000;
const bytes = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0);
