/** A README in each folder, a map of the rooms, and no name of a missing file. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { foldersOf, sourcesIn } from './folders.ts';
import { pathsIn } from './paths.ts';
import { withRooms } from './rooms.ts';

const PAGE = 'CONTRIBUTING.md';

const rooms: string[] = [];
for (const top of ['proxy', 'lib', 'bin'])
  for (const folder of await foldersOf(top)) if ((await sourcesIn(folder)).length > 0) rooms.push(folder);

test('the table of rooms lists all of them, with their purpose', async () => {
  const page = await readFile(join(ROOT, PAGE), 'utf8');
  await expect(await withRooms(page)).toMatchFileSnapshot(join(ROOT, PAGE));
});

describe.each(rooms)('the README of %s', (folder) => {
  const file = `${folder}/README.md`;

  test('says in 5 to 20 lines what the folder is for and what does not belong there', async () => {
    const text = await readFile(join(ROOT, file), 'utf8');
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[0]).toMatch(/^# `[^`]+\/`: \S/);
    expect(text).toMatch(/\bnot here\b/i);
  });

  test('names only files that exist', async () => {
    expect(lost(await readFile(join(ROOT, file), 'utf8'), folder, true)).toEqual([]);
  });
});

test.each([PAGE, 'docs/architecture.md'])('%s names only files that exist', async (page) => {
  expect(lost(await readFile(join(ROOT, page), 'utf8'), dirname(page))).toEqual([]);
});

test('a missing file is found', () => {
  const text = 'see `./nowhere.ts`, `proxy/nowhere/`, `proxy/NAME.ts`, `wire.ts`, `else.ts` and [it](nowhere.md#here)';
  expect(lost(text, 'proxy/call')).toEqual(['./nowhere.ts', 'proxy/nowhere/', 'nowhere.md']);
  expect(lost(text, 'proxy/call', true)).toEqual(['./nowhere.ts', 'proxy/nowhere/', 'else.ts', 'nowhere.md']);
});

/** Paths in a page of a folder that don't exist, neither from there nor from the root. */
function lost(text: string, folder: string, bare = false): string[] {
  return pathsIn(text, bare).filter(
    (path) => ![join(ROOT, folder, path), join(ROOT, path)].some((place) => existsSync(place)),
  );
}
