/** The readings of a URI: as it is written, and as lenient readers take it. `uris.test.ts` tests what follows for a policy. */
import { describe, expect, it, vi } from 'vitest';
import { allReadingsOf, readingsOf, samenessOf, spellingsOf } from '../../../../proxy/controls/shared/uris/readings.ts';

/** How often hosts were looked for, which all readings need. */
function workOf(uri: string): number {
  const search = vi.spyOn(String.prototype, 'search');
  try {
    readingsOf(uri);
    return search.mock.calls.length;
  } finally {
    search.mockRestore();
  }
}

describe('a URI with one reading', () => {
  const SIMPLE = [
    'file:///a',
    'file:///ab/c-d/e_f.0',
    'customer://c-1',
    'customer://c.1/ab/c-d.e_f',
    'x+y-1://a',
    'https://h/a',
    'https://host.example/ab/c-d.e_f',
    'file1:///a',
  ];

  it.each(SIMPLE.filter((uri) => !uri.startsWith('file1')))('is read as it is written, without work: %s', (uri) => {
    expect(readingsOf(uri)).toEqual({ plain: [uri], lenient: [] });
    expect(workOf(uri)).toBe(0);
  });

  it.each(['file:///A', 'file:///ab/C-d/E_f.0', 'customer://c.1/Ab/c-D.e_F', 'https://host-1.example_2/aB', 'x://h/A'])(
    'but for its case is read in two, without work: %s',
    (uri) => {
      expect(readingsOf(uri)).toEqual({ plain: [uri], lenient: [uri.toLowerCase()] });
      expect(workOf(uri)).toBe(0);
    },
  );

  it.each([...SIMPLE, 'file:///A', 'customer://c.1/Ab/c-D.e_F'])('has no others: %s', (uri) => {
    const [short, all] = [readingsOf(uri), allReadingsOf(uri)];
    expect([new Set(short?.plain), new Set(short?.lenient)]).toEqual([new Set(all?.plain), new Set(all?.lenient)]);
  });
});

describe('another URI', () => {
  it.each([
    ['note:a', ['note:a'], []],
    ['a', ['a'], []],
    ['file:a', ['file:a', 'file:///a'], []],
    ['file://h/a', ['file://h/a'], ['file:///a']],
    ['file://h/A', ['file://h/A'], ['file:///A', 'file:///a']],
    ['afile:///a', ['afile:///a'], ['afile://a']],
    ['X://h/a', ['X://h/a', 'x://h/a'], []],
    ['x://H', ['x://H'], ['x://h']],
    ['https://h', ['https://h', 'https://h/'], []],
    ['https://h/a.', ['https://h/a.'], ['https://h/a']],
    ['https://0x7f/A', ['https://0x7f/A', 'https://0.0.0.127/A'], ['https://0x7f/a', 'https://0.0.0.127/a']],
    ['x://h/', ['x://h/'], ['x://h']],
    ['x://h/a/', ['x://h/a/'], ['x://h/a']],
    ['x://h//a', ['x://h//a'], ['x://h/a']],
    ['x://h/a//', ['x://h/a//'], ['x://h/a/', 'x://h/a']],
    ['x://h/A//', ['x://h/A//'], ['x://h/A/', 'x://h/a/', 'x://h/A', 'x://h/a']],
    ['x://h/a?B#c', ['x://h/a?B#c'], ['x://h/a?b#c', 'x://h/a']],
    ['x://h/a#B', ['x://h/a#B'], ['x://h/a#b', 'x://h/a']],
    ['x://h/a/?b', ['x://h/a/?b'], ['x://h/a/', 'x://h/a']],
    ['x://h/a?b/', ['x://h/a?b/'], ['x://h/a']],
    ['x://h/a%2Fb', ['x://h/a%2Fb'], ['x://h/a%2fb', 'x://h/a/b']],
    ['x://h/A;v=1', ['x://h/A;v=1'], ['x://h/a;v=1', 'x://h/A', 'x://h/a']],
    ['x://u@h/a', ['x://u@h/a'], ['x://h/a']],
    ['x://h:8/a', ['x://h:8/a'], ['x://h/a']],
    ['x://h/é', ['x://h/é', 'x://h/%C3%A9'], ['x://h/%c3%a9']],
    ['x://h/％61', ['x://h/％61', 'x://h/%EF%BC%8561'], ['x://h/%61', 'x://h/a', 'x://h/%ef%bc%8561']],
    ['x://h/a%0ab?c%0ad', ['x://h/a%0ab?c%0ad'], ['x://h/a%0ab', 'x://h/ab?cd', 'x://h/ab', 'x://h/a\nb?c\nd']],
  ])('is read as readers of all kinds do: %s', (uri, plain, lenient) => {
    for (const readings of [readingsOf(uri), allReadingsOf(uri)]) {
      expect(readings?.plain).toEqual(plain);
      expect(readings?.lenient.toSorted()).toEqual(lenient.toSorted());
    }
  });

  it.each([
    'x://h/a b',
    'x://h/a\u200bb',
    'x://h/~a',
    'x://h/a.b.',
    'x://h/.a',
    'x://h.',
    'x://.h/a',
    'x://h/a..b',
    'x://h/A.',
    'x://h/A/',
    'x://h//A',
    'file:////A',
    'file:///A/',
    '1x://h/A',
    'é://h/A',
    'x://h/Aé',
    'x://h/A!',
    'x://h:1/A',
    'x:// h/A',
    '(x://h/a',
    'x://h/a)',
    'file:///a)',
    '(file:///A',
    'file:///A)',
    'x://h-/A-',
    'x:////A',
    'x://h',
    'x:///a',
  ])('has the same readings, whether it is simple or not: %s', (uri) => {
    const [short, all] = [readingsOf(uri), allReadingsOf(uri)];
    expect([new Set(short?.plain), new Set(short?.lenient)]).toEqual([new Set(all?.plain), new Set(all?.lenient)]);
  });

  it.each([
    'x://h/a/..',
    'x://h/../a',
    'x://h/%2e%2e/a',
    'x://h/\uff0e\uff0e/a',
    'x://h/a%00',
    'x://h/%c0%ae',
    'x://h/\uff0500',
    ' x://h/a',
    'x://h/a ',
    '\u00a0x://h/a',
    'x://h/a\u2003',
    'x://h/\ta',
    'x://h/a\u0085b',
  ])('has none if readers differ too much: %j', (uri) => {
    expect(readingsOf(uri)).toBeUndefined();
  });

  it('has none if it is longer than readers accept', () => {
    const long = `file:///${'a'.repeat(8_184)}`;
    expect(readingsOf(long)).toEqual({ plain: [long], lenient: [] });
    expect(readingsOf(`${long}a`)).toBeUndefined();
  });
});

it.each([
  ['a b', ['a b']],
  ['x://h/a', ['x://h/a']],
  ['X://h/a b', ['X://h/a b', 'x://h/a%20b']],
])('%s is spelled as it is, and as the parser writes it', (uri, spellings) => {
  expect(spellingsOf(uri)).toEqual(spellings);
});

it.each([
  ['file:///A/', ['file:///A/', 'file:///a/', 'file:///A', 'file:///a']],
  ['x://h/%41?Q', ['x://h/%41?Q', 'x://h/%41?q', 'x://h/A?Q', 'x://h/a?q']],
  ['x://h/a//', ['x://h/a//', 'x://h/a/', 'x://h/a']],
  ['note:/A;v=1/', ['note:/A;v=1/', 'note:/a;v=1/', 'note:/A;v=1', 'note:/a;v=1']],
  ['https://h', ['https://h', 'https://h/']],
  ['x://', ['x://']],
])('a rule for %s is one for all forms that are treated as equal', (uri, forms) => {
  expect(samenessOf(uri).toSorted()).toEqual(forms.toSorted());
});
