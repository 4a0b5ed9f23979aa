/**
 * Tokens without a marker, for fields that have no room for one: they have the same shape as the value. They show
 * neither that they are tokens nor their key. So they are opened only where the config declares tokens, or in the call
 * that made them, and are always made with the keyring's first key.
 */
import { CARD, checkDigit } from './check-digit.ts';
import { MIN_DOMAIN, type Permutation, type Way } from './permutation.ts';
import type { Shaped } from './shape.ts';
import { dateOf, isDate } from './shaped-date.ts';
import { ipv4, isIpv4, isUuid, uuid } from './shaped-id.ts';
import { ipv6, isIpv6 } from './shaped-ipv6.ts';
import { isNotation, notationOf } from './shaped-notation.ts';
import { isWord } from './shaped-word.ts';

/** Longer values have room for a marker, or none of these shapes. */
const MAX_LENGTH = 128;

/** Digits stay digits, letters stay letters in their case; everything else is unchanged. */
const sameClasses: Shaped = {
  hide: (value, by) => classes(value, by, 'encrypt'),
  show: (token, by) => classes(token, by, 'decrypt'),
};

function classes(text: string, by: Permutation, way: Way): string | undefined {
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
  let rest = by[way](n, domain, tweak);
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

/** An address needs its own domain to belong to nobody, which takes room. Another address may belong to somebody. */
const none: Shaped = { hide: () => undefined, show: () => undefined };

/** The shape of tokens of a type without a marker. */
export function shapedFor(type: string, value: string): Shaped {
  if (type === CARD) return card;
  if (type === 'iban') return iban;
  if (isDate(value)) return dateOf(type);
  if (isNotation(value)) return notationOf(type);
  if (isUuid(value)) return uuid;
  if (isIpv4(value)) return ipv4;
  if (isIpv6(value)) return ipv6;
  // Words are tokens of another form. Another address or URL may belong to somebody.
  return isWord(value) || value.includes('@') || value.includes('://') ? none : sameClasses;
}
