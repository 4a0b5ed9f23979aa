/** A date (RFC 3339, `full-date`), with or without a time, as another one. */
import { dayOf, isoDay, isTooRecent, movedIn, rangeOf } from './days.ts';
import type { Permutation, Way } from './permutation.ts';
import type { Shaped } from './shape.ts';

export function dateOf(type: string): Shaped {
  return {
    hide: (value, by) => moved(type, value, by, 'encrypt'),
    show: (token, by) => moved(type, token, by, 'decrypt'),
  };
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:([Tt ])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/;
const DAY_S = 86_400;
const FIRST = dayOf('0001-01-01');
const DAYS = dayOf('9999-12-31') - FIRST + 1;

export function isDate(text: string): boolean {
  return DATE.test(text);
}

function moved(type: string, text: string, by: Permutation, way: Way): string | undefined {
  const [, year, month, day, separator, hours, minutes, seconds, fraction = '', zone = ''] = DATE.exec(text) ?? [];
  const iso = `${year}-${month}-${day}`;
  const at = dayOf(iso);
  if (year === undefined || year === '0000' || Number.isNaN(at) || isoDay(at) !== iso) return undefined;
  if (separator === undefined) {
    const to = movedBy(type, at, 1, by, way);
    return to === undefined ? undefined : isoDay(to);
  }
  const second = at * DAY_S + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  const to = movedBy(type, second, DAY_S, by, way);
  if (to === undefined) return undefined;
  return `${isoDay(Math.floor(to / DAY_S))}${separator}${new Date(to * 1_000).toISOString().slice(11, 19)}${fraction}${zone}`;
}

/** @param unit units in a day */
function movedBy(type: string, at: number, unit: number, by: Permutation, way: Way): number | undefined {
  if (way === 'encrypt' && isTooRecent(Math.floor(at / unit), type)) return undefined;
  const range = rangeOf(Math.floor(at / unit), type);
  if (range !== undefined) return movedIn(range, at, unit, by, way);
  // Earlier versions moved all dates like this: their tokens of plausible dates can still be opened, if they lie outside.
  const tweak = unit === 1 ? 'date' : 'date-time';
  const to = Number(by[way](BigInt(at - FIRST * unit), BigInt(DAYS * unit), tweak)) + FIRST * unit;
  return way === 'encrypt' && rangeOf(Math.floor(to / unit), type) !== undefined ? undefined : to;
}
