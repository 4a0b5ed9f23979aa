/**
 * Tokens without a marker, for fields that have no room for one: they have the same shape as the value. They show
 * neither that they are tokens nor their key. So they are opened only where the config declares tokens, or in the call
 * that made them, and are always made with the keyring's first key.
 */
import { MIN_DOMAIN, type Permutation } from './permutation.ts';

/** Opens and makes tokens of one shape. Undefined: the value has no token of that shape. */
export interface Shaped {
  hide(value: string, by: Permutation): string | undefined;
  show(token: string, by: Permutation): string | undefined;
}

/** The type of the card detector. */
const CARD = 'payment-card';
/** Longer values have room for a marker, or none of these shapes. */
const MAX_LENGTH = 128;

/** Digits stay digits, letters stay letters in their case; everything else is unchanged. */
const sameClasses: Shaped = {
  hide: (value, by) => classes(value, (n, domain, tweak) => by.encrypt(n, domain, tweak)),
  show: (token, by) => classes(token, (n, domain, tweak) => by.decrypt(n, domain, tweak)),
};

function classes(text: string, map: (n: bigint, domain: bigint, tweak: string) => bigint): string | undefined {
  if (text.length > MAX_LENGTH || /[^\0-\x7f]/.test(text)) return undefined;
  let n = 0n;
  let domain = 1n;
  let tweak = '';
  for (const c of text) {
    const [base, size, name] = classOf(c);
    if (size > 1) {
      n = n * BigInt(size) + BigInt(c.charCodeAt(0) - base);
      domain *= BigInt(size);
    }
    tweak += name;
  }
  if (domain < MIN_DOMAIN) return undefined;
  let rest = map(n, domain, tweak);
  let out = '';
  for (let i = text.length - 1; i >= 0; i--) {
    const c = text[i] ?? '';
    const [base, size] = classOf(c);
    if (size === 1) out = c + out;
    else {
      out = String.fromCharCode(base + Number(rest % BigInt(size))) + out;
      rest /= BigInt(size);
    }
  }
  return out;
}

/** The first character of a character's class, the size of the class, and its name. */
function classOf(c: string): readonly [base: number, size: number, name: string] {
  if (c >= '0' && c <= '9') return [0x30, 10, '0'];
  if (c >= 'a' && c <= 'z') return [0x61, 26, 'a'];
  if (c >= 'A' && c <= 'Z') return [0x41, 26, 'A'];
  return [0, 1, c];
}

/**
 * A payment card: the same number of digits, and a wrong check digit (ISO/IEC 7812-1, Luhn), so that it belongs to
 * nobody. Only a number with a valid check digit has such a token, so the original digit can be computed.
 */
const card: Shaped = {
  hide: (value, by) => withCheckDigit(value, 0, 5, (body) => sameClasses.hide(body, by)),
  show: (token, by) => withCheckDigit(token, 5, 0, (body) => sameClasses.show(body, by)),
};

function withCheckDigit(
  text: string,
  was: number,
  becomes: number,
  map: (body: string) => string | undefined,
): string | undefined {
  const last = text.length - 1;
  if (!/^[\d -]{11,}\d$/.test(text) || Number(text[last]) !== (checkDigit(text.slice(0, last)) + was) % 10)
    return undefined;
  const body = map(text.slice(0, last));
  return body === undefined ? undefined : `${body}${(checkDigit(body) + becomes) % 10}`;
}

function checkDigit(body: string): number {
  let sum = 0;
  let double = true;
  for (let i = body.length - 1; i >= 0; i--) {
    const digit = body.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) continue;
    const weighted = double ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
    double = !double;
  }
  return (10 - (sum % 10)) % 10;
}

/** An IBAN (ISO 13616): the same country and shape, and check digits that no IBAN has. */
const iban: Shaped = {
  hide(value, by) {
    const [, country, check, body] = IBAN.exec(value) ?? [];
    if (country === undefined || body === undefined || check !== ibanCheck(country, body)) return undefined;
    const hidden = sameClasses.hide(body, by);
    return hidden === undefined ? undefined : `${country}00${hidden}`;
  },
  show(token, by) {
    const [, country, check, body] = IBAN.exec(token) ?? [];
    if (country === undefined || body === undefined || check !== '00') return undefined;
    const shown = sameClasses.show(body, by);
    return shown === undefined ? undefined : `${country}${ibanCheck(country, shown)}${shown}`;
  },
};

const IBAN = /^([A-Z]{2})(\d{2})([ A-Z0-9]{11,40})$/;

function ibanCheck(country: string, body: string): string {
  let rest = 0;
  for (const c of `${body.replaceAll(' ', '')}${country}00`) {
    const value = c <= '9' ? c : String(c.charCodeAt(0) - 55);
    rest = Number(`${rest}${value}`) % 97;
  }
  return String(98 - rest).padStart(2, '0');
}

/** A date (RFC 3339, `full-date`), with or without a time: any other between the years 1 and 9999. */
const date: Shaped = {
  hide: (value, by) => dates(value, (n, domain, tweak) => by.encrypt(n, domain, tweak)),
  show: (token, by) => dates(token, (n, domain, tweak) => by.decrypt(n, domain, tweak)),
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:([Tt ])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/;
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('0001-01-01T00:00:00Z') / DAY_MS;
const DAYS = Date.parse('9999-12-31T00:00:00Z') / DAY_MS - FIRST_DAY + 1;

function dates(text: string, map: (n: bigint, domain: bigint, tweak: string) => bigint): string | undefined {
  const [, year, month, day, separator, hours, minutes, seconds, fraction = '', zone = ''] = DATE.exec(text) ?? [];
  const iso = `${year}-${month}-${day}`;
  const ms = Date.parse(`${iso}T00:00:00Z`);
  if (year === undefined || year === '0000' || Number.isNaN(ms) || isoDay(ms) !== iso) return undefined;
  const days = ms / DAY_MS - FIRST_DAY;
  if (separator === undefined) return isoDay((Number(map(BigInt(days), BigInt(DAYS), 'date')) + FIRST_DAY) * DAY_MS);
  const at = days * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  const moved = Number(map(BigInt(at), BigInt(DAYS) * 86_400n, 'date-time'));
  const time = new Date((moved + FIRST_DAY * 86_400) * 1_000).toISOString().slice(11, 19);
  return `${isoDay((Math.floor(moved / 86_400) + FIRST_DAY) * DAY_MS)}${separator}${time}${fraction}${zone}`;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** An address needs its own domain to belong to nobody, which takes room. Another address may belong to somebody. */
const none: Shaped = { hide: () => undefined, show: () => undefined };

/** The shape of tokens of a type without a marker. */
export function shapedFor(type: string, value: string): Shaped {
  if (type === CARD) return card;
  if (type === 'iban') return iban;
  if (DATE.test(value)) return date;
  // Another address or URL may belong to somebody.
  return value.includes('@') || value.includes('://') ? none : sameClasses;
}

/** A whole number: another one with the same number of digits and no leading zero. */
export function shapedNumber(type: string, value: number, by: Permutation, way: 'hide' | 'show'): number | undefined {
  if (!Number.isSafeInteger(value) || value < 0) return undefined;
  if (type === CARD) {
    const last = value % 10;
    const body = Math.floor(value / 10);
    const [was, becomes] = way === 'hide' ? [0, 5] : [5, 0];
    if (String(value).length < 12 || last !== (checkDigit(String(body)) + was) % 10) return undefined;
    const mapped = mapNumber(body, by, way, Math.floor(Number.MAX_SAFE_INTEGER / 10) - 1);
    return mapped === undefined ? undefined : mapped * 10 + ((checkDigit(String(mapped)) + becomes) % 10);
  }
  return mapNumber(value, by, way, Number.MAX_SAFE_INTEGER);
}

function mapNumber(value: number, by: Permutation, way: 'hide' | 'show', highest: number): number | undefined {
  const { length } = String(value);
  const lowest = 10 ** (length - 1);
  const domain = BigInt(Math.min(10 ** length - 1, highest) - lowest + 1);
  if (domain < MIN_DOMAIN || value > highest) return undefined;
  const mapped =
    way === 'hide'
      ? by.encrypt(BigInt(value - lowest), domain, 'number')
      : by.decrypt(BigInt(value - lowest), domain, 'number');
  return Number(mapped) + lowest;
}
