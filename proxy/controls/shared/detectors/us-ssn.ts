/**
 * US social security numbers: three, two and four digits, in the ranges issued since 2011 (SSA), and taxpayer numbers of
 * the same form (IRS).
 */
import { closes, digitOf, DOT, HYPHEN, isInvisible, opens, plain, SLASH, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf, PHONE, SSN, THING } from './field.ts';
import { labelAfter } from './label-after.ts';
import { labelBefore } from './label.ts';
import { continuesList } from './lists.ts';
import { byRuns, reached } from './parts.ts';
import { gapBetween, JOINED, type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

export function usSsn(): Detector {
  return inAnySpelling({ name: 'us-ssn', type: 'us-ssn', find }, byRuns(scan), 'digits');
}

const DIGITS = 9;

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < DIGITS - 1) return NONE;
  const runs = runsOf(text);
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
  let spans = before;
  let hints = -1;
  let i = first;
  for (; i < until; i++) {
    const length = runs.length(i);
    const short = length === DIGITS - 1 && length === text.length;
    if (length !== 3 && length !== 5 && length !== DIGITS && !short) continue;
    const start = runs.start(i);
    const last = lastOf(runs, i);
    if (last >= runs.count) continue;
    const end = runs.end(last);
    const gap = last === i ? JOINED : separatorOf(text, runs, i, last);
    if (gap < 0 || !opens(text, start) || !closes(text, end)) continue;
    const given = givenTo(text, start, end);
    if (given === undefined) continue;
    if (hints < 0) hints = hintsOf(evidence);
    const likely = isLikely(text, start, end, hints, gap, given) || continuesList(text, spans, start);
    if (!likely || (short && (hints & SSN) === 0)) continue;
    spans = added(spans, start, end, 'us-ssn');
    i = last;
  }
  reached.next = i;
  return spans;
}

/** The last of three groups 3-2-4, or of two (`12345-6789`, `123-456789`), which need a name or a label. */
function lastOf(runs: Runs, i: number): number {
  if (runs.length(i) === 5 || (runs.length(i) === 3 && runs.length(i + 1) === 6)) return i + 1;
  return runs.length(i) === 3 ? i + 2 : i;
}

/** The separator of the groups; -1 if they have other lengths. */
function separatorOf(text: string, runs: Runs, i: number, last: number): number {
  if (last === i + 1) {
    const fits = runs.length(i) + runs.length(last) === DIGITS;
    return fits && gapOf(text, runs.end(i), runs.start(last)) === HYPHEN ? OTHER_GAP : -1;
  }
  if (runs.length(i + 1) !== 2 || runs.length(i + 2) !== 4) return -1;
  const gap = gapOf(text, runs.end(i), runs.start(i + 1));
  return gap === gapOf(text, runs.end(i + 1), runs.start(i + 2)) ? gap : -1;
}

/** The sign between two groups, which spaces may surround; a space stands for several, and for the `+` of a form. */
function gapOf(text: string, end: number, start: number): number {
  const gap = gapBetween(text, end, start);
  if (gap === HYPHEN || gap === SPACE || gap === DOT || gap === JOINED) return gap;
  if (gap === PLUS) return SPACE;
  if (gap === SLASH || gap === UNDERSCORE) return OTHER_GAP;
  if (start - end > 4) return -1;
  let sign = SPACE;
  for (let at = end; at < start; at++) {
    const code = plain(text.charCodeAt(at));
    if (code === SPACE || isInvisible(code)) continue;
    if (code !== HYPHEN || sign === HYPHEN) return -1;
    sign = HYPHEN;
  }
  return sign;
}
const PLUS = 0x2b;
const UNDERSCORE = 0x5f;
/** A separator that proves nothing. */
const OTHER_GAP = 1;

/**
 * Whom such a number is given to: no area 000 or 666, no group 00, no serial 0000; an area from 900 is a taxpayer's. A
 * number in JSON has lost its leading zero.
 */
function givenTo(text: string, start: number, end: number): 'insured' | 'taxpayer' | undefined {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (digit >= 0) value = value * 10 + digit;
  }
  const area = Math.trunc(value / 1_000_000);
  const group = Math.trunc(value / 10_000) % 100;
  if (area === 0 || area === 666 || group === 0 || value % 10_000 === 0) return undefined;
  if (area < 900) return 'insured';
  return group >= 50 && group !== 89 && group !== 93 && (group <= 65 || group >= 70) ? 'taxpayer' : undefined;
}

/**
 * With hyphens, the form is evidence enough, unless a name or a label says which other number it is; otherwise a field
 * or a label is needed.
 */
function isLikely(
  text: string,
  start: number,
  end: number,
  hints: number,
  gap: number,
  given: 'insured' | 'taxpayer',
): boolean {
  if (hints & SSN) return true;
  const label = labelBefore(text, start);
  if ((label | labelAfter(text, end)) & SSN) return true;
  return gap === HYPHEN && given === 'insured' && ((hints | label) & (THING | PHONE)) === 0;
}
