/** Which parts of a text are hidden if several searches find something; each character is read only a few times. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findsIn } from '../../../proxy/controls/shared/finds.ts';
import { KnownValues } from '../../../proxy/controls/shared/known-values.ts';
import type { Place } from '../../../proxy/controls/shared/surfaces/index.ts';
import { partsOf } from '../../../proxy/controls/tokenization/find.ts';
import type { FoundToken } from '../../../proxy/controls/tokenization/found-token.ts';
import { TokenFinder } from '../../../proxy/controls/tokenization/token-finder.ts';
import { findTokens } from '../../../proxy/controls/tokenization/token.ts';
import { emails, TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const TOKEN = tokens.token(TENANT, { type: 'name', value: 'Mara', percent: false }, 'plain') ?? '';

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The same by a slow method: compares each part with all kept ones. Tokens keep everything, then the longer part keeps
 * everything.
 */
function slowly(parts: readonly Range[], taken: readonly Range[]): readonly Range[] {
  const kept: Range[] = [];
  for (const part of [...parts].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    let pieces: Range[] = [{ start: part.start, end: part.end }];
    for (const other of [...kept, ...taken]) {
      pieces = pieces.flatMap((piece) =>
        piece.start < other.end && other.start < piece.end
          ? [
              { start: piece.start, end: other.start },
              { start: other.end, end: piece.end },
            ].filter(({ start, end }) => start < end)
          : [piece],
      );
    }
    kept.push(...pieces);
  }
  return kept.sort((a, b) => a.start - b.start);
}

describe('overlapping parts', () => {
  const range = fc
    .tuple(fc.nat(40), fc.integer({ min: 1, max: 12 }))
    .map(([start, length]) => ({ start, end: Math.min(start + length, 42), type: 'x' }));

  test('are separated: the longer part stays whole, and tokens are not changed', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), fc.array(range, { maxLength: 2 }), (spans, others) => {
        const text = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr';
        const [first] = others.toSorted((a, b) => a.start - b.start);
        const taken = first === undefined ? [] : [first];
        const parts = partsOf(
          text,
          { spans, view: undefined, encoded: [], known: [] },
          taken.map((one) => ({ ...one, text: '' }) as unknown as FoundToken),
        );
        expect(parts.map(({ start, end }) => ({ start, end }))).toEqual(slowly(spans, taken));
        for (const { start, end, value } of parts) expect(value).toBe(text.slice(start, end));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are separated in linear time, however many there are', () => {
    const text = 'a@b.co '.repeat(100_000);
    const spans = Array.from({ length: 100_000 }, (_, i) => ({ start: 7 * i, end: 7 * i + 6, type: 'email' }));
    expect(
      partsOf(
        text,
        {
          spans: [...spans, ...spans.map(({ start, end }) => ({ start: start + 2, end: end - 1, type: 'host' }))],
          view: undefined,
          encoded: [],
          known: [],
        },
        [],
      ),
    ).toHaveLength(100_000);
  });
});

describe('beginnings of tokens', () => {
  test.each([
    'Qtk_k1_AA____ ',
    'Qtk_k1_AA____',
    'Qtk_k1_AAP___',
    'Qtk_k1-AA____',
    'Qtk_k1-AAz',
    `Qtk_k1-AA_P__${'a'.repeat(40)}@${'b'.repeat(63)}.`,
    'Qtk_',
    'qtk_k1-',
    'qtk_k1-aaaa@',
    `qtk_k1-${'a'.repeat(57)}@${'b'.repeat(63)}.`,
    'QTK_k1-a=\n',
    TOKEN.slice(0, -1),
    TOKEN,
  ])('like %s are searched in linear time, however many there are', (unit) => {
    const text = unit.repeat(Math.ceil(4_000_000 / unit.length));
    const found = findTokens(text);
    if (unit === TOKEN) expect(found).toHaveLength(Math.ceil(4_000_000 / unit.length));
  });
});

describe('known values', () => {
  const words = fc.constantFrom(
    'Ann',
    'Mara Inventado',
    'C-1001',
    'a b',
    'x',
    '"Mia"',
    'DE89',
    '1234567890',
    '田中一郎',
    'Zoë',
    'a/b c',
    '+49 30 901820',
  );
  const known = (values: readonly string[], options = {}): KnownValues => {
    const all = new KnownValues(options);
    for (const value of values) all.add(value, 'name');
    return all;
  };

  test('are found wherever they are separate words, however many other values are known', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(words, { maxLength: 6 }),
        fc.array(fc.oneof(words, fc.constantFrom(' ', ', ', '; ', '\n', '-')), { maxLength: 12 }),
        fc.nat(30),
        (values, pieces, more) => {
          const text = pieces.join(' ');
          const many = Array.from({ length: more }, (_, i) => `other ${i} value`);
          const spans = known([...values, ...many]).in(text);
          for (const value of values) {
            if (value.length < 3) continue;
            for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
              const free =
                !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '') && !/[\p{L}\p{N}]/u.test(text[at + value.length] ?? '');
              if (free)
                expect(spans, JSON.stringify([value, text])).toContainEqual({
                  start: at,
                  end: at + value.length,
                  type: 'name',
                  value,
                });
            }
          }
          const plain = (one: string): string => one.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
          for (const { start, end, value } of spans)
            expect(plain(text.slice(start, end)).split('').sort().join('')).toBe(
              plain(value).split('').sort().join(''),
            );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['as JSON text', 'Mara "Mia" Inventado', '{"a": "Mara \\"Mia\\" Inventado"}'],
    ['as JSON in JSON', 'Mara "Mia" Inventado', '{\\"a\\": \\"Mara \\\\\\"Mia\\\\\\" Inventado\\"}'],
    ['with escapes', 'María Inventado', 'Mar\\u00eda Inventado'],
    ['with escapes in capitals', 'María Inventado', 'Mar\\u00EDa Inventado'],
    ['with escaped slashes', 'A/B 12', 'in A\\/B 12.'],
    ['percent-encoded', 'Mara Inventado', '/people/Mara%20Inventado'],
    ['with a plural', 'Inventado', 'the Inventados'],
    ['behind letters', '4711001234', 'ACC4711001234'],
    ['without spaces around it', '田中一郎', 'これは田中一郎です'],
    ['in Thai', 'สมชาย', 'คุณสมชายมา'],
  ])('are found %s', (_what, value, text) => {
    const [span] = known([value]).in(text);
    expect(span).toMatchObject({ type: 'name', value });
    expect(known([value, ...Array.from({ length: 20 }, (_, i) => `other ${i}`)]).in(text)).toEqual([span]);
  });

  test('are not found within a word if they are short or with exact: true', () => {
    expect(known(['Ann', '4711']).in('Annex, Joann, A4711B, 14711')).toEqual([]);
    expect(known(['419-77-0386', 'Inventado'], { exact: true }).in('x419-77-0386, 419-77-03861, Inventados')).toEqual(
      [],
    );
    expect(known(['ab', '..']).in('ab ..')).toEqual([]);
  });

  test('may be many with the same beginning: a text that takes too many comparisons counts as found as a whole', () => {
    const values = Array.from({ length: 4_000 }, (_, i) => `Mara Inv${'a'.repeat(i)}x`);
    expect(known(values).in('Mara Invaaa '.repeat(20_000))).toEqual([]);
    const text = 'a '.repeat(100_000);
    expect(known(Array.from({ length: 1_500 }, (_, i) => `${'a '.repeat(i + 4)}b`)).in(text)).toEqual([
      { start: 0, end: text.length, type: 'name', value: text },
    ]);
    for (const [unit, value] of [
      ['a ', (i: number) => 'a '.repeat(i + 2)],
      ['name1x ', (i: number) => `name${i}x`],
      ['漢', (i: number) => '漢'.repeat(i + 3)],
    ] as const) {
      expect(known(Array.from({ length: 3_000 }, (_, i) => value(i))).in(unit.repeat(100_000)).length).toBeGreaterThan(
        0,
      );
    }
  });

  test('that are tokens of one call are found in a single pass, however many there are', () => {
    const issued = new Map(
      Array.from({ length: 50_000 }, (_, i) => [`${100_000 + i}-77`, { type: 'us-ssn', value: 'x' }]),
    );
    const finder = new TokenFinder({ to: 'client', at: () => ({}), issued, anywhere: false, inUrls: false });
    const at = { fixed: false, echoed: false, isKey: false, path: [], root: 0, surface: 'text' } as unknown as Place;
    for (let i = 0; i < 50_000; i++) finder.text(`line ${i}`, at);
    finder.text('is 100007-77', at);
    expect(finder.found.map(({ index }) => index)).toEqual([50_000]);
  });

  test('are hidden in text with the type of their field, so that they get the same token', () => {
    const values = known(['Mara "Mia" Inventado']);
    const text = 'got Mara \\"Mia\\" Inventado, at a@b.co';
    expect(partsOf(text, findsIn([emails], text, {}, values), [])).toEqual([
      { start: 4, end: 26, type: 'name', value: 'Mara "Mia" Inventado', percent: false, isKnown: true },
      { start: 31, end: 37, type: 'email', value: 'a@b.co', percent: false },
    ]);
  });
});
