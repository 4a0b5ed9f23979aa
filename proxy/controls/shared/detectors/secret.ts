/**
 * Secrets: by their prefix, by their place (key blocks, passwords in URLs), or by the name of a field or label and
 * their randomness.
 */
import type { Work } from '../../../base/turns.ts';
import { isAlphanumeric, isEscape, isLetter } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf } from './field.ts';
import { byCharacters, inParts, PART, reached, type Search } from './parts.ts';
import { assignedValue } from './secret/assigned.ts';
import { BEGIN, privateKeys, urlPasswords } from './secret/blocks.ts';
import { argument } from './secret/command-line.ts';
import { commanded } from './secret/commands.ts';
import { isSumOfFile } from './secret/file-sums.ts';
import { begins, knownPairs, pairOf } from './secret/known.ts';
import { forgetLabel, isPunctuation, NAMED } from './secret/label-names.ts';
import { labelled, labelledBefore, schemeEnd, valueAfter } from './secret/labels.ts';
import { looksSecret } from './secret/looks.ts';
import { endsLikeLabel, gap, isEnding, labelEndings, LETTERS, withLetter } from './secret/loose.ts';
import { KIND, manifests } from './secret/manifests.ts';
import { isPrivateMember } from './secret/members.ts';
import { placed } from './secret/places.ts';
import { endOfToken, withSecretKey } from './secret/tokens.ts';
import { forgetValues, type Value } from './secret/values.ts';
import { isHarmless, SHORTEST, WordRuns } from './secret/word-runs.ts';
import {
  CLASS,
  COLON,
  endOfWord,
  EQUALS,
  FULL_COLON,
  GREATER,
  HYPHEN,
  JOINS,
  SPACE,
  UNDERSCORE,
} from './secret/words.ts';
import { whole, wholeInTurns } from './whole.ts';

export function secret(): Detector {
  return inParts({ name: 'secret', type: TYPE, find }, search);
}

const TYPE = 'secret';

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < 3) return NONE;
  const hints = hintsOf(evidence) & NAMED;
  if (hints !== 0) {
    const start = schemeEnd(text, 0);
    if (
      looksSecret(start === 0 ? text : text.slice(start), hints, 'field') &&
      !isSumOfFile(evidence?.field ?? '', text)
    )
      return [{ start, end: text.length, type: TYPE }];
  }
  const { length } = text;
  if (evidence !== undefined && isPrivateMember(text, evidence)) return [{ start: 0, end: length, type: TYPE }];
  if (length < 8 || (length <= FEW && isHarmless(text))) return NONE;
  let spans = inWords(text, 0, length, length, -1, NONE, evidence?.field);
  if (text.includes(BEGIN)) spans = whole(privateKeys(text, 0, length, spans));
  if (text.includes('://')) spans = whole(urlPasswords(text, 0, length, spans));
  if (text.includes(KIND)) spans = whole(manifests(text, 0, length, NONE).concat(spans));
  return spans;
}

/** A long text as a whole is not a field's secret, because secrets are shorter. */
function* search(...[text, evidence]: Parameters<Search>): Work<readonly Span[]> {
  let spans = yield* throughWords(text, evidence?.field);
  if (text.includes(BEGIN)) spans = yield* wholeInTurns([spans, yield* byCharacters(privateKeys, text)]);
  if (text.includes('://')) spans = yield* wholeInTurns([spans, yield* byCharacters(urlPasswords, text)]);
  if (text.includes(KIND)) spans = yield* wholeInTurns([spans, yield* byCharacters(manifests, text)]);
  return spans;
}

function* throughWords(text: string, field: string | undefined): Work<readonly Span[]> {
  const { length } = text;
  let spans = NONE;
  let next = 0;
  let bearer = -1;
  while (next < length) {
    const until = Math.min(length, next + PART);
    const edge = yield* endOfWord(text, until);
    spans = inWords(text, next, until, edge, bearer, spans, field);
    ({ next } = reached);
    bearer = bearerNext;
    yield;
  }
  return spans;
}

/** `SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_GOOGLE_CLIENT_SECRET` has 62. */
const MAX_LABEL = 64;
/** Where a token begins after a `Bearer` at the end of the last part; -1 if there is none. */
let bearerNext = -1;
/** In a part with fewer characters, it costs less to look at each word. */
const FEW = 128;
/** Made at the first search. */
let words: WordRuns | undefined;

/**
 * One pass over the words of a text: long words may be secrets, short ones may be labels.
 * @param edge the end of the word that continues at `until`; `until` itself if none does
 * @param named where a token begins after `Bearer`
 * @param field the nearest key of JSON
 */
function inWords(
  text: string,
  from: number,
  until: number,
  edge: number,
  named: number,
  before: readonly Span[],
  field?: string,
): readonly Span[] {
  let spans = before;
  forgetValues();
  forgetLabel();
  const pairs = knownPairs();
  const endings = labelEndings();
  const runs = until - from <= FEW ? undefined : (words ??= new WordRuns(endings, pairs)).read(text, from, until);
  let bearer = named;
  let i = from;
  while (i < until) {
    i = runs === undefined ? nextWord(text, i, until) : runs.next(i);
    if (i >= until) break;
    const code = text.charCodeAt(i);
    if (code >= 0x80) {
      i++;
      if (isLabelEnd(text, i, code)) {
        const span = labelledBy(text, i - 1, i);
        if (span !== undefined && span.start >= (spans.at(-1)?.end ?? 0)) {
          spans = added(spans, span.start, span.end, TYPE);
          i = Math.max(i, span.end);
        }
      }
      continue;
    }
    // The letter of an escape and an underscore before a word do not belong to it.
    let start = isEscape(text, i) ? i + 1 : i;
    let letters = code;
    for (i++; i < until; i++) {
      const next = text.charCodeAt(i);
      if (next >= 0x80 || CLASS[next] !== 1) break;
      letters = withLetter(letters, next);
    }
    const isCut = i === until;
    if (isCut) i = edge;
    while (start < i && text.charCodeAt(start) === UNDERSCORE) start++;
    if (text.charCodeAt(start) === HYPHEN && isProperty(text, start)) start += 2;
    const size = i - start;
    const sign = text.charCodeAt(i);
    if (size < SHORTEST) {
      const joins = sign < 0x80 && size > 0 ? JOINS[sign] : 0;
      if (joins === 2 || (joins === 1 && (pairs[pairOf(text, start)] !== 0 || isTableau(text, i)))) {
        const end = endOfToken(text, start, i, false, field);
        if (end > 0) {
          spans = added(spans, begins.at, end, TYPE);
          i = end;
          continue;
        }
      }
    } else {
      const end = endOfToken(text, start, i, bearer === start, field);
      if (end > 0) {
        spans = added(spans, begins.at, end, TYPE);
        if (size === 20) spans = withSecretKey(text, end, spans, TYPE);
        i = Math.max(end, spans.at(-1)?.end ?? end);
        continue;
      }
    }
    if (size > MAX_LABEL || (size < 2 && !(text.charCodeAt(start - 1) >= 0x80))) continue;
    const first = text.charCodeAt(start);
    if (first === HYPHEN ? text.charCodeAt(i - 1) === HYPHEN : !mayBeFollowed(text, i, sign, size)) {
      if (isCut || size < LETTERS ? !endsLikeLabel(text, i, endings) : !isEnding(letters, endings)) continue;
    }
    if (size === 6 && sign === SPACE && isBearer(text, start)) bearer = i + 1;
    const span =
      first === HYPHEN ? (argument(text, start, i) ?? labelledBy(text, start, i)) : labelledBy(text, start, i);
    if (span === undefined || span.start < (spans.at(-1)?.end ?? 0)) continue;
    spans = added(spans, span.start, span.end, TYPE);
    i = Math.max(i, span.end);
  }
  reached.next = i;
  bearerNext = bearer;
  return spans;
}

/** `…==:`, which a token of Tableau has in the middle. */
const isTableau = (text: string, at: number): boolean =>
  text.charCodeAt(at) === EQUALS && text.charCodeAt(at + 1) === EQUALS && text.charCodeAt(at + 2) === COLON;

/** The next word or character of another script. */
function nextWord(text: string, from: number, until: number): number {
  let at = from;
  for (; at < until; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 || CLASS[code] === 1) break;
  }
  return at;
}

/** Whether a sign that joins a label and its value follows a word, perhaps after quotes and spaces. */
function mayBeFollowed(text: string, end: number, first: number, size: number): boolean {
  if (first >= 0x80) return true;
  let sign = first;
  for (let at = end; CLASS[sign] === 2;) {
    // `https://`
    if (sign === COLON) return !text.startsWith('//', at + 1);
    if (sign === EQUALS || sign === GREATER) return true;
    sign = text.charCodeAt(++at);
    // `BY '…'`
    if ((sign === 0x22 || sign === 0x27) && first === SPACE && size === 2) return true;
  }
  return sign === FULL_COLON;
}

function labelledBy(text: string, start: number, end: number): Value | undefined {
  // First, because a type is no value: `password: &'static str = '…'`.
  const typed = placed(text, start, end) ?? commanded(text, start, end) ?? assigned(text, start, end);
  if (typed !== undefined) return typed;
  const value = valueAfter(text, start, end);
  const after = value < 0 ? undefined : labelled(text, start, end, value);
  return after ?? (!endsLikeLabel(text, end, labelEndings()) ? undefined : labelledBefore(text, start, end));
}

function assigned(text: string, start: number, end: number): Value | undefined {
  const value = assignedValue(text, start, end);
  gap.loose = false;
  gap.until = 0;
  return value < 0 ? undefined : labelled(text, start, end, value);
}

/** `-Dpassword=…`, a property of Java or a definition of a compiler. */
const isProperty = (text: string, start: number): boolean =>
  text.charCodeAt(start + 1) === 0x44 && isLetter(text.charCodeAt(start + 2));

/** Whether a label may end with a character of another script. */
function isLabelEnd(text: string, end: number, code: number): boolean {
  const next = text.charCodeAt(end);
  if (isPunctuation(code)) return false;
  // `パスワードは` and a value, without a space.
  if (PARTICLES.has(next) && code >= 0x2e80) return true;
  if (next === SPACE) {
    const after = text.charCodeAt(end + 1);
    return after < 0x80 || after === 0x2013 || after === 0x2014;
  }
  return next < 0x80 ? !isAlphanumeric(next) : next === FULL_COLON || next === FULL_OPEN;
}

/** `パスワード（確認）：` */
const FULL_OPEN = 0xff08;
const PARTICLES: ReadonlySet<number> = new Set('は 是 为 為 는 은'.split(' ').map((sign) => sign.charCodeAt(0)));

function isBearer(text: string, start: number): boolean {
  return text.startsWith('earer', start + 1) && (text.charCodeAt(start) | 0x20) === 0x62;
}
