/** Changes made in a reply's text see what those before them made, as changes made in values do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayContain } from '../../proxy/reply/contains.ts';
import { inText } from '../../proxy/reply/in-text.ts';
import type { Transform } from '../../proxy/reply.ts';

const map: Transform['map'] = (message) => message;
/** Puts one word in place of another, in the text. */
const inPlace = (from: string, to: string): Transform => ({ map, contains: from, verbatim: true, text: (json) => json.replaceAll(from, to) });
/** Needs a parse where its word stands. */
const parsing = (word: string): Transform => ({ map, contains: word });

const word = fc.constantFrom('"a"', '"b"', '"c"');
const transform = fc.oneof(fc.tuple(word, word).map(([from, to]) => inPlace(from, to)), word.map(parsing));

test('one that has to see the message itself is found by what stands there when its turn comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 3 }).map((words) => `[${words.join(',')}]`), fc.array(transform, { maxLength: 6 }), async (text, transforms) => {
      let expected: string | undefined = text;
      for (const { contains = '', verbatim, text: change } of transforms) {
        if (expected === undefined || !mayContain(expected, contains, verbatim)) continue;
        expected = await change?.(expected);
      }
      expect(await inText(text, transforms)).toBe(expected);
    }),
  );
});

test('one that comes before sees nothing of what is made after it', async () => {
  expect(await inText('["a"]', [parsing('"b"'), inPlace('"a"', '"b"')])).toBe('["b"]');
  expect(await inText('["a"]', [inPlace('"a"', '"b"'), parsing('"b"')])).toBeUndefined();
});
