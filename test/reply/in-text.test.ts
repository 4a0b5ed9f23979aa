/** Changes in a reply's text see the results of earlier changes, like changes of values. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayContain } from '../../proxy/reply/contains.ts';
import { inText } from '../../proxy/reply/in-text.ts';
import type { Transform } from '../../proxy/reply/mapping.ts';

const map: Transform['map'] = (message) => message;
/** Replaces one word with another in the text. */
const inPlace = (from: string, to: string): Transform => ({
  map,
  contains: from,
  verbatim: true,
  text: (json) =>
    [...json.matchAll(new RegExp(from, 'g'))].map(({ index }) => ({
      start: index,
      end: index + from.length,
      text: to,
    })),
});
/** Needs a parse if its word occurs. */
const parsing = (word: string): Transform => ({ map, contains: word });

const word = fc.constantFrom('"a"', '"b"', 'x');
/** Also text that only a change and its surroundings form together. */
const wanted = fc.constantFrom('"b"', '"b",', '["b"', 'xx');
const transform = fc.oneof(
  fc.tuple(word, fc.oneof(word, fc.constant(''))).map(([from, to]) => inPlace(from, to)),
  wanted.map(parsing),
);

test('a change that has to parse the message is found by the text at its turn', async () => {
  let withoutParse = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `[${words.join(',')}]`),
      fc.array(transform, { maxLength: 3 }),
      async (text, transforms) => {
        let expected: string | undefined = text;
        for (const { contains = '', verbatim, text: change } of transforms) {
          if (expected === undefined || !mayContain(expected, contains, verbatim)) continue;
          const before: string = expected;
          const edits = await change?.(before);
          expected = edits?.reduceRight(
            (json, { start, end, text: next }) => json.slice(0, start) + next + json.slice(end),
            before,
          );
        }
        const got = await inText(text, transforms);
        // A parse is never wrong.
        if (got !== undefined) expect(got).toBe(expected);
        if (got !== undefined && got !== text) withoutParse++;
      },
    ),
    { numRuns: 2_000 },
  );
  expect(withoutParse).toBeGreaterThan(100);
});

test('an earlier change does not see what a later one adds', async () => {
  expect(await inText('["a"]', [parsing('"b"'), inPlace('"a"', '"b"')])).toBe('["b"]');
  expect(await inText('["a"]', [inPlace('"a"', '"b"'), parsing('"b"')])).toBeUndefined();
});

test.each([
  [
    'overlap',
    [
      { start: 0, end: 3, text: '' },
      { start: 2, end: 4, text: '' },
    ],
  ],
  [
    'are out of order',
    [
      { start: 4, end: 5, text: '' },
      { start: 0, end: 1, text: '' },
    ],
  ],
  ['end before they start', [{ start: 3, end: 2, text: '' }]],
  ['lie outside', [{ start: 0, end: 99, text: '' }]],
  ['are nowhere', [{ start: Number.NaN, end: 1, text: '' }]],
])('parts that %s are a fault of the control', async (_, edits) => {
  await expect(
    inText('["a","b"]', [{ map, contains: undefined, text: () => edits, control: 'mine' }]),
  ).rejects.toMatchObject({ control: 'mine' });
});
