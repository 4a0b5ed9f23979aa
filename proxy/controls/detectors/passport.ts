/** Passport numbers: letters and digits that a field or a label calls so. */
import { closes, isAlphanumeric, isLetter, opens } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf, PASSPORT } from './field.ts';
import { labelBefore } from './label.ts';
import { runsOf } from './runs.ts';

/** ICAO 9303 has room for nine; some countries print more, with check digits or what was there before. */
const MIN = 6;
const MAX = 12;

export function passport(): Detector {
  return { name: 'passport', type: 'passport', find };
}

/** Without one of these in a text no label can stand there. */
const LABEL = /pass|pasa|pasz|旅券|パスポート|护照|護照|여권/i;

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < MIN) return NONE;
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  const named = (hintsOf(evidence) & PASSPORT) !== 0;
  if (!named && !LABEL.test(text)) return NONE;
  let spans = NONE;
  let from = 0;
  for (let i = 0; i < runs.count; i++) {
    if (runs.start(i) < from) continue;
    const start = startOf(text, runs.start(i), from);
    const end = endOf(text, runs.end(i));
    from = end;
    if (!isNumber(text, start, end) || !opens(text, start) || !closes(text, end)) continue;
    if (named || labelBefore(text, start) & PASSPORT) spans = added(spans, start, end, 'passport');
  }
  return spans;
}

function startOf(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && at - start <= MAX && isAlphanumeric(text.charCodeAt(start - 1))) start--;
  return start;
}

function endOf(text: string, at: number): number {
  let end = at;
  while (end < text.length && isAlphanumeric(text.charCodeAt(end))) end++;
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
