/** Dates of birth. A date alone is not personal data, so a field or a label must say what it is. */
import { DOT, SPACE } from './characters.ts';
import { dateAt, type FoundDate } from './dates.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { BIRTH, DATE_PART, hintsOf, hintsOfName } from './field.ts';
import { saidAfter } from './label-after.ts';
import { labelBefore } from './label.ts';
import { continuesList } from './lists.ts';
import { partialStart } from './partial-date.ts';
import { byRuns, reached } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';

export function dateOfBirth(): Detector {
  return inAnySpelling({ name: 'date-of-birth', type: 'date-of-birth', find }, byRuns(scan), 'digits');
}

/** The maximum length of a date with time and zone. */
const LONG = 40;

function find(text: string, evidence?: Evidence): readonly Span[] {
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  if (text.length <= LONG && isWhole(text, runs, hintsOf(evidence)))
    return [{ start: 0, end: text.length, type: 'date-of-birth' }];
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
  let named: boolean | undefined;
  let spans = before;
  let i = first;
  for (; i < until; i++) {
    const date = dateAt(text, runs, i);
    if (date === undefined) {
      const start = partialStart(text, runs.start(i), runs.end(i));
      if (start >= 0) spans = added(spans, start, runs.end(i), 'date-of-birth');
      continue;
    }
    named ??= (hintsOf(evidence) & BIRTH) !== 0;
    if (named || isBirth(text, date) || continuesList(text, spans, date.start))
      spans = added(spans, date.start, withTime(text, date.end), 'date-of-birth');
    i = date.last;
  }
  reached.next = i;
  return spans;
}

/** The end of the time after a date, as programs write it: `T00:00:00.000Z`, ` 00:00:00`. */
function withTime(text: string, end: number): number {
  const code = text.charCodeAt(end) | 0x20;
  // `T` and its full-width form, or a space.
  if (code !== 0x74 && code !== 0xff34 && code !== SPACE) return end;
  return end + (TIME.exec(text.slice(end, end + LONG))?.[0].length ?? 0);
}
const TIME =
  /^(?:[TＴ][\d０-９]{2}[:：][\d０-９]{2}(?:[:：][\d０-９]{2}(?:\.[\d０-９]{1,9})?)?(?:[ZＺ]|[+-]\d\d:?\d\d)?| 00:00(?::00(?:\.0{1,9})?)?(?:Z| UTC)?)(?![\p{L}\p{N}])/u;

function isBirth(text: string, { start, end }: FoundDate): boolean {
  return (
    isSigned(text, start, end) ||
    (labelBefore(text, start) & BIRTH) !== 0 ||
    (saidAfter(text, withTime(text, end)) & BIRTH) !== 0
  );
}

/** `(b. 1980-05-17)`, `Jane Doe, * 17.5.1980`, `D.N. 17/05/1980`, but no item of a list and no emphasis; `born: Rome, …`. */
function isSigned(text: string, start: number, end: number): boolean {
  let at = start - 1;
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === COLON) at--;
  const before = text.charCodeAt(at);
  if (before === COMMA) return isPlaceBefore(text, start);
  if (before === ASTERISK)
    return text.charCodeAt(end) !== ASTERISK && SIGN.test(text.slice(Math.max(0, start - 12), start));
  return (before === DOT || (before | 0x20) === 0x440) && SIGN.test(text.slice(Math.max(0, start - 12), start));
}
/** `born: Rome, …`, `Luogo e data di nascita: Roma, …` */
function isPlaceBefore(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 2 * LONG), start);
  if (PLACE.test(before)) return true;
  const label = LABELLED_PLACE.exec(before)?.[1];
  return label !== undefined && (hintsOfName(label) & BIRTH) !== 0;
}
const LABELLED_PLACE = /(?:^|[\n|;])[ \t*-]{0,4}(\p{L}[^\n:|;]{2,40})[:：] ?(?:\p{Lu}[\p{L}’'-]+ ?){1,3}, $/u;
const ASTERISK = 0x2a;
const COLON = 0x3a;
const COMMA = 0x2c;
const SIGN =
  /(?:[\p{L}\d)]{2},? ?\(?\* ?|(?:^|[ \n(,])\*|\((?:b|n|g|f)\. ?|(?:^|\p{L}{2},?) b\. ?|^b\. ?|\p{L}{2}, n\. ?|(?:^|[^\p{L}.])(?:d\. ?o\. ?b|d\. ?n|f\. ?n|д[./] ?р|η\. ?γ)\. ?:? ?)$/iu;
/** A name of a place between a word for a birth and the date. */
const PLACE =
  /(?:^|[^\p{L}])(?:[Bb]orn|[Nn][ée]e?|[Nn]at[oa]|[Nn]acid[oa]|[Nn]ascid[oa]|[Gg]eb(?:oren)?|[Ff]ødt|[Ff]ödd|[Uu]rodzon[ya]|[Nn]arozen[áa]?|[Рр]ожд\p{L}*|[Рр]одил\p{L}*)[.:]? (?:(?:in|at|à|a|en|em|zu|w|v|i|в) )?(?:\p{Lu}[\p{L}’'-]+ ?){1,3}, (?:(?:on|le|el|am|il|em) )?$/u;

/**
 * Whether the whole text is the value of such a field: digits of a date with an optional time, a count since the epoch
 * (days to milliseconds), or a part of a date.
 */
function isWhole(text: string, runs: Runs, hints: number): boolean {
  if ((hints & BIRTH) === 0) return false;
  if (WHOLE.test(text) || ((hints & DATE_PART) !== 0 && /^\d{1,3}$/.test(text))) return true;
  if (!PLAIN.test(text)) return false;
  if (PARTIAL.test(text)) return true;
  for (let i = 0; i < runs.count; i++) if (dateAt(text, runs, i) !== undefined) return !SEVERAL.test(text);
  return false;
}
/** A date with a weekday before it, or a zone or an age after it. */
const PLAIN = /^[\p{L}\p{M}\p{N}\s.,/:'’?~()+-]+$/u;
/** Without a day or a month, or by the years of an emperor. */
const PARTIAL =
  /^(?:--\d\d-?\d\d|(?:(?:c|ca|circa|about|um|vers)\.? )?(?:1[89]|20)\d\d(?:[-/.]\d\d?)?(?: ?\(?est\.?\)?)?|\d\d?[/.](?:19|20)\d\d|\p{L}{3,12}\.? (?:1[89]|20)\d\d|[?x]{1,2}[./-](?:\d\d?|[?x]{1,2})[./-](?:1[89]|20)\d\d|[MTSHR]\d{1,2}[./-]\d{1,2}[./-]\d{1,2}|(?:明治|大正|昭和|平成|令和|民國|民国)(?:\d{1,3}|元)年\d{1,2}月\d{1,2}日|(?:1[89]|20)\d\d-?[0-3]\d\d|\d{6}[-+]\w|[01]?\d[/.-][0-3]?\d|[0-3]?\d[/.][01]?\d\.?)$/iu;
/** A list of dates. */
const SEVERAL = /\d{4}.*(?:,| and | und |;|\/ ).*\d{4}/u;
const WHOLE =
  /^(?:-?\d{4,13}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(?:Z| ?[+-]\d\d:?\d\d| UTC)?|\d{1,4}([./-])\d{1,2}\1\d{1,4}(?: \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)?|\/Date\(-?\d{4,15}(?:[+-]\d{4})?\)\/)$/i;
