/** Telephone numbers of every region, by libphonenumber: an example of each kind, and valid neighbours of it. */
import {
  type CountryCode,
  getCountries,
  getExampleNumber,
  isValidPhoneNumber,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import type { Random } from '../random.ts';
import type { Value } from '../sample.ts';

/** The countries that docs/detectors.md names. */
export const COUNTRIES = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'BR',
  'IN',
  'JP',
  'AU',
  'CH',
  'PL',
  'SE',
  'MX',
] as const;
const NAMED: ReadonlySet<string> = new Set(COUNTRIES);
export const REGIONS: readonly CountryCode[] = getCountries();
export const OTHERS: readonly CountryCode[] = REGIONS.filter((region) => !NAMED.has(region));

/** More numbers, by region: fixed lines and service numbers, in E.164. */
export type MorePhones = ReadonlyMap<string, readonly string[]>;

/** An example of the region with other last digits. */
function numberIn(region: CountryCode, random: Random, more: MorePhones): PhoneNumber | undefined {
  const others = more.get(region) ?? [];
  const example =
    others.length > 0 && random.chance(0.6)
      ? parsePhoneNumberFromString(random.pick(others))
      : getExampleNumber(region, examples);
  if (example === undefined) return undefined;
  for (let i = 0; i < 8; i++) {
    const digits = example.number;
    const other = digits.slice(0, -4) + random.digits(4);
    if (isValidPhoneNumber(other)) return parsePhoneNumberFromString(other);
  }
  return example;
}

function sure(region: CountryCode, random: Random, more: MorePhones): PhoneNumber {
  const number = numberIn(region, random, more) ?? parsePhoneNumberFromString('+14155552671');
  if (number === undefined) throw new Error('expected an example number');
  return number;
}

/** With `+` or `00`. */
export function international(random: Random, more: MorePhones): Value {
  const region = random.pick(REGIONS);
  const number = sure(region, random, more);
  const spaced = number.formatInternational();
  const style = random.next();
  const text =
    style < 0.3
      ? number.number
      : style < 0.6
        ? spaced
        : style < 0.7
          ? spaced.replaceAll(' ', '-')
          : style < 0.78
            ? spaced.replaceAll(' ', '.')
            : style < 0.85
              ? spaced.replace(/^(\+\d+) (\d+) /, '$1 ($2) ')
              : `00${style < 0.93 ? number.number.slice(1) : spaced.slice(1)}`;
  // `0044…` in one group may be any number.
  return { text, kind: region, proves: !/^\d+$/.test(text) };
}

/** As dialled within its country. */
export function national(countries: readonly CountryCode[], random: Random, more: MorePhones): Value {
  const region = random.pick(countries);
  const number = sure(region, random, more);
  const usual = number.formatNational();
  const style = random.next();
  const text =
    style < 0.5
      ? usual
      : style < 0.62
        ? usual.replaceAll(/[\s-]+/g, '-')
        : style < 0.72
          ? usual.replace(/[()]/g, '').replaceAll(/[\s-]+/g, '.')
          : style < 0.82
            ? usual.replace(/[()]/g, '').replaceAll(/[\s-]+/g, ' ')
            : usual.replaceAll(/\D/g, '');
  // Digits in one group, or four groups with dots, need the text around them.
  return { text, kind: region, proves: /[\s()/-]/.test(text) && !/^\d+(?:\.\d+){3}$/.test(text) };
}
