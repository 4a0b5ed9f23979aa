/** Reads strings that are JSON as a whole. */
import { SHORT, type Work } from '../../../base/turns.ts';
import { JsonError, MAX_DEPTH } from '../../../json/json-error.ts';
import { JsonText, isObject } from '../../../json/lossless.ts';

/** Maximum nesting of JSON in a string in JSON in a string. */
const MAX_NESTED = 3;
/** Some writers put a byte order mark before JSON. */
export const MARK = '\ufeff';

/** Checks the first and last characters that are not white space; ignores a leading byte order mark. */
export function looksLikeJson(text: string): boolean {
  let start = text.startsWith(MARK) ? 1 : 0;
  let c = text.charCodeAt(start);
  while (isSpace(c)) c = text.charCodeAt(++start);
  if (c !== 0x7b && c !== 0x5b && c !== 0x22) return false;
  let end = text.length - 1;
  let last = text.charCodeAt(end);
  while (isSpace(last)) last = text.charCodeAt(--end);
  return end > start && (c === 0x7b ? last === 0x7d : c === 0x5b ? last === 0x5d : last === 0x22);
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

/**
 * Reads an object or a list, or JSON that was encoded as a string twice by mistake. Undefined: plain text.
 * `unreadable`: two readers may understand it differently, or it is nested too deeply.
 * @param nested how many JSON texts enclose the string
 */
export function* readJson(text: string, nested: number): Work<JsonText | 'unreadable' | undefined> {
  try {
    const plain = text.startsWith(MARK) ? text.slice(1) : text;
    const json =
      text.length <= SHORT ? JsonText.parse(plain, MAX_DEPTH) : yield* JsonText.parseInTurns(plain, MAX_DEPTH);
    const { value } = json;
    if (
      !isObject(value) &&
      !Array.isArray(value) &&
      !(typeof value === 'string' && looksLikeJson(value) && (yield* readJson(value, nested)) !== undefined)
    )
      return undefined;
    return nested < MAX_NESTED ? json : 'unreadable';
  } catch (error) {
    return error instanceof JsonError && error.fault !== 'syntax' ? 'unreadable' : undefined;
  }
}
