import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern, lengthOf, loadEngine, PatternFault } from '../../proxy/json-schema/patterns.ts';

const engine = await loadEngine();
const matches = (pattern: string, text: string): boolean => compilePattern(engine, pattern).matches(text);

const PATTERNS = [
  '^\\s+$',
  '^\\S+$',
  '[\\s\\d]',
  '[^\\S]',
  '^.$',
  '^.*$',
  '\\bfoo\\b',
  '[\\b]',
  '\\u0041',
  '\\ud83d\\ude42',
  '\\u{1F642}',
  '^\\p{Letter}+$',
  '^\\p{Lu}',
  '\\p{Script=Greek}',
  '^\\P{L}$',
  '\\cJ',
  '\\x41',
  '[^]',
  '^[\\w.-]+$',
  '(?<year>\\d{4})',
  '(?:a|b)+',
  '^(?=.*[A-Z])(?=.*\\d).{3,}$',
  '^(?!admin)[a-z]+$',
  '^(?!.*--)[a-z-]+$',
  '^.{0,4096}$',
  '^[\\s\\S]{1,2048}$',
  '^\\d{3}$',
  '^[^\\n]{2,}$',
  '^a|b$',
  '$^',
  'a{2}',
  '^-?\\d+(\\.\\d+)?$',
  '\\/',
  '^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$',
];
const texts = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      'A',
      '1',
      '-',
      ' ',
      '\n',
      '\r',
      '\u2028',
      '\u00a0',
      '\ufeff',
      '🙂',
      'α',
      'foo',
      '/',
      '.',
      '\b',
      'admin',
      '--',
    ),
  }),
  fc.string({ unit: 'grapheme' }),
);

test('a pattern means what ECMA-262 defines, in linear time', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATTERNS), texts, (pattern, text) => {
      expect(matches(pattern, text), `${pattern} on ${JSON.stringify(text)}`).toBe(new RegExp(pattern, 'u').test(text));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  '(a)\\1',
  '(?<=a)b',
  'a(?=b)',
  '^((?=a)b|c)$',
  '(?=a)*b',
  '[a',
  '(?i:\\Z)',
  'a'.repeat(5_000),
  '(a{1,900}){900}',
  '^(?=a)b|c',
])('one that cannot be matched in linear time is a fault: %s', (pattern) => {
  expect(() => compilePattern(engine, pattern)).toThrow(PatternFault);
});

test('length is counted in characters', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => lengthOf(text) === Array.from(text).length));
  expect(lengthOf('a🙂\ud83d')).toBe(3);
});
