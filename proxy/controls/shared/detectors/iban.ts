/** International bank account numbers (ISO 13616): country, its length, and check digits (ISO 7064, mod 97-10). */
import { closes, digitOf, DOT, HYPHEN, isInvisible, isLetter, opens, plain, SLASH, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { byRuns, reached } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

/**
 * Lengths from the SWIFT registry, and of countries that use the format without being in it. `+`: the account number
 * may contain letters.
 */
const LENGTHS = `AD24+ AE23 AL28+ AO25 AT20 AZ28+ BA20 BE16 BF28+ BG22+ BH22+ BI27 BJ28+ BR29+ BY28+ CF27 CG27 CH21+ CI28+ CM27 CR22 CV25 CY28+ CZ24 DE22 DJ27 DK18 DO28+ DZ26 EE20
  EG29 ES24 FI18 FK18+ FO18 FR27+ GA27 GB22+ GE22+ GI23+ GL18 GQ27 GR27+ GT28+ GW25+ HN28+ HR21 HU28 IE22+ IL23 IQ23+ IR26 IS26 IT27+ JO30+ KM27 KW30+ KZ20+ LB28+ LC32+ LI21+ LT20
  LU20+ LV21+ LY25 MA28 MC27+ MD24+ ME22 MG27 MK19+ ML28+ MN20 MR27 MT31+ MU30+ MZ25 NE28+ NI28+ NL18+ NO15 OM23+ PK24+ PL28 PS29+ PT25 QA29+ RO24+ RS22 RU33+ SA24+ SC31+ SD18 SE24
  SI19 SK24 SM27+ SN28+ SO23 ST25 SV28+ TD27 TG28+ TL23 TN24 TR26+ UA29+ VA22 VG24+ XK20 YE30+`;

/** By the two letters as one number; negative if the account number may contain letters. */
const lengths = new Map<number, number>(
  LENGTHS.trim()
    .split(/\s+/)
    .map((entry) => {
      const length = Number.parseInt(entry.slice(2), 10);
      return [pair(entry.charCodeAt(0), entry.charCodeAt(1)), entry.endsWith('+') ? -length : length];
    }),
);

function pair(first: number, second: number): number {
  return ((first & 0x1f) << 5) | (second & 0x1f);
}

export function iban(): Detector {
  return inAnySpelling({ name: 'iban', type: 'iban', find }, byRuns(scan), 'digits');
}

function find(text: string): readonly Span[] {
  if (text.length < 15) return NONE;
  const runs = runsOf(text);
  return scan(text, undefined, runs, 0, runs.count, NONE);
}

function scan(
  text: string,
  _evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  let spans = before;
  let from = spans.at(-1)?.end ?? 0;
  // Look for two letters and two digits: most digits in a text do not follow letters.
  for (let i = first; i < until; i++) {
    const start = startBefore(text, runs.start(i));
    if (start < from || (!opens(text, start) && !NAMED.test(text.slice(Math.max(0, start - 5), start)))) continue;
    const length = lengths.get(pair(text.charCodeAt(start), text.charCodeAt(start + 1)));
    if (length === undefined) continue;
    const end = endOf(text, start, length);
    if (end < 0) continue;
    spans = added(spans, start, end, 'iban');
    from = end;
  }
  reached.next = until;
  return spans;
}

/** The start of two letters before the digits, or before one space; -1 if there are none. */
function startBefore(text: string, digits: number): number {
  if (isLetter(text.charCodeAt(digits - 1))) return isLetter(text.charCodeAt(digits - 2)) ? digits - 2 : -1;
  const spaced =
    plain(text.charCodeAt(digits - 1)) === SPACE &&
    isLetter(text.charCodeAt(digits - 2)) &&
    isLetter(text.charCodeAt(digits - 3));
  return spaced ? digits - 3 : -1;
}

/** Glued to its name: `IBANDE89…`. */
const NAMED = /\biban$/i;

/** The end of the number that begins at `start`; -1 if there is none. */
function endOf(text: string, start: number, signed: number): number {
  const length = Math.abs(signed);
  let separator = 0;
  let seen = 0;
  let group = 0;
  let words = 0;
  let odd = false;
  let letters = 0;
  let remainder = 0;
  // The first four characters come last in the division.
  let head = 0;
  let at = start;
  while (seen < length) {
    if (at >= text.length) return -1;
    const code = text.charCodeAt(at);
    const value = valueOf(code);
    if (value < 0) {
      const next = groupAfter(text, at);
      if (next < 0) return -1;
      if (next > at + 1 || !isInvisible(code)) {
        const gap = gapOf(text, at, next);
        if (gap < 0 || (separator !== 0 && gap !== separator)) return -1;
        separator = gap;
        if (letters === group && seen > 4) words++;
        // Groups of four are usual; a country may have its own.
        if (seen % 4 !== 0 && seen !== 2) odd = true;
        group = letters = 0;
      }
      at = next;
      continue;
    }
    if (value > 9 ? seen === 2 || seen === 3 || (signed > 0 && seen > 3) : seen < 2) return -1;
    if (seen < 4) head = value > 9 ? head * 100 + value : head * 10 + value;
    else remainder = value > 9 ? (remainder * 100 + value) % 97 : (remainder * 10 + value) % 97;
    if (value > 9) letters++;
    group++;
    seen++;
    at++;
  }
  // More words than the code of a bank are prose.
  if (odd && words > 1) return -1;
  const check = head % 100;
  if (check < 2 || check > 98 || (remainder * 1_000_000 + head) % 97 !== 1) return -1;
  return closes(text, at) ? at : -1;
}

/** Characters between two groups: a sign with spaces, or the end of a line. */
const MAX_GAP = 3;

/** Where the next letter or digit is; -1 if there is none near. */
function groupAfter(text: string, at: number): number {
  const most = Math.min(text.length, at + MAX_GAP + 1);
  let next = at + 1;
  while (next < most && valueOf(text.charCodeAt(next)) < 0) next++;
  return next < most ? next : -1;
}

/** The sign between two groups; a space also for the end of a line, or in a form's encoding; -1 for anything else. */
function gapOf(text: string, from: number, until: number): number {
  let gap = SPACE;
  for (let at = from; at < until; at++) {
    const code = text.charCodeAt(at);
    const sign = plain(code);
    if (sign === SPACE || code === 0x0a || code === 0x0d || code === 0x2b || isInvisible(code)) continue;
    if (gap !== SPACE || (sign !== HYPHEN && sign !== DOT && sign !== SLASH && sign !== UNDERSCORE)) return -1;
    gap = sign;
  }
  return gap;
}

const UNDERSCORE = 0x5f;

/** 0–9, letters from 10 on; -1 for other characters. */
function valueOf(code: number): number {
  if (isLetter(code)) return (code & 0x1f) + 9;
  return digitOf(code);
}

const CONTINUED = /(?:^|[^A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0./_+-]?[A-Za-z0-9]{4}){0,7}[ \u00a0./_+-]?$/;

/** Whether an account number continues here: its groups look like cards and telephone numbers. */
export function continuesIban(text: string, start: number): boolean {
  return CONTINUED.test(text.slice(Math.max(0, start - 42), start));
}
