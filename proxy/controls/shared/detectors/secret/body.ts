/** What the random part of a token is made of. */
import { HYPHEN, UNDERSCORE } from './words.ts';

/** Letters of both cases and digits; small letters and digits; capitals and digits; digits of base 16; a UUID; 0: no token. */
export const [MIXED, LOWER, UPPER, HEX, UUID] = [1, 2, 3, 4, 5] as const;

export interface Body {
  readonly kind: number;
  /** Letters and digits. */
  readonly size: number;
  /** There are signs in it. */
  readonly hasJoint: boolean;
  readonly digits: number;
  /** How often the next character is of another class. */
  readonly changes: number;
}

/** How often the next character must be of another class: in random text it is for two of three (base 62). */
const CHANGES = 0.34;
const CHANGES_LOWER = 0.22;
/** Without digits, for one of two. */
const CHANGES_LETTERS = 0.45;
/** Longer runs of small letters are words. */
const MOST_LETTERS = 9;

/** @param from of letters, digits, `-` and `_` */
export function bodyOf(text: string, from: number, end: number): Body {
  const counts: [digits: number, upper: number, lower: number, high: number] = [0, 0, 0, 0];
  let changes = 0;
  let letters = 0;
  let longest = 0;
  let before = -1;
  let joints = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE || code === HYPHEN) {
      joints++;
      letters = 0;
      continue;
    }
    const kind = code < 0x3a ? 0 : code < 0x61 ? 1 : 2;
    counts[kind]++;
    if ((code | 0x20) > 0x66) counts[3]++;
    letters = kind === 2 ? letters + 1 : 0;
    if (letters > longest) longest = letters;
    if (kind !== before) changes++;
    before = kind;
  }
  const [digits, upper, lower, high] = counts;
  const size = digits + upper + lower;
  return { kind: kindOf(), size, hasJoint: joints > 0, digits, changes };

  function kindOf(): number {
    if (size - digits < 2) return 0;
    if (upper >= 2 && lower >= 2) {
      if (longest > MOST_LETTERS + size / 40) return 0;
      // Names of several words change less often, and have no digits.
      const least = digits >= 2 && digits >= size / 40 ? CHANGES : CHANGES_LETTERS;
      return changes >= least * size ? MIXED : 0;
    }
    if (digits < 2 || longest > 2 * MOST_LETTERS) return 0;
    if (joints > 2) return size === 32 && high === 0 && IS_UUID.test(text.slice(from, end)) ? UUID : 0;
    if (changes < CHANGES_LOWER * size || digits < size / 12) return 0;
    if (high === 0) return HEX;
    return upper === 0 ? LOWER : lower === 0 ? UPPER : 0;
  }
}

const IS_UUID = /^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/;
