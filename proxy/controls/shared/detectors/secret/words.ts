/** Splits a text into words for the search for secrets, and classifies the signs between a label and its value. */
import type { Work } from '../../../../base/turns.ts';
import { isAlphanumeric } from '../characters.ts';

/** 1: belongs to a word; 2: may be between a label and its value. */
export const CLASS = new Uint8Array(0x80);
for (let code = 0; code < 0x80; code++) if (isAlphanumeric(code) || code === 0x5f || code === 0x2d) CLASS[code] = 1;
for (const sign of ':="\'>\\ ') CLASS[sign.charCodeAt(0)] = 2;

/** Signs that may join a word to the rest of a secret. 1: often something else; 2: rare. */
export const JOINS = new Uint8Array(0x80);
for (const sign of './=},') JOINS[sign.charCodeAt(0)] = 1;
for (const sign of '~+|!$%') JOINS[sign.charCodeAt(0)] = 2;

export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const COLON = 0x3a;
export const DOT = 0x2e;
export const SPACE = 0x20;
export const UNDERSCORE = 0x5f;
export const BACKSLASH = 0x5c;
export const HYPHEN = 0x2d;
export const FULL_COLON = 0xff1a;

/** Reading a word may yield after this many characters, plus one. */
const PART = 0x3fff;

/** The end of the word that continues at a position, in turns; the position itself if none does. */
export function* endOfWord(text: string, at: number): Work<number> {
  let end = at;
  for (; end < text.length; end++) {
    if ((end & PART) === PART) yield;
    const code = text.charCodeAt(end);
    if (code >= 0x80 || CLASS[code] !== 1) break;
  }
  return end;
}
