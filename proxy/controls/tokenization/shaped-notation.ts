/**
 * A date in a notation with separators, such as `02/29/1980`, `29.2.1980` or `1980/02/29`, as another date in that
 * notation. If day and month could each be the other, so they can in the token.
 */
import { dayOf, isoDay, isTooRecent, movedIn, rangeOf, SHORT_YEARS } from './days.ts';
import type { Permutation, Way } from './permutation.ts';
import type { Shaped } from './shape.ts';

const NOTATION =
  /^(?:(\d{1,2})([./-])(\d{1,2})\2(\d{4})|(\d{1,2})\/(\d{1,2})\/(\d{2})|(\d{4})([./-])(\d{1,2})\9(\d{1,2}))$/;
const MONTHS = 12;
const TWO_DIGITS = 10;

export function isNotation(text: string): boolean {
  return NOTATION.test(text);
}

export function notationOf(type: string): Shaped {
  return {
    hide: (value, by) => moved(type, value, by, 'encrypt'),
    show: (token, by) => moved(type, token, by, 'decrypt'),
  };
}

interface Read {
  readonly year: number;
  /** As written: which of them is the month shows in their values. */
  readonly first: string;
  readonly second: string;
  readonly write: (year: number, first: string, second: string) => string;
  readonly isYearFirst: boolean;
  readonly hasCentury: boolean;
}

function read(text: string): Read | undefined {
  const [, first, separator, second, year, shortFirst, shortSecond, shortYear, firstYear, by, month, day] =
    NOTATION.exec(text) ?? [];
  if (first !== undefined && second !== undefined)
    return {
      year: Number(year),
      first,
      second,
      write: (y, a, b) => [a, b, y].join(separator),
      isYearFirst: false,
      hasCentury: true,
    };
  if (shortFirst !== undefined && shortSecond !== undefined)
    return {
      year: 2000 + Number(shortYear),
      first: shortFirst,
      second: shortSecond,
      write: (y, a, b) => [a, b, String(y).slice(2)].join('/'),
      isYearFirst: false,
      hasCentury: false,
    };
  if (month === undefined || day === undefined) return undefined;
  return {
    year: Number(firstYear),
    first: month,
    second: day,
    write: (y, a, b) => [y, a, b].join(by),
    isYearFirst: true,
    hasCentury: true,
  };
}

function moved(type: string, text: string, by: Permutation, way: Way): string | undefined {
  const date = read(text);
  if (date === undefined) return undefined;
  const { year, first, second, write, isYearFirst, hasCentury } = date;
  // With one digit where one suffices, or always with two.
  const isShort = first.length === 1 || second.length === 1;
  if (isShort && (first.startsWith('0') || second.startsWith('0'))) return undefined;
  const isMonthFirst = isYearFirst || Number(second) > MONTHS;
  const [month, day] = isMonthFirst ? [first, second] : [second, first];
  const isAmbiguous = !isYearFirst && Number(day) <= MONTHS;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = dayOf(iso);
  if (Number.isNaN(at) || isoDay(at) !== iso) return undefined;
  if (way === 'encrypt' && hasCentury && isTooRecent(at, type)) return undefined;
  const range = hasCentury ? rangeOf(at, type) : SHORT_YEARS;
  if (range === undefined) return undefined;
  const accepts = (to: number): boolean => {
    const [, m = 0, d = 0] = isoDay(to).split('-').map(Number);
    return (isYearFirst || d <= MONTHS === isAmbiguous) && (!isShort || m < TWO_DIGITS || d < TWO_DIGITS);
  };
  const [y = 0, m = 0, d = 0] = isoDay(movedIn(range, at, 1, by, way, accepts))
    .split('-')
    .map(Number);
  const [a, b] = (isMonthFirst ? [m, d] : [d, m]).map((part) => String(part).padStart(isShort ? 1 : 2, '0'));
  return write(y, a ?? '', b ?? '');
}
