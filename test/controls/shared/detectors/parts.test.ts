/** A long text is searched in parts, with the same findings as in one go, wherever a part ends. */
import { beforeAll, describe, expect, test } from 'vitest';
import { atOnce, LONG_TEXT } from '../../../../proxy/base/turns.ts';
import {
  custom,
  dateOfBirth,
  type Detector,
  email,
  type Evidence,
  findAll,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  phone,
  searchAll,
  secret,
  type Span,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { searchOf } from '../../../../proxy/controls/shared/detectors/parts.ts';
import { findPlainly } from '../../../../proxy/controls/shared/detectors/plain-find.ts';
import { RunsInParts } from '../../../../proxy/controls/shared/detectors/runs.ts';
import { UNITS } from '../../../linear/units.ts';
import { corpus } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { traps } from './corpus/traps.ts';

const DETECTORS = {
  email: email(),
  iban: iban(),
  ip: ip(),
  paymentCard: paymentCard(),
  phone: phone({ countries: ['DE', 'US', 'GB'] }),
  secret: secret(),
  usSsn: usSsn(),
  dateOfBirth: dateOfBirth(),
  passport: passport(),
  employee: custom({ name: 'employee', pattern: 'E-\\d{6}' }),
  around: custom({ name: 'around', pattern: '\\b[a-z0-9]{1,6}\\b|^.{3}|(?m)^[A-Z]{0,3}|(?:😀|[^a]{0,3})$|x{0,3}' }),
} satisfies Record<string, Detector>;
const ALL = Object.values(DETECTORS);
beforeAll(() => loadDetectors(ALL));

/** Where the detectors' parts end now; the random texts also cover other places. */
const EDGE = 16 * 1024;
const SMALL_EDGE = 1024;
const RUNS = 512;

/** The first differing finding, for a message. */
function shown(spans: readonly Span[], others: readonly Span[], text: string): string | undefined {
  const span = spans.find(({ start, end }, i) => others[i]?.start !== start || others[i].end !== end);
  return span && JSON.stringify(text.slice(Math.max(0, span.start - 40), span.end + 20));
}

/** Compares one detector's search in parts with its `find`. */
function expectSame(detector: Detector, text: string, evidence?: Evidence): void {
  const whole = findPlainly(detector, text, evidence);
  const parts = atOnce(searchOf(detector)?.(text, evidence, new RunsInParts()) ?? noSearch());
  // A difference of thousands of findings would be unreadable.
  if (JSON.stringify(parts) !== JSON.stringify(whole))
    expect([shown(parts, whole, text), shown(whole, parts, text)], detector.name).toEqual([]);
}

function noSearch(): never {
  throw new Error('expected a detector that searches in parts');
}

const random = new Random(31);
const texts = [...corpus('development', 12), ...traps('development', 12, random)].map(({ document }) =>
  typeof document === 'string' ? document : JSON.stringify(document),
);
const GLUE = [
  '',
  ' ',
  '\n',
  ', ',
  '_',
  '.',
  '-',
  'x',
  '1',
  '\\n',
  ' Bearer ',
  'passport ',
  '😀',
  '\u200b',
  '@',
  '://',
  ': ',
  ';',
  '日',
];
const EVIDENCE = [undefined, 'phone', 'passport', 'dob', 'ssn', 'password', 'cardNumber', 'id', 'version'].map(
  (field) => (field === undefined ? undefined : { field }),
);

const MIXED: Readonly<Record<string, () => string>> = {
  'texts of findings and look-alikes': () => random.pick(texts) + random.pick(GLUE),
  'repetitions of one short text': () => random.pick(UNITS).repeat(random.int(1, 2_000)) + random.pick(GLUE),
  'texts of both kinds': () => (random.chance(0.5) ? random.pick(texts) : random.pick(UNITS)) + random.pick(GLUE),
  'texts of digits and letters': () =>
    random.pick(['1', '12', '123', '1980', '05', 'AB123', 'a', 'bearer', 'password=', 'n', 'ea12']) + random.pick(GLUE),
};

describe.each(Object.entries(MIXED))('%s', (_what, next) => {
  test.each([1, 2])('give the same findings in parts and in one go (round %i)', () => {
    let text = '';
    for (const size = random.int(100, 200) * 1024; text.length < size;) text += next();
    const evidence = random.pick(EVIDENCE);
    for (const detector of ALL) expectSame(detector, text, evidence);
    expect(atOnce(searchAll(ALL, text, evidence))).toEqual(findAll(ALL, text, evidence));
  });
});

/** Samples that each detector finds at any place, with the text around them. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  email: [
    'jane.doe+x@mail.example.co.uk',
    '"jane doe"@example.com',
    '用户@例子.广告',
    'customer://jane@example.com',
    'jane@[192.0.2.1]',
    'a@b.co@d.eu',
    'git@github.com:acme/x.git',
    'jane\u200b.doe@exam\u00adple.com',
    'jane&#64;example.com',
    'jane\\_doe@example\\.com',
    'ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ',
    'jane at example dot com',
  ],
  iban: [
    'DE89 3704 0044 0532 0130 00',
    'GB29NWBK60161331926819',
    'GB29NWBK60161331926819 DE89 3704 0044 0532 0130 00',
    'DE\u200b89 3704 0044 0532 0130 00',
    'DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00',
    'NL91 ABNA 04 17 16 43 00',
  ],
  ip: [
    '10.1.2.3',
    '2001:db8:85a3::8a2e:370:7334',
    '::ffff:10.1.2.3',
    '1.2.3.4.5.6.7.8.9',
    'version 10.1.2.3',
    '1:..2001:db8::1',
    'ip:2001:db8::1',
    'fe80::1%eth0',
    '10.0.0.1-10.0.0.9',
    '10[.]1[.]2[.]3',
  ],
  paymentCard: [
    '4111 1111 1111 1111',
    '3782 822463 10005',
    '%B4111111111111111^DOE/JANE',
    '４１１１１１１１１１１１１１１１',
    '1234 4111 1111 1111 1111',
    'card for order 4111 - 1111 - 1111 - 1111',
    '4111&nbsp;1111&nbsp;1111&nbsp;1111',
  ],
  phone: [
    '+49 (0)30 901820',
    'call 4155552671',
    '(415) 555-2671',
    '12 34 020 7946 0018',
    '+1 415 555 2671 ext 12',
    '+1 415-555-2671',
    '+49 030 901820',
    '+1 415 555 2671x2673',
    '&#43;1 415 555 2671, ext. 12',
    '00442079460018',
  ],
  usSsn: ['123-45-6789', 'SSN 123 45 6789', 'SSN 123456789', '123 123-45-6789'],
  dateOfBirth: [
    'born on 17 May 1980',
    'DOB: 05/17/1980',
    '生年月日 1980年5月17日',
    'born 17.05.1980.05.17',
    'geb. am 17.5.1980 12:30',
  ],
  passport: ['Passport No. C01X00T47', 'パスポート TR1234567', `passport ${'A1'.repeat(60)} X1234567`],
  secret: [
    'AKIAIOSFODNN7ABCDEFG',
    'Authorization: Bearer a1B2c3D4e5F6g7H8i9J0',
    'bearer  x',
    'postgres://app:s3cr3t@db/x',
    'password=hunter2, next',
    `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(40)}.${'c'.repeat(40)}`,
    'SG.aBcDeFgHiJkLmNoPqRsT',
    '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIAbcdefgh\n-----END EC PRIVATE KEY-----',
    '\\nbearer a1B2c3D4e5F6g7H8i9J0',
  ],
  employee: ['E-123456', 'E-1234567'],
  around: ['abc123', '😀', 'abcdefg'],
};

test('every detector has samples for parts that end within a finding', () => {
  expect(Object.keys(FOUND).sort()).toEqual(Object.keys(DETECTORS).sort());
});

describe.each(Object.entries(FOUND) as [keyof typeof DETECTORS, readonly string[]][])(
  '%s is found if a part ends',
  (name, samples) => {
    const detector = DETECTORS[name];

    test.each(samples)('anywhere in %j', (sample) => {
      // The label of a passport is searched for first, in larger parts.
      const edge = name === 'passport' ? LONG_TEXT : name === 'employee' || name === 'around' ? SMALL_EDGE : EDGE;
      for (let offset = -2; offset < sample.length + 2; offset++) {
        for (const beside of [' ', '~', 'a']) {
          const text = beside.repeat(edge - offset) + sample + beside;
          expectSame(detector, text.padEnd(edge + 1_024, '~'));
        }
      }
    });

    test('between any of the numbers in it', () => {
      for (const sample of samples) {
        const own = sample.match(/\d+/g)?.length ?? 0;
        for (let offset = 0; offset <= own; offset++) {
          let text = '~';
          // Numbers that are part of no finding, up to the given number before the end of a part.
          for (let edge = 0; edge < 4; edge++)
            text += `${'x7; '.repeat(edge === 0 ? RUNS - offset : RUNS - own)}${sample}; `;
          expectSame(detector, text);
        }
      }
    });

    test('while another text is searched, too', () => {
      const [one = '', other = ''] = [samples.join('; '), [...texts].reverse().join('; ')].map((piece) =>
        piece.repeat(Math.ceil((3 * LONG_TEXT) / piece.length)),
      );
      const searches = [searchAll([detector], one), searchAll([detector], other)] as const;
      const spans: (readonly Span[])[] = [];
      for (let running = true; running;) {
        running = false;
        for (const [i, search] of searches.entries()) {
          const step = search.next();
          if (step.done !== true) running = true;
          else if (spans[i] === undefined) spans[i] = step.value;
        }
      }
      expect(spans).toEqual([findAll([detector], one), findAll([detector], other)]);
      expect(spans[0]).not.toEqual([]);
    });
  },
);

describe('findings of several detectors', () => {
  const fixed = (name: string, spans: readonly (readonly [number, number])[]): Detector => ({
    name,
    type: name,
    find: () => spans.map(([start, end]) => ({ start, end, type: name })),
  });
  const text = 'a'.repeat(LONG_TEXT + 1);

  test('have the same order as in one go, for any overlaps and any order from a detector', () => {
    for (let round = 0; round < 60; round++) {
      const lists = Array.from({ length: random.int(0, 5) }, (_, i) =>
        fixed(
          `d${i}`,
          Array.from({ length: random.pick([0, 1, 5, 300, 9_000]) }, () => random.int(0, LONG_TEXT - 40)).map(
            (start) => [start, start + random.int(1, 30)] as const,
          ),
        ),
      );
      const ordered = lists.map((list) =>
        random.chance(0.5) ? list : { ...list, find: () => [...list.find('')].sort((a, b) => a.start - b.start) },
      );
      expect(atOnce(searchAll(ordered, text))).toEqual(findAll(ordered, text));
    }
  });
});

describe("a team's own detector", () => {
  test('is called once, with the whole text', () => {
    const asked: [string, Evidence | undefined][] = [];
    const own: Detector = {
      name: 'own',
      type: 'own',
      find: (text, evidence) => (asked.push([text, evidence]), [{ start: 3, end: 7, type: 'own' }]),
    };
    const text = 'jane@example.com '.repeat(LONG_TEXT);
    expect(atOnce(searchAll([own], text, { field: 'x' }))).toEqual([{ start: 3, end: 7, type: 'own' }]);
    expect(asked).toEqual([[text, { field: 'x' }]]);
  });

  test('that is a copy of a built-in one with another find is searched with that find', () => {
    const own: Detector = { ...email(), find: () => [{ start: 0, end: 1, type: 'email' }] };
    expect(atOnce(searchAll([own], 'jane@example.com '.repeat(LONG_TEXT)))).toEqual([
      { start: 0, end: 1, type: 'email' },
    ]);
  });

  test('that was not loaded throws for a long text, too', () => {
    const text = '1'.repeat(LONG_TEXT + 1);
    expect(() => atOnce(searchAll([phone()], text))).toThrow('await load() first');
    expect(() => atOnce(searchAll([custom({ name: 'x', pattern: 'a' })], text))).toThrow('await load() first');
  });
});
