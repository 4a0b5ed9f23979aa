import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { foldName } from '../../../proxy/controls/shared/fold.ts';

/** What Go 1.26's `unicode.SimpleFold` takes for one another: a line for each set of characters, in hexadecimal. */
const SETS = readFileSync(new URL('go-folding.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' ').map((code) => String.fromCodePoint(Number.parseInt(code, 16))));

describe('names are folded as Go does it', () => {
  test('characters that Go takes for one another are one, all of them', () => {
    expect(SETS.length).toBeGreaterThan(1_400);
    for (const set of SETS) expect(new Set(set.map(foldName)).size, set.join(' ')).toBe(1);
  });

  test('and no others, but for what Java takes for an i', () => {
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

  test('a name that no text can hold is the one that Go makes of it', () => {
    expect(foldName('a\ud800')).toBe(foldName('A\ufffd'));
  });

  test.each([
    ['ſecret', 'secret'],
    ['toKen', 'token'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['ꭰ', 'Ꭰ'],
    ['µ', 'μ'],
  ])('%s is %s', (one, other) => expect(foldName(one)).toBe(foldName(other)));
});
