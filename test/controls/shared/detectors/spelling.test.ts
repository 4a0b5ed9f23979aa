/** Every detector of addresses and numbers reads every spelling of a character, and its find covers all of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { atOnce, LONG_TEXT } from '../../../../proxy/base/turns.ts';
import {
  type Detector,
  email,
  findAll,
  iban,
  ip,
  loadDetectors,
  paymentCard,
  phone,
  searchAll,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { Plainer } from '../../../../proxy/controls/shared/detectors/plainer.ts';

const VALUES: readonly (readonly [Detector, string])[] = [
  [email(), 'jane.doe_x-y@example.com'],
  [phone(), '+1-415-555-2671'],
  [phone({ countries: ['DE'] }), '(030) 901820'],
  [paymentCard(), '4111-1111-1111-1111'],
  [iban(), 'DE89-3704-0044-0532-0130-00'],
  [usSsn(), '123-45-6789'],
  [ip(), '203.0.113.7'],
  [ip(), '2001:db8::8a2e:370:7334'],
];
beforeAll(() => loadDetectors(VALUES.map(([detector]) => detector)));

const each = (value: string, pattern: RegExp, by: (character: string) => string): string =>
  value.replace(pattern, (character) => by(character));
const code = (character: string): number => character.charCodeAt(0);

/** How a value is spelled otherwise. */
const SPELLINGS: Readonly<Record<string, (value: string) => string>> = {
  'zero-width spaces': (value) => value.split('').join('\u200b'),
  'a zero-width joiner': (value) => `${value.slice(0, 4)}\u200d${value.slice(4)}`,
  'soft hyphens': (value) => value.split('').join('\u00ad'),
  'word joiners': (value) => `${value.slice(0, -3)}\u2060${value.slice(-3)}`,
  'direction marks': (value) => value.split('').join('\u202a\u202c'),
  'a byte order mark': (value) => `${value.slice(0, 2)}\ufeff${value.slice(2)}`,
  'full-width letters and digits': (value) => each(value, /[\w@.]/g, (c) => String.fromCharCode(code(c) + 0xfee0)),
  'decimal entities': (value) => each(value, /[^a-z]/gi, (c) => `&#${code(c)};`),
  'hexadecimal entities': (value) => each(value, /./g, (c) => `&#x${code(c).toString(16)};`),
  'entities of entities': (value) => each(value, /[^a-z\d]/gi, (c) => `&amp;#${code(c)};`),
  'named entities': (value) =>
    each(value, /[@._+\-: ()]/g, (c) => {
      const name = {
        '@': 'commat',
        '.': 'period',
        _: 'lowbar',
        '+': 'plus',
        '-': 'hyphen',
        ':': 'colon',
        ' ': 'nbsp',
        '(': 'lpar',
        ')': 'rpar',
      }[c];
      return `&${name ?? ''};`;
    }),
  'Markdown escapes': (value) => each(value, /[-_.@+()]/g, (c) => `\\${c}`),
  'Markdown escapes in JSON': (value) => each(value, /[-_.@+()]/g, (c) => `\\\\${c}`),
  'dots in brackets': (value) => value.replaceAll('.', '[.]'),
};

describe.each(Object.entries(SPELLINGS))('with %s', (_what, spell) => {
  test.each(VALUES.map(([detector, value]) => [detector.name, value, detector] as const))(
    '%s is found in %s',
    (_name, value, detector) => {
      const text = `see ${spell(value)}, please`;
      const span = { start: 4, end: text.length - 8, type: detector.type };
      expect(detector.find(text)).toEqual([span]);
      // The same in a text that is searched in parts, wherever a part ends.
      for (const offset of [0, 2, 7, 12, 30]) {
        const before = '~'.repeat(LONG_TEXT / 2 - 4 - offset) + ' ';
        const long = (before + text).padEnd(LONG_TEXT + 1, '~');
        expect(atOnce(searchAll([detector], long))).toEqual([
          { ...span, start: span.start + before.length, end: span.end + before.length },
        ]);
      }
    },
  );
});

test.each([
  'jane [at] example [dot] com',
  'jane(at)example(dot)com',
  'jane at example dot com',
  'jane.doe [at] mail.example.com',
  'jane AT example DOT com',
])('an address written against collectors is found: %s', (text) => {
  expect(email().find(`mail ${text}!`)).toEqual([{ start: 5, end: text.length + 5, type: 'email' }]);
});

test.each([
  'we met at noon, dot the i, look at it',
  'regexp /foo[.]js/, a \\. b, R&D; AT&T; &nosuch; &#; \\-',
  'team[at] a(at)b',
  'ping me at work dot',
])('nothing is found in %j', (text) => {
  for (const [detector] of VALUES) expect(detector.find(text)).toEqual([]);
});

test('a text in plain spelling is not read a second time', () => {
  for (const text of [
    'jane@example.com',
    'a && b',
    '"x\\n"',
    '&quot;x&quot; &lt;b&gt;',
    'naïve café',
    '日本語のテキスト。',
  ])
    expect(Plainer.of(text), text).toBeUndefined();
});

test('finds of the text as it is and of its plain spelling are merged', () => {
  expect(findAll([email()], 'a@example.com b\u200bc@example.com')).toEqual([
    { start: 0, end: 13, type: 'email' },
    { start: 14, end: 29, type: 'email' },
  ]);
});
