/** Passport numbers: letters and digits that a field or a label identifies as such. */
import { closes, isAlphanumeric, isLetter, opens } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf, PASSPORT } from './field.ts';
import { labelBefore } from './label.ts';
import { byRuns, inParts, matches, reached, type Search } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';

/** ICAO 9303 has room for nine characters; some countries print more, with check digits or a prefix. */
const MIN = 6;
const MAX = 12;

export function passport(): Detector {
  return inParts({ name: 'passport', type: 'passport', find }, search);
}

/** Every label contains one of these, so a text without them needs no search. */
const LABEL = /pass|pasa|pasz|旅券|パスポート|护照|護照|여권/i;
const LONGEST_LABEL = 5;

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < MIN) return NONE;
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  return isNamed(evidence) || LABEL.test(text) ? scan(text, evidence, runs, 0, runs.count, NONE) : NONE;
}

function* search(...given: Parameters<Search>): ReturnType<Search> {
  const [text, evidence] = given;
  return isNamed(evidence) || (yield* matches(LABEL, text, LONGEST_LABEL)) ? yield* inRuns(...given) : NONE;
}

function isNamed(evidence: Evidence | undefined): boolean {
  return (hintsOf(evidence) & PASSPORT) !== 0;
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
  let from = 0;
  let i = first;
  // Skip the runs of a word that was already checked, including those beyond this part.
  for (; i < until || (i < runs.count && runs.start(i) < from); i++) {
    if (runs.start(i) < from) continue;
    const start = startOf(text, runs.start(i), from);
    const end = endOf(text, runs.end(i));
    from = end;
    if (!isNumber(text, start, end) || !opens(text, start) || !closes(text, end)) continue;
    if (named || labelBefore(text, start) & PASSPORT) spans = added(spans, start, end, 'passport');
  }
  reached.next = i;
  return spans;
}

const inRuns = byRuns(scan);

function startOf(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && at - start <= MAX && isAlphanumeric(text.charCodeAt(start - 1))) start--;
  return start;
}

/**
 * A longer word is not a number, at whatever point it is cut: the rest of it follows a word, so it does not count
 * either.
 */
const FAR = 64;

function endOf(text: string, at: number): number {
  const most = Math.min(text.length, at + FAR);
  let end = at;
  while (end < most && isAlphanumeric(text.charCodeAt(end))) end++;
  return end;
}

function isNumber(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < MIN || length > MAX) return false;
  let digits = 0;
  let upper = 0;
  let lower = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isLetter(code)) digits++;
    else if (code < 0x60) upper++;
    else lower++;
  }
  // Some have more letters than digits (`C4VPYJN2T`).
  return digits >= (upper > 0 && length === 9 ? 2 : 4) && (upper === 0 || lower === 0);
}
