/** The forms that readers treat as equal, one rule at a time. `uris.test.ts` tests what follows for a policy. */
import { describe, expect, it } from 'vitest';
import {
  folded,
  isClimbing,
  pathsOf,
  usual,
  withoutParameters,
  withoutTrailing,
} from '../../../../proxy/controls/shared/uris/forms.ts';

describe('a segment of two dots', () => {
  it.each([
    '..',
    '/..',
    'a/../b',
    'a\\..\\b',
    'a:..',
    'a/ ..',
    'a/  ..',
    'a/.. .',
    'a/.. . .',
    'a/..;x',
    'a/..?',
    'a/..#',
    'a\u2044..',
    '\u2215..',
    '\u29f8..',
    '..\u2044a',
    '..\u2215a',
    '..\u29f8a',
    'a/.\u0000./b',
  ])('climbs: %j', (text) => {
    expect(isClimbing(text)).toBe(true);
  });

  it.each(['', 'a/..b', 'a..', 'a..;b', 'a/...', 'a/.', 'a/..\tb', 'x..y', 'a/..x/..y', 'a/.. b', 'a/ x..'])(
    'is not in %j',
    (text) => {
      expect(isClimbing(text)).toBe(false);
    },
  );
});

it.each([
  ['a/b', ['a/b']],
  ['a;v=1/b', ['a;v=1/b', 'a/b']],
  ['a;v=1;w/b;x?y;z', ['a;v=1;w/b;x?y;z', 'a/b?y']],
  ['a;b\\c;d#e;f', ['a;b\\c;d#e;f', 'a\\c#e']],
])('%s is read with and without its parameters', (uri, forms) => {
  expect(withoutParameters(uri)).toEqual(forms);
});

describe('a path', () => {
  it.each([
    ['/a//b/./c', ['/a/b/c']],
    ['/a/', ['/a/']],
    ['/a/.', ['/a/']],
    ['/', ['/']],
    ['', ['']],
    ['a/', ['a/']],
    ['./', ['']],
    ['x:a//b', ['x:a/b']],
    ['X:a', ['x:a']],
    ['file:/a', ['file:/a']],
  ])('%j is walked', (uri, forms) => {
    expect([...new Set(pathsOf(uri))]).toEqual(forms);
  });

  it.each([
    ['without its host in a file', 'FILE://h/a', ['file:///a']],
    ['with a host in a path of four slashes', 'file:////h/a', ['file:///h/a', 'file://h/a']],
    ['without control characters', 'c://h/a\u0000b', ['c://h/ab']],
    ['with slashes for backslashes', 'c:\\\\h\\a', ['c:\\\\h\\a', 'c://h/a']],
  ])('is read %s', (_what, uri, forms) => {
    expect([...new Set(pathsOf(uri))]).toEqual(forms);
  });
});

describe('a host', () => {
  it.each([
    ['in any case', 'HTTPS://H/A', ['https://H/A', 'https://h/A']],
    ['without its user', 'https://u@h/a', ['https://h/a']],
    ['without what may be its user', 'https://u@v@h/a', ['https://h/a', 'https://v@h/a']],
    ['without its last dot', 'https://h./a', ['https://h/a']],
    ['without its last dot before a port', 'https://h.:8/a', ['https://h:8/a']],
    ['with its other dots', 'https://a.b/c', ['https://a.b/c']],
    ['left out if it is empty', 'c:///a', ['c://a']],
    ['left out if it is empty, with a path', 'c:////a/', ['c://a/']],
    ['that ends at a question mark', 'C://H?X', ['c://H?X', 'c://h?X', 'c://h?x']],
    ['that ends at a number sign', 'c://H#X', ['c://H#X', 'c://h#X', 'c://h#x']],
    ['that ends at a slash, or before it', 'c://h?x@o/y', ['c://h?x@o/y', 'c://o/y']],
    ['without a path', 'c://h', ['c://h']],
    ['with all numbers of an address', 'c://[::1]/a', ['c://[::1]/a']],
    ['with a dot before what is no port', 'https://h.:x/a', ['https://h.:x/a']],
    ['without its last dot before a long port', 'https://h.:80/a', ['https://h:80/a']],
  ])('is read %s', (_what, uri, forms) => {
    expect([...new Set(pathsOf(uri))]).toEqual(forms);
  });

  it.each(['http:', 'https:', 'ws:', 'wss:', 'ftp:'])('keeps its port with the scheme %s', (scheme) => {
    expect([...new Set(pathsOf(`${scheme}//h:8/a`))]).toEqual([`${scheme}//h:8/a`]);
    expect([...new Set(pathsOf(`${scheme}//h:/a`))]).toEqual([`${scheme}//h:/a`]);
  });

  it.each(['c://h:80/a', 'c://h:/a', 'c://h.:80/a'])('has no port with another scheme: %s', (uri) => {
    expect([...new Set(pathsOf(uri))]).toEqual(['c://h/a']);
  });
});

it.each([
  ['a', undefined],
  ['a.', 'a'],
  ['a./b', 'a/b'],
  ['a. . /b.', 'a/b'],
  ['a..', 'a'],
  ['a.?x', 'a?x'],
  ['a.#x', 'a#x'],
  ['a:.', undefined],
  ['a/.', undefined],
  ['a/ b', undefined],
  ['a.b', undefined],
  ['.. ', undefined],
  ['a::$DATA', 'a'],
  ['a::$DATA/b', 'a/b'],
  ['a::$DATA?x', 'a?x'],
  ['a::$DATA#x', 'a#x'],
])('%j is read without what Windows removes: %j', (uri, shorter) => {
  expect(withoutTrailing(uri)).toEqual(shorter === undefined ? [uri] : [uri, shorter]);
});

it('a stream needs a name, and nothing after it', () => {
  expect(new Set(withoutTrailing('a::$'))).toEqual(new Set(['a::$']));
  expect(new Set(withoutTrailing('a::$DATA.x'))).toEqual(new Set(['a::$DATA.x']));
});

it.each([
  ['a', ['a'], 'a'],
  ['A\u0000\u007f', ['A\u0000\u007f'], 'a\u0000\u007f'],
  ['\uff21', ['\uff21', 'A'], 'a'],
  ['e\u0301', ['e\u0301', '\u00e9'], '\u00e9'],
  ['a\u200bb\u00adc', ['a\u200bb\u00adc', 'abc'], 'abc'],
])('%j is read in its normal form, and in one letter case', (uri, forms, oneCase) => {
  expect([usual(uri), folded(uri)]).toEqual([forms, oneCase]);
});
