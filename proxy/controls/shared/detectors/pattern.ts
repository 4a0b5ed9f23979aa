/** Searches a long text for an RE2 pattern in parts. */
import type { Matcher, RE2JS } from 're2js';
import type { Work } from '../../../base/turns.ts';
import { added, NONE, type Span } from './detector.ts';

/** Characters of a part: each may take a microsecond. */
const PART = 1_024;
/** UTF-16 units of a surrogate pair. */
const PAIR = 2;

/**
 * Finds what a matcher finds in the whole text. Each part is searched in the text from its start to a bit beyond the
 * part's end, so that matches see the text before and after them. @param pattern its matches must have a maximum length
 */
export function searchFor(pattern: RE2JS, type: string): (text: string) => Work<readonly Span[]> {
  // Without a loop, a match runs each instruction at most once, and each consumes at most one character. The end of a
  // match may look at one more.
  const reach = PAIR * (pattern.programSize() + 1);
  const part = Math.max(PART, reach);
  return function* (text) {
    let spans = NONE;
    let from = 0;
    while (from <= text.length) {
      const until = whole(text, from + part);
      const end = Math.min(text.length, until + reach);
      const last = end === text.length ? end + 1 : until;
      // A test for any match takes a tenth of the time. It sees the preceding text too; it may only mistake the start
      // of the slice for the start of the text.
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

/** The position, or the one before it if it splits a surrogate pair. */
function whole(text: string, at: number): number {
  return isWithin(text, at) ? at - 1 : at;
}

/** The position after the character at a position. */
function after(text: string, at: number): number {
  return isWithin(text, at + 1) ? at + 2 : at + 1;
}

function isWithin(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
