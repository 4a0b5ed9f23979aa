/** Calendar dates as people and programs write them. `date-of-birth.ts` decides whether one is a date of birth. */
import { digitOf, isWord, plain, SPACE } from './characters.ts';
import type { Runs } from './runs.ts';

export interface FoundDate {
  readonly start: number;
  readonly end: number;
  /** The index of its last run of digits. */
  readonly last: number;
}

const HYPHEN = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;

/** The date whose first digits are run `i`. */
export function dateAt(text: string, runs: Runs, i: number): FoundDate | undefined {
  const start = runs.start(i);
  if (start > 0 && isWord(text.charCodeAt(start - 1)) && !isIdeograph(text.charCodeAt(start - 1))) return undefined;
  return numeric(text, runs, i) ?? cjk(text, runs, i) ?? dayFirst(text, runs, i) ?? monthFirst(text, runs, i);
}

/** `1980-05-17`, `17.5.1980`, `05/17/80`, `19800517`. */
function numeric(text: string, runs: Runs, i: number): FoundDate | undefined {
  const start = runs.start(i);
  if (runs.length(i) === 8) {
    const [head, tail] = [valueOf(text, start, start + 4), valueOf(text, start + 4, start + 8)];
    const written = isYear(head) && isDayOfMonth(tail % 100, Math.trunc(tail / 100));
    const other =
      isYear(tail) &&
      (isDayOfMonth(Math.trunc(head / 100), head % 100) || isDayOfMonth(head % 100, Math.trunc(head / 100)));
    return (written || other) && ends(text, runs.end(i)) ? { start, end: runs.end(i), last: i } : undefined;
  }
  if (i + 2 >= runs.count || runs.length(i) > 4) return undefined;
  const separator = separatorOf(text, runs.end(i), runs.start(i + 1));
  if (separator === 0 || separator !== separatorOf(text, runs.end(i + 1), runs.start(i + 2))) return undefined;
  const [a, b, c] = [value(text, runs, i), value(text, runs, i + 1), value(text, runs, i + 2)];
  const fits =
    runs.length(i) === 4
      ? isYear(a) && runs.length(i + 2) <= 2 && isDayOfMonth(c, b)
      : (runs.length(i + 2) === 4 ? isYear(c) : runs.length(i + 2) === 2 && separator !== SPACE) &&
        (isDayOfMonth(a, b) || isDayOfMonth(b, a));
  return fits && ends(text, runs.end(i + 2)) ? { start, end: runs.end(i + 2), last: i + 2 } : undefined;
}

/** `1980年5月17日`, `1980년 5월 17일`. */
function cjk(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (i + 2 >= runs.count || runs.length(i) !== 4) return undefined;
  if (!/^[年년]$/.test(between(text, runs, i)) || !/^[月월]$/.test(between(text, runs, i + 1))) return undefined;
  if (!isYear(value(text, runs, i)) || !isDayOfMonth(value(text, runs, i + 2), value(text, runs, i + 1)))
    return undefined;
  const end = runs.end(i + 2);
  return { start: runs.start(i), end: /[日일]/.test(text.charAt(end)) ? end + 1 : end, last: i + 2 };
}

/** `17 May 1980`, `17. Mai 1980`, `17 de mayo de 1980`, `17th of May, 1980`, `17-May-1980`. */
function dayFirst(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (runs.length(i) > 2 || i + 1 >= runs.count || !isDay(value(text, runs, i))) return undefined;
  if (runs.start(i + 1) - runs.end(i) > 24 || !hasYear(text, runs, i + 1)) return undefined;
  const month = DAY_MONTH.exec(between(text, runs, i))?.[1];
  return month !== undefined && isMonthName(month)
    ? { start: runs.start(i), end: runs.end(i + 1), last: i + 1 }
    : undefined;
}
const DAY_MONTH = /^(?:st|nd|rd|th|er|º|ª|\.)?[\s-]{0,2}(?:of |de |d')?(\p{L}{3,12})\.?,?[\s-]{1,2}(?:de |del )?$/u;

/** `May 17, 1980`. */
function monthFirst(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (runs.length(i) > 2 || i + 1 >= runs.count || !isDay(value(text, runs, i))) return undefined;
  if (
    runs.start(i + 1) - runs.end(i) > 5 ||
    !/^(?:st|nd|rd|th)?,? ?$/.test(between(text, runs, i)) ||
    !hasYear(text, runs, i + 1)
  )
    return undefined;
  const month = MONTH_BEFORE.exec(text.slice(Math.max(0, runs.start(i) - 16), runs.start(i)))?.[1];
  if (month === undefined || !isMonthName(month.replace(/[. ]+$/, ''))) return undefined;
  return { start: runs.start(i) - month.length, end: runs.end(i + 1), last: i + 1 };
}
const MONTH_BEFORE = /(?:^|[^\p{L}])(\p{L}{3,12}\.? )$/u;

function hasYear(text: string, runs: Runs, i: number): boolean {
  return runs.length(i) === 4 && isYear(value(text, runs, i)) && ends(text, runs.end(i));
}

/** The first letters of the months without accents, in the languages of `field.ts`. */
const MONTHS =
  /^(?:jan|ene|gen|sty|tammi|feb|fev|fevr|lut|helmi|mar|mrt|maa|apr|abr|avr|kwi|huhti|ma[ijy]|mei|mag|tou|jun|jui|giu|cze|kesa|jul|lug|lip|heina|aug|ago|aou|sie|elo|sep|set|wrz|syys|o[kct]t|out|paz|loka|nov|lis|marras|de[cz]|dic|gru|joulu)/;

function isMonthName(word: string): boolean {
  return MONTHS.test(word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, ''));
}

/** The separator between two numbers of a date, with or without a space after it; 0 if there is none. */
function separatorOf(text: string, end: number, start: number): number {
  if (start - end > 2 || start === end) return 0;
  const sign = plain(text.charCodeAt(end));
  if (start - end === 2 && (plain(text.charCodeAt(end + 1)) !== SPACE || sign !== DOT)) return 0;
  return sign === HYPHEN || sign === DOT || sign === SLASH || sign === SPACE ? sign : 0;
}

/** Whether the number ends here; a time may follow (`T00:00`). */
function ends(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  return end >= text.length || !isWord(after) || after === 0x54 || isIdeograph(after);
}

function isIdeograph(code: number): boolean {
  return code >= 0x2e80;
}

function between(text: string, runs: Runs, i: number): string {
  return runs.start(i + 1) - runs.end(i) > 24 ? '' : text.slice(runs.end(i), runs.start(i + 1));
}

function value(text: string, runs: Runs, i: number): number {
  return valueOf(text, runs.start(i), runs.end(i));
}

function valueOf(text: string, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end && i < start + 9; i++) number = number * 10 + digitOf(text.charCodeAt(i));
  return number;
}

function isYear(year: number): boolean {
  return year >= 1890 && year <= 2099;
}

function isDay(day: number): boolean {
  return day >= 1 && day <= 31;
}

function isDayOfMonth(day: number, month: number): boolean {
  return isDay(day) && month >= 1 && month <= 12;
}
