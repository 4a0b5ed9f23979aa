/** Payment card numbers (ISO/IEC 7812) that an issuer gives out, with a valid Luhn check digit. */
import { closes, digitOf, DOT, HYPHEN, opens, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { CARD, hintsOf, OTHER } from './field.ts';
import { continuesIban } from './iban.ts';
import { labelBefore } from './label.ts';
import { byRuns, reached } from './parts.ts';
import { gapBetween, JOINED, type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

const MIN = 12;
const MAX = 19;

export function paymentCard(): Detector {
  return inAnySpelling({ name: 'payment-card', type: 'payment-card', find }, byRuns(scan));
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
    const last = cardFrom(text, runs, i);
    if (last < 0) continue;
    const [start, end] = [runs.start(i), runs.end(last)];
    if (hints < 0) hints = hintsOf(evidence);
    if (!isLikely(text, start, hints, i === last)) continue;
    spans = added(spans, start, end, 'payment-card');
    i = last;
  }
  reached.next = i;
  return spans;
}

/** The number of digits of the last number found, and whether its issuer gives out such numbers today. */
let count = 0;
let common = false;

/** The last run of a card number that begins with run `first`; -1 if there is none. */
function cardFrom(text: string, runs: Runs, first: number): number {
  if (!opensNumber(text, runs.start(first))) return -1;
  let best = -1;
  let bestCount = 0;
  let bestCommon = false;
  let separator = JOINED;
  let group = 0;
  count = 0;
  for (let i = first; i < runs.count; i++) {
    const [start, end] = [runs.start(i), runs.end(i)];
    if (i > first) {
      const gap = gapBetween(text, runs.end(i - 1), start);
      if (gap !== JOINED) {
        if (gap !== SPACE && gap !== HYPHEN && gap !== DOT) break;
        if (separator !== JOINED && gap !== separator) break;
        separator = gap;
        // Groups have four digits, or 4-6-5 or 4-6-4 for cards with fifteen or fourteen digits.
        if (group === 0 ? groups[0] !== 4 : groups[group] !== 4 && !(group === 1 && groups[1] === 6)) break;
        groups[++group] = 0;
      }
    } else groups[0] = 0;
    if (count + end - start > MAX) break;
    for (let at = start; at < end; at++) digits[count++] = digitOf(text.charCodeAt(at));
    groups[group] = (groups[group] ?? 0) + end - start;
    if (count < MIN || !fits(group) || !closes(text, end) || !isIssued() || !checks()) continue;
    // If another group follows after the same separator, the number is not complete.
    if (
      separator !== JOINED &&
      separator !== SPACE &&
      i + 1 < runs.count &&
      gapBetween(text, end, runs.start(i + 1)) === separator
    )
      continue;
    best = i;
    bestCount = count;
    bestCommon = common;
  }
  count = bestCount;
  common = bestCommon;
  return best;
}

function opensNumber(text: string, start: number): boolean {
  if (opens(text, start)) return true;
  // ISO/IEC 7813, track 1: `%B4111…^NAME^…`.
  return text.charCodeAt(start - 1) === 0x42 && text.charCodeAt(start - 2) === 0x25;
}

function fits(group: number): boolean {
  if (group === 0) return true;
  const tail = groups[group] ?? 0;
  if (groups[1] === 6) return group === 2 && (tail === 5 || tail === 4);
  return group >= 2 && tail <= 4;
}

function checks(): boolean {
  let sum = 0;
  let same = true;
  for (let i = count - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = digits[i] ?? 0;
    if (digit !== digits[0]) same = false;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0 && !same;
}

/** Whether the first digits and the length belong to an issuer. */
function isIssued(): boolean {
  common = true;
  const six = first(6);
  const four = Math.trunc(six / 100);
  const two = Math.trunc(six / 10_000);
  // Visa. Cards with thirteen digits were discontinued decades ago.
  if (digits[0] === 4) {
    common = count !== 13;
    return count === 16 || count === 19 || count === 13;
  }
  // Mastercard.
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16;
  // American Express.
  if (two === 34 || two === 37) return count === 15;
  // Mir.
  if (four >= 2200 && four <= 2204) return count >= 16;
  // Diners Club.
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095)
    return count === 14 || (count >= 16 && two !== 39);
  // JCB.
  if (four >= 3528 && four <= 3589) return count >= 16;
  // Discover.
  if (four === 6011 || two === 65 || (four >= 6440 && four <= 6499)) return count === 16 || count === 19;
  // UnionPay, RuPay.
  if (two === 62 || two === 81 || two === 82) return count >= 16;
  // Troy, Verve, Hipercard, Elo.
  if (
    four === 9792 ||
    (six >= 506_099 && six <= 506_198) ||
    six === 606_282 ||
    six === 636_368 ||
    six === 636_297 ||
    four === 5067 ||
    four === 5090
  )
    return count === 16 || count === 19;
  // Maestro: any length.
  if (
    four === 5018 ||
    four === 5020 ||
    four === 5038 ||
    four === 5893 ||
    four === 6304 ||
    four === 6759 ||
    (four >= 6761 && four <= 6763)
  ) {
    common = count >= 16;
    return true;
  }
  return false;
}

function first(length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = value * 10 + (digits[i] ?? 0);
  return value;
}

/** A grouped number needs no other evidence; an ungrouped one may be another number that passes the check by chance. */
function isLikely(text: string, start: number, hints: number, ungrouped: boolean): boolean {
  if (hints & CARD) return true;
  if (continuesIban(text, start)) return false;
  if (!ungrouped && common) return (hints & OTHER) === 0 || (labelBefore(text, start) & CARD) !== 0;
  const label = labelBefore(text, start);
  if (label & CARD) return true;
  return common && ((hints | label) & OTHER) === 0;
}
