/**
 * Secrets: by their prefix, by their place (key blocks, passwords in URLs), or by the name of a field or label and
 * their randomness.
 */
import type { Work } from '../../../base/turns.ts';
import { isEscape } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { hintsOf } from './field.ts';
import { byCharacters, inParts, PART, reached, type Search } from './parts.ts';
import { privateKeys, urlPasswords } from './secret/blocks.ts';
import { labelled, NAMED, schemeEnd, valueAfter } from './secret/labels.ts';
import { looksSecret } from './secret/looks.ts';
import { dottedStart, endOfToken, hookStart, withSecretKey } from './secret/tokens.ts';
import { CLASS, DOT, endOfWord, SPACE, UNDERSCORE } from './secret/words.ts';
import { whole, wholeInTurns } from './whole.ts';

export function secret(): Detector {
  return inParts({ name: 'secret', type: TYPE, find }, search);
}

const TYPE = 'secret';

function find(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < 4) return NONE;
  const hints = hintsOf(evidence) & NAMED;
  if (hints !== 0) {
    const start = schemeEnd(text, 0);
    if (looksSecret(start === 0 ? text : text.slice(start), hints, 'field'))
      return [{ start, end: text.length, type: TYPE }];
  }
  const { length } = text;
  if (length < 8) return NONE;
  let spans = inWords(text, 0, length, length, -1, NONE);
  if (text.includes('-----BEGIN ')) spans = whole(privateKeys(text, 0, length, spans));
  if (text.includes('://')) spans = whole(urlPasswords(text, 0, length, spans));
  return spans;
}

/** A long text as a whole is not a field's secret, because secrets are shorter. */
function* search(...[text]: Parameters<Search>): Work<readonly Span[]> {
  let spans = yield* throughWords(text);
  if (text.includes('-----BEGIN ')) spans = yield* wholeInTurns([spans, yield* byCharacters(privateKeys, text)]);
  if (text.includes('://')) spans = yield* wholeInTurns([spans, yield* byCharacters(urlPasswords, text)]);
  return spans;
}

function* throughWords(text: string): Work<readonly Span[]> {
  const { length } = text;
  let spans = NONE;
  let next = 0;
  let bearer = -1;
  while (next < length) {
    const until = Math.min(length, next + PART);
    spans = inWords(text, next, until, yield* endOfWord(text, until), bearer, spans);
    ({ next } = reached);
    bearer = bearerNext;
    yield;
  }
  return spans;
}

/** The minimum length of a secret that needs no label. */
const SHORTEST = 16;
const MAX_LABEL = 40;
/** Where a token begins after a `Bearer` at the end of the last part; -1 if there is none. */
let bearerNext = -1;

/**
 * One pass over the words of a text: long words may be secrets, short ones may be labels.
 * @param edge the end of the word that continues at `until`; `until` itself if none does
 * @param named where a token begins after `Bearer`
 */
function inWords(
  text: string,
  first: number,
  until: number,
  edge: number,
  named: number,
  before: readonly Span[],
): readonly Span[] {
  let spans = before;
  let bearer = named;
  let i = first;
  while (i < until) {
    const code = text.charCodeAt(i);
    if (code >= 0x80 || CLASS[code] !== 1) {
      i++;
      continue;
    }
    // The letter of an escape and an underscore before a word do not belong to it.
    let start = isEscape(text, i) ? i + 1 : i;
    for (i++; i < until; i++) {
      const next = text.charCodeAt(i);
      if (next >= 0x80 || CLASS[next] !== 1) break;
    }
    if (i === until) i = edge;
    if (text.charCodeAt(start - 1) !== DOT) while (start < i && text.charCodeAt(start) === UNDERSCORE) start++;
    const size = i - start;
    let end = -1;
    if (size >= SHORTEST) {
      const from = Math.min(dottedStart(text, start, size), hookStart(text, start, i));
      end = endOfToken(text, start, i, bearer === start);
      if (end > 0) {
        spans = added(spans, from, end, TYPE);
        if (size === 20) spans = withSecretKey(text, end, spans, TYPE);
        i = Math.max(end, spans.at(-1)?.end ?? end);
        continue;
      }
    }
    if (size < 2 || size > MAX_LABEL) continue;
    if (size === 6 && text.charCodeAt(i) === SPACE && isBearer(text, start)) bearer = i + 1;
    const value = valueAfter(text, start, i);
    if (value < 0) continue;
    const span = labelled(text, start, i, value);
    if (span === undefined) continue;
    spans = added(spans, span.start, span.end, TYPE);
    i = span.end;
  }
  reached.next = i;
  bearerNext = bearer;
  return spans;
}

function isBearer(text: string, start: number): boolean {
  return text.startsWith('earer', start + 1) && (text.charCodeAt(start) | 0x20) === 0x62;
}
