import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as offered from '../../proxy/controls/index.ts';

test('the proxy that the suite runs through has every built-in control', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('every-control.ts', import.meta.url)),
    '--describe',
  ]);
  const { controls }: { controls: readonly { readonly name: string }[] } = JSON.parse(stdout);
  // A control is a folder that exports the function with the folder's name.
  const folders = (await readdir(new URL('../../proxy/controls', import.meta.url), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const camel = (folder: string): string => folder.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
  const there = folders.filter((folder) => Object.keys(offered).includes(camel(folder)));
  expect(there.length).toBeGreaterThan(7);
  expect(controls.map(({ name }) => name).toSorted()).toEqual(there.toSorted());
});
