import { isIP, isIPv6 } from 'node:net';
import { FF1 } from '@noble/ciphers/ff1.js';
import fc from 'fast-check';
import { isValidIBAN } from 'ibantools';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Ff1 } from '../../../proxy/controls/tokenization/ff1.ts';
import { Permutation } from '../../../proxy/controls/tokenization/permutation.ts';
import { TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const hide = (type: string, value: string): string | undefined =>
  tokens.token(TENANT, { type, value, percent: false }, 'shaped');
const show = (type: string, token: string): string | undefined => tokens.openShaped(TENANT, type, token);

/** Luhn, computed from the other end than in the implementation. */
function isLuhn(text: string): boolean {
  const digits = text
    .split('')
    .filter((c) => /\d/.test(c))
    .map(Number)
    .reverse();
  return (
    digits.reduce((sum, digit, i) => sum + (i % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2), 0) %
      10 ===
    0
  );
}

describe('a token without a marker', () => {
  test('has the shape of its value, and can be opened to it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2}[0-9]{3}-[a-z]{2}[0-9]{2} [A-Z0-9]{0,20}$/), (value) => {
        const token = hide('passport', value) ?? '';
        const shape = (text: string): string => text.replace(/[A-Z]/g, 'A').replace(/[a-z]/g, 'a').replace(/\d/g, '0');
        expect(shape(token)).toBe(shape(value));
        expect(show('passport', token)).toBe(value);
      }),
    );
  });

  test("does not exist if fewer than a million values have that shape, or if another value may be somebody's address", () => {
    for (const value of [
      '12345',
      'abcd',
      'A1B2',
      'Mära Inventado',
      'ann@example.com',
      'https://example.com/ann',
      'x'.repeat(200),
    ])
      expect(hide('name', value)).toBeUndefined();
    for (const value of ['123456', 'abcde', '12-34-56']) expect(show('name', hide('name', value) ?? '')).toBe(value);
  });

  test('of a card has its length and separators, and a wrong check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^4[0-9]{11,17}$/), fc.boolean(), (body, spaced) => {
        const number =
          '0123456789'
            .split('')
            .map((digit) => body + digit)
            .find(isLuhn) ?? '';
        const value = spaced ? number.replace(/\d{4}(?=\d)/g, '$& ') : number;
        const token = hide('payment-card', value) ?? '';
        expect(token.replace(/\d/g, '0')).toBe(value.replace(/\d/g, '0'));
        expect([isLuhn(value), isLuhn(token)]).toEqual([true, false]);
        expect(show('payment-card', token)).toBe(value);
      }),
    );
    expect(hide('payment-card', '4111111111111112')).toBeUndefined();
  });

  test('of an IBAN has its country and shape, and is not a valid IBAN', () => {
    for (const value of [
      'DE89370400440532013000',
      'GB29NWBK60161331926819',
      'NO9386011117947',
      'FR14 2004 1010 0505 0001 3M02 606',
    ]) {
      const token = hide('iban', value) ?? '';
      expect([isValidIBAN(value.replaceAll(' ', '')), isValidIBAN(token.replaceAll(' ', ''))]).toEqual([true, false]);
      expect([token.slice(0, 4), token.length]).toEqual([`${value.slice(0, 2)}00`, value.length]);
      expect(show('iban', token)).toBe(value);
    }
    expect(hide('iban', 'DE00370400440532013000')).toBeUndefined();
  });

  test('of a date is another date, with the same time if it has one', () => {
    // A date of birth whose month is not over has none.
    onTestFinished(() => void vi.useRealTimers());
    vi.useFakeTimers({ now: new Date('2100-01-01') });
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString();
          for (const value of [iso.slice(0, 10), iso, iso.replace('Z', '+02:00')]) {
            const token = hide('date-of-birth', value);
            // A few that are implausible have none.
            if (token === undefined) {
              expect(value < '1900' || value >= '2100').toBe(true);
              continue;
            }
            expect(token).toMatch(/^\d{4}-\d\d-\d\d/);
            expect(Number.isNaN(Date.parse(token))).toBe(false);
            expect(show('date-of-birth', token)).toBe(value);
          }
        },
      ),
    );
    for (const day of [1, 9_000, 30_000, 60_000])
      for (const value of [new Date(day * 86_400_000 - 2.2e12).toISOString(), '1984-07-15', '1900-01-01', '2099-12-31'])
        expect(hide('date-of-birth', value)).toMatch(/^(?:19|20)\d\d-/);
    // Of an earlier version, which moved dates through all years.
    expect(show('date-of-birth', '2654-06-01')).toBe('1984-07-15');
    expect(show('date-of-birth', '7727-01-25T21:47:37Z')).toBe('1984-07-15T03:04:05Z');
    for (const value of ['2023-02-30', '0000-01-01']) expect(hide('date-of-birth', value)).toBeUndefined();
  });

  test('of a whole number has the same number of digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000, max: Number.MAX_SAFE_INTEGER }), (value) => {
        const token = tokens.number(TENANT, 'account', value, 'hide') ?? 0;
        expect([Number.isSafeInteger(token), String(token).length]).toEqual([true, String(value).length]);
        expect(tokens.number(TENANT, 'account', token, 'show')).toBe(value);
      }),
    );
    expect(tokens.number(TENANT, 'account', -12_345_678, 'hide')).toBe(
      -(tokens.number(TENANT, 'account', 12_345_678, 'hide') ?? 0),
    );
    for (const value of [123_456, 1.5, 2 ** 53, 1e-7, 1e21])
      expect(tokens.number(TENANT, 'account', value, 'hide')).toBeUndefined();
    const card = tokens.number(TENANT, 'payment-card', 4_111_111_111_111_111, 'hide') ?? 0;
    expect([isLuhn(String(card)), tokens.number(TENANT, 'payment-card', card, 'show')]).toEqual([
      false,
      4_111_111_111_111_111,
    ]);
  });

  test('of a number with decimals has as many digits before and after the point', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000_000 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (number, decimals, isNegative) => {
          const value =
            (isNegative ? -1 : 1) *
            Number(`${Math.floor(number / 10 ** decimals)}.${String(number % 10 ** decimals).padStart(decimals, '0')}`);
          if (Number.isInteger(value)) return;
          const token = tokens.number(TENANT, 'amount', value, 'hide');
          if (token === undefined) {
            expect(String(value).length).toBeLessThan(9 + Number(isNegative));
            return;
          }
          const shape = (n: number): string => String(n).replace(/\d/g, '0');
          expect(shape(token)).toBe(shape(value));
          expect(tokens.number(TENANT, 'amount', token, 'show')).toBe(value);
        },
      ),
    );
  });

  test('of a UUID is one, with its version and variant and in its case', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (lower, isUpper) => {
        const value = isUpper ? lower.toUpperCase() : lower;
        const token = hide('id', value) ?? '';
        const kept = (text: string): string =>
          text
            .replace(/[0-9a-f]/g, 'a')
            .replace(/[0-9A-F]/g, 'A')
            .toLowerCase();
        expect([token[14], token[19], kept(token)]).toEqual([value[14], value[19], kept(value)]);
        expect(token).not.toBe(value);
        if (/[a-f]/i.test(value)) expect(token.toUpperCase() === token && /[A-F]/.test(token)).toBe(isUpper);
        expect(show('id', token)).toBe(value);
      }),
    );
  });

  test('of an IP address is one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
        const value = isIPv6(given) ? new URL(`http://[${given}]/`).hostname.slice(1, -1) : given;
        const token = hide('ip', value) ?? '';
        expect(isIP(token)).toBe(isIP(value));
        expect(show('ip', token)).toBe(value);
      }),
    );
  });

  test.each<readonly [spelling: string, form: RegExp, write: (groups: readonly string[]) => string]>([
    ['all its digits', /^(?:[\da-f]{4}:){7}[\da-f]{4}$/, (all) => all.map((group) => group.padStart(4, '0')).join(':')],
    [
      'all its digits in capitals',
      /^(?:[\dA-F]{4}:){7}[\dA-F]{4}$/,
      (all) =>
        all
          .map((group) => group.padStart(4, '0'))
          .join(':')
          .toUpperCase(),
    ],
    ['each zero', /^(?:[\da-f]{1,4}:){7}[\da-f]{1,4}$/, (all) => all.join(':')],
    ['capitals', /^[\dA-F:]+$/, (all) => new URL(`http://[${all.join(':')}]/`).hostname.slice(1, -1).toUpperCase()],
  ])('of an IPv6 address with %s is one in that spelling', (_, form, write) => {
    const group = fc.oneof(
      fc.constant('0'),
      fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)),
    );
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const value = write(groups);
        const token = hide('ip', value) ?? '';
        expect(isIPv6(token)).toBe(true);
        if (/[a-f]/i.test(value)) expect(token).toMatch(form);
        expect(token).not.toBe(value);
        expect(show('ip', token)).toBe(value);
      }),
      {
        examples: [
          [['0', '0', '0', '0', '0', '0', '0', '1']],
          [['2001', 'db8', '0', '0', '0', '0', '0', '1']],
          [['2001', 'db8', '1', '0', '0', 'a', '0', '0']],
        ],
      },
    );
  });

  test('of a short value is a word, and no token of another shape', () => {
    const short = (text: string): string | undefined =>
      tokens.token(TENANT, { type: 'name', value: text, percent: false }, 'word');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), (value) => {
        const token = short(value);
        if (token === undefined) {
          expect(/@|:\/\//.test(value) || Buffer.byteLength(value) > 16 || !value.isWellFormed()).toBe(true);
          return;
        }
        expect(token).toMatch(/^[a-z]{5,}[A-Z]$/);
        expect(show('name', token)).toBe(value);
        expect(hide('name', token)).toBeUndefined();
      }),
    );
    expect(['Bob', 'Zoë', 'Zoë Lind'].map((value) => short(value)?.length)).toEqual([6, 7, 16]);
    const all = new Set(Array.from({ length: 2_000 }, (_, i) => short(String(i))));
    expect(all.size).toBe(2_000);
    // As an address, it would be nobody's.
    expect(short('a@b.example')).toBeUndefined();
  });

  test('differs by tenant and by type', () => {
    const value = '123456789012';
    const all = [
      hide('account', value),
      hide('us-ssn', value),
      tokens.token('other', { type: 'account', value, percent: false }, 'shaped'),
    ];
    expect(new Set(all).size).toBe(3);
  });
});

describe('the permutation', () => {
  test('is FF1 of SP 800-38G on decimal digits (its samples 7 and 8, AES-256)', () => {
    const key = Buffer.from('2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94', 'hex');
    expect(new Permutation(key).encrypt(123_456_789n, 10n ** 10n, '')).toBe(6_657_667_009n);
    expect(
      new Permutation(key).encrypt(123_456_789n, 10n ** 10n, Buffer.from('39383736353433323130', 'hex').toString()),
    ).toBe(1_001_623_463n);
  });

  test('equals that of @noble/ciphers, for all lengths and tweaks', () => {
    const key = new Uint8Array(32).map((_, i) => 7 * i);
    fc.assert(
      fc.property(fc.stringMatching(/^\d{2,200}$/), fc.string({ maxLength: 40 }), (text, tweak) => {
        const bytes = Buffer.from(tweak);
        const wanted = BigInt(FF1(10, key, bytes).encrypt(Array.from(text, Number)).join(''));
        const own = new Ff1(key);
        expect(own.encrypt(BigInt(text), text.length, bytes)).toBe(wanted);
        expect(own.decrypt(wanted, text.length, bytes)).toBe(BigInt(text));
      }),
    );
  });

  test('accepts no range that is small enough to try, and no value outside the range', () => {
    const permutation = new Permutation(new Uint8Array(32).fill(1));
    expect(() => permutation.encrypt(1n, 999_999n, '')).toThrow('1000000');
    expect(() => permutation.encrypt(1_000_000n, 1_000_000n, '')).toThrow('within the range');
    expect(permutation.encrypt(1n, 1_000_000n, '')).not.toBe(1n);
  });

  test('maps a range onto itself, one to one', () => {
    const permutation = new Permutation(new Uint8Array(32).fill(2));
    const seen = new Set(Array.from({ length: 500 }, (_, i) => permutation.encrypt(BigInt(i), 1_500_000n, 't')));
    expect(seen.size).toBe(500);
    for (const n of seen) expect(n < 1_500_000n).toBe(true);
  });
});
