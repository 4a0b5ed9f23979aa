/** Numbers as others with as many digits, before and after the point, and the same sign. */
import { CARD, checkDigit } from './check-digit.ts';
import { MIN_DOMAIN, type Permutation, type Way } from './permutation.ts';

/** Digits that a double keeps. */
const MAX_DIGITS = 15;
/** With more decimals, JavaScript may write an exponent. */
const MAX_DECIMALS = 6;

/** Undefined: it has no token. */
export function shapedNumber(type: string, value: number, by: Permutation, way: 'hide' | 'show'): number | undefined {
  const direction = way === 'hide' ? 'encrypt' : 'decrypt';
  const size = Math.abs(value);
  const moved = Number.isInteger(value)
    ? wholeMoved(type, size, by, direction)
    : decimalMoved(String(size), by, direction);
  return moved === undefined ? undefined : value < 0 ? -moved : moved;
}

function wholeMoved(type: string, value: number, by: Permutation, way: Way): number | undefined {
  if (!Number.isSafeInteger(value)) return undefined;
  if (type !== CARD) return mapped(value, by, way, Number.MAX_SAFE_INTEGER);
  const last = value % 10;
  const body = Math.floor(value / 10);
  // A card's token has a wrong check digit.
  const [was, becomes] = way === 'encrypt' ? [0, 5] : [5, 0];
  if (String(value).length < 12 || last !== (checkDigit(String(body)) + was) % 10) return undefined;
  const moved = mapped(body, by, way, Math.floor(Number.MAX_SAFE_INTEGER / 10) - 1);
  return moved === undefined ? undefined : moved * 10 + ((checkDigit(String(moved)) + becomes) % 10);
}

function mapped(value: number, by: Permutation, way: Way, highest: number): number | undefined {
  const { length } = String(value);
  const lowest = 10 ** (length - 1);
  const domain = BigInt(Math.min(10 ** length - 1, highest) - lowest + 1);
  if (domain < MIN_DOMAIN || value > highest) return undefined;
  return Number(by[way](BigInt(value - lowest), domain, 'number')) + lowest;
}

const DECIMAL = /^(\d+)\.(\d+)$/;

/** The last decimal is never 0: it would not be written. */
function decimalMoved(text: string, by: Permutation, way: Way): number | undefined {
  const [, whole = '', decimals = ''] = DECIMAL.exec(text) ?? [];
  const digits = whole.length + decimals.length;
  if (whole === '' || decimals.length > MAX_DECIMALS || digits > MAX_DIGITS) return undefined;
  const number = Number(whole + decimals);
  const lowest = whole.length === 1 ? 0 : 10 ** (digits - 2);
  const domain = BigInt((10 ** (digits - 1) - lowest) * 9);
  if (domain < MIN_DOMAIN) return undefined;
  const index = (Math.floor(number / 10) - lowest) * 9 + (number % 10) - 1;
  const moved = Number(by[way](BigInt(index), domain, `decimal ${whole.length} ${decimals.length}`));
  const out = String((Math.floor(moved / 9) + lowest) * 10 + (moved % 9) + 1).padStart(digits, '0');
  return Number(`${out.slice(0, whole.length)}.${out.slice(whole.length)}`);
}
