/** Detectors, and numbers of any length: eight times the input takes about eight times the steps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCounting, stepsOfEach, stopCounting } from './steps.ts';
import { UNITS } from './units.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const {
  custom,
  dateOfBirth,
  email,
  findAll,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  personName,
  phone,
  secret,
  usSsn,
} = await import('../../proxy/controls/shared/detectors/index.ts');
const { Schema } = await import('../../proxy/json-schema/schema.ts');
const { Digits } = await import('../../proxy/json-schema/digits.ts');
const { parseJson } = await import('../../proxy/json/parse.ts');

const DETECTORS = [
  secret(),
  email(),
  iban(),
  paymentCard(),
  usSsn(),
  phone({ countries: ['DE'] }),
  ip(),
  dateOfBirth(),
  passport(),
  personName(),
  custom({ name: 'employee', pattern: 'E-\\d{6}' }),
  custom({ name: 'pair', pattern: '[a-z]{1,30}@[a-z]{1,30}' }),
];
const FIELDS = [undefined, 'phone', 'password', 'dob', 'passport', 'ssn'];
const SMALL = 2 * 1024;
const TIMES = 8;
const MOST = 2.5 * TIMES;

beforeAll(() => loadDetectors(DETECTORS));
afterAll(stopCounting);

async function growth(work: (size: number) => unknown): Promise<number> {
  // Larger, because what was read of a small text is kept for the next detector.
  work(3 * SMALL);
  const [few = 0, many = 0] = await stepsOfEach([SMALL, TIMES * SMALL].map((size) => async () => work(size)));
  return many / few;
}

describe('a text', () => {
  test.each(UNITS)('of %j', async (unit) => {
    expect(await growth((size) => findAll(DETECTORS, unit.repeat(Math.ceil(size / unit.length))))).toBeLessThan(MOST);
  });

  test.each(FIELDS)('under the field %s', async (field) => {
    for (const unit of ['1 ', '12 ', '(1', '1980-05-17 ', 'X1234567 ', 'a1'])
      expect(
        await growth((size) => findAll(DETECTORS, unit.repeat(Math.ceil(size / unit.length)), { field })),
      ).toBeLessThan(MOST);
  });
});

describe('numbers that a schema checks', () => {
  const compiled = new Schema(
    JSON.stringify({ items: { multipleOf: 0.5, minimum: 1, type: 'number' }, uniqueItems: true }),
  ).compile(undefined);
  const fits = (text: string): boolean =>
    compiled.fits(parseJson(text), text.length, new Digits(text, 0, text.length, []));

  test.each([
    ['one number with many digits', (size: number) => `[${'9'.repeat(size)}.5]`],
    [
      'many numbers with 17 digits and more',
      (size: number) => `[${Array.from({ length: size / 20 }, (_, i) => `9007199254740993${i}`).join()}]`,
    ],
  ])('%s', async (_what, text) => {
    expect(fits(text(SMALL))).toBe(true);
    expect(await growth((size) => fits(text(size)))).toBeLessThan(MOST);
  });
});
