/** Findings are in order for any text. `test/linear` checks that the steps are proportional to its length. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { NONE } from '../../../../proxy/controls/shared/detectors/detector.ts';
import {
  custom,
  dateOfBirth,
  type Detector,
  email,
  findAll,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { UNITS } from '../../../linear/units.ts';

const DETECTORS: readonly Detector[] = [
  secret(),
  email(),
  iban(),
  paymentCard(),
  usSsn(),
  phone({ countries: ['DE'] }),
  ip(),
  dateOfBirth(),
  passport(),
  custom({ name: 'employee', pattern: 'E-\\d{6}' }),
  custom({ name: 'pair', pattern: '[a-z]{1,30}@[a-z]{1,30}' }),
];
beforeAll(() => loadDetectors(DETECTORS));

const piece = fc.oneof(
  fc.constantFrom(...UNITS),
  fc.string({ maxLength: 6, unit: 'binary' }),
  fc.stringMatching(/^[-+. ()/:@0-9a-f]{1,12}$/),
);
const evidence = fc.option(
  fc.constantFrom('phone', 'cardNumber', 'ssn', 'password', 'token', 'dob', 'passport', 'id', 'version'),
  { nil: undefined },
);

test('findings in any text and field are in order, within the text, and without overlaps', () => {
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

test.each([
  '',
  'x',
  'The quick brown fox: 12 of them, at 10:30.',
  '2026-11-22T10:00:00.000Z',
  '019876ab-cdef-7abc-9def-0123456789ab',
])('allocates nothing if nothing is found in %j', (text) => {
  for (const detector of DETECTORS) expect(detector.find(text)).toBe(NONE);
  expect(findAll(DETECTORS, text)).toBe(NONE);
});
