/** Whatever the text: detectors take time in proportion to its length, and what they find is in order. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { NONE } from '../../../proxy/controls/detectors/detector.ts';
import { custom, dateOfBirth, type Detector, email, findAll, iban, ip, loadDetectors, passport, paymentCard, phone, secret, usSsn } from '../../../proxy/controls/detectors/index.ts';

const DETECTORS: readonly Detector[] = [
  secret(), email(), iban(), paymentCard(), usSsn(), phone({ countries: ['DE'] }), ip(), dateOfBirth(), passport(), custom({ name: 'employee', pattern: 'E-\\d{6}' }), custom({ name: 'pair', pattern: '[a-z]{1,30}@[a-z]{1,30}' }),
];
beforeAll(() => loadDetectors(DETECTORS));

/** Beginnings without ends, ends without beginnings, and what is found, over and over. */
const UNITS = [
  'a', '1', '@', 'a@', 'a.', 'a@b.', '1 ', '1-', '12 ', '1234 ', '4111 ', '4111 1111 1111 1111 ', '+1 ', '+1 415 555 2671 ', '(415) 555-2671 ', '(1', '030 901820 ', '123-45-6789 ', '1.', '1.2.3.4 ', ':', 'a:', '2001:db8::1 ', 'fe80::', 'DE89 3704 0044 0532 0130 00 ', 'DE89', 'DE89\u200b',
  'born 1980-05-17 ', '17 May 1980 ', 'passport X1234567 ', 'password=', 'password: a1b2c3 ', 'password="', 'eyJ', 'eyJ.', 'eyJhbGciOiJIUzI1NiJ9.', '-----BEGIN ', '-----BEGIN RSA PRIVATE KEY-----\nMIIabcdefghijkl', '://', '://a:b@', 'ghp_', 'AKIAIOSFODNN7ABCDEFG ', '<', '"@', '"a"@b.co ', '@[', '00 ', '\u200b', '1\u200b', '用@',
  '{"a":1,"b":"x"},', 'Bearer a1B2c3D4e5F6g7H8i9J0 ', '1:AA', 'E-', 'E-123456 ', '_', '\\n', '=', "'", 'tel 1 1 1 1 ', 'is ',
];
const FIELDS = [undefined, 'phone', 'password', 'dob', 'passport', 'ssn'];

/** Milliseconds; a search that goes over the text for each of its characters takes minutes. */
const LIMIT = 20_000;
const MIB = 2 ** 20;

describe('a text of 1 MiB', () => {
  test.each(UNITS)('of %j is searched in one go', { timeout: LIMIT }, (unit) => {
    const text = unit.repeat(Math.ceil(MIB / unit.length));
    const spans = findAll(DETECTORS, text);
    expect(spans.every(({ start, end }, i) => start < end && start >= (spans[i - 1]?.end ?? 0))).toBe(true);
  });

  test.each(FIELDS)('under the field %s as well', { timeout: LIMIT }, (field) => {
    for (const unit of ['1 ', '12 ', '(1', '1980-05-17 ', 'X1234567 ', 'a1']) findAll(DETECTORS, unit.repeat(MIB / 8), { field });
  });
});

const piece = fc.oneof(fc.constantFrom(...UNITS), fc.string({ maxLength: 6, unit: 'binary' }), fc.stringMatching(/^[-+. ()/:@0-9a-f]{1,12}$/));
const evidence = fc.option(fc.constantFrom('phone', 'cardNumber', 'ssn', 'password', 'token', 'dob', 'passport', 'id', 'version'), { nil: undefined });

/** Characters: gone over for each of its characters, a text of that length takes longer than the limit. */
const LONG = 2 ** 19;

test('pieces of any kind, repeated, are searched in one go', { timeout: 180_000 }, () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), evidence, (pieces, field) => {
      const unit = pieces.join('') || 'x';
      const spans = findAll(DETECTORS, unit.repeat(Math.ceil(LONG / unit.length)), { field });
      expect(spans.every(({ start, end }) => start < end)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test('whatever the text and the field, findings are in order, within it, and do not overlap', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), evidence, (pieces, field) => {
      const text = pieces.join('');
      for (const detector of DETECTORS) {
        let from = 0;
        for (const { start, end, type } of detector.find(text, { field })) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(type).toBe(detector.type);
          from = end;
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each(['', 'x', 'The quick brown fox: 12 of them, at 10:30.', '2026-11-22T10:00:00.000Z', '019876ab-cdef-7abc-9def-0123456789ab'])('where nothing is found in %j, nothing is allocated', (text) => {
  for (const detector of DETECTORS) expect(detector.find(text)).toBe(NONE);
  expect(findAll(DETECTORS, text)).toBe(NONE);
});
