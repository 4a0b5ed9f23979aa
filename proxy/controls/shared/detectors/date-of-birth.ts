/** Dates of birth. A date alone is not personal data, so a field or a label must say what it is. */
import { dateAt } from './dates.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { BIRTH, hintsOf } from './field.ts';
import { labelBefore } from './label.ts';
import { byRuns, inParts, reached } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';

export function dateOfBirth(): Detector {
  return inParts({ name: 'date-of-birth', type: 'date-of-birth', find }, byRuns(scan));
}

/** The maximum length of a date with time and zone. */
const LONG = 40;

function find(text: string, evidence?: Evidence): readonly Span[] {
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  if (text.length <= LONG && isNamed(evidence) && isWhole(text))
    return [{ start: 0, end: text.length, type: 'date-of-birth' }];
  return scan(text, evidence, runs, 0, runs.count, NONE);
}

function isNamed(evidence: Evidence | undefined): boolean {
  return (hintsOf(evidence) & BIRTH) !== 0;
}

function scan(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  const named = isNamed(evidence);
  let spans = before;
  let i = first;
  for (; i < until; i++) {
    const date = dateAt(text, runs, i);
    if (date === undefined) continue;
    if (named || labelBefore(text, date.start) & BIRTH) spans = added(spans, date.start, date.end, 'date-of-birth');
    i = date.last;
  }
  reached.next = i;
  return spans;
}

/**
 * Whether the whole text is the value of such a field: a date with an optional time, or a count since the epoch (days
 * to milliseconds).
 */
function isWhole(text: string): boolean {
  if (/^-?\d{4,13}$/.test(text)) return true;
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?$/.test(text);
}
