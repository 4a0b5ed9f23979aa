/** US social security numbers: three, two and four digits, in the ranges issued since 2011 (SSA). */
import { closes, digitOf, DOT, HYPHEN, opens, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf, OTHER, PHONE, SSN } from './field.ts';
import { labelBefore } from './label.ts';
import { byRuns, inParts, reached } from './parts.ts';
import { gapBetween, JOINED, type Runs, runsOf } from './runs.ts';

export function usSsn(): Detector {
  return inParts({ name: 'us-ssn', type: 'us-ssn', find }, byRuns(scan));
}

const DIGITS = 9;

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < DIGITS) return NONE;
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
    if (runs.length(i) !== 3 && runs.length(i) !== DIGITS) continue;
    const start = runs.start(i);
    const last = runs.length(i) === DIGITS ? i : i + 2;
    if (last >= runs.count) continue;
    const end = runs.end(last);
    const gap = last === i ? JOINED : separatorOf(text, runs, i);
    if (gap < 0 || !opens(text, start) || !closes(text, end) || !isGiven(text, start, end)) continue;
    if (hints < 0) hints = hintsOf(evidence);
    if (!isLikely(text, start, hints, gap)) continue;
    spans = added(spans, start, end, 'us-ssn');
    i = last;
  }
  reached.next = i;
  return spans;
}

/** The separator of three groups 3-2-4; -1 if the groups differ. */
function separatorOf(text: string, runs: Runs, i: number): number {
  if (runs.length(i + 1) !== 2 || runs.length(i + 2) !== 4) return -1;
  const gap = gapBetween(text, runs.end(i), runs.start(i + 1));
  if (gap !== gapBetween(text, runs.end(i + 1), runs.start(i + 2))) return -1;
  return gap === HYPHEN || gap === SPACE || gap === DOT || gap === JOINED ? gap : -1;
}

/** No area 000, 666 or 900 to 999, no group 00, no serial 0000. */
function isGiven(text: string, start: number, end: number): boolean {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = digitOf(text.charCodeAt(i));
    if (digit >= 0) value = value * 10 + digit;
  }
  const area = Math.trunc(value / 1_000_000);
  return area > 0 && area !== 666 && area < 900 && Math.trunc(value / 10_000) % 100 > 0 && value % 10_000 > 0;
}

/** With hyphens, the form is evidence enough; otherwise a field or a label is needed. */
function isLikely(text: string, start: number, hints: number, gap: number): boolean {
  if (hints & SSN) return true;
  const label = labelBefore(text, start);
  if (label & SSN) return true;
  return gap === HYPHEN && ((hints | label) & (OTHER | PHONE)) === 0;
}
