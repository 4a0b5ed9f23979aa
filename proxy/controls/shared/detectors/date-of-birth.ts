/** Dates of birth. A date alone is not personal data, so a field or a label must say what it is. */
import { DOT, SPACE } from './characters.ts';
import { dateAt, type FoundDate } from './dates.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { BIRTH, DATE_PART, hintsOf } from './field.ts';
import { saidAfter } from './label-after.ts';
import { labelBefore } from './label.ts';
import { byRuns, reached } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

export function dateOfBirth(): Detector {
  return inAnySpelling({ name: 'date-of-birth', type: 'date-of-birth', find }, byRuns(scan), 'digits');
}

/** The maximum length of a date with time and zone. */
const LONG = 40;

function find(text: string, evidence?: Evidence): readonly Span[] {
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  if (text.length <= LONG && isWhole(text, hintsOf(evidence)))
    return [{ start: 0, end: text.length, type: 'date-of-birth' }];
  return scan(text, evidence, runs, 0, runs.count, NONE);
}

function scan(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  let named: boolean | undefined;
  let spans = before;
  let i = first;
  for (; i < until; i++) {
    const date = dateAt(text, runs, i);
    if (date === undefined) continue;
    named ??= (hintsOf(evidence) & BIRTH) !== 0;
    if (named || isBirth(text, date)) spans = added(spans, date.start, withTime(text, date.end), 'date-of-birth');
    i = date.last;
  }
  reached.next = i;
  return spans;
}

/** The end of the time after a date, as programs write it: `T00:00:00.000Z`, ` 00:00:00`. */
function withTime(text: string, end: number): number {
  const code = text.charCodeAt(end) | 0x20;
  // `T` and its full-width form, or a space.
  if (code !== 0x74 && code !== 0xff34 && code !== SPACE) return end;
  return end + (TIME.exec(text.slice(end, end + LONG))?.[0].length ?? 0);
}
const TIME =
  /^(?:[TＴ][\d０-９]{2}[:：][\d０-９]{2}(?:[:：][\d０-９]{2}(?:\.[\d０-９]{1,9})?)?(?:[ZＺ]|[+-]\d\d:?\d\d)?| 00:00(?::00(?:\.0{1,9})?)?(?:Z| UTC)?)(?![\p{L}\p{N}])/u;

function isBirth(text: string, { start, end }: FoundDate): boolean {
  return isSigned(text, start) || (labelBefore(text, start) & BIRTH) !== 0 || (saidAfter(text, end) & BIRTH) !== 0;
}

/** `(b. 1980-05-17)`, `Jane Doe, * 17.5.1980`, `*17.5.1980`, but no item of a list and no emphasis. */
function isSigned(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1) === SPACE ? text.charCodeAt(start - 2) : text.charCodeAt(start - 1);
  return (before === ASTERISK || before === DOT) && SIGN.test(text.slice(Math.max(0, start - 12), start));
}
const ASTERISK = 0x2a;
const SIGN = /(?:[\p{L}\d)]{2},? ?\(?\* ?|(?:^|[\s(,])\*|\((?:b|n|g|f)\. ?|\p{L}{2},? b\. ?|\p{L}{2}, n\. ?)$/u;

/**
 * Whether the whole text is the value of such a field: digits of a date with an optional time, a count since the epoch
 * (days to milliseconds), or a part of a date.
 */
function isWhole(text: string, hints: number): boolean {
  return (hints & BIRTH) !== 0 && (WHOLE.test(text) || ((hints & DATE_PART) !== 0 && /^\d{1,3}$/.test(text)));
}
const WHOLE =
  /^(?:-?\d{4,13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z| ?[+-]\d\d:?\d\d| UTC)?|\d{1,4}([./-])\d{1,2}\1\d{1,4}(?: \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)?|\/Date\(-?\d{4,15}(?:[+-]\d{4})?\)\/)$/i;
