/** Reads the words around a find: labels in prose say what field names say in data. */
import { isAlphanumeric } from './characters.ts';
import { clauseStart, hasLetter, isLineEnd, withoutTags } from './clause.ts';
import { ADDRESS, BIRTH, CARD, hintsOfName, OTHER, PASSPORT, PHONE, SSN, THING, VERSION } from './field.ts';
import { isLabel, MAX_LABEL, MAX_WORDS, nameBefore } from './label-name.ts';
import { KINDS, kindsByBeginning, kindsInScript, mayEnd, meaningOf, W } from './names/lexicon.ts';
import {
  ADDRESSES,
  AMBIGUOUS,
  ANSWERS,
  BORN,
  CALLING,
  FILLERS,
  NOT_OF_BIRTH,
  NOT_OF_PASSPORT,
  NUMBERED,
  PAYING,
  SHORT,
  SOCIAL,
  THINGS,
  VERSIONS,
} from './names/prose.ts';
import { fold, wordsOfText } from './names/split.ts';
import { replyLead } from './spoken.ts';

/** How far before its value a label may be, in characters. */
const REACH = 80;
/**
 * Maximum number of words between a label and its value, and between the value and a word that says it is something
 * else.
 */
const FAR = 9;
/** The same for telephones and cards, whose words are common. */
const FAR_OF_COMMON = 6;
const NEAR = 3;
/** A phrase has at most so many words. */
const MAX_PHRASE = 4;

export const PERSONAL = PHONE | CARD | SSN | BIRTH | PASSPORT;

/** The labels of the last short text: several detectors ask for the same ones. */
const labels = new Map<number, number>();
let labelled = '';
/** Longer texts are searched by one detector after the other. */
const LONG = 4_096;

/** Releases the last text and its labels. */
export function forgetLabels(): void {
  labelled = '';
  labels.clear();
}

/**
 * Hints as for fields; 0 if the words before `start` say nothing. The nearest word that says what the value is counts,
 * even if a nearer one may say that it is something else (`OTHER`); {@link THING} if that one directly precedes it.
 */
export function labelBefore(text: string, start: number): number {
  if (start === 0) return 0;
  if (text.length > LONG) return readBefore(text, start);
  if (text !== labelled) {
    labels.clear();
    labelled = text;
  }
  let label = labels.get(start);
  if (label === undefined) labels.set(start, (label = readBefore(text, start)));
  return label;
}

function readBefore(text: string, start: number): number {
  const least = Math.max(0, start - REACH);
  if (!hasLetter(text, least, start)) return 0;
  const from = clauseStart(text, start, least);
  const words = lastWords(text, from, start);
  const named = nameBefore(text, start) & PERSONAL;
  if (named !== 0) return named;
  if (words.length === 0)
    return from > least
      ? labelAbove(text, from - 1) || asked(text, from - 1) || labelAtComma(text, from - 1, least, 1)
      : 0;
  if (from > least && isLineEnd(text.charCodeAt(from - 1)) && isReply(replyLead(text, from, start))) {
    const asked = labelAbove(text, from - 1) || inQuestion(text, from - 1);
    if (asked !== 0) return asked;
  }
  let other = 0;
  // `parsePhoneNumber('…')` does not say what its argument is.
  let direct = !isCall(text, start);
  let not = 0;
  let also = 0;
  for (let i = words.length - 1, distance = 0; i >= 0 && distance < FAR; i--, distance++) {
    const word = words[i] ?? '';
    const said = saidBy(word);
    const kinds = kindsAt(words, i, said, direct) & ~not & (distance < FAR_OF_COMMON ? -1 : ~(PHONE | CARD));
    // `Date of birth as in the passport` is a label of a date.
    if (also !== 0) also |= kinds & BIRTH;
    else if (kinds !== 0) also = kinds | other;
    if (also & BIRTH) return also;
    if (also !== 0) {
      if (/\d\d/.test(word)) return also;
      continue;
    }
    // Another number: the words before it label that one.
    if (/\d\d/.test(word)) return other;
    if (distance < NEAR) other |= (said & (OTHER | VERSION | ADDRESS)) | (direct && said & NUMBERED_THING ? THING : 0);
    if (said & NOT_BIRTH) not |= BIRTH;
    if (said & NOT_PASSPORT) not |= PASSPORT;
    if (direct && (said & FILLER) === 0) direct = false;
  }
  if (also !== 0) return also;
  if (other !== 0 || words.length > SHORT_CLAUSE) return other;
  const isAnswer = words.every((each) => (saidBy(each) & (FILLER | ANSWER)) !== 0);
  if (isAnswer && text.charCodeAt(from - 1) === QUESTION) return labelAbove(text, from - 1) || asked(text, from - 1);
  return labelAtComma(text, from - 1, least, isAnswer ? LONG_CLAUSE : 1);
}

/** Whether it is all that is said before a value: `it's`. */
function isReply(said: string | undefined): boolean {
  return said !== undefined && wordsOfText(said).every((word) => (saidBy(word) & (FILLER | ANSWER)) !== 0);
}

/** What a question asks for that ends here with its sign. */
function asked(text: string, end: number): number {
  return text.charCodeAt(end) === QUESTION ? inQuestion(text, end) : 0;
}

/** What the last words of the question on the line that ends at `end` ask for. */
function inQuestion(text: string, end: number): number {
  let until = end;
  while (until > 0 && text.charCodeAt(until - 1) <= 0x20) until--;
  const words = wordsOfText(text.slice(Math.max(0, until - ASKED), until));
  for (let i = words.length - 1; i >= 0 && i >= words.length - MAX_PHRASE; i--) {
    const kinds = kindsAt(words, i, saidBy(words[i] ?? ''), false) & PERSONAL;
    if (kinds !== 0) return kinds;
  }
  return 0;
}
const ASKED = 48;
/** An answer may refer to a label so many words back: `wrong DOB was captured at check-in; correct one is …`. */
const LONG_CLAUSE = 8;
/** After a comma, so few words may come before a value: `the wrong SSN, right one is 123-45-6789`. */
const SHORT_CLAUSE = 5;

/**
 * The kind that the last words before a comma, a semicolon or the end of a sentence name: `passport attached, number …`,
 * `the date of birth, please. It's …`. Words for telephones are too common to count there.
 * @param most how many words
 */
function labelAtComma(text: string, comma: number, least: number, most: number): number {
  const sign = text.charCodeAt(comma);
  if (comma < least || (sign !== COMMA && (most === 1 ? sign !== DOT : sign !== SEMICOLON && sign !== DOT))) return 0;
  const words = wordsOfText(text.slice(Math.max(least, comma - MAX_WORD * (most === 1 ? 1 : 3)), comma));
  for (let i = words.length - 1; i >= 0 && i >= words.length - most; i--) {
    const word = words[i] ?? '';
    const said = saidBy(word);
    if (/\d\d/.test(word) || said & (NOT_BIRTH | NOT_PASSPORT)) return 0;
    const kinds = kindsAt(words, i, said, false) & (SSN | PASSPORT | BIRTH | CARD);
    if (kinds !== 0) return kinds;
  }
  return 0;
}
const MAX_WORD = 24;

function isCall(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  const at = before === 0x22 || before === 0x27 || before === 0x60 ? start - 2 : start - 1;
  return text.charCodeAt(at) === 0x28 && isAlphanumeric(text.charCodeAt(at - 1));
}

/** The words of a clause: of plain letters only as many as count. */
function lastWords(text: string, from: number, until: number): string[] {
  const words: string[] = [];
  for (let at = until; at > from && words.length < FAR + MAX_PHRASE;) {
    let code = text.charCodeAt(at - 1);
    if (code >= 0x80 || code === LESS_THAN) return wordsOfText(withoutTags(text.slice(from, until)));
    if (!isAlphanumeric(code)) {
      at--;
      continue;
    }
    const end = at;
    do code = text.charCodeAt(--at - 1);
    while (at > from && isAlphanumeric(code));
    if (at > from && code >= 0x80) return wordsOfText(withoutTags(text.slice(from, until)));
    words.push(text.slice(at, end).toLowerCase());
  }
  return words.reverse();
}
const LESS_THAN = 0x3c;

/** Hints of the line, the cell or the question that ends at `end`, if it is a label as a whole. */
function labelAbove(text: string, end: number): number {
  const code = text.charCodeAt(end);
  if (!isEdge(code) && code !== QUESTION) return 0;
  let last = code === QUESTION ? end + 1 : end;
  // `\r\n`, and an empty line after a heading.
  while (last > 0 && isLineEnd(code) && isLineEnd(text.charCodeAt(last - 1))) last--;
  const least = Math.max(0, last - MAX_LABEL);
  let first = last;
  while (first > least && !isEdge(text.charCodeAt(first - 1))) first--;
  if (first === least && least > 0) return 0;
  const label = withoutTags(text.slice(first, last));
  const hints = hasLetter(label, 0, label.length) ? hintsOfName(label) & PERSONAL : 0;
  if (hints === 0) return 0;
  // A comma and a semicolon are part of a sentence more often than not.
  const strange = code === COMMA || code === SEMICOLON ? 0 : ASKING.test(label) ? MAX_WORDS : code === BAR ? 2 : 1;
  return isLabel(label, strange) ? hints : 0;
}
const ASKING = /[:：=?]\W*$/;
const COMMA = 0x2c;
const DOT = 0x2e;
const SEMICOLON = 0x3b;
const BAR = 0x7c;
const QUESTION = 0x3f;

function isEdge(code: number): boolean {
  return isLineEnd(code) || code === BAR || code === COMMA || code === SEMICOLON;
}

/** Of words in text, besides hints. */
const FILLER = 1 << 20;
const NOT_BIRTH = 1 << 21;
const NOT_PASSPORT = 1 << 22;
const NUMBERED_THING = 1 << 23;
/** A short word of the tables that counts, and a long one that does not. */
const CLEAR = 1 << 24;
const UNCLEAR = 1 << 25;
const ANSWER = 1 << 26;

const SAID: readonly (readonly [words: string, said: number])[] = [
  [THINGS, OTHER],
  [VERSIONS, VERSION | OTHER],
  [ADDRESSES, ADDRESS],
  [CALLING, PHONE],
  [PAYING, CARD],
  [BORN, BIRTH],
  [SOCIAL, SSN],
  [FILLERS, FILLER],
  [NOT_OF_BIRTH, NOT_BIRTH],
  [NOT_OF_PASSPORT, NOT_PASSPORT],
  [NUMBERED, NUMBERED_THING],
  [ANSWERS, ANSWER],
  [SHORT, CLEAR],
  [AMBIGUOUS, UNCLEAR],
];
let spoken: ReadonlyMap<string, number> | undefined;

/** What a word of text says; 0 for most. */
export function saidBy(word: string): number {
  return (spoken ??= spokenWords()).get(word) ?? 0;
}

function spokenWords(): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  for (const [list, said] of SAID)
    for (const word of fold(list).split(/\s+/)) words.set(word, (words.get(word) ?? 0) | said);
  return words;
}

/** The kinds that a word says, or a phrase that ends with it. */
export function kindsAt(words: readonly string[], i: number, said: number, direct: boolean): number {
  const word = words[i] ?? '';
  if (word.length < 4 || mayEnd(word, word.length)) {
    let phrase = word;
    for (let k = i; k >= 0 && i - k < MAX_PHRASE; phrase = `${words[--k] ?? ''}${phrase}`) {
      const kinds = meaningOf(phrase) & KINDS;
      if (kinds === 0) continue;
      const about = k === i ? said : saidBy(phrase);
      if ((phrase.length >= 5 || about & CLEAR) && (about & UNCLEAR) === 0) return hintsOfKinds(kinds);
    }
  }
  if (said & PERSONAL) return said & PERSONAL;
  if (word.charCodeAt(0) >= 0x370) {
    const script = kindsInScript(word) || kindsInScript(`${words[i - 1] ?? ''}${word}`);
    if (script !== 0) return hintsOfKinds(script);
  }
  if (word.length < 7 || meaningOf(word) !== 0) return 0;
  const named = direct ? hintsOfName(word) & PERSONAL : 0;
  return named !== 0 ? named : hintsOfKinds(kindsByBeginning(word)) & (BIRTH | PASSPORT);
}

function hintsOfKinds(kinds: number): number {
  return (
    (kinds & W.PHONE ? PHONE : 0) |
    (kinds & W.CARD ? CARD : 0) |
    (kinds & W.SOCIAL ? SSN : 0) |
    (kinds & W.BIRTH ? BIRTH : 0) |
    (kinds & W.PASSPORT ? PASSPORT : 0)
  );
}
