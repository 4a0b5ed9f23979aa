/** Reads labels that are names as a whole: of a heading, a cell or a line, or as programs write them. */
import { hintsOfName } from './field.ts';
import { kindsInScript, meaningOf } from './names/lexicon.ts';
import { wordsOf } from './names/split.ts';

/** The longest heading, cell or line that is a label as a whole, in characters and in words. */
export const MAX_LABEL = 64;
export const MAX_WORDS = 9;
/** A phrase has at most so many words. */
const MAX_PHRASE = 4;

/** The hints of a name of several words before its value, as programs write them: `custDateOfBirth: …`. */
export function nameBefore(text: string, start: number): number {
  let at = start - 1;
  while (SPACED.includes(text.charAt(at)) && at > start - 4) at--;
  const sign = text.charCodeAt(at);
  if (sign !== COLON && sign !== EQUALS) return 0;
  const name = NAME.exec(text.slice(Math.max(0, at - MAX_LABEL), at))?.[1];
  return name === undefined ? 0 : hintsOfName(name);
}
const SPACED = ' "\'';
const COLON = 0x3a;
const EQUALS = 0x3d;
const NAME = /(?:^|[^\w-])([A-Za-z]\w*[a-z\d][A-Z]\w*)["']?\s?$/;

/**
 * Whether it is a name: `Applicant's date of birth`, but not `I lost my passport`.
 * @param strange how many words may be unknown
 */
export function isLabel(text: string, strange = 0): boolean {
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
