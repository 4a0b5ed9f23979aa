/** Known values are found wherever they are separate words, in time proportional to the text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownValues } from '../../../proxy/controls/shared/known-values.ts';

function found(text: string, values: readonly string[], exact = false): string[] {
  const known = new KnownValues({ exact });
  for (const value of values) known.add(value, 'field');
  return known.in(text).map(({ start, end }) => text.slice(start, end));
}

test.each([
  ['$12', 'costs $12 today', '$12'],
  ['(a)', 'see (a), not b', '(a)'],
  ['"Mara"', 'a text that says \\"Mara\\" in JSON', '\\"Mara\\"'],
  ['日本', 'in 日本 only', undefined],
  ['日本国', 'is 日本国の', '日本国'],
  ['Mara', 'Maralyn', undefined],
  ['Inventado', 'Inventados', 'Inventado'],
])('searches %j in %j', (value, text, expected) => {
  expect(found(text, [value])).toEqual(expected === undefined ? [] : [expected]);
});

const isWord = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{M}\p{N}]/u.test(c);
const isIdeograph = (c: string): boolean => c >= '\u2e80';
const kind = (c: string | undefined): string =>
  c === undefined || !isWord(c) ? 'none' : isIdeograph(c) ? 'ideograph' : /\p{N}/u.test(c) ? 'digit' : 'letter';
const continues = (text: string, at: number): boolean =>
  at > 0 &&
  at < text.length &&
  isWord(text[at]) &&
  isWord(text[at - 1]) &&
  !isIdeograph(text[at] ?? '') &&
  !isIdeograph(text[at - 1] ?? '');

/** All places of a value, by a slow method. */
function places(text: string, values: readonly string[], exact: boolean): [number, number][] {
  return values.flatMap((value) => {
    const lead = value.search(/[\p{L}\p{M}\p{N}]/u);
    if (value.length < 3 || lead < 0) return [];
    const short = value.length - lead < 8;
    return Array.from({ length: text.length }, (_, start): [number, number] => [start, start + value.length]).filter(
      ([start, end]) => {
        const word = start + lead;
        const begins = word === 0 || kind(text[word]) === 'ideograph' || kind(text[word]) !== kind(text[word - 1]);
        return (
          text.startsWith(value, start) &&
          begins &&
          !((exact || short) && (continues(text, start) || continues(text, end)))
        );
      },
    );
  });
}

const piece = fc.constantFrom(
  'a',
  'ab',
  'b',
  ' ',
  '.',
  '-',
  '1',
  '字',
  'Mara',
  'Inventado',
  'a a a a ',
  '-a',
  '1a',
  'abcdefgh',
);
const words = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));

test('finds all places of the values, and no others, in any text', () => {
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 1, maxLength: 30 }),
      fc.array(piece, { maxLength: 40 }),
      fc.boolean(),
      (values, pieces, exact) => {
        const text = pieces.join('');
        const known = new KnownValues({ exact });
        for (const value of values) known.add(value, 'field');
        // Other spellings of the values are found as well.
        const spans = known.in(text).filter(({ start, end, value }) => text.slice(start, end) === value);
        const wanted = places(text, values, exact);
        for (const [start, end] of wanted)
          expect(spans.some((span) => span.start <= start && span.end >= end)).toBe(true);
        for (const { start, end } of spans) expect(wanted).toContainEqual([start, end]);
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('many values', () => {
  test('with the same beginning are distinguished', () => {
    const values = Array.from(
      { length: 2_000 },
      (_, i) => `https://crm.example.com/customers/${'x'.repeat(i % 70)}/${i}`,
    );
    expect(found(values.join(' '), values)).toEqual(values);
  });

  test('that contain each other are found at their longest', () => {
    const values = Array.from({ length: 40 }, (_, i) => `${'a '.repeat(i + 4)}a`);
    expect(found(`: ${'a '.repeat(30)}a;`, values)[0]).toBe(`${'a '.repeat(30)}a`);
  });

  test('with more characters than any key are found; a text that differs at the end is not', () => {
    const long = `${Array.from({ length: 20_000 }, (_, i) => `word ${i}`).join(' ')} end`;
    expect(found(`before ${long} after`, [long])).toEqual([long]);
    expect(found(`before ${long.slice(0, -3)}one after`, [long])).toEqual([]);
  });
});
