/**
 * Short values as one word: letters of which only the last is a capital, so that it is no token of another shape. For
 * names that have fewer than a million others of the same shape, or letters that are not ASCII.
 */
import type { Permutation } from './permutation.ts';
import type { Shaped } from './shape.ts';

const WORD = /^[a-z]{5,}[A-Z]$/;
const LETTERS = 26n;
const OCTET = 256n;
/** Shorter values share one range, which has a million values. */
const MIN_OCTETS = 3;
const MAX_OCTETS = 16;

export function isWord(text: string): boolean {
  return WORD.test(text);
}

export const word: Shaped = {
  hide(value, by) {
    const bytes = Buffer.from(value);
    // A word in the place of an address or a URL would be neither.
    if (value === '' || bytes.length > MAX_OCTETS || !value.isWellFormed() || /@|:\/\//.test(value)) return undefined;
    const octets = Math.max(MIN_OCTETS, bytes.length);
    // Shorter values come before longer ones.
    const number = BigInt(`0x${bytes.toString('hex')}`) + below(bytes.length);
    return written(by.encrypt(number - first(octets), rangeOf(octets), `word ${octets}`), lengthOf(octets));
  },
  show: (token, by) => shown(token, by),
};

function shown(token: string, by: Permutation): string | undefined {
  const octets = [...OCTETS].find((count) => lengthOf(count) === token.length);
  if (octets === undefined || !isWord(token)) return undefined;
  let number = 0n;
  for (const c of token.toLowerCase()) number = number * LETTERS + BigInt(c.charCodeAt(0) - A);
  if (number >= rangeOf(octets)) return undefined;
  const value = by.decrypt(number, rangeOf(octets), `word ${octets}`) + first(octets);
  let length = octets;
  while (length > 1 && value < below(length)) length--;
  const bytes = Buffer.from((value - below(length)).toString(16).padStart(2 * length, '0'), 'hex');
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

const A = 0x61;
const OCTETS = Array.from({ length: MAX_OCTETS - MIN_OCTETS + 1 }, (_, i) => MIN_OCTETS + i);

/** How many values are shorter; the empty one does not count. */
function below(octets: number): bigint {
  let count = 0n;
  for (let length = 1; length < octets; length++) count += OCTET ** BigInt(length);
  return count;
}

/** Where the range of values begins that have tokens of one length. */
function first(octets: number): bigint {
  return octets === MIN_OCTETS ? 0n : below(octets);
}

function rangeOf(octets: number): bigint {
  return below(octets + 1) - first(octets);
}

function lengthOf(octets: number): number {
  let length = 1;
  while (LETTERS ** BigInt(length) < rangeOf(octets)) length++;
  return length;
}

function written(number: bigint, length: number): string {
  let out = '';
  let rest = number;
  for (let i = 0; i < length; i++) {
    out = String.fromCharCode(A + Number(rest % LETTERS)) + out;
    rest /= LETTERS;
  }
  return out.slice(0, -1) + out.slice(-1).toUpperCase();
}
