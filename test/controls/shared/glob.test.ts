import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOf, globOf } from '../../../proxy/controls/shared/glob.ts';

test('a star stands for any characters, everything else for itself', () => {
  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength: 10 });
  fc.assert(
    fc.property(letters('ab*.\n'), letters('ab.\n*'), (glob, name) => {
      const meant = new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's');
      expect(globOf(glob)(name)).toBe(meant.test(name));
    }),
    { numRuns: 2_000 },
  );
});

test('several patterns match what any of them matches, and no patterns match nothing', () => {
  const fits = anyOf(['add', 'search___*', '*_admin']);
  expect(['add', 'search___', 'search___x', 'a_admin'].map(fits)).toEqual([true, true, true, true]);
  expect(['adder', 'search', 'admin', ''].map(fits)).toEqual([false, false, false, false]);
  expect(anyOf([])('')).toBe(false);
});

test('matches a long name against a pattern of many stars in linear time', () => {
  const fits = globOf(`${'a*'.repeat(30)}b`);
  expect(fits('a'.repeat(1_000_000))).toBe(false);
  expect(fits(`${'a'.repeat(1_000_000)}b`)).toBe(true);
});
