/** Reads the words around a find: labels in prose say what field names say in data. */
import { clauseStart, hasLetter, isLineEnd } from './clause.ts';
import { ADDRESS, BIRTH, CARD, hintsOfName, OTHER, PASSPORT, PHONE, SSN, THING, VERSION } from './field.ts';
import { KINDS, kindsInScript, meaningOf, W } from './names/lexicon.ts';
import {
  ADDRESSES,
  AMBIGUOUS,
  BORN,
  CALLING,
  FILLERS,
  NOT_OF_BIRTH,
  NOT_OF_PASSPORT,
  NUMBERED,
  PAYING,
  SHORT,
  SOCIAL,
  TAGS,
  THINGS,
  VERSIONS,
} from './names/prose.ts';
import { set, wordsOf, wordsOfText } from './names/split.ts';

/** How far before its value a label may be, in characters. */
const REACH = 64;
/**
 * Maximum number of words between a label and its value, and between the value and a word that says it is something
 * else.
 */
const FAR = 6;
const NEAR = 3;
/** A phrase has at most so many words. */
const MAX_PHRASE = 4;
/** The longest heading, cell or line that is a label as a whole, in characters and in words. */
const MAX_LABEL = 48;
const MAX_WORDS = 6;

const PERSONAL = PHONE | CARD | SSN | BIRTH | PASSPORT;

/**
 * Hints as for fields; 0 if the words before `start` say nothing. The nearest word that says what the value is counts,
 * even if a nearer one may say that it is something else (`OTHER`); {@link THING} if that one directly precedes it.
 */
export function labelBefore(text: string, start: number): number {
  const least = Math.max(0, start - REACH);
  if (start === 0 || !hasLetter(text, least, start)) return 0;
  const from = clauseStart(text, start, least);
  const clause = withoutTags(text.slice(from, start));
  const words = wordsOfText(clause);
  if (words.length === 0) return from > least ? labelAbove(text, from - 1) || labelAtComma(text, from - 1, least) : 0;
  let other = 0;
  // `parsePhoneNumber('…')` does not say what its argument is.
  let direct = !CALL.test(clause);
  let not = 0;
  for (let i = words.length - 1, distance = 0; i >= 0 && distance < FAR; i--, distance++) {
    const word = words[i] ?? '';
    const kinds = kindsAt(words, i, direct) & ~not;
    if (kinds !== 0) return kinds | other;
    // Another number: the words before it label that one.
    if (/\d\d/.test(word)) return other;
    if (distance < NEAR) other |= othersOf(word, direct);
    if (NOT_BIRTHS.has(word)) not |= BIRTH;
    if (NOT_PASSPORTS.has(word)) not |= PASSPORT;
    if (direct && !FILLER.has(word)) direct = false;
  }
  return other !== 0 || words.length > SHORT_CLAUSE ? other : labelAtComma(text, from - 1, least);
}
/** After a comma, so few words may come before a value: `the wrong SSN, right one is 123-45-6789`. */
const SHORT_CLAUSE = 3;

/** The kind that the last word before a comma names. Words for telephones are too common to count there. */
function labelAtComma(text: string, comma: number, least: number): number {
  if (comma < least || text.charCodeAt(comma) !== COMMA) return 0;
  const words = wordsOfText(text.slice(Math.max(least, comma - MAX_WORD), comma));
  return words.length === 0 ? 0 : kindsAt(words, words.length - 1, false) & (SSN | PASSPORT);
}
const MAX_WORD = 24;

const CALL = /\(\s*["'`]?$/;

/** Hints of a label in brackets after a value: `1980-02-03 (DOB)`. */
export function labelAfter(text: string, end: number): number {
  const at = text.charCodeAt(end) === 0x20 ? end + 1 : end;
  const open = text.charCodeAt(at);
  if (open !== 0x28 && open !== 0x5b) return 0;
  const label = IN_BRACKETS.exec(text.slice(at + 1, at + 2 + MAX_LABEL))?.[0];
  return label === undefined || !isLabel(label) ? 0 : hintsOfName(label) & PERSONAL;
}
const IN_BRACKETS = /^[^()[\]\d\n]{2,32}(?=[)\]])/;

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
  const strange = code === COMMA || code === SEMICOLON ? 0 : ASKING.test(label) ? MAX_WORDS : 1;
  return isLabel(label, strange) ? hints : 0;
}
const ASKING = /[:：=?]\W*$/;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const BAR = 0x7c;
const QUESTION = 0x3f;

function isEdge(code: number): boolean {
  return isLineEnd(code) || code === BAR || code === COMMA || code === SEMICOLON;
}

/**
 * Whether it is a name: `Applicant's date of birth`, but not `I lost my passport`.
 * @param strange how many words may be unknown
 */
function isLabel(text: string, strange = 0): boolean {
  const words = wordsOf(text);
  if (words.length === 0 || words.length > MAX_WORDS) return false;
  if (kindsInScript(words.join('')) !== 0) return true;
  const unknown = words.filter((word, i) => word.length > 1 && meaningOf(word) === 0 && !isInPhrase(words, i));
  return unknown.length <= strange || (words.length === 1 && hintsOfName(words[0] ?? '') !== 0);
}

function isInPhrase(words: readonly string[], i: number): boolean {
  for (let from = Math.max(0, i - MAX_PHRASE + 1); from <= i; from++)
    for (let to = Math.max(i, from + 1); to < from + MAX_PHRASE; to++)
      if (meaningOf(words.slice(from, to + 1).join('')) !== 0) return true;
  return false;
}

function withoutTags(text: string): string {
  return text.includes('<') ? text.replace(TAGS, ' ') : text;
}

const CLEAR = set(SHORT);
const UNCLEAR = set(AMBIGUOUS);
const FILLER = set(FILLERS);
const NOT_BIRTHS = set(NOT_OF_BIRTH);
const NOT_PASSPORTS = set(NOT_OF_PASSPORT);

/** Words of text, with what they say. */
let spoken: ReadonlyMap<string, number> | undefined;
function saidBy(word: string): number {
  spoken ??= new Map(
    (
      [
        [THINGS, OTHER],
        [VERSIONS, VERSION | OTHER],
        [ADDRESSES, ADDRESS],
        [CALLING, PHONE],
        [PAYING, CARD],
        [BORN, BIRTH],
        [SOCIAL, SSN],
      ] as const
    ).flatMap(([list, hint]) => list.split(/\s+/).map((each) => [each, hint] as const)),
  );
  return spoken.get(word) ?? 0;
}
const NUMBERED_THINGS = set(NUMBERED);

function othersOf(word: string, direct: boolean): number {
  const said = saidBy(word) & ~PERSONAL;
  return said !== 0 && direct && NUMBERED_THINGS.has(word) ? said | THING : said;
}

/** The kinds that a word says, or a phrase that ends with it. */
function kindsAt(words: readonly string[], i: number, direct: boolean): number {
  const word = words[i] ?? '';
  let phrase = word;
  for (let k = i; k >= 0 && i - k < MAX_PHRASE; phrase = `${words[--k] ?? ''}${phrase}`) {
    const kinds = meaningOf(phrase) & KINDS;
    if (kinds !== 0 && (phrase.length >= 5 || CLEAR.has(phrase)) && !UNCLEAR.has(phrase)) return hintsOfKinds(kinds);
  }
  const said = saidBy(word) & PERSONAL;
  if (said !== 0) return said;
  if (word.charCodeAt(0) >= 0x370) {
    const script = kindsInScript(word) || kindsInScript(`${words[i - 1] ?? ''}${word}`);
    if (script !== 0) return hintsOfKinds(script);
  }
  return direct && word.length >= 7 && meaningOf(word) === 0 ? hintsOfName(word) & PERSONAL : 0;
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
