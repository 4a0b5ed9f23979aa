/** What the field of a value, and what is around it, say about whether it is a person's name. */
import { namesBeside, namesOfItem } from '../beside.ts';
import type { Evidence } from '../detector.ts';
import { type Holder, Holders, isList } from '../holders.ts';
import { set, wordsOf } from '../names/split.ts';
import { mayBeCell } from '../table.ts';
import {
  AROUND,
  BESIDE,
  NAME_FIELDS,
  NAME_WORDS,
  OFTEN_PEOPLE,
  PARTS_OF_NAME,
  PEOPLE,
  PERFORMED_BY,
  ROLES_OF_ONE,
} from './words.ts';

/**
 * How much a value must look like a name: `any` letters, words that are `written` like a name, or a word that a list of
 * names has (`listed`); undefined if it is none.
 */
export type Required = 'any' | 'written' | 'listed';

/** Levels above a value that are read while each of them says nothing. */
const FAR = 4;
const LONGEST = 64;

const NO_HOLDERS = new Holders();
const FILLER = /^(?:\d+|value|str|string|txt|text|c)$/;

/** The name of a field may say it alone, or together with the object it is in: `customer.name`, `name.family`. */
export function requiredOf({ field, path = [], holders = NO_HOLDERS }: Evidence): Required | undefined {
  if (field === undefined || field.length > LONGEST) return undefined;
  let at = path.length - 1;
  // The item of a list may have a column's heading.
  if (typeof path[at] === 'number' && mayBeCell(path, holders)) {
    for (const name of namesOfItem(path, holders, at)) {
      const required = ofName(wordsOf(name));
      if (required !== undefined) return required;
    }
  }
  let words = meant(field);
  while (at > 0 && path[at] !== field) at--;
  for (let level = 0; words.length === 0 && level < FAR; level++) {
    const holder = holders.list[at];
    const key = path[at];
    // `{"name":"lastName","value":…}`
    if (holder !== undefined && typeof key === 'string')
      for (const name of namesBeside(holder, key)) {
        const said = meant(name);
        if (said.length > 0) return ofName(said);
      }
    at = above(path, at);
    const segment = path[at];
    if (typeof segment !== 'string') return undefined;
    words = meant(segment);
  }
  const own = ofName(words);
  return own ?? (words.length === 1 ? ofMember(words[0] ?? '', path, at, holders.list[at]) : undefined);
}

const meant = (name: string): string[] =>
  name.length > LONGEST ? [] : wordsOf(name).filter((word) => !FILLER.test(word));

/** The index of the next key above; -1 if there is none. */
function above(path: readonly (string | number)[], at: number): number {
  let next = at - 1;
  while (next >= 0 && typeof path[next] !== 'string') next--;
  return next;
}

/** What the words of a name say alone. */
function ofName(words: readonly string[]): Required | undefined {
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const joined = words.join('');
  const before = words.at(-2) ?? '';
  if (NAME_FIELDS.has(joined) || NAME_FIELDS.has(before + last)) return 'any';
  if (words.length > 1 && IS_NAME.has(last)) {
    if (PEOPLE.has(before)) return 'any';
    if (OFTEN_PEOPLE.has(before) || PERFORMED_BY.has(words.slice(0, -1).join(''))) return 'written';
  }
  if (ROLES_OF_ONE.has(last) || ROLES_OF_ONE.has(joined)) return 'written';
  return PERFORMED_BY.has(joined) || PERFORMED_BY.has(before + last) ? 'written' : undefined;
}
const IS_NAME = set('name names nm nom nombre naam navn namn nazwa nome');

/** What is around a member that is only called a name, or a part of one. */
function ofMember(
  word: string,
  path: readonly (string | number)[],
  at: number,
  holder: Holder | undefined,
): Required | undefined {
  if (!NAME_WORDS.has(word)) return undefined;
  let required: Required | undefined = word === 'cn' || word === 'fn' || word === 'displayname' ? 'listed' : undefined;
  for (let next = above(path, at), level = 0; next >= 0 && level < FAR; next = above(path, next), level++) {
    const around = wordsOf(String(path[next]));
    const last = around.at(-1) ?? '';
    if (PARTS_OF_NAME.has(word) && last === 'name') return 'any';
    if (PEOPLE.has(last)) return 'any';
    if (ROLES_OF_ONE.has(last) || ROLES_OF_ONE.has(around.join(''))) return 'written';
    if (OFTEN_PEOPLE.has(last) || PERFORMED_BY.has(around.join(''))) required = 'listed';
    // `name` in `name`, and what only holds members.
    if (!NAME_WORDS.has(last) && !AROUND.has(last)) break;
  }
  if (holder === undefined || isList(holder)) return required;
  if ((word === 'first' || word === 'last') && 'first' in holder && 'last' in holder) return 'written';
  let members = 0;
  for (const key in holder) {
    if (++members > MOST) break;
    if (key.length <= LONGEST && BESIDE.has(wordsOf(key).join(''))) return required ?? 'listed';
  }
  return required;
}
const MOST = 32;
