/** Passport numbers: letters and digits that a field or a label identifies as such, and machine-readable zones. */
import type { Work } from '../../../base/turns.ts';
import { closes, isAlphanumeric, isLetter, opens, SPACE } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf, PASSPORT } from './field.ts';
import { saidAfter } from './label-after.ts';
import { labelBefore } from './label.ts';
import { machineReadable } from './mrz.ts';
import { byCharacters, byRuns, matches, reached, type Search } from './parts.ts';
import { gapBetween, type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';
import { whole, wholeInTurns } from './whole.ts';

/** ICAO 9303 has room for nine characters; some countries print more, with check digits or a prefix. */
const MIN = 6;
const MAX = 12;
/** The longest value of a field, with separators. */
const LONG = 20;

export function passport(): Detector {
  return inAnySpelling({ name: 'passport', type: 'passport', find }, search, 'digits');
}

/** Every label contains one of these, so a text without them needs no search. Apart, they cost a third. */
const LABELS = [
  /[Pp](?:[AaĂă][SsȘŞșş]|[Pp][NnTt]|[Ss][Pp]|[Pp] ?(?:[Nn][Oo]|#)|\/[A-Z]|utovn|otn)/,
  /travel ?doc|de viaj|di viagg|de viag|voyage|tlev[eé]l|reisdok|vegabr|hi[eế]u/i,
  /re[ijs]{1,2}e ?(?:dok|ausw|hand)|re(?:is|se) ?(?:do[ck]|handl)|reisid|titre de v|matkustusas|ferðask|dokumentu? podr|cestovn|potovaln|putn[ae] ispr|ti ?okm[aá]ny|de c[aă]l[aă]tor|seyahat|kelion|ceļoš|viatge|bidaia|kusafiria|th[oô]ng h|perjalanan|baasab|fasfo|phas\b/i,
  /пас[пшо]|пашп|проезд|проїзн|патна|путна|путне|төлқұж|шиносн|ταξιδιωτ|باسبور|وثيق|מסמך|תעודת|पारपत्र|राहदानी|เอกสารเดินทาง|渡航|여행증|旅行[证證]|旅遊證|通行[证證]|ပတ်စပို့|နိုင်ငံကူး|ගමන්|பாஸ்|கடவுச்|పాస్|પાસપોર્ટ|ಪಾಸ್|പാസ്|ਪਾਸਪੋਰਟ|پاسپورٹ|លិខិតឆ្លង|ፓስፖርት|پاسپورت|διαβατ|جواز|گذرنامه|דרכון|पासपोर्ट|পাসপোর্ট|หนังสือเดินทาง|พาสปอร์ต|პასპორტ|ຜ່ານແດນ|անձնագ|旅券|パスポート|ﾊﾟｽﾎﾟｰﾄ|护照|護照|여권/i,
];
const SHORTEST_LABEL = 2;
const LONGEST_LABEL = 15;
const TWO_FILLERS = '<<';

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < MIN) return NONE;
  const runs = runsOf(text);
  if (runs.count === 0) return NONE;
  const named = isNamed(evidence);
  if (named && text.length <= LONG && isSpaced(text)) return [{ start: 0, end: text.length, type: 'passport' }];
  const found = named || isLabelled(text) ? scan(text, evidence, runs, 0, runs.count, NONE) : NONE;
  if (!text.includes(TWO_FILLERS)) return found;
  const zones = machineReadable(text, 0, text.length, NONE);
  return found === NONE ? zones : zones === NONE ? found : whole(found.concat(zones));
}

function* search(...given: Parameters<Search>): ReturnType<Search> {
  const [text, evidence] = given;
  const found = isNamed(evidence) || (yield* hasLabel(text)) ? yield* inRuns(...given) : NONE;
  return text.includes(TWO_FILLERS) ? yield* wholeInTurns([found, yield* byCharacters(machineReadable, text)]) : found;
}

function isLabelled(text: string): boolean {
  if (text.length < SHORTEST_LABEL + MIN) return false;
  for (const label of LABELS) if (label.test(text)) return true;
  return false;
}

function* hasLabel(text: string): Work<boolean> {
  for (const label of LABELS) if (yield* matches(label, text, LONGEST_LABEL)) return true;
  return false;
}

function isNamed(evidence: Evidence | undefined): boolean {
  return (hintsOf(evidence) & PASSPORT) !== 0;
}

function scan(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  const named = isNamed(evidence);
  let spans = before;
  let from = 0;
  let i = first;
  // Skip the runs of a word that was already checked, including those beyond this part.
  for (; i < until || (i < runs.count && runs.start(i) < from); i++) {
    if (runs.start(i) < from) continue;
    let start = startOf(text, runs.start(i), from);
    let end = endOf(text, runs.end(i));
    from = end;
    const last = lastOfGroups(text, runs, i, start, end);
    if (last > i) end = from = runs.end(last);
    else if (!isNumber(text, start, end)) continue;
    if (!opens(text, start) || !closes(text, end)) continue;
    start = withPrefix(text, start, end);
    if (named || isCoded(text, start) || labelBefore(text, start) & PASSPORT || saidAfter(text, end) & PASSPORT)
      spans = added(spans, start, end, 'passport');
  }
  reached.next = i;
  return spans;
}

/**
 * `PP# …`, `P/DEU/…` as airlines write it (IATA, SSR DOCS), and the number of a document whose type is said before:
 * `Document type: Passport`, on the next line `Number: …`.
 */
function isCoded(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === SLASH) return DOCS.test(text.slice(Math.max(0, start - 8), start));
  if (before !== SPACE && before !== HASH && before !== COLON && before !== QUOTE) return false;
  const lead = text.slice(Math.max(0, start - 96), start);
  return SHORT_LABEL.test(lead) || (TYPE.test(lead) && TYPE_BEFORE.test(lead));
}
const SLASH = 0x2f;
const HASH = 0x23;
const COLON = 0x3a;
const QUOTE = 0x22;
const DOCS = /\/P\/[A-Z]{2,3}\/$/;
const SHORT_LABEL = /(?:^|[^\p{L}\p{N}])(?:PPT?[ .]?[#№]|PPT|PP(?:T|N)?[ .]?[Nn]o\.?)[: ]{0,2}$/u;
/** A name of the document, with the end of the line or a comma after it. */
const TYPE = /(?:pass|паспорт)[^\n]{0,24}(?:\n|[,;])/i;
const TYPE_BEFORE =
  /(?:type|kind|typ|art|tipo)["']?[ \t]*[:= ][ \t]*["']?(?:passport|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort|паспорт)\b[^\n]{0,12}?(?:\r?\n[ \t-]{0,16}|[,;] ?)["']?(?:[\p{L}_]{1,16}[ _.]){0,2}?(?:no|nr|num|number|num[eé]ro|n[uú]mero|nummer|n°|id)["']?[.#]?[ \t]*[:=]?[ \t]*["']?$/iu;

const inRuns = byRuns(scan);

/** The last run of a number in groups, as in Russia: `4509 123456`, `45 09 123456`; the first if it has no groups. */
function lastOfGroups(text: string, runs: Runs, i: number, start: number, end: number): number {
  const head = end - start;
  if (head !== runs.length(i) || (head !== 4 && head !== 2)) return i;
  const last = head === 4 ? i + 1 : i + 2;
  // A Russian passport for travel has seven digits after two.
  const isTravel = head === 2 && i + 1 < runs.count && runs.length(i + 1) === 7;
  if (isTravel) return gapBetween(text, runs.end(i), runs.start(i + 1)) === SPACE ? i + 1 : i;
  if (last >= runs.count || runs.length(last) !== 6 || (head === 2 && runs.length(i + 1) !== 2)) return i;
  for (let k = i; k < last; k++) if (gapBetween(text, runs.end(k), runs.start(k + 1)) !== SPACE) return i;
  return last;
}

/** The start of a series of one to three capitals before the digits: `AB 1234567`. */
function withPrefix(text: string, start: number, end: number): number {
  if (text.charCodeAt(start - 1) !== SPACE || isLetter(text.charCodeAt(start))) return start;
  let at = start - 1;
  while (at > 0 && start - at <= 4 && isCapital(text.charCodeAt(at - 1))) at--;
  const letters = start - 1 - at;
  return letters >= 1 &&
    letters <= 3 &&
    end - at <= MAX + 1 &&
    opens(text, at) &&
    !/^(?:NO|NR|NUM|IS|ID)$/.test(text.slice(at, start - 1))
    ? at
    : start;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

/** A number with separators, as the whole value of a field. */
function isSpaced(text: string): boolean {
  if (!/^[A-Za-z\d][A-Za-z\d]*(?:[ ./-][A-Za-z\d]+){1,3}$/.test(text)) return false;
  const plain = text.replace(/[ ./-]/g, '');
  return isNumber(plain, 0, plain.length) && !/^\d{1,4}([./-])\d{1,2}\1\d{1,4}$/.test(text);
}

function startOf(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && at - start <= MAX && isAlphanumeric(text.charCodeAt(start - 1))) start--;
  return start;
}

/**
 * A longer word is not a number, at whatever point it is cut: the rest of it follows a word, so it does not count
 * either.
 */
const FAR = 64;

function endOf(text: string, at: number): number {
  const most = Math.min(text.length, at + FAR);
  let end = at;
  while (end < most && isAlphanumeric(text.charCodeAt(end))) end++;
  return end;
}

function isNumber(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length < MIN || length > MAX) return false;
  let digits = 0;
  let upper = 0;
  let lower = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (!isLetter(code)) digits++;
    else if (code < 0x60) upper++;
    else lower++;
  }
  // Some have more letters than digits (`C4VPYJN2T`).
  return digits >= (upper > 0 && length === 9 ? 2 : 4) && (upper === 0 || lower === 0);
}
