/** Runs the code of pages: it is written to files and compiled, and tests can load its configs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { readBlocks, type Written, writeBlocks } from './blocks.ts';

export interface Page {
  /** The folder of its files, once the tests begin. */
  readonly folder: string;
  /** Loads the config in one of its files. */
  load(file: string): Promise<ProxyConfig>;
}

/** @param files the names of the pages' blocks, in order */
export function usePages(pages: readonly string[], files: readonly string[]): Page {
  let written: Written | undefined;
  beforeAll(async () => {
    written = await writeBlocks(await readBlocks(pages));
  });
  afterAll(() => written?.[Symbol.asyncDispose]());

  test('the blocks compile with the settings of the project', async () => {
    const compile = promisify(execFile)(process.execPath, [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      page.folder,
    ]);
    expect((await compile.catch((error: unknown) => error as { stdout: string })).stdout).toBe('');
    expect((await readBlocks(pages)).map(({ file }) => file)).toEqual(files);
  });

  const page: Page = {
    get folder() {
      if (written === undefined) throw new Error('expected the tests to have begun');
      return written.folder;
    },
    load: async (file) => ((await import(join(page.folder, file))) as { readonly default: ProxyConfig }).default,
  };
  return page;
}
