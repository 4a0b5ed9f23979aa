import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as offered from '../../proxy/controls/index.ts';

test('the proxy that the suite runs through has every control that there is', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('every-control.ts', import.meta.url)), '--describe']);
  const { controls }: { controls: readonly { readonly name: string }[] } = JSON.parse(stdout);
  // A control is a file of its own name that gives the function of that name.
  const files = (await readdir(new URL('../../proxy/controls', import.meta.url))).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3));
  const camel = (file: string): string => file.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
  const there = files.filter((file) => Object.keys(offered).includes(camel(file)));
  expect(there.length).toBeGreaterThan(7);
  expect(controls.map(({ name }) => name).toSorted()).toEqual(there.toSorted());
});
