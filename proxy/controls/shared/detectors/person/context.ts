/** What the words before a name say: a title, a greeting, what somebody is, a label. */
import { fold, set } from '../names/split.ts';
import { CLOSINGS, GREETINGS, LABELS, ROLES, TITLES } from './words.ts';

export type Context = 'title' | 'greeting' | 'closing' | 'role' | 'label';

export function meaningOf(word: string): Context | undefined {
  if (TITLES.has(word)) return 'title';
  if (GREETINGS.has(word)) return 'greeting';
  if (ROLES.has(word)) return 'role';
  return LABELS.has(word) ? 'label' : undefined;
}

/** How many characters before a name are read. */
const REACH = 40;
/** Between a word and a name. */
const GAP = /^\.?[*_"']{0,2}(?:[:：=]| -)?[*_"']{0,2} ?["']?$/;
const END_OF_LETTER = /^[,.!]?\s*\n\s*$|^, $/;
const IS = set('is was ist est es');

/** @param start of the name */
export function contextBefore(text: string, start: number): Context | undefined {
  const least = Math.max(0, start - REACH);
  let end = start;
  while (end > least && !isLetter(text.charCodeAt(end - 1))) end--;
  if (end === least) return undefined;
  const gap = text.slice(end, start);
  let begin = startOfWord(text, end, least);
  let word = fold(text.slice(begin, end));
  if (END_OF_LETTER.test(gap)) return CLOSINGS.has(word) ? 'closing' : undefined;
  if (!GAP.test(gap)) return undefined;
  const isVerb = IS.has(word) && text.charCodeAt(begin - 1) === SPACE && isLetter(text.charCodeAt(begin - 2));
  if (isVerb) {
    const before = startOfWord(text, begin - 1, least);
    word = fold(text.slice(before, begin - 1));
    begin = before;
  }
  const meaning = meaningOf(word);
  // `My name is Mara Lindqvist`, and no `name = Foo Bar`; `Signed-off-by: Mara Lindqvist`.
  if (meaning !== 'label') return meaning;
  const isTrailer = word === 'by' && gap.startsWith(':') && text.charCodeAt(begin - 1) === HYPHEN;
  return isTrailer || (isVerb && word === 'name') ? 'role' : 'label';
}
const SPACE = 0x20;
const HYPHEN = 0x2d;

function startOfWord(text: string, end: number, least: number): number {
  let at = end;
  while (at > least && isLetter(text.charCodeAt(at - 1))) at--;
  return at;
}

/** A letter or a mark, of all but rare scripts; no punctuation. */
function isLetter(code: number): boolean {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
  return (
    code >= 0xc0 &&
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code < 0x2c00) &&
    !(code >= 0x3000 && code < 0x3040) &&
    code < 0xd800
  );
}
