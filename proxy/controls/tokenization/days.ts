/**
 * Moves days to other days that software takes for plausible: within 1800 to 1899, or 1900 to 2099. Dates of birth stay
 * in the past: those up to 2025 among themselves, later ones in their month, once it is over. A range that ended today
 * would give a value another token tomorrow.
 */
import { MIN_DOMAIN, type Permutation, type Way } from './permutation.ts';

const DAY_MS = 86_400_000;

export function dayOf(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
}

export function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The type of the detector of dates of birth. */
const BIRTH = 'date-of-birth';
const BIRTHS_UNTIL = 2025;

export interface Range {
  readonly first: number;
  readonly days: number;
  readonly name: string;
}

function range(from: number, to: number, name: string): Range {
  const first = dayOf(`${from}-01-01`);
  return { first, days: dayOf(`${to}-12-31`) - first + 1, name };
}

const CENTURY = range(1800, 1899, '1800');
/** Of dates whose year has two digits. */
export const SHORT_YEARS = range(2000, 2099, '2000');
const PLAUSIBLE = range(1900, 2099, '1900');
const BIRTHS = range(1900, BIRTHS_UNTIL, '1900 birth');

/** The range that a day stays in. Undefined: it is not plausible. */
export function rangeOf(day: number, type: string): Range | undefined {
  if (isIn(day, CENTURY)) return CENTURY;
  if (!isIn(day, PLAUSIBLE)) return undefined;
  if (type !== BIRTH) return PLAUSIBLE;
  if (isIn(day, BIRTHS)) return BIRTHS;
  return monthOf(day);
}

function monthOf(day: number): Range {
  const name = isoDay(day).slice(0, 7);
  const [year = 0, month = 0] = name.split('-').map(Number);
  const first = dayOf(`${name}-01`);
  return { first, days: Date.UTC(year, month, 1) / DAY_MS - first, name };
}

/** Whether a date of birth has no token yet: one in its month could be in the future. */
export function isTooRecent(day: number, type: string): boolean {
  if (type !== BIRTH || !isIn(day, PLAUSIBLE) || isIn(day, BIRTHS)) return false;
  const { first, days } = monthOf(day);
  return (first + days) * DAY_MS > Date.now();
}

function isIn(day: number, { first, days }: Range): boolean {
  return day >= first && day < first + days;
}

/**
 * Moves a number of units to another one in the range.
 * @param at in units; must be in the range, and accepted
 * @param unit units in a day
 * @param accepts the days that a token may be
 */
export function movedIn(
  { first, days, name }: Range,
  at: number,
  unit: number,
  by: Permutation,
  way: Way,
  accepts: (day: number) => boolean = () => true,
): number {
  const start = first * unit;
  const tweak = `${unit === 1 ? 'date' : 'date-time'} ${name}`;
  if (days * unit < SMALL) return shuffled(first, days, at, by, way, tweak, accepts);
  const size = BigInt(days * unit);
  const domain = size < MIN_DOMAIN ? MIN_DOMAIN : size;
  let to = at;
  do to = Number(by[way](BigInt(to - start), domain, tweak, size)) + start;
  while (!accepts(Math.floor(to / unit)));
  return to;
}

/** In a smaller range, a walk through the permutation's domain would rarely hit it. */
const SMALL = 10_000;
/** Has more values than there are orders of the days of a year (366! is below 10^782), by far. */
const ORDERS = 10n ** 800n;

/** Puts the days of a small range into one of all their orders. */
function shuffled(
  first: number,
  days: number,
  at: number,
  by: Permutation,
  way: Way,
  tweak: string,
  accepts: (day: number) => boolean,
): number {
  const own = Array.from({ length: days }, (_, i) => first + i).filter(accepts);
  const others = [...own];
  let order = by.encrypt(0n, ORDERS, tweak);
  for (let left = others.length - 1; left > 0; left--) {
    const choices = BigInt(left + 1);
    const other = Number(order % choices);
    order /= choices;
    [others[left], others[other]] = [others[other] ?? at, others[left] ?? at];
  }
  const [from, to] = way === 'encrypt' ? [own, others] : [others, own];
  return to[from.indexOf(at)] ?? at;
}
