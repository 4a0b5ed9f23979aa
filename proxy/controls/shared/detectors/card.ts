/** Payment card numbers (ISO/IEC 7812): the first digits of an issuer, and a valid Luhn check digit. */
import { isCalledCard, isCardNamed, isPaidWith } from './card-clause.ts';
import { issuedAs } from './card-issuers.ts';
import { CARD_TRACE, MAX_GAP, MIN } from './card-trace.ts';
import { closes, digitOf, DOT, HYPHEN, isInvisible, opens, plain, SLASH, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { CARD, hintsOf, OTHER } from './field.ts';
import { continuesIban } from './iban.ts';
import { labelAfter } from './label-after.ts';
import { labelBefore } from './label.ts';
import { FILLERS } from './names/prose.ts';
import { set, wordsOfText } from './names/split.ts';
import { byRuns, reached } from './parts.ts';
import { APART, JOINED, type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';
import { leavesTrace } from './traces.ts';

const MAX = 19;

export function paymentCard(): Detector {
  return leavesTrace(
    inAnySpelling({ name: 'payment-card', type: 'payment-card', find }, byRuns(scan), 'digits'),
    CARD_TRACE,
  );
}

/** The digits of the current number. The scan is synchronous, so one array serves all. */
const digits = new Uint8Array(MAX);
/** The sizes of its groups. */
const groups = new Uint8Array(MAX);

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < MIN) return NONE;
  const runs = runsOf(text);
  return scan(text, evidence, runs, 0, runs.count, NONE);
}

function scan(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  let spans = before;
  let hints = -1;
  let i = first;
  for (; i < until; i++) {
    // Most runs are too short, and have no other run beside them.
    if (runs.length(i) < MIN && (i + 1 === runs.count || runs.start(i + 1) - runs.end(i) > MAX_GAP)) continue;
    if (!opensNumber(text, runs.start(i))) continue;
    if (hints < 0) hints = hintsOf(evidence);
    const last = cardFrom(text, runs, i, hints);
    if (last < 0) continue;
    spans = added(spans, runs.start(i), runs.end(last), 'payment-card');
    i = last;
  }
  reached.next = i;
  return spans;
}

function opensNumber(text: string, start: number): boolean {
  if (opens(text, start)) return true;
  // ISO/IEC 7813, track 1: `%B4111…^NAME^…`.
  if (text.charCodeAt(start - 1) === 0x42 && text.charCodeAt(start - 2) === 0x25) return true;
  return PAID.test(text.slice(Math.max(0, start - 5), start));
}
/** A form of payment of airlines: `CCVI4111…/1228`. */
const PAID = /(?:^|[^A-Za-z\d])CC(?:VI|CA|AX|DC|DS|JC|TP|UP|MC)$/;

/** The last run of a card number that begins with run `first`; -1 if there is none. */
function cardFrom(text: string, runs: Runs, first: number, hints: number): number {
  let best = -1;
  let separator = JOINED;
  let group = 0;
  let count = 0;
  groups[0] = 0;
  for (let i = first; i < runs.count; i++) {
    const [start, end] = [runs.start(i), runs.end(i)];
    const gap = i === first ? JOINED : separatorBetween(text, runs.end(i - 1), start);
    if (gap !== JOINED) {
      if (gap === APART || (separator !== JOINED && gap !== separator)) break;
      separator = gap;
      groups[++group] = 0;
    }
    if (count + end - start > MAX) break;
    for (let at = start; at < end; at++) digits[count++] = digitOf(text.charCodeAt(at));
    groups[group] = (groups[group] ?? 0) + end - start;
    if (count < MIN || !checks(count) || !closes(text, end)) continue;
    // With another group before or after the same sign, the number is not complete.
    if (
      separator !== JOINED &&
      separator !== SPACE &&
      (before(text, runs, first) === separator || after(text, runs, i) === separator)
    )
      continue;
    // A number with decimals.
    if (separator === DOT && group === 1) continue;
    if (isLikely(text, runs, first, i, { hints, count, form: formOf(group), separator })) best = i;
  }
  return best;
}

function before(text: string, runs: Runs, i: number): number {
  return i === 0 ? APART : separatorBetween(text, runs.end(i - 1), runs.start(i));
}

function after(text: string, runs: Runs, i: number): number {
  return i + 1 === runs.count ? APART : separatorBetween(text, runs.end(i), runs.start(i + 1));
}

/** The sign between two groups, with spaces or without; a space also for the end of a line, or in a form's encoding. */
function separatorBetween(text: string, end: number, start: number): number {
  if (start - end > MAX_GAP) return APART;
  let separator = JOINED;
  let spaces = false;
  for (let at = end; at < start; at++) {
    const code = text.charCodeAt(at);
    if (isInvisible(code)) continue;
    const sign = plain(code);
    if (sign === SPACE || code === NEWLINE || code === RETURN || code === PLUS) spaces = true;
    else if (
      separator === JOINED &&
      (sign === HYPHEN || sign === DOT || sign === SLASH || sign === UNDERSCORE || sign === MIDDLE_DOT)
    )
      separator = sign;
    else return APART;
  }
  return separator === JOINED && spaces ? SPACE : separator;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const PLUS = 0x2b;
const UNDERSCORE = 0x5f;
const MIDDLE_DOT = 0xb7;

/** The Luhn algorithm (ISO/IEC 7812-1, annex B). */
function checks(count: number): boolean {
  let sum = 0;
  let same = true;
  for (let i = count - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = digits[i] ?? 0;
    if (digit !== digits[0]) same = false;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0 && !same;
}

/** How the digits are written: without separators, in the groups that cards show, or otherwise. */
type Form = 'digits' | 'groups' | 'odd';

function formOf(group: number): Form {
  if (group === 0) return 'digits';
  const [a, b, c = 0] = groups;
  if (a !== 4) return 'odd';
  if (group === 2 && ((b === 6 && (c === 5 || c === 4)) || (b === 5 && c === 6))) return 'groups';
  if (group < 2) return 'odd';
  for (let k = 1; k < group; k++) if (groups[k] !== 4) return 'odd';
  return (groups[group] ?? 0) <= 4 ? 'groups' : 'odd';
}

interface Number {
  readonly hints: number;
  readonly count: number;
  readonly form: Form;
  readonly separator: number;
}

/**
 * Under a name or a label for cards the check digit is enough. Groups with an issuer prove themselves. Digits alone may
 * be another number that passes the check by chance.
 */
function isLikely(
  text: string,
  runs: Runs,
  first: number,
  last: number,
  { hints, count, form, separator }: Number,
): boolean {
  if (hints & CARD) return true;
  const [start, end] = [runs.start(first), runs.end(last)];
  if (continuesIban(text, start)) return false;
  const issued = issuedAs(firstSix(), count);
  const proven = form === 'groups' && issued !== undefined && !isRow(text, runs, first, last, separator);
  if (proven && issued === 'common') return true;
  const label = labelBefore(text, start);
  if ((label | labelAfter(text, end)) & CARD || isCalledCard(text, end)) return true;
  // 13 digits, and short Maestro.
  if (form === 'digits' && issued === 'rare' && (isPaidWith(text, start) || isCardNamed(text, start))) return true;
  if (form === 'digits' && issued === 'common')
    return (
      (hints & OTHER) === 0 &&
      !((label & OTHER) !== 0 && isDirect(text, start)) &&
      !NEGATIVE.test(text.slice(Math.max(0, start - 2), start))
    );
  return proven && ((hints | label) & OTHER) === 0;
}

function firstSix(): number {
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 10 + (digits[i] ?? 0);
  return value;
}

/** One of more numbers of four digits, or numbers that rise or fall by the same step. */
function isRow(text: string, runs: Runs, first: number, last: number, separator: number): boolean {
  if (runs.length(first - 1) === 4 && before(text, runs, first) === separator) return true;
  if (runs.length(last + 1) === 4 && after(text, runs, last) === separator) return true;
  const at = (group: number): number => [0, 1, 2, 3].reduce((value, k) => value * 10 + (digits[4 * group + k] ?? 0), 0);
  const step = at(1) - at(0);
  return step !== 0 && step === at(2) - at(1) && (last - first < 3 || step === at(3) - at(2));
}

/** Whether the word before the number, maybe with `number` after it, says that it is something else. */
function isDirect(text: string, start: number): boolean {
  const words = wordsOfText(text.slice(Math.max(0, start - LEAD), start));
  while (NUMBER.has(words.at(-1) ?? '')) words.pop();
  const word = words.at(-1);
  return word === undefined || (labelBefore(` ${word} `, word.length + 2) & OTHER) !== 0;
}

/** The sign of a number. */
const NEGATIVE = /^[\s(=,[]-$/;
const LEAD = 40;
const NUMBER = set(FILLERS);
