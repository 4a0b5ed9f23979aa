/** Whether a field holds a person's name. */
import type { Evidence } from '../detector.ts';
import { wordsOf } from '../names/split.ts';
import { NAME_FIELDS, NAME_WORDS, PARTS_OF_NAME, PEOPLE } from './words.ts';

/** Levels above a value that are read. */
const FAR = 4;
const LONGEST = 64;

/** A name of a field alone may say it, or together with those around it: `customer.name`, `name.family`. */
export function isNameField({ field, path = [] }: Evidence): boolean {
  if (field === undefined || field.length > LONGEST) return false;
  const words = wordsOf(field).filter((word) => !/^(?:\d+|value|str|txt|text|c)$/.test(word));
  const joined = words.join('');
  if (NAME_FIELDS.has(joined) || NAME_FIELDS.has(words.slice(-2).join(''))) return true;
  const last = words.at(-1) ?? '';
  if (!NAME_WORDS.has(last) && joined !== '') return false;
  if (words.length > 1) return last === 'name' && words.some((word) => PEOPLE.has(word));
  let at = path.length - 1;
  while (at >= 0 && path[at] !== field) at--;
  for (let i = at - 1, seen = 0; i >= 0 && seen < FAR; i--) {
    const segment = path[i];
    if (typeof segment !== 'string') continue;
    seen++;
    const around = wordsOf(segment);
    if (around.some((word) => PEOPLE.has(word))) return true;
    if (PARTS_OF_NAME.has(last) && around.at(-1) === 'name') return true;
  }
  return false;
}

const LONGEST_NAME = 80;
const MOST_WORDS = 6;
const NAME = /^[\p{L}\p{M}][\p{L}\p{M}'’. ,^-]*$/u;

/** Whether a whole text may be a name: letters, and what stands between names. */
export function looksLikeName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text) && text.split(/[ ^]+/).length <= MOST_WORDS;
}
