/** International bank account numbers (ISO 13616): country, its length, and check digits (ISO 7064, mod 97-10). */
import { closes, digitOf, HYPHEN, isInvisible, isLetter, opens, plain, SPACE } from './characters.ts';
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
  return inAnySpelling({ name: 'iban', type: 'iban', find }, byRuns(scan));
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
    const start = runs.start(i) - 2;
    if (
      start < from ||
      !isLetter(text.charCodeAt(start + 1)) ||
      !isLetter(text.charCodeAt(start)) ||
      !opens(text, start)
    )
      continue;
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

/** The end of the number that begins at `start`; -1 if there is none. */
function endOf(text: string, start: number, signed: number): number {
  const length = Math.abs(signed);
  let separator = 0;
  let seen = 0;
  let remainder = 0;
  // The first four characters come last in the division.
  let head = 0;
  let at = start;
  for (; seen < length; at++) {
    if (at >= text.length) return -1;
    const code = text.charCodeAt(at);
    const value = valueOf(code);
    if (value < 0) {
      if (isInvisible(code)) continue;
      const gap = plain(code);
      if ((gap !== SPACE && gap !== HYPHEN) || (separator !== 0 && gap !== separator)) return -1;
      // Groups of four, or a break after the check digits only.
      if (seen % 4 !== 0 || valueOf(text.charCodeAt(at + 1)) < 0) return -1;
      separator = gap;
      continue;
    }
    if (separator !== 0 && seen % 4 === 0 && seen > 4 && valueOf(text.charCodeAt(at - 1)) >= 0) return -1;
    if (value > 9 ? seen === 2 || seen === 3 || (signed > 0 && seen > 3) : seen < 2) return -1;
    if (seen < 4) head = value > 9 ? head * 100 + value : head * 10 + value;
    else remainder = value > 9 ? (remainder * 100 + value) % 97 : (remainder * 10 + value) % 97;
    seen++;
  }
  const check = head % 100;
  if (check < 2 || check > 98 || (remainder * 1_000_000 + head) % 97 !== 1) return -1;
  return closes(text, at) ? at : -1;
}

/** 0–9, letters from 10 on; -1 for other characters. */
function valueOf(code: number): number {
  if (isLetter(code)) return (code & 0x1f) + 9;
  return digitOf(code);
}

const CONTINUED = /(?:^|[^A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]{4}){0,7}[ \u00a0-]?$/;

/** Whether an account number continues here: its groups look like cards and telephone numbers. */
export function continuesIban(text: string, start: number): boolean {
  return CONTINUED.test(text.slice(Math.max(0, start - 42), start));
}
