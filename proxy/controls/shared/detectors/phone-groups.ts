/**
 * Groups of digits that may form one telephone number: their separators, and whether numbers are written like that.
 * Keeps the last gathered groups: everything here is synchronous, so one set of arrays serves all.
 */
import { digitOf, DOT, follows, HYPHEN, isInvisible, OPEN, plain, SLASH, SPACE } from './characters.ts';
import type { Plan } from './phone-plan.ts';
import { APART, JOINED, type Runs } from './runs.ts';

/** ITU-T E.164: fifteen digits, plus a trunk or international prefix. */
export const MAX = 18;
const MAX_GROUPS = 8;
const CLOSE = 0x29;
const PLUS = 0x2b;

/** The candidate runs: the first, how many, and the separators between them. */
export let first = 0;
export let size = 0;
const gaps = new Int32Array(MAX_GROUPS);
export const sizes = new Int32Array(MAX_GROUPS);

export function gather(text: string, runs: Runs, i: number): void {
  first = i;
  size = 1;
  sizes[0] = runs.length(i);
  let count = runs.length(i);
  while (size < MAX_GROUPS && i + size < runs.count) {
    const gap = gapOf(text, runs.end(i + size - 1), runs.start(i + size));
    const length = runs.length(i + size);
    count += length;
    if (gap === APART || count > MAX) break;
    gaps[size] = gap;
    sizes[size] = length;
    size++;
  }
}

/** Around an area code. */
const PARENTHESIS = OPEN;

/** The gap between two groups: one separator with optional spaces, or a parenthesis. */
export function gapOf(text: string, end: number, start: number): number {
  if (start - end > 5) return APART;
  let gap = JOINED;
  let spaces = 0;
  for (let i = end; i < start; i++) {
    const code = text.charCodeAt(i);
    if (isInvisible(code)) continue;
    const sign = plain(code);
    // A plus between two groups is a space in a form's encoding.
    if (sign === SPACE || (sign === PLUS && start - end <= 2)) {
      if (++spaces > 2) return APART;
      continue;
    }
    if (sign === OPEN || sign === CLOSE) gap = PARENTHESIS;
    else if ((sign === HYPHEN || sign === DOT || sign === SLASH) && (gap === JOINED || gap === PARENTHESIS))
      gap = gap === PARENTHESIS ? gap : sign;
    else return APART;
  }
  return gap === JOINED && spaces > 0 ? SPACE : gap;
}

/** The start of the number, including a parenthesis around its first group, or around its calling code. */
export function opening(text: string, start: number, last: number): number {
  return last > first && opensArea(text, start) ? start - 1 : start;
}

function opensArea(text: string, start: number): boolean {
  return (
    gaps[1] === PARENTHESIS &&
    size > 1 &&
    start > 0 &&
    plain(text.charCodeAt(start - 1)) === OPEN &&
    !follows(text, start - 1)
  );
}

/** The digits of that many runs. With `abroad`, leaves out a `(0)`, which is not dialled from abroad. */
export function digitsOf(text: string, runs: Runs, length: number, abroad: boolean): string {
  let digits = '';
  for (let k = 0; k < length; k++) {
    const start = runs.start(first + k);
    const end = runs.end(first + k);
    if (
      abroad &&
      k > 0 &&
      end - start === 1 &&
      digitOf(text.charCodeAt(start)) === 0 &&
      plain(text.charCodeAt(start - 1)) === OPEN
    )
      continue;
    if (text.charCodeAt(start) < 0x80) digits += text.slice(start, end);
    else for (let at = start; at < end; at++) digits += digitOf(text.charCodeAt(at));
  }
  return digits;
}

/** ISO 6709: `+40.7128-074.0060/`. */
export function isPosition(): boolean {
  return size > 3 && gaps[1] === DOT && gaps[2] === HYPHEN && gaps[3] === DOT;
}

/** Whether groups may be a number without a field or a label. Asked first, because it costs least. */
export function isPlausible(text: string, runs: Runs, groups: number, length: number): boolean {
  if (groups < 2 || length < SHORTEST || length > LONGEST) return false;
  let separators = 0;
  let parenthesis = opensArea(text, runs.start(first));
  for (let k = 1; k < groups; k++) {
    if (gaps[k] === PARENTHESIS) {
      const paired = (k + 1 < groups && gaps[k + 1] === PARENTHESIS) || (k > 1 && gaps[k - 1] === PARENTHESIS);
      // A remark after a number, or a number after one: `39-54 (2005)`.
      if (!paired && !(k === 1 && parenthesis)) return false;
      parenthesis = true;
    } else
      separators |= gaps[k] === SPACE ? 1 : gaps[k] === HYPHEN ? 2 : gaps[k] === DOT ? 4 : gaps[k] === SLASH ? 8 : 0;
  }
  if (parenthesis) return groups < 7 && (sizes[0] ?? 0) < 6;
  // Digits alone, even with invisible characters between them, need a field or a label.
  if (separators === 0 || isSomethingElse(text, runs, groups, separators)) return false;
  // Two kinds of separators besides the space.
  if ((separators & 6) === 6 || (separators & 12) === 12) return false;
  // Among numbers separated by spaces, it is unclear where one ends.
  return separators !== 1 || isApart(text, runs, first + groups - 1);
}

/** Whether the digits are grouped like a telephone number. @param holding the plans that the number belongs to */
export function isWritten(groups: number, digits: string, holding: readonly Plan[], dialled: boolean): boolean {
  if (dialled) return true;
  if (gaps[1] === PARENTHESIS || gaps[2] === PARENTHESIS) return true;
  const own: number[] = [];
  for (let k = 0; k < groups; k++) own.push(sizes[k] ?? 0);
  const trunk = digits.startsWith('0') && own[0] !== 1 && (own.at(-1) ?? 0) > 1;
  return holding.some((plan) => (trunk && plan.trunk === '0') || plan.isWritten(digits, own));
}

/** A US postal code after its state (`IL 02101-9267`). */
export function isZip(text: string, start: number, groups: number): boolean {
  return (
    groups === 2 &&
    sizes[0] === 5 &&
    sizes[1] === 4 &&
    /[A-Z]{2}[\s#*,]{1,6}$/.test(text.slice(Math.max(0, start - 8), start))
  );
}

function isApart(text: string, runs: Runs, last: number): boolean {
  const before = first === 0 ? APART : gapOf(text, runs.end(first - 1), runs.start(first));
  const after = last + 1 >= runs.count ? APART : gapOf(text, runs.end(last), runs.start(last + 1));
  return (
    (before !== SPACE || text.charCodeAt(runs.start(first) - 1) === TAB) &&
    (after !== SPACE || text.charCodeAt(runs.end(last)) === TAB)
  );
}

/** Between the columns of a table. */
const TAB = 0x09;

/** Includes the prefix; shorter numbers need a field or a label. */
const SHORTEST = 8;
const LONGEST = 17;

/** Year, month and day in any order; a social security number; an IP address; the groups of four of a card. */
function isSomethingElse(text: string, runs: Runs, length: number, separators: number): boolean {
  if (length < 3) return false;
  const [a = 0, b = 0, c = 0, d = 0] = sizes;
  if (
    gaps[1] === gaps[2] &&
    gaps[1] !== SPACE &&
    ((a === 4 && b <= 2 && c <= 2) || (a <= 2 && b <= 2 && (c === 4 || (c === 2 && length === 3))))
  )
    return true;
  if (length === 3) return a === 3 && b === 2 && c === 4;
  if (endsWithDate(text, runs, length)) return true;
  return (
    length === 4 &&
    (separators === 4 ? a <= 3 && b <= 3 && c <= 3 && d <= 3 && isAddress(text, runs) : a === 4 && b === 4 && c === 4)
  );
}

/** `0 2017-03-30`: a date after a number of another column. */
function endsWithDate(text: string, runs: Runs, length: number): boolean {
  const k = length - 3;
  if (gaps[k] !== SPACE || gaps[k + 1] === SPACE || gaps[k + 1] !== gaps[k + 2]) return false;
  return DATE.test(text.slice(runs.start(first + k), runs.end(first + length - 1)));
}

const DATE =
  /^(?:(?:19|20)\d\d.(?:0?[1-9]|1[0-2]).(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01]).(?:0?[1-9]|[12]\d|3[01]).(?:19|20)\d\d)$/;

/** Whether four numbers can be an IP address. */
function isAddress(text: string, runs: Runs): boolean {
  for (let k = first; k < first + 4; k++) {
    const group = text.slice(runs.start(k), runs.end(k));
    if (Number(group) > 255 || /^0./.test(group)) return false;
  }
  return true;
}
