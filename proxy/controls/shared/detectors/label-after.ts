/** Reads the words after a find: a label in brackets, and sentences that say at their end what a value is. */
import { HYPHEN, SPACE } from './characters.ts';
import { BIRTH, hintsOfName, PASSPORT } from './field.ts';
import { isLabel, MAX_LABEL } from './label-name.ts';
import { kindsAt, PERSONAL, saidBy } from './label.ts';
import { AS, AS_WHOSE, BORN_LAST, FILLERS } from './names/prose.ts';
import { set, wordsOfText } from './names/split.ts';

/** How far after a value the words are read, in characters and in words. */
const REACH = 48;
const FAR = 6;

/** Hints of a label in brackets after a value: `1980-02-03 (DOB)`. */
export function labelAfter(text: string, end: number): number {
  const at = text.charCodeAt(end) === SPACE ? end + 1 : end;
  const open = text.charCodeAt(at);
  return open === 0x28 || open === 0x5b ? inBrackets(text, at + 1) : 0;
}

/**
 * The same, and what a sentence says at its end of a date or a passport: `am 3.2.1980 in Linz geboren`, `1980-02-03 is
 * her birthday`.
 */
export function saidAfter(text: string, end: number): number {
  // Most finds are followed by a quote, a comma or the end of a line.
  const next = text.charCodeAt(end);
  if (next !== SPACE && next !== HYPHEN && next < 0x80) return labelAfter(text, end);
  return labelAfter(text, end) || inSentence(text.slice(end, end + REACH));
}

function inBrackets(text: string, start: number): number {
  const label = IN_BRACKETS.exec(text.slice(start, start + 1 + MAX_LABEL))?.[0];
  return label === undefined || !isLabel(label, 1) ? 0 : hintsOfName(label) & PERSONAL;
}
const IN_BRACKETS = /^[^()[\]\d\n]{2,48}(?=[)\]])/;

function inSentence(after: string): number {
  if (AT_ONCE.test(after)) return BIRTH;
  const clause = CLAUSE.exec(after)?.[0] ?? '';
  // It labels the value that follows.
  if (/[:：=\d]/.test(after.charAt(clause.length))) return 0;
  // Most clauses say nothing: a look costs less than their words.
  if (!AS_WORDS.has(FIRST.exec(clause)?.[1]?.toLowerCase() ?? '') && !MAY_BE_LAST.test(clause)) return 0;
  const words = wordsOfText(clause);
  const isSaid = AS_WORDS.has(words[0] ?? '');
  let isNext = isSaid;
  for (let i = 0; i < words.length && i < FAR; i++) {
    const word = words[i] ?? '';
    if (LAST_WORDS.has(word)) return BIRTH;
    if (!isNext) continue;
    const kinds = kindsAt(words, i, saidBy(word), false) & (BIRTH | PASSPORT);
    if (kinds !== 0) return kinds;
    isNext = AS_WORDS.has(word) || WHOSE_WORDS.has(word);
  }
  return 0;
}
const CLAUSE = /^[^.,;!?|{}\n\r\t()\d:：=。、]*/;
const AS_WORDS = set(AS);
const WHOSE_WORDS = set(`${AS_WHOSE} ${FILLERS}`);
const LAST_WORDS = set(BORN_LAST);
const FIRST = /^[^\p{L}]{0,3}(\p{L}+)/u;
const MAY_BE_LAST = /gebor|do[gğ]|sz[uü]let|synty|geburtstag|verjaar/i;
/** In languages without spaces, or with endings at a date. */
const AT_ONCE =
  /^ ?(?:(?:is|was) when (?:\p{L}+ ){1,2}(?:was|were) born|(?:he|she|i|they|we|\p{Lu}\p{Ll}+) (?:was|were) born|生まれ|に生まれ|出生|생(?=[입이]|$|[ ,.)])|에? ?태어|에 출생|[- ]?(?:[aáeé]n )?szület|(?: tarihinde| yılında)? ?do[ğg](?:um|du)|(?:г\.? ?|года )(?:р\.|рожд))/u;
