import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SURVIVORS } from './survivors/index.ts';
import { TARGETS, TYPES_ONLY, WHOLE } from './targets.ts';

const root = join(import.meta.dirname, '..', '..');

test('each file that is mutated is there, with tests that are there', () => {
  for (const [file, tests] of Object.entries(TARGETS)) {
    expect(existsSync(join(root, 'proxy', `${file}.ts`)), file).toBe(true);
    expect(tests, file).not.toHaveLength(0);
    for (const path of tests) expect(existsSync(join(root, path)), path).toBe(true);
  }
});

test.each(WHOLE)('each file of %s is mutated, unless it holds types alone', (folder) => {
  const files = readdirSync(join(root, 'proxy', folder)).filter((name) => name.endsWith('.ts'));
  const named = files.map((name) => `${folder}/${name.slice(0, -3)}`);
  expect(
    named.filter((file) => !TYPES_ONLY.has(file) && !(file in TARGETS)),
    'expected these in test/mutation/targets.ts',
  ).toEqual([]);
});

test('no two lists of survivors name one file', async () => {
  const folder = join(import.meta.dirname, 'survivors');
  const lists = readdirSync(folder).filter((name) => name !== 'index.ts');
  const named = await Promise.all(
    lists.map(async (name) =>
      Object.values((await import(join(folder, name))) as Record<string, object>).flatMap((list) => Object.keys(list)),
    ),
  );
  expect(named.flat().sort()).toEqual(Object.keys(SURVIVORS).sort());
});

test('each explanation says why, and is of a file that is mutated', () => {
  for (const [file, explanations] of Object.entries(SURVIVORS)) {
    expect(Object.keys(TARGETS)).toContain(file);
    for (const { why, mutants } of explanations) {
      expect(why, file).not.toBe('');
      expect(mutants, `${file}: ${why}`).not.toHaveLength(0);
    }
  }
});

test('each explanation is of a line that is there', () => {
  const gone = Object.entries(SURVIVORS).flatMap(([file, explanations]) => {
    const source = readFileSync(join(root, 'proxy', `${file}.ts`), 'utf8');
    const lines = new Set(source.split('\n').map((line) => line.trim()));
    const mutants = explanations.flatMap((explanation) => explanation.mutants);
    return mutants.filter(({ was }) => !lines.has(was)).map(({ was }) => `${file}: ${was}`);
  });
  expect(gone).toEqual([]);
});
