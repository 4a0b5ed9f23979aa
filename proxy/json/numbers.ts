/** The numbers of a text, as written. */
import type { Work } from '../base/turns.ts';
import { stringEnd } from './string-end.ts';

/** A key of an object, or an index of a list. */
export type Step = string | number;

const NUMBER = /-?\d[\d.eE+-]*/y;

/** Characters or strings after which reading may pause. */
const PART = 0x3fff;

/**
 * Visits every number of a checked text, in one pass.
 * @param visit gets the path of the number, which is reused after it returns
 */
export function* eachNumber(json: string, visit: (token: string, path: readonly Step[]) => void): Work<void> {
  const path: Step[] = [];
  // A string right after `{`, or after a comma in an object, is a key.
  let isKey = false;
  for (let at = 0, steps = 1; at < json.length; at++, steps++) {
    if ((steps & PART) === 0) yield;
    const c = json.charCodeAt(at);
    if (c === QUOTE) {
      const end = stringEnd(json, at);
      if (isKey) path[path.length - 1] = JSON.parse(json.slice(at, end)) as string;
      isKey = false;
      at = end - 1;
    } else if (c === MINUS || (c >= DIGIT_0 && c <= DIGIT_9)) {
      NUMBER.lastIndex = at;
      const [token = ''] = NUMBER.exec(json) ?? [];
      visit(token, path);
      at += Math.max(token.length, 1) - 1;
    } else if (c === OBJECT) {
      path.push('');
      isKey = true;
    } else if (c === LIST) {
      path.push(0);
      isKey = false;
    } else if (c === OBJECT_END || c === LIST_END) {
      path.pop();
      isKey = false;
    } else if (c === COMMA) {
      const last = path.at(-1);
      if (typeof last === 'number') path[path.length - 1] = last + 1;
      else isKey = true;
    }
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** Numbers whose text is more precise than their double: double → text, or undefined if several texts share it. */
export function* impreciseNumbers(text: string): Work<Map<number, string | undefined>> {
  const found = new Map<number, string | undefined>();
  yield* eachNumber(text, (token) => {
    if (token.length < 16) return;
    const value = Number(token);
    if (String(value) !== token) found.set(value, found.has(value) && found.get(value) !== token ? undefined : token);
  });
  return found;
}
