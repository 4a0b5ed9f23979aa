/** The fenced blocks of the pages. */
import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';

export interface Fenced {
  readonly language: string;
  readonly text: string;
  /** Where it begins in the page. */
  readonly line: number;
  /** What the comment before it says, in place of a run. */
  readonly notRun: string | undefined;
  /** Its file, if the comment before it or its first line says so. */
  readonly file: string | undefined;
}

export interface Page {
  readonly name: string;
  readonly blocks: readonly Fenced[];
}

const FENCE = /^(?:<!-- (not run|file): ([^\n]+?) -->\n+)?```(\w*)\n([^]*?)^```$/gm;
const FILE = /^(?:\/\/|#) ([\w./-]+\.\w+)\b[^\n]*\n/;

export function blocksOf(text: string): Fenced[] {
  return [...text.matchAll(FENCE)].map(({ index, 0: all, 1: mark, 2: said, 3: language = '', 4: code = '' }) => ({
    language,
    text: code,
    line: text.slice(0, index + all.indexOf('```')).split('\n').length,
    notRun: mark === 'not run' ? said : undefined,
    file: mark === 'file' ? said : FILE.exec(code)?.[1],
  }));
}

export async function readPages(): Promise<Page[]> {
  const names = ['README.md', 'llms.txt'];
  for await (const name of glob(['docs/*.md', 'examples/**/*.md'], { cwd: ROOT })) names.push(name);
  const pages = await Promise.all(
    names.toSorted().map(async (name) => ({ name, blocks: blocksOf(await readFile(join(ROOT, name), 'utf8')) })),
  );
  return pages.filter(({ blocks }) => blocks.length > 0);
}
