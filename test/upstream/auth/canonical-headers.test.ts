import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalHeaders, HeaderReader, order } from '../../../proxy/upstream/auth/canonical-headers.ts';
import { isSigned } from '../../../proxy/upstream/auth/signed-headers.ts';

const NAME = fc.constantFrom(
  'accept',
  'content-type',
  'content-length',
  'mcp-method',
  'mcp-name',
  'user-agent',
  'via',
  'x-amz-date',
  'x-amz-date-a',
  'x-forwarded-for',
);
const VALUE = fc.oneof(
  fc.constantFrom('', ' ', 'a', 'a b', 'a  b', ' a', 'a ', 'a\tb', 'a\t', '\t', 'é', 'a, b', '倉', '\x7f'),
  fc.string({ maxLength: 12 }),
);

test('reads each list as if it were the first, whatever lists came before it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.array(fc.tuple(NAME, VALUE), { maxLength: 6 })), {
        minLength: 1,
        maxLength: 8,
      }),
      (lists) => {
        const reader = new HeaderReader();
        // Each list twice, with other values in between: the second time its names are known.
        for (const [host, pairs] of lists)
          for (const values of [pairs, pairs.map(([name]) => [name, 'v w'] as const), pairs]) {
            const signed = values.filter(([name, value]) => isSigned(name, value));
            expect(reader.read(host, values.flat())).toEqual(canonicalHeaders([['host', host], ...signed]));
          }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('shows the values of a list, not those of the one before', () => {
  const reader = new HeaderReader();
  reader.read('one.test', ['accept', 'a', 'x-amz-date', '1']);
  expect(reader.read('two.test', ['accept', 'b', 'x-amz-date', '2'])).toEqual({
    lines: 'accept:b\nhost:two.test\nx-amz-date:2',
    signedHeaders: 'accept;host;x-amz-date',
  });
  expect(reader.read('two.test', ['accept', 'é', 'x-amz-date', '3'])).toEqual({
    lines: 'host:two.test\nx-amz-date:3',
    signedHeaders: 'host;x-amz-date',
  });
});

test.each([
  ['\t', ''],
  [' a', 'a'],
  ['a ', 'a'],
  ['a\tb', 'a b'],
  ['a \t  b', 'a b'],
  ['a b', 'a b'],
])('folds white space as AWS does: %j', (value, canonical) => {
  expect(canonicalHeaders([['accept', value]]).lines).toBe(`accept:${canonical}`);
});

test('sorts by name, and joins the values of one name in the order in which they came', () => {
  expect(
    canonicalHeaders([
      ['b', '2'],
      ['a-b', 'x'],
      ['a', 'y'],
      ['b', '1'],
    ]),
  ).toEqual({ lines: 'a:y\na-b:x\nb:2,1', signedHeaders: 'a;a-b;b' });
  expect([order('a', 'b'), order('b', 'a'), order('a', 'a')]).toEqual([-1, 1, 0]);
});
