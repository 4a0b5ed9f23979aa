/** The code blocks of the pages, as files: the first line of a block names its file. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';

const PAGES = ['README.md', 'docs/controls.md'];

export interface Block {
  readonly page: string;
  /** Relative to the team's folder, which is the repository's. */
  readonly file: string;
  readonly text: string;
}

/** All ```ts blocks. The README's block is the `proxy.config.ts` that its heading names. */
export async function readBlocks(pages: readonly string[] = PAGES): Promise<Block[]> {
  const blocks: Block[] = [];
  for (const page of pages) {
    const text = await readFile(join(ROOT, page), 'utf8');
    for (const [, code = ''] of text.matchAll(/^```ts\n([^]*?)^```$/gm))
      blocks.push({ page, file: /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? 'proxy.config.ts', text: code });
  }
  return blocks;
}

export interface Written extends AsyncDisposable {
  readonly folder: string;
}

/** Writes them to a folder that git ignores, within the repository, so that this package's own name resolves there. */
export async function writeBlocks(blocks: readonly Block[]): Promise<Written> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.cache/docs-'));
  for (const { file, text } of blocks) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  await symlink(join(ROOT, 'local'), join(folder, 'local'));
  // Imports with paths of the repository resolve there: the compiler treats a linked file as one of this folder.
  await mkdir(join(folder, 'testing'));
  await writeFile(join(folder, 'testing/index.ts'), "export * from '../../../testing/index.ts';\n");
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'lib/deployments.ts'), "export * from '../../../lib/deployments.ts';\n");
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: blocks.map(({ file }) => file) }),
  );
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
