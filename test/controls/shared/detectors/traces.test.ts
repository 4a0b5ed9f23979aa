import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Detector, email, iban, paymentCard } from '../../../../proxy/controls/shared/detectors/index.ts';
import { mayHoldFinds } from '../../../../proxy/controls/shared/detectors/traces.ts';
import type { JsonValue } from '../../../../proxy/json/value.ts';
import { corpus } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { traps } from './corpus/traps.ts';
import { Probe } from './probe.ts';

const DETECTORS = { 'an email address': [email()], 'a payment card': [paymentCard()] };
const documents: readonly JsonValue[] = [
  ...corpus('development', 40),
  ...corpus('heldOut', 40),
  ...traps('development', 40, new Random(5)),
].map(({ document }) => document);

const may = (detectors: readonly Detector[], json: string): readonly unknown[] => {
  const search = mayHoldFinds(detectors);
  const found = search?.(Buffer.from(json));
  // Bytes of a long text are searched in another way, in words of the processor.
  const long = [0, 1, 2, 3].map((more) => search?.(Buffer.from(`${' '.repeat(2_000 + more)}${json}`)));
  return [search?.(json), long.every((each) => each === found) ? found : long];
};

/** The document as a string in JSON, so often. */
const nested = (document: JsonValue, depth: number): JsonValue =>
  depth === 0 ? document : nested(JSON.stringify(document), depth - 1);

async function changes(detectors: readonly Detector[], document: JsonValue): Promise<boolean> {
  return (await new Probe(detectors).visit(document)).some(({ before, after }) => before !== after);
}

describe.each(Object.entries(DETECTORS))('a text in which %s is found', (_name, detectors) => {
  test('has a trace of it, in each document of the corpus, also as JSON in a string', async () => {
    let found = 0;
    let passed = 0;
    for (const [i, document] of documents.entries()) {
      const given = nested(document, i % 3);
      const json = JSON.stringify(given);
      if (await changes(detectors, given)) {
        found++;
        expect(may(detectors, json), json).toEqual([true, true]);
      } else if (may(detectors, json)[0] === false) passed++;
    }
    expect(found).toBeGreaterThan(200);
    // Or the search would be of no use.
    expect(passed).toBeGreaterThan(200);
  });

  test('has a trace of it, in any spelling', async () => {
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('mara', 'lindqvist', 'example', 'com', '4111', '1111', '5555', '4444') },
      fc.constantFrom('@', '.', ' ', '-', '\n', '/', '_', '+', '\t', '·', '\u200b', '@', '.'),
      fc.constantFrom(
        '[at]',
        '(at)',
        '[ at ]',
        ' at ',
        '[AT]',
        '[dot]',
        ' dot ',
        '[.]',
        '(dot)',
        '%40',
        '%2E',
        '&#64;',
      ),
      fc.constantFrom('&commat;', '\\@', '\\-', '\\u0040', '＠', '４', '"', '\\', ',', 'card ', '<b>', '|', 'e', 'E+3'),
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(part, { maxLength: 14 }),
          fc
            .tuple(
              fc.constantFrom('@', '@', '[at]', ' at ', '%40', '&#64;', '&commat;', '\\u0040', '＠', '(at)', '\\@'),
              fc.constantFrom('.', '.', '[.]', ' dot ', '%2E', '．', '[dot]'),
              part,
            )
            .map(([at, dot, more]) => ['mara.l', at, 'example', dot, 'com', more]),
          fc
            .array(fc.constantFrom('', ' ', '-', '\n', '[.]', '\\-', '\u200b', '%20', ' dot ', '.'), {
              minLength: 3,
              maxLength: 3,
            })
            .map(([a = '', b = '', c = '']) => [`4111${a}1111${b}1111${c}1111`]),
        ),
        fc.nat(2),
        async (parts, depth) => {
          const given = nested(parts.join(''), depth);
          if (!(await changes(detectors, given))) return;
          found++;
          expect(may(detectors, JSON.stringify(given))).toEqual([true, true]);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

test.each([4111111111111111, 4.111111111111111e15, 4111e12, -4111111111111111])(
  'the number %d has a trace, as it is written',
  (number) => {
    expect(may([paymentCard()], `{"card":${number}}`)).toEqual([true, true]);
    expect(may([paymentCard()], `{"card":${number.toExponential()}}`)).toEqual([true, true]);
  },
);

test('is the same in a text and in its bytes, wherever they begin in memory', () => {
  const part = fc.constantFrom(
    ...'@ % & \\ u " [ ( { < . ) ] > _ + -'.split(' '),
    ...' dot DOT at AT _at_ data" blob" 4111 1111 1e5 2E+3 x'.split(/(?<=.)(?= )/),
    'dot',
    'at',
    '_',
    'e',
    '7',
  );
  const spaced = ['x', '\n', '0', 'a'].map((filler) => filler.repeat(1_024));
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.nat(3),
      fc.nat(40),
      fc.constantFrom(...spaced),
      (parts, skip, after, around) => {
        const text = `${around}${parts.join('')}${around.slice(0, after)}`;
        const bytes = Buffer.from(`${'x'.repeat(skip)}${text}`).subarray(skip);
        for (const detectors of Object.values(DETECTORS)) {
          const search = mayHoldFinds(detectors);
          const inText = search?.(text);
          expect(search?.(bytes), JSON.stringify(text.slice(1_020))).toBe(inText);
          if (inText === true) found++;
        }
      },
    ),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(1_000);
});

test.each(['"blob":"bWFyYUBleGFtcGxlLmNvbQ=="', '"data" : "bWFyYUBleGFtcGxlLmNvbQ=="'])(
  'base64 in %s has a trace',
  (member) => {
    expect(may([email()], `{${member}}`)).toEqual([true, true]);
  },
);

test('is not known of a list with a detector that leaves none', () => {
  expect(mayHoldFinds([email(), iban()])).toBeUndefined();
  expect(mayHoldFinds([])?.('{"text":"mara@example.com"}')).toBe(false);
});
