/** Compares the corpus and the detectors with independent code. */
import { isValidIBAN, validateIBAN, ValidationErrorsIBAN } from 'ibantools';
import { isValidPhoneNumber } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import { describe, expect, test } from 'vitest';
import { iban } from '../../../../proxy/controls/shared/detectors/index.ts';
import { type CountryCode, Plans } from '../../../../proxy/controls/shared/detectors/phone-plan.ts';
import { COUNTRIES } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { account } from './corpus/values/numbers.ts';

const random = new Random(4);
const accounts = (count: number): string[] =>
  Array.from({ length: count }, () => account(random).text.replaceAll(' ', ''));

test("the corpus's account numbers are valid for ibantools, except for countries' own check digits", () => {
  for (const number of accounts(400)) {
    const { errorCodes } = validateIBAN(number);
    expect(
      errorCodes.filter((code) => code !== ValidationErrorsIBAN.WrongAccountBankBranchChecksum),
      number,
    ).toEqual([]);
  }
});

test('the detector of account numbers agrees with ibantools about changed digits', () => {
  const detector = iban();
  for (const number of accounts(800)) {
    const at = random.int(4, number.length - 1);
    const other =
      number.slice(0, at) +
      (/\d/.test(number.charAt(at)) ? random.digits(1) : random.of('ABCDEFGH', 1)) +
      number.slice(at + 1);
    // ibantools checks more: some countries' own check digits within the account number.
    if (isValidIBAN(other)) expect(detector.find(other), other).toHaveLength(1);
    if (detector.find(number).length === 0) expect(isValidIBAN(number), number).toBe(false);
  }
});

describe('numbering plans agree with libphonenumber about', () => {
  const plans = new Plans(metadata);

  test('digits with any calling code', () => {
    const codes = Object.keys(metadata.country_calling_codes);
    let valid = 0;
    for (let i = 0; i < 6_000; i++) {
      const digits = `${random.pick(codes)}${random.digits(random.int(6, 12))}`;
      const theirs = isValidPhoneNumber(`+${digits}`);
      if (theirs) valid++;
      expect(plans.holdsInternational(digits), digits).toBe(theirs);
    }
    expect(valid).toBeGreaterThan(300);
  });

  test.each(COUNTRIES as readonly CountryCode[])('digits as dialled in %s', (country) => {
    const within = plans.within(country) ?? [];
    const trunk = within[0]?.trunk ?? '';
    for (let i = 0; i < 1_500; i++) {
      const digits = (random.chance(0.5) ? trunk : '') + random.of('123456789', 1) + random.digits(random.int(6, 10));
      // The library accepts a calling code without its plus; the detector does so only under a field for numbers.
      if (digits.startsWith(within[0]?.callingCode ?? '')) continue;
      expect(
        within.some((plan) => plan.holds(digits)),
        digits,
      ).toBe(isValidPhoneNumber(digits, country));
    }
  });
});
