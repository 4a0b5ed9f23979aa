/** What a measurement keeps between runs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { hashOf, kept, Parts } from './kept.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NUMBERS = z.array(z.number());

test('a part is measured once, and again when what it measures has changed', async () => {
  const lines: string[] = [];
  let measured = 0;
  const run = async (key: string | undefined): Promise<readonly number[]> =>
    new Parts(1, (line) => lines.push(line), folder).of('email, new sources', key, NUMBERS, () => [++measured]);
  expect(await run('a')).toEqual([1]);
  expect(await run('a')).toEqual([1]);
  expect(await run('b')).toEqual([2]);
  expect(await run(undefined)).toEqual([3]);
  expect(lines).toEqual([
    '1 of 1: email, new sources',
    '1 of 1: email, new sources, from an earlier run',
    '1 of 1: email, new sources',
    '1 of 1: email, new sources',
  ]);
});

test('a part that failed leaves nothing behind', async () => {
  const parts = new Parts(2, () => {}, folder);
  await expect(
    parts.of('email', 'a', NUMBERS, () => {
      throw new Error('stopped');
    }),
  ).rejects.toThrow('stopped');
  expect(await parts.of('email', 'a', NUMBERS, () => [1])).toEqual([1]);
});

test('a part that was kept in another form is measured again', async () => {
  const parts = new Parts(2, () => {}, folder);
  await parts.of('email', 'a', z.string(), () => 'one');
  expect(await parts.of('email', 'a', NUMBERS, () => [1])).toEqual([1]);
});

test('a text is made once', () => {
  expect(kept('words.json', () => 'one', folder)).toBe('one');
  expect(kept('words.json', () => 'two', folder)).toBe('one');
});

test('a hash covers all sources in a folder, except tests', () => {
  mkdirSync(join(folder, 'inner'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('inner/one.ts', 'one');
  const first = hashOf(folder);
  write('one.test.ts', 'test');
  expect(hashOf(folder)).toBe(first);
  write('inner/one.ts', 'two');
  expect(hashOf(folder)).not.toBe(first);
});
