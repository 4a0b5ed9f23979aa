/** All words of the tables together, with what each stands for. */
import { BIRTH_TABLE, DATE_PARTS, DATE_WORDS, DATES, PLACES } from './birth.ts';
import { CARD_TABLE } from './card.ts';
import { BETWEEN, GENERIC, GLUE, IDS, NUMBER_WORDS, NUMBERED, OTHER, PERSONS, THINGS, TYPED } from './other.ts';
import { PASSPORT_TABLE } from './passport.ts';
import { PHONE_TABLE } from './phone.ts';
import { ALONE, GIVERS, NUMBERS, SOCIAL_TABLE, TAX_NUMBERS } from './social.ts';
import { fold } from './split.ts';
import type { Table } from './table.ts';

/** What a word stands for: the kinds of data first. */
export const W = {
  PHONE: 1,
  CARD: 1 << 1,
  SOCIAL: 1 << 2,
  BIRTH: 1 << 3,
  PASSPORT: 1 << 4,
  OTHER: 1 << 5,
  THING: 1 << 6,
  ID: 1 << 7,
  GENERIC: 1 << 8,
  DATE: 1 << 9,
  DATE_PART: 1 << 10,
  NOT_BIRTH: 1 << 11,
  NOT_PASSPORT: 1 << 12,
  /** Only a piece of glued names. */
  PIECE: 1 << 13,
  /** It says what it is only as a whole name. */
  ALONE: 1 << 14,
  BETWEEN: 1 << 15,
  TYPED: 1 << 16,
  NUMBERED: 1 << 17,
  DATE_WORD: 1 << 18,
  NUMBER_WORD: 1 << 19,
  WEAK_PHONE: 1 << 20,
  WEAK_CARD: 1 << 21,
  WEAK_BIRTH: 1 << 22,
  WEAK_PASSPORT: 1 << 23,
  PLACE: 1 << 24,
} as const;

/** Kinds by weak words. */
export const WEAK = W.WEAK_PHONE | W.WEAK_CARD | W.WEAK_BIRTH | W.WEAK_PASSPORT;
export const KINDS = W.PHONE | W.CARD | W.SOCIAL | W.BIRTH | W.PASSPORT;

const TABLES: readonly (readonly [Table, kind: number, weak: number, not: number])[] = [
  [PHONE_TABLE, W.PHONE, W.WEAK_PHONE, 0],
  [CARD_TABLE, W.CARD, W.WEAK_CARD, 0],
  [SOCIAL_TABLE, W.SOCIAL, 0, 0],
  [BIRTH_TABLE, W.BIRTH, W.WEAK_BIRTH, W.NOT_BIRTH],
  [PASSPORT_TABLE, W.PASSPORT, W.WEAK_PASSPORT, W.NOT_PASSPORT],
];

interface Lexicon {
  readonly words: ReadonlyMap<string, number>;
  readonly stems: readonly (readonly [pattern: RegExp, kind: number])[];
  /** The stems of Latin letters, at the beginning of a word. */
  readonly beginnings: readonly (readonly [pattern: RegExp, kind: number])[];
  /** Whether some word ends in letters with that hash: most words of a text do not. */
  readonly endings: Uint8Array;
}

let lexicon: Lexicon | undefined;

function loaded(): Lexicon {
  return (lexicon ??= made());
}

function made(): Lexicon {
  const words = new Map<string, number>();
  const add = (list: string, kind: number): void => {
    for (const word of fold(list).split(/\s+/)) words.set(word, (words.get(word) ?? 0) | kind);
  };
  const stems: (readonly [RegExp, number])[] = [];
  const beginnings: (readonly [RegExp, number])[] = [];
  for (const [table, kind, weak, not] of TABLES) {
    add(Object.values(table.words).join(' '), kind);
    if (table.weak !== undefined) add(table.weak, weak);
    if (table.not !== undefined) add(table.not, not);
    stems.push([new RegExp(fold(Object.values(table.stems).join(' ')).replace(/\s+/g, '|'), 'u'), kind]);
    const latin = table.stems['latin'];
    if (latin !== undefined) beginnings.push([new RegExp(`^(?:${latin.replaceAll(' ', '|')})`), kind]);
  }
  for (const giver of GIVERS.split(/\s+/)) add(giver + NUMBERS.replaceAll(' ', ` ${giver}`), W.SOCIAL);
  add(TAX_NUMBERS, W.SOCIAL);
  add(ALONE, W.ALONE);
  add(DATE_WORDS, W.DATE_WORD);
  add(NUMBER_WORDS, W.NUMBER_WORD);
  add(TYPED, W.TYPED);
  add(NUMBERED, W.NUMBERED);
  add(BETWEEN, W.BETWEEN);
  add(OTHER, W.OTHER);
  add(THINGS, W.THING);
  add(IDS, W.ID);
  add(GENERIC, W.GENERIC);
  add(DATES, W.DATE);
  add(DATE_PARTS, W.DATE_PART);
  add(PLACES, W.PLACE);
  for (const list of [PERSONS, GLUE, GIVERS]) add(list, W.PIECE);
  const endings = new Uint8Array(ENDINGS);
  for (const word of words.keys()) if (word.length >= ENDING) endings[endingOf(word, word.length)] = 1;
  return { words, stems, beginnings, endings };
}

const ENDING = 4;
const ENDINGS = 1 << 13;

function endingOf(text: string, end: number): number {
  let hash = 0;
  for (let i = end - ENDING; i < end; i++) hash = hash * 31 + text.charCodeAt(i);
  return hash & (ENDINGS - 1);
}

/** Whether a known word of four letters and more may end there. */
export function mayEnd(text: string, end: number): boolean {
  return end >= ENDING && loaded().endings[endingOf(text, end)] === 1;
}

/** What the word stands for; 0 if it is unknown. */
export function meaningOf(word: string): number {
  if (word.length >= ENDING && !mayEnd(word, word.length)) return 0;
  return loaded().words.get(word) ?? 0;
}

/** Kinds by the stems in a name that is written without spaces. */
export function kindsByStem(name: string): number {
  let kinds = 0;
  for (const [pattern, kind] of loaded().stems) if (pattern.test(name)) kinds |= kind;
  return kinds;
}

/** Kinds by the stem of Latin letters that a word begins with: `paszportem`, `Pasaportunuzun`. */
export function kindsByBeginning(word: string): number {
  let kinds = 0;
  for (const [pattern, kind] of loaded().beginnings) if (pattern.test(word)) kinds |= kind;
  return kinds;
}

/** The same as {@link kindsByStem}, for scripts other than Latin only: in text, a stem of Latin letters may be part of any word. */
export function kindsInScript(name: string): number {
  return /[\u0370-\u1dff\u2e80-\uffff]/.test(name) ? kindsByStem(name) : 0;
}
