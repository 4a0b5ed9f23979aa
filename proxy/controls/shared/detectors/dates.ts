/** Calendar dates as people and programs write them. `date-of-birth.ts` decides whether one is a date of birth. */
import { digitOf, isWord, plain, SPACE } from './characters.ts';
import { isMonthName } from './names/months.ts';
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
  return (
    numeric(text, runs, i) ??
    cjk(text, runs, i) ??
    japanese(text, runs, i) ??
    dayFirst(text, runs, i) ??
    monthFirst(text, runs, i) ??
    vietnamese(text, runs, i) ??
    yearFirst(text, runs, i)
  );
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
  if (runs.length(i) === 12 || runs.length(i) === 14) return compact(text, runs, i);
  if (i + 2 >= runs.count || runs.length(i) > 4) return undefined;
  const separator = separatorOf(text, runs.end(i), runs.start(i + 1));
  if (separator === 0 || separator !== separatorOf(text, runs.end(i + 1), runs.start(i + 2))) return undefined;
  const [a, b, c] = [value(text, runs, i), value(text, runs, i + 1), value(text, runs, i + 2)];
  const fits =
    runs.length(i) === 4
      ? (isYear(a) || isYearElsewhere(a)) && runs.length(i + 2) <= 2 && isDayOfMonth(c, b)
      : (runs.length(i + 2) === 4
          ? isYear(c) || isYearElsewhere(c)
          : runs.length(i + 2) === 2 && separator !== SPACE) &&
        (isDayOfMonth(a, b) || isDayOfMonth(b, a) || (runs.length(i) === 2 && a > 31 && isDayOfMonth(c, b)));
  return fits && ends(text, runs.end(i + 2)) ? { start, end: runs.end(i + 2), last: i + 2 } : undefined;
}

/** `198005170000`, `19800517000000`: with a time. */
function compact(text: string, runs: Runs, i: number): FoundDate | undefined {
  const [start, end] = [runs.start(i), runs.end(i)];
  const [year, day] = [valueOf(text, start, start + 4), valueOf(text, start + 4, start + 8)];
  const [hour, minute] = [valueOf(text, start + 8, start + 10), valueOf(text, start + 10, start + 12)];
  const fits = isYear(year) && isDayOfMonth(day % 100, Math.trunc(day / 100)) && hour < 24 && minute < 60;
  if (!fits) return undefined;
  if (ends(text, end)) return { start, end, last: i };
  // Generalized time of directories (RFC 4517): `19800517000000Z`.
  return text.charCodeAt(end) === 0x5a && ends(text, end + 1) ? { start, end: end + 1, last: i } : undefined;
}

/** `1980年5月17日`, `1980년 5월 17일`. */
function cjk(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (i + 2 >= runs.count || runs.length(i) !== 4) return undefined;
  if (!/^[年년] ?$/.test(between(text, runs, i)) || !/^[月월] ?$/.test(between(text, runs, i + 1))) return undefined;
  if (!isYear(value(text, runs, i)) || !isDayOfMonth(value(text, runs, i + 2), value(text, runs, i + 1)))
    return undefined;
  const end = runs.end(i + 2);
  return { start: runs.start(i), end: /[日일]/.test(text.charAt(end)) ? end + 1 : end, last: i + 2 };
}

/** `昭和55年5月17日`, `S55.5.17`: by the years of an emperor. */
function japanese(text: string, runs: Runs, i: number): FoundDate | undefined {
  const start = runs.start(i);
  if (i + 2 >= runs.count || runs.length(i) > 2 || !isIdeograph(text.charCodeAt(start - 1))) return undefined;
  const era = ERA.exec(text.slice(Math.max(0, start - 2), start))?.[0];
  if (era === undefined || !/^[年./-]$/.test(between(text, runs, i)) || !/^[月./-]$/.test(between(text, runs, i + 1)))
    return undefined;
  if (!isDayOfMonth(value(text, runs, i + 2), value(text, runs, i + 1))) return undefined;
  const end = runs.end(i + 2);
  return { start: start - era.length, end: text.charAt(end) === '日' ? end + 1 : end, last: i + 2 };
}
const ERA = /(?:明治|大正|昭和|平成|令和)$/;

/** `17 May 1980`, `17. Mai 1980`, `17 de mayo de 1980`, `17th of May, 1980`, `17-May-1980`. */
function dayFirst(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (runs.length(i) > 2 || i + 1 >= runs.count || !isDay(value(text, runs, i))) return undefined;
  const gap = runs.start(i + 1) - runs.end(i);
  if (gap < SHORTEST_MONTH || gap > 24 || !hasYear(text, runs, i + 1)) return undefined;
  const gapText = between(text, runs, i);
  if (ROMAN.test(gapText)) return { start: runs.start(i), end: runs.end(i + 1), last: i + 1 };
  const month = DAY_MONTH.exec(gapText)?.[1];
  return month !== undefined && isMonthName(month)
    ? { start: runs.start(i), end: runs.end(i + 1), last: i + 1 }
    : undefined;
}
const SHORTEST_MONTH = 3;
/** `17.V.1980`. */
const ROMAN = /^(?:\.|[ /-]|\. )(?:I{1,3}|IV|VI{0,3}|IX|XI{0,2})(?:\.|[ /-]|\. )$/;
const DAY_MONTH =
  /^(?:st|nd|rd|th|er|º|ª|\.)?[\s+/.\u2010-\u2015\u2212\ufe63\uff0d-]{0,2}(?:of |de |d'|-?an |-?ni )?(\p{L}[\p{L}\p{M}]{2,11}|[\u0e00-\u0e7f.]{3,12})\.?,?[\s+/.'’\u2010-\u2015\u2212\ufe63\uff0d-]{0,2}(?:de |del |พ\.ศ\. ?)?$/u;

/** `May 17, 1980`. */
function monthFirst(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (runs.length(i) > 2 || i + 1 >= runs.count || !isDay(value(text, runs, i))) return undefined;
  if (
    runs.start(i + 1) - runs.end(i) > 5 ||
    runs.length(i + 1) !== 4 ||
    !/^(?:st|nd|rd|th)?(?:[,，]?[\s+]{0,2}|[-/])$/.test(between(text, runs, i)) ||
    !hasYear(text, runs, i + 1)
  )
    return undefined;
  const month = MONTH_BEFORE.exec(text.slice(Math.max(0, runs.start(i) - 16), runs.start(i)))?.[1];
  if (month === undefined || !isMonthName(month.replace(/[.\s+/-]+$/, ''))) return undefined;
  return { start: runs.start(i) - month.length, end: runs.end(i + 1), last: i + 1 };
}
const MONTH_BEFORE = /(?:^|[^\p{L}])(\p{L}{3,12}(?:\.?[\s+]{1,2}|[-/]))$/u;

/** `1980 May 17`, `1980-May-17`, `1980. május 17.` */
function yearFirst(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (runs.length(i) !== 4 || i + 1 >= runs.count || !isYear(value(text, runs, i))) return undefined;
  if (runs.length(i + 1) > 2 || !isDay(value(text, runs, i + 1)) || !ends(text, runs.end(i + 1))) return undefined;
  const month = YEAR_MONTH.exec(between(text, runs, i))?.[1];
  return month !== undefined && isMonthName(month)
    ? { start: runs.start(i), end: runs.end(i + 1), last: i + 1 }
    : undefined;
}
const YEAR_MONTH =
  /^(?:[.,]|ko| m\.)?[\s+/\u2010-\u2015\u2212\ufe63\uff0d-]{0,2}(\p{L}{3,12})\.?[\s+/\u2010-\u2015\u2212\ufe63\uff0d-]{1,2}$/u;

/** `17 tháng 5 năm 1980`. */
function vietnamese(text: string, runs: Runs, i: number): FoundDate | undefined {
  if (i + 2 >= runs.count || runs.length(i) > 2 || runs.length(i + 1) > 2) return undefined;
  if (!/^,? th[aá]ng $/i.test(between(text, runs, i)) || !/^,? n[aă]m $/i.test(between(text, runs, i + 1)))
    return undefined;
  if (!isDayOfMonth(value(text, runs, i), value(text, runs, i + 1)) || !hasYear(text, runs, i + 2)) return undefined;
  return { start: runs.start(i), end: runs.end(i + 2), last: i + 2 };
}

function hasYear(text: string, runs: Runs, i: number): boolean {
  const year = value(text, runs, i);
  // `03-FEB-80`
  const fits = runs.length(i) === 2 || (runs.length(i) === 4 && (isYear(year) || isYearElsewhere(year)));
  return fits && ends(text, runs.end(i));
}

/** The separator between two numbers of a date, with or without a space after it; 0 if there is none. */
function separatorOf(text: string, end: number, start: number): number {
  if (start - end > 3 || start === end) return 0;
  // `17 / 05 / 1980`
  if (start - end === 3) {
    const spaced = plain(text.charCodeAt(end)) === SPACE && plain(text.charCodeAt(start - 1)) === SPACE;
    const sign = plain(text.charCodeAt(end + 1));
    return spaced && (sign === HYPHEN || sign === DOT || sign === SLASH) ? sign : 0;
  }
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

/** A year of the Buddhist or the Persian calendar. */
function isYearElsewhere(year: number): boolean {
  return (year >= 2433 && year <= 2600) || (year >= 1270 && year <= 1420);
}

function isDay(day: number): boolean {
  return day >= 1 && day <= 31;
}

function isDayOfMonth(day: number, month: number): boolean {
  return isDay(day) && month >= 1 && month <= 12;
}
