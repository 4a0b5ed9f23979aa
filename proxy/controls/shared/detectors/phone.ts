/** Telephone numbers: international ones (`+` or `00`), and national ones of the configured countries. */
import { ControlFault } from '../../../base/errors.ts';
import { kindOf } from '../../../base/kind-of.ts';
import { loadedOnce } from '../../../base/loaded.ts';
import { closes, digitOf, follows, OPEN, opens, plain, SLASH, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { BIRTH, CARD, hintsOf, OTHER, PASSPORT, PHONE, SSN } from './field.ts';
import { continuesIban } from './iban.ts';
import { labelBefore } from './label.ts';
import { continuesList } from './lists.ts';
import { byRuns, reached } from './parts.ts';
import { extensionEnd } from './phone-extension.ts';
import {
  digitsOf,
  first,
  gapOf,
  gather,
  isPlausible,
  isPosition,
  isWritten,
  isZip,
  MAX,
  opening,
  size,
  sizes,
} from './phone-groups.ts';
import { hasKindAfter } from './phone-kind.ts';
import { isLinked } from './phone-link.ts';
import { type CountryCode, type Plan, Plans } from './phone-plan.ts';
import { APART, type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

export type { CountryCode };

export interface PhoneOptions {
  /**
   * Countries whose numbers are found without a calling code, as written within the country. Each more country makes it
   * likelier that another number is mistaken for one.
   * @default - none: only numbers with a calling code
   */
  readonly countries?: readonly CountryCode[];
}

const MIN = 6;
const PLUS = 0x2b;

/** @throws TypeError for invalid options; an unknown country is found when its numbers are loaded */
export function phone(options: PhoneOptions = {}): Detector {
  checkMembers(options);
  const { countries = [] } = options;
  let plans: Plans | undefined;
  let national: readonly Plan[] = [];
  const load = loadedOnce(async (): Promise<Plans> => {
    // Metadata for all types of numbers and all area codes: with less, any ten digits would be a US number.
    const { default: metadata } = await import('libphonenumber-js/max/metadata');
    const loaded = new Plans(metadata);
    national = countries.flatMap((country) => {
      const within = loaded.within(country);
      if (within === undefined)
        throw new ControlFault(
          `detector phone: countries: expected a country that libphonenumber knows, as two letters (US), got ${JSON.stringify(country)}`,
        );
      return within;
    });
    national = [...new Set(national)];
    return (plans = loaded);
  });
  const ready = (): Plans => {
    if (plans === undefined) throw new ControlFault('detector phone: it was used before load(): await load() first');
    return plans;
  };
  const detector: Detector = {
    name: 'phone',
    type: 'phone',
    load: async () => void (await load()),
    find(text, evidence) {
      const loaded = ready();
      if (text.length < MIN) return NONE;
      const runs = runsOf(text);
      return scan(text, evidence, runs, 0, runs.count, NONE, loaded, national);
    },
  };
  return inAnySpelling(
    detector,
    byRuns((...given) => scan(...given, ready(), national)),
    'digits',
  );
}

/** Needed because a config may come from a file without types. */
function checkMembers(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`detector phone: expected { countries: ['US'] }, or nothing, got ${kindOf(options)}`);
  const { countries, ...more }: { readonly countries?: unknown } = options;
  const faults = Object.keys(more).map((key) => `expected countries, got ${JSON.stringify(key)}`);
  if (countries !== undefined && !Array.isArray(countries))
    faults.push(`countries: expected a list of two letters each, got ${kindOf(countries)}`);
  else
    for (const country of (countries ?? []) as readonly unknown[])
      if (typeof country !== 'string') faults.push(`countries: expected two letters (US), got ${kindOf(country)}`);
  if (faults.length > 0) throw new TypeError(`detector phone: ${faults.join('; ')}`);
}

function scan(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  from: number,
  until: number,
  before: readonly Span[],
  plans: Plans,
  national: readonly Plan[],
): readonly Span[] {
  let spans = before;
  let hints = -1;
  let i = from;
  for (; i < until; i++) {
    const start = runs.start(i);
    const plus = plusBefore(text, start);
    // Most runs are too short, and have no other run beside them.
    if (
      plus < 0 &&
      runs.length(i) < MIN &&
      (i + 1 === runs.count || gapOf(text, runs.end(i), runs.start(i + 1)) === APART)
    )
      continue;
    if (plus < 0 && !opensNumber(text, start)) continue;
    if (hints < 0) hints = text.length > LONG ? hintsOf(evidence) & ~PHONE : hintsOf(evidence);
    gather(text, runs, i);
    const last =
      plus >= 0
        ? international(text, runs, plans)
        : within(text, runs, hints | contextOf(text, spans, start), plans, national);
    if (last < 0) continue;
    const end = extensionEnd(text, runs.end(last));
    spans = added(spans, opening(text, plus >= 0 ? plus : start, last), end, 'phone');
    // The digits of the extension.
    for (i = last; i + 1 < runs.count && runs.start(i + 1) < end;) i++;
  }
  reached.next = i;
  return spans;
}

/** What is directly before a number says that it is one. */
function contextOf(text: string, spans: readonly Span[], start: number): number {
  return isLinked(text, start) ? PHONE : continuesList(text, spans, start) ? LISTED : 0;
}

/** In a list after another number. */
const LISTED = 1 << 30;

/** A longer text is not the value of a phone field, whatever the field's name is. */
const LONG = 1_024;

/** The position of the `+` before a number; -1 if there is none, or if it follows a word. */
function plusBefore(text: string, start: number): number {
  let at = start - 1;
  if (plain(text.charCodeAt(at)) === OPEN) at--;
  if (plain(text.charCodeAt(at)) !== PLUS) return -1;
  if (follows(text, at)) return -1;
  return at;
}

function opensNumber(text: string, start: number): boolean {
  if (!opens(text, start)) return false;
  const before = text.charCodeAt(start - 1);
  // Part of a fraction, a path of numbers, an amount, or a time.
  if (before === SLASH && digitOf(text.charCodeAt(start - 2)) >= 0) return false;
  if (before === 0x3a && digitOf(text.charCodeAt(start - 2)) >= 0) return false;
  // Amounts do not begin with zero; numbers in a table with commas do.
  if (before === COMMA && digitOf(text.charCodeAt(start - 2)) >= 0 && digitOf(text.charCodeAt(start)) > 0) return false;
  return !isCurrency(before) && !(before === SPACE && isCurrency(text.charCodeAt(start - 2)));
}

/** @param sure whether the number begins as no amount does: with a plus or zero */
function closesNumber(text: string, end: number, sure: boolean): boolean {
  if (!closes(text, end)) return extensionEnd(text, end) > end || hasKindAfter(text, end);
  const after = text.charCodeAt(end);
  const next = text.charCodeAt(end + 1);
  if ((after === 0x3a || (after === COMMA && !sure) || after === SLASH) && digitOf(next) >= 0) return false;
  return (
    after !== 0x25 &&
    !isCurrency(after) &&
    !(after === SPACE && (isCurrency(next) || CURRENCY.test(text.slice(end + 1, end + 5))))
  );
}

const COMMA = 0x2c;

function isCurrency(code: number): boolean {
  return code === 0x24 || (code >= 0xa2 && code <= 0xa5) || (code >= 0x20a0 && code <= 0x20bf);
}

const CURRENCY = /^(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|BRL|INR|CNY|MXN|kr|zł|Kč|Ft|lei|руб)\b/u;

function international(text: string, runs: Runs, plans: Plans): number {
  // A calling code is written in one piece.
  if (size > 1 && (sizes[0] ?? 0) <= 3 && (isPosition() || !plans.isCode(digitsOf(text, runs, 1, true)))) return -1;
  for (let length = size; length > 0; length--) {
    if (!closesNumber(text, runs.end(first + length - 1), true)) continue;
    const digits = digitsOf(text, runs, length, true);
    if (digits.length < MIN) return -1;
    if (digits.length <= 15 && plans.holdsInternational(digits)) return first + length - 1;
  }
  return -1;
}

function within(text: string, runs: Runs, hints: number, plans: Plans, national: readonly Plan[]): number {
  const start = runs.start(first);
  let label = -1;
  const named = (hints & PHONE) !== 0;
  let length = 0;
  for (let k = 0; k < size; k++) length += sizes[k] ?? 0;
  for (let groups = size; groups > 0; length -= sizes[--groups] ?? 0) {
    const last = first + groups - 1;
    if (length < MIN) return -1;
    if (length > MAX || !closesNumber(text, runs.end(last), digitOf(text.charCodeAt(start)) === 0)) continue;
    const plausible = named || isPlausible(text, runs, groups, length) || isDialled(text, start, groups, length);
    if (!plausible) {
      // If neither the field nor the form says so, a label must.
      if (label < 0)
        label = hints & LISTED ? PHONE : isContact(text, start, runs.end(last)) ? PHONE : labelNear(text, start);
      if ((label & PHONE) === 0) continue;
    }
    const digits = digitsOf(text, runs, groups, true);
    const abroad = digits.startsWith('00') ? 2 : digits.startsWith('011') ? 3 : 0;
    const dialled = abroad > 0 && (sizes[0] ?? 0) >= abroad && plans.holdsInternational(digits.slice(abroad));
    const holding = national.filter((plan) => plan.holds(digits));
    if (!dialled && holding.length === 0) {
      // A calling code without a plus is not enough evidence.
      if (named && digits.length >= 10 && plans.holdsInternational(digits)) return last;
      continue;
    }
    if (named) return last;
    if (label < 0) label = labelBefore(text, start);
    if (label & PHONE) return last;
    if (
      continuesIban(text, start) ||
      isZip(text, start, groups) ||
      (hints | label) & (OTHER | CARD | SSN | BIRTH | PASSPORT)
    )
      return -1;
    if (plausible && isWritten(groups, digits, holding, dialled)) return last;
  }
  return -1;
}

/** The prefix to other countries before so many digits that most of them are a number of one. */
function isDialled(text: string, start: number, groups: number, length: number): boolean {
  return groups === 1 && length >= DIALLED && text.startsWith('00', start);
}

const DIALLED = 10;

/** After a property of a contact (vCard, RFC 6350, 6.4.1), or before words that say so. */
function isContact(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start - 1) === 0x3a && PROPERTY.test(text.slice(Math.max(0, start - 80), start))) return true;
  if (SHORT.test(text.slice(Math.max(0, start - 6), start))) return true;
  if (hasKindAfter(text, end)) return true;
  return text.charCodeAt(end) === SPACE && AFTER.test(text.slice(end, end + 48));
}

/** `M: …` in a signature, a picture of a telephone. */
const SHORT =
  /(?:(?:^|[\s|,;•·(])[PTMCOHWptmcohw]: ?|[\u260e\u260f\u2706\u{1f4de}\u{1f4f1}\u{1f4f2}]\ufe0f?[ :]{0,2})$/u;
/** `TEL;TYPE=cell,voice:`. */
const PROPERTY = /(?:^|[\r\n])(?:item\d+\.)?tel;[^\r\n]*$/i;
/** `… is my new number`. */
const AFTER =
  /^ (?:is|as|was) (?:(?:the|a|my|his|her|their|our|your|contact|private|work|home|office|new|best|only) ){0,3}(?:phone|mobile|cell|telephone|landline|number)\b/i;

/** The hints of a label near the number; 0 if there is none. */
function labelNear(text: string, start: number): number {
  return NEAR.test(text.slice(Math.max(0, start - 32), start)) ? labelBefore(text, start) : 0;
}

const NEAR = /[\p{L}:]/u;
