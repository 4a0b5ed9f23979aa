/** The search for a pattern of RE2 in a long text, part by part. */
import type { Matcher, RE2JS } from 're2js';
import type { Work } from '../../../base/turns.ts';
import { added, NONE, type Span } from './detector.ts';

/** Characters of a part: each may take a microsecond. */
const PART = 1_024;
/** A character that takes two units. */
const PAIR = 2;

/**
 * What a matcher finds in the whole text. A part is searched in the text up to somewhat beyond its end, so that what
 * stands before is seen, and what a match that begins in the part may look at after it. @param pattern one that has a
 * longest match
 */
export function searchFor(pattern: RE2JS, type: string): (text: string) => Work<readonly Span[]> {
  // Without a loop in it, a match takes each instruction once at most, and with each one character. Its end may look at
  // one more.
  const reach = PAIR * (pattern.programSize() + 1);
  const part = Math.max(PART, reach);
  return function* (text) {
    let spans = NONE;
    let from = 0;
    while (from <= text.length) {
      const until = whole(text, from + part);
      const end = Math.min(text.length, until + reach);
      const last = end === text.length ? end + 1 : until;
      // A search for any match takes a tenth of the time. What stands before is seen there too, but for a beginning of
      // the text that is none.
      if (pattern.test(text.slice(Math.max(0, from - PAIR), end))) {
        const matcher: Matcher = pattern.matcher(text.slice(0, end));
        while (from < last && matcher.find(from) && matcher.start() < last) {
          if (matcher.end() > matcher.start()) spans = added(spans, matcher.start(), matcher.end(), type);
          from = matcher.end() > matcher.start() ? matcher.end() : after(text, matcher.end());
        }
      }
      from = Math.max(from, last);
      yield;
    }
    return spans;
  };
}

/** The place, or the one before it where it lies within a character. */
function whole(text: string, at: number): number {
  return isWithin(text, at) ? at - 1 : at;
}

/** Where the character ends that begins at a place. */
function after(text: string, at: number): number {
  return isWithin(text, at + 1) ? at + 2 : at + 1;
}

function isWithin(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
