/** What becomes of tokens in upstreams that store values in another form. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findTokens, mayHoldTokens } from '../../../proxy/controls/tokenization/token.ts';
import type { Form } from '../../../proxy/controls/tokenization/tokens.ts';
import { KEY, OTHER_KEY, TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const make = (value: string, form: Form, type = 'email'): string =>
  tokens.token(TENANT, { type, value, percent: false }, form) ?? '';
/** What the first token in a text stands for. */
const opened = (text: string): string | undefined => {
  const [found] = findTokens(text);
  return found && tokens.open(TENANT, found)?.value;
};

/** What stores do with the text of any field. */
const ANY: Readonly<Record<string, (token: string) => string>> = {
  trim: (token) => ` \t${token}\r\n`.trim(),
  'white space around it': (token) => `\u00a0${token}  `,
  NFC: (token) => token.normalize('NFC'),
  NFD: (token) => token.normalize('NFD'),
  NFKC: (token) => token.normalize('NFKC'),
  NFKD: (token) => token.normalize('NFKD'),
  'angle brackets': (token) => `<${token}>`,
  'lines of quoted-printable': (token) => token.replace(/qtk_.{20}/i, '$&=\r\n'),
  'several such lines': (token) => token.replace(/(qtk_.{9})(.{9})/i, '$1=\n$2=\n'),
  'a line break at a fixed width': (token) => token.replaceAll(/.{30}/g, '$&\n'),
  'a line break in quoted mail': (token) => token.replaceAll(/.{30}/g, '$&\r\n> > '),
  'the hyphens of word processors': (token) => token.replaceAll('-', '\u2011'),
  dashes: (token) => token.replaceAll('-', '\u2013'),
  'soft hyphens': (token) => token.replaceAll(/(?<=qtk_.*).{7}/gi, '$&\u00ad'),
  'spaces without width after signs': (token) => token.replaceAll(/[@._-]/g, '$&\u200b'),
  'tags and entities for line breaks': (token) => token.replaceAll(/[@._-]/g, '$&<wbr>').replaceAll('0', '0&shy;'),
  'entities that were escaped again': (token) => token.replaceAll('_', '&amp;#95;').replaceAll('-', '&amp;amp;#45;'),
  'percent-encoding of all signs': (token) => token.replaceAll(/[_.@-]/g, percent),
  'percent-encoding of all signs, twice': (token) => token.replaceAll(/[_.@-]/g, (c) => percent(c).replace('%', '%25')),
  'an encoded word of a mail header': (token) => token.replaceAll('_', '=5F'),
  'escapes of JSON': (token) =>
    token.replaceAll('_', '\\u005f').replaceAll('-', '\\\\u002D').replaceAll('@', '\\u0040'),
};
const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16)}`;
/** What stores and mail software do with addresses. */
const OF_ADDRESSES: Readonly<Record<string, (token: string) => string>> = {
  ...ANY,
  'lower case': (token) => token.toLowerCase(),
  'upper case': (token) => token.toUpperCase(),
  'lower case by Turkish rules': (token) => token.toUpperCase().toLocaleLowerCase('tr'),
  'upper case by Turkish rules': (token) => token.toLocaleUpperCase('tr'),
  'a capital at the start': (token) => token.replace(/^./, (c) => c.toUpperCase()),
  'a domain in capitals': (token) => token.replace(/@.*/, (domain) => domain.toUpperCase()),
  'a tag that is cut': (token) => token.replace(/\+[^@]*@/, '@'),
  'dots removed from the local part': (token) => token.replace(/^[^@]*/, (local) => local.replaceAll('.', '')),
  'mailto:': (token) => `mailto:${token}`,
  'percent-encoding': (token) => encodeURIComponent(token),
  'percent-encoding, twice': (token) => encodeURIComponent(encodeURIComponent(token)),
  'an HTML entity': (token) => token.replace('@', '&#64;'),
  'an HTML entity with a name': (token) => token.replace('@', '&commat;'),
  'all signs as HTML entities': (token) =>
    token.replace('@', '&commat;').replaceAll('.', '&period;').replaceAll('_', '&lowbar;'),
  'Markdown escapes': (token) => token.replaceAll(/[_@]/g, '\\$&'),
  'Markdown escapes of all signs': (token) => token.replaceAll(/[_@.-]/g, '\\$&'),
  'Markdown escapes in JSON': (token) => token.replaceAll(/[_@]/g, '\\\\$&'),
};

const address = fc.oneof(
  fc.emailAddress(),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9.+_-]{0,20}@(?:[a-z0-9-]{1,20}\.){0,3}(?:com|de|co\.uk|gmail\.com)$/),
);

describe('a token in the form of an address', () => {
  test.each(Object.entries(OF_ADDRESSES))('can be opened after %s', (_what, fold) => {
    fc.assert(
      fc.property(address, fc.constantFrom('email', 'name'), (value, type) => {
        const token = make(value, 'email', type);
        if (token !== '') expect(opened(fold(token))).toBe(value);
      }),
    );
  });

  test.each([
    ['k1', 'K@fd1j6c-2---7.co.uk', 'email'],
    ['k1', '}$i.=4.0.0ik3j.w^8.v*0d1vpyeq.x3dbv{g.hf.daap@4.js', 'name'],
    ['aqtk', 'mara@example.com', 'email'],
    ['qtk', 'mara@example.com', 'name'],
  ])('whose key id or last letters look like a marker can be opened: key %s, %s', (keyId, value, type) => {
    const ring = tokensWith(JSON.stringify({ current: keyId, keys: { [keyId]: KEY } }));
    const token = ring.token(TENANT, { type, value, percent: false }, 'email') ?? '';
    for (const [what, fold] of Object.entries(OF_ADDRESSES))
      expect(
        findTokens(fold(token)).map((found) => ring.open(TENANT, found)?.value),
        what,
      ).toEqual([value]);
  });

  test('is the same in each case for each id of a key', () => {
    const ring = tokensWith(JSON.stringify({ current: 'Ab', keys: { aB: KEY, Ab: OTHER_KEY } }));
    const token = ring.token(TENANT, { type: 'email', value: 'mara@example.com', percent: false }, 'email') ?? '';
    for (const text of [token, token.toUpperCase()])
      expect(findTokens(text).map((found) => ring.open(TENANT, found)?.value)).toEqual(['mara@example.com']);
  });

  test('follows RFC 5321: local part and labels have no more than 64 and 63 octets, the domain 253', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '@', 'é', '.com', 'Z'), maxLength: 130 }), (value) => {
        const token = make(value, 'email');
        if (token === '') {
          expect(value.length).toBeGreaterThan(90);
          return;
        }
        const [local = '', domain = ''] = token.split('@');
        expect([local.length <= 64, domain.length <= 253]).toEqual([true, true]);
        for (const label of domain.split('.')) expect(label).toMatch(/^[a-z0-9]{1,63}$/);
      }),
    );
  });
});

test.each(['plain', 'url'] as const)(
  'a token in the form %s can be opened after its signs are escaped for Markdown or HTML',
  (form) => {
    for (const escape of [
      (token: string) => token.replaceAll(/[_-]/g, '\\$&'),
      (token: string) => token.replaceAll('_', '\\\\_'),
      (token: string) => token.replaceAll('_', '&lowbar;').replaceAll('-', '&#45;'),
    ])
      for (const value of ['Mara Inventado', 'ann@example.com', 'é'.repeat(40)])
        expect(opened(`x ${escape(make(value, form))} y`)).toBe(value);
  },
);

test('many escaped markers in a row take linear time', () => {
  // Each reads to the next one at most.
  const text = 'qtk\\_k1-'.repeat(20_000);
  expect(findTokens(text)).toEqual([]);
  expect(findTokens('qtk&lowbar;'.repeat(20_000))).toEqual([]);
});

test.each(['plain', 'url'] as const)(
  'a token in the form %s can be opened after what stores do with any text',
  (form) => {
    for (const [what, fold] of Object.entries(ANY))
      for (const value of ['Mara Inventado', 'ann@example.com', 'é'.repeat(40)])
        expect(opened(fold(make(value, form))), what).toBe(value);
  },
);

test.each([
  ['Qtk_k1_giQyXaw2aJow-pjqzwG5li3L9FX7KGaqhVqULF6_7IvpOc', 'mara@example.com'],
  ['Qtk_k1-giQyXaw2aJow-pjqzwG5li3L9FX7KGaqhVqULF6_7IvpOc@qtk.invalid', 'mara@example.com'],
  ['Qtk_k1-giQyXaw2aJow-pjqzwG5li3L9FX7KGaqhVqULF6_7IvpOc%40QTK.invalid', 'mara@example.com'],
  ['https://qtk.invalid/Qtk_k1_giQyXaw2aJow-pjqzwG5li3L9FX7KGaqhVqULF6_7IvpOc', 'mara@example.com'],
  [
    'Qtk_k1-gi-ouT0uSoziGibPlKhpk56sJsUfn_JnyJseKByn2xv_iwkZ_bBa3iDRw@7yppkfdi72ke2gqmnvy366i47xxcbswtzkcflz4u7zfvmsnymtpyujvrbyhdo.qtk.invalid',
    'a.very.long.address.of.somebody@a.very.long.domain.example.com',
  ],
  ['Qtk_k1-gqOAHLicniMov5y5vIyP3sxvJOIWdb_R0iNm_qcD9_i@qtk.invalid', 'Mara Inventado'],
])('a token of an earlier version can be opened: %s', (token, value) => {
  expect(opened(token)).toBe(value);
});

test('a token that a process of an earlier version took for an address and hid again opens to the first value', () => {
  const twice = make(make('mara@example.com', 'email'), 'email');
  expect(opened(twice)).toBe('mara@example.com');
  // But what only holds a token is the value.
  const text = `to ${make('mara@example.com', 'email')}`;
  expect(opened(make(text, 'plain'))).toBe(text);
});

test('a token that was cut, or changed where case counts, opens to nothing, and is still seen as one', () => {
  for (const form of ['plain', 'email', 'url'] as const) {
    const token = make('mara.inventado@example.com', form);
    const from = token.toLowerCase().indexOf('qtk_') + 8;
    for (let length = from; length < token.length; length++) {
      expect(opened(token.slice(0, length))).toBeUndefined();
      expect(mayHoldTokens(token.slice(0, length))).toBe(true);
    }
    if (form === 'email') continue;
    for (const changed of [token.toLowerCase(), token.toUpperCase()]) {
      expect(opened(changed)).toBeUndefined();
      expect(mayHoldTokens(changed)).toBe(true);
    }
  }
});
