/**
 * A date (RFC 3339, `full-date`), with or without a time, as another one. Dates between 1900 and 2099, which software
 * takes for plausible, stay between them; others stay outside.
 */
import { MIN_DOMAIN, type Permutation, type Way } from './permutation.ts';
import type { Shaped } from './shape.ts';

export const date: Shaped = {
  hide: (value, by) => moved(value, by, 'encrypt'),
  show: (token, by) => moved(token, by, 'decrypt'),
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:([Tt ])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-]\d{2}:\d{2}))?$/;
const DAY_MS = 86_400_000;
const DAY_S = 86_400;
const dayOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
const FIRST = dayOf('0001-01-01');
const DAYS = dayOf('9999-12-31') - FIRST + 1;
const PLAUSIBLE = dayOf('1900-01-01');
const PLAUSIBLE_DAYS = dayOf('2099-12-31') - PLAUSIBLE + 1;

export function isDate(text: string): boolean {
  return DATE.test(text);
}

function moved(text: string, by: Permutation, way: Way): string | undefined {
  const [, year, month, day, separator, hours, minutes, seconds, fraction = '', zone = ''] = DATE.exec(text) ?? [];
  const iso = `${year}-${month}-${day}`;
  const at = dayOf(iso);
  if (year === undefined || year === '0000' || Number.isNaN(at) || isoDay(at) !== iso) return undefined;
  if (separator === undefined) {
    const to = movedBy(at, 1, by, way);
    return to === undefined ? undefined : isoDay(to);
  }
  const second = at * DAY_S + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  const to = movedBy(second, DAY_S, by, way);
  if (to === undefined) return undefined;
  return `${isoDay(Math.floor(to / DAY_S))}${separator}${new Date(to * 1_000).toISOString().slice(11, 19)}${fraction}${zone}`;
}

/** @param unit units in a day */
function movedBy(at: number, unit: number, by: Permutation, way: Way): number | undefined {
  const tweak = unit === 1 ? 'date' : 'date-time';
  const start = PLAUSIBLE * unit;
  const size = BigInt(PLAUSIBLE_DAYS * unit);
  const isPlausible = (value: number): boolean => value >= start && value < start + Number(size);
  if (isPlausible(at)) {
    const domain = size < MIN_DOMAIN ? MIN_DOMAIN : size;
    return Number(by[way](BigInt(at - start), domain, `${tweak} 1900`, size)) + start;
  }
  // Earlier versions moved all dates like this: their tokens of plausible dates can still be opened, if they lie outside.
  const to = Number(by[way](BigInt(at - FIRST * unit), BigInt(DAYS * unit), tweak)) + FIRST * unit;
  return way === 'encrypt' && isPlausible(to) ? undefined : to;
}

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
