import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldName } from '../../../proxy/controls/shared/fold.ts';

/** Characters that Go 1.26's `unicode.SimpleFold` treats as equal: one line per set, in hexadecimal. */
const SETS = readFileSync(new URL('go-folding.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' ').map((code) => String.fromCodePoint(Number.parseInt(code, 16))));

describe('folding of names', () => {
  test('gives equal results for all characters that Go treats as equal', () => {
    expect(SETS.length).toBeGreaterThan(1_400);
    for (const set of SETS) expect(new Set(set.map(foldName)).size, set.join(' ')).toBe(1);
  });

  test('gives different results for all others, except those that Java treats as an i', () => {
    const byFolded = new Map<string, string>();
    for (const [first = '', ...more] of SETS) {
      const folded = foldName(first);
      expect(byFolded.get(folded), first).toBeUndefined();
      for (const character of [first, ...more]) byFolded.set(folded, character);
    }
    expect(foldName('\u0130d')).toBe('id');
    expect(foldName('\u0131d')).toBe('id');
    expect(foldName('stra\u00dfe')).not.toBe(foldName('strasse'));
    expect(foldName('\ufb01lter')).not.toBe(foldName('filter'));
  });

  test('reads a lone surrogate as Go does', () => {
    expect(foldName('a\ud800')).toBe(foldName('A\ufffd'));
  });

  test.each([
    ['ſecret', 'secret'],
    ['toKen', 'token'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['ꭰ', 'Ꭰ'],
    ['µ', 'μ'],
  ])('folds %s like %s', (one, other) => expect(foldName(one)).toBe(foldName(other)));
});
