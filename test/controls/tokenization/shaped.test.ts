import fc from 'fast-check';
import { isValidIBAN } from 'ibantools';
import { describe, expect, test } from 'vitest';
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
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString();
          for (const value of [iso.slice(0, 10), iso, iso.replace('Z', '+02:00')]) {
            const token = hide('date-of-birth', value) ?? '';
            expect(token).toMatch(/^\d{4}-\d\d-\d\d/);
            expect(Number.isNaN(Date.parse(token))).toBe(false);
            expect(show('date-of-birth', token)).toBe(value);
          }
        },
      ),
    );
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
    for (const value of [123_456, -12_345_678, 1.5, 2 ** 53])
      expect(tokens.number(TENANT, 'account', value, 'hide')).toBeUndefined();
    const card = tokens.number(TENANT, 'payment-card', 4_111_111_111_111_111, 'hide') ?? 0;
    expect([isLuhn(String(card)), tokens.number(TENANT, 'payment-card', card, 'show')]).toEqual([
      false,
      4_111_111_111_111_111,
    ]);
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
