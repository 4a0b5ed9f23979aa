/** What a card's digits leave in a long text, looked for before the text is searched for cards. */
import { isOneAt, type Sign } from './signs.ts';
import type { Trace } from './traces.ts';

/** Digits of a card. */
export const MIN = 12;
/** The longest gap between two groups: a sign with spaces, or the end of a line. */
export const MAX_GAP = 4;

/**
 * Whether JSON in ASCII has the digits of a card: so many with at most a gap between them, or a number whose digits are
 * not all written.
 */
function hasDigits(json: string, bytes?: Uint8Array): boolean {
  return EXPONENT.test(json) || (json.length >= MIN && hasRun(bytes ?? bytesOf(json)));
}

/**
 * Letters and quotes stand between runs of digits, so it looks at each twelfth character, and around it only if that is
 * none of these and no longer gap than a run has ends with it.
 */
function hasRun(json: Uint8Array): boolean {
  const { length } = json;
  let done = 0;
  for (let sample = MIN - 1; sample < length; sample += MIN) {
    const kind = KINDS[json[sample]!];
    if (kind === BETWEEN && json[sample - 1] !== BACKSLASH) continue;
    // A gap has a digit before it, or another part of the gap.
    if (kind === GAP && KINDS[json[sample - 1]!] === BETWEEN && json[sample - 2] !== BACKSLASH) continue;
    if (sample < done || !isNearDigit(json, sample)) continue;
    let at = sample;
    while (at > done && (KINDS[json[at - 1]!] !== BETWEEN || json[at - 2] === BACKSLASH)) at--;
    let count = 0;
    let gap = 0;
    for (; at < length && (count > 0 || at <= sample); at++) {
      const code = json[at]!;
      const kind = KINDS[code];
      if (kind === DIGIT) {
        if (++count === MIN) return true;
        gap = 0;
      } else {
        if (++gap > MAX_GAP || kind === BETWEEN) count = 0;
        // The letter of an escape ends nothing.
        if (code === BACKSLASH) at++;
      }
    }
    done = at;
  }
  return false;
}

/**
 * Whether one of the last characters, one more than {@link MAX_GAP}, is a digit or a backslash: an escape is longer than
 * the one sign that it stands for.
 */
function isNearDigit(json: Uint8Array, at: number): boolean {
  for (let i = at; i >= at - MAX_GAP; i--) {
    const code = json[i] ?? 0;
    if (KINDS[code] === DIGIT || code === BACKSLASH) return true;
  }
  return false;
}

const GAP = 0;
const DIGIT = 1;
/** A letter or a quote. */
const BETWEEN = 2;
/** By character code. */
const KINDS = Uint8Array.from({ length: 0x100 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /\d/.test(character) ? DIGIT : /["a-z]/i.test(character) ? BETWEEN : GAP;
});

/** Short texts are written here: the scan is synchronous. */
const scratch = Buffer.allocUnsafeSlow(512);

function bytesOf(json: string): Uint8Array {
  return json.length > scratch.length
    ? Buffer.from(json, 'latin1')
    : scratch.subarray(0, scratch.write(json, 'latin1'));
}

const EXPONENT = /\d[eE][+-]?\d/;
const DIGITS = '0123456789';
/** The same, in bytes. */
const IN_SHORT: Sign = {
  row: [DIGITS, 'eE', `+-${DIGITS}`],
  isAt: (bytes, at) =>
    isOneAt(bytes, at, DIGITS) &&
    isOneAt(bytes, at + 1, 'eE') &&
    isOneAt(bytes, isOneAt(bytes, at + 2, '+-') ? at + 3 : at + 2, DIGITS),
};
const BACKSLASH = 0x5c;

export const CARD_TRACE: Trace = { inText: hasDigits, signs: [IN_SHORT], inBytes: hasRun };
