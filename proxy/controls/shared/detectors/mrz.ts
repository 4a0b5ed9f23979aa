/** The machine-readable zone of a passport (ICAO 9303-4): two lines of 44 characters, the second with check digits. */
import { isLetter } from './characters.ts';
import { added, type Span } from './detector.ts';
import { reached } from './parts.ts';

const LINE = 44;
/** White space, or `\n` as in JSON, between the lines. */
const BETWEEN = 4;
/** A longer word is no line. */
const FAR = 2 * LINE + 1;
const FILLER = '<<';
const LESS_THAN = 0x3c;

/** Both lines, each as one find; the first one tells the name. */
export function machineReadable(text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let at = text.indexOf(FILLER, first);
  while (at >= 0 && at < until) {
    let start = at;
    while (start > 0 && at - start <= FAR && isOfLine(text.charCodeAt(start - 1))) start--;
    let end = at + 2;
    while (end < text.length && end - start <= FAR && isOfLine(text.charCodeAt(end))) end++;
    if (end - start === 2 * LINE && isNames(text, start) && isNumbers(text, start + LINE))
      spans = added(spans, start, end, 'passport');
    else if (end - start === LINE && isNumbers(text, start)) {
      const names = lineBefore(text, start);
      if (names >= 0 && (spans.at(-1)?.end ?? 0) <= names) spans = added(spans, names, names + LINE, 'passport');
      spans = added(spans, start, end, 'passport');
    } else if (end - start === LINE && isNames(text, start)) {
      const numbers = lineAfter(text, end);
      if (numbers >= 0) {
        spans = added(added(spans, start, end, 'passport'), numbers, numbers + LINE, 'passport');
        end = numbers + LINE;
      }
    }
    at = text.indexOf(FILLER, end);
  }
  reached.next = at < 0 ? text.length : at;
  return spans;
}

function isOfLine(code: number): boolean {
  return code === LESS_THAN || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a);
}

/** `P`, the issuing state and the names. */
function isNames(text: string, start: number): boolean {
  return /^P[A-Z<][A-Z][A-Z<]{41}$/.test(text.slice(start, start + LINE));
}

function isNumbers(text: string, start: number): boolean {
  const line = text.slice(start, start + LINE);
  return (
    /^[A-Z\d<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z\d<]{15}\d$/.test(line) &&
    checks(line.slice(0, 9), line[9]) &&
    checks(line.slice(13, 19), line[19]) &&
    checks(line.slice(21, 27), line[27]) &&
    checks(line.slice(0, 10) + line.slice(13, 20) + line.slice(21, 43), line[43])
  );
}

/** Weights 7, 3, 1; letters count from 10. */
function checks(field: string, digit: string | undefined): boolean {
  let sum = 0;
  for (let i = 0; i < field.length; i++) {
    const code = field.charCodeAt(i);
    const value = code === LESS_THAN ? 0 : isLetter(code) ? code - 0x41 + 10 : code - 0x30;
    sum += value * (WEIGHTS[i % 3] ?? 0);
  }
  return String(sum % 10) === digit;
}
const WEIGHTS = [7, 3, 1];

function lineBefore(text: string, start: number): number {
  for (let gap = 1; gap <= BETWEEN; gap++) {
    const names = start - gap - LINE;
    if (names >= 0 && isNames(text, names) && isGap(text, names + LINE, start)) return names;
  }
  return -1;
}

function lineAfter(text: string, end: number): number {
  for (let gap = 1; gap <= BETWEEN; gap++)
    if (isNumbers(text, end + gap) && isGap(text, end, end + gap)) return end + gap;
  return -1;
}

function isGap(text: string, start: number, end: number): boolean {
  return /^(?:\s+|\\n|\\r\\n)$/.test(text.slice(start, end));
}
