/**
 * Decimal numbers, for texts with more digits than a double keeps: exact, and linear in the digits whatever the
 * exponent.
 */
import { TooMuch } from './faults.ts';

/** `±digits × 10^exponent`, normalized: no zeros at either end of the digits; zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** @param text a number of JSON. Throws `TooMuch` if its exponent is too large to compute with */
export function decimalOf(text: string): Decimal {
  const [, sign = '', whole = '', fraction = '', power = '0'] = NUMBER.exec(text) ?? [];
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all.charCodeAt(start) === 0x30) start++;
  while (end > start && all.charCodeAt(end - 1) === 0x30) end--;
  if (start === end) return ZERO;
  const exponent = Number(power) - fraction.length + all.length - end;
  if (!Number.isSafeInteger(exponent)) throw new TooMuch();
  return { negative: sign === '-', digits: all.slice(start, end), exponent };
}

const ZERO: Decimal = { negative: false, digits: '', exponent: 0 };

/** Equal numbers have equal texts. */
export function textOf({ negative, digits, exponent }: Decimal): string {
  return `${negative ? '-' : ''}${digits === '' ? '0' : digits}e${exponent}`;
}

export function isWhole({ exponent }: Decimal): boolean {
  return exponent >= 0;
}

/** Negative, 0 or positive, if `a` is less than, equal to or greater than `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const sign = signOf(a);
  if (sign !== signOf(b)) return sign - signOf(b);
  // Compare the number of digits before the point first, then digit by digit.
  const reach = a.exponent + a.digits.length - (b.exponent + b.digits.length);
  return sign * (reach === 0 ? (a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0) : reach);
}

function signOf({ negative, digits }: Decimal): number {
  return digits === '' ? 0 : negative ? -1 : 1;
}

/** Digits processed at once. */
const CHUNK = 15;

/** @param factor not zero, with few digits */
export function isMultipleOf({ digits, exponent }: Decimal, factor: Decimal): boolean {
  if (digits === '') return true;
  const shift = exponent - factor.exponent;
  // The last digit isn't 0, so no multiple of 10 divides it.
  if (shift < 0) return false;
  const by = BigInt(factor.digits);
  let rest = 0n;
  for (let at = 0; at < digits.length; at += CHUNK) {
    const chunk = digits.slice(at, at + CHUNK);
    rest = (rest * 10n ** BigInt(chunk.length) + BigInt(chunk)) % by;
  }
  return (rest * powerOfTen(shift, by)) % by === 0n;
}

function powerOfTen(exponent: number, modulus: bigint): bigint {
  let result = 1n;
  let square = 10n % modulus;
  for (let left = BigInt(exponent); left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
