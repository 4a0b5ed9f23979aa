/** Compiles the TypeScript of all pages in one run of the compiler. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../bin/bundle.ts';
import { type Written, writeBlocks } from '../docs/blocks.ts';
import type { Fenced } from './pages.ts';

export interface Code {
  readonly page: string;
  readonly block: Fenced;
}

/** What the compiler says, without the folders' names; empty if all is well. */
export async function compile(blocks: readonly Code[]): Promise<string> {
  const written: Written[] = [];
  const include: string[] = [];
  const top = await mkdtemp(join(await cache(), 'snippets-code-'));
  try {
    for (const page of new Set(blocks.map((one) => one.page))) {
      const files = blocks
        .filter((one) => one.page === page)
        .map(({ block: { text, line, file } }, i) => ({
          page,
          text,
          file: file ?? (i === 0 ? 'proxy.config.ts' : `line-${line}.ts`),
        }));
      const { folder, ...rest } = await writeBlocks(files);
      written.push({ folder, ...rest, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) });
      for (const { file } of files) include.push(join(folder, file));
      // The lock that a page's config imports; npm run tools writes it.
      await writeFile(join(folder, 'tools.lock.json'), '{ "upstreams": {} }');
    }
    await writeFile(join(top, 'tsconfig.json'), JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return await promisify(execFile)(process.execPath, [tsc, '-p', top]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    await Promise.all(written.map((one) => one[Symbol.asyncDispose]()));
    await rm(top, { recursive: true, force: true });
  }
}

async function cache(): Promise<string> {
  const folder = join(ROOT, '.cache');
  await mkdir(folder, { recursive: true });
  return folder;
}

/** The page, relative to the repository, for a line of output. */
export function shown(page: string, line: number): string {
  return `${relative('.', page)}:${line}`;
}
