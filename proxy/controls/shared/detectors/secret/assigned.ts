/**
 * Values in code that no sign after the label leads to: `config['password'] = '…'`, `define('PASSWORD', '…')`, and
 * `password: string = '…'`.
 */
import { isLetter } from '../characters.ts';
import { labelOf } from './label-names.ts';
import { BACKSLASH, COLON, SPACE } from './words.ts';

/** The quote before a value, perhaps with the letters of a kind of text: `u'…'`. */
const QUOTE = `(?:[A-Za-z]{0,2}\\\\?["']|(?=\`))`;
const sticky = (pattern: string): RegExp => new RegExp(pattern + QUOTE, 'y');

/** `'] = '`; no comparison. */
const BY_KEY = sticky('\\\\?["\'`]\\s?\\]\\s{0,4}(?:(?:\\|\\||\\?\\?|:)?=(?![=~])>?)\\s{0,4}');
/** `', '`: the second argument of a function that sets something. */
const ARGUMENT = sticky('\\\\?["\'`]\\s?,\\s{0,8}');
const SETS =
  /(?:\b(?:values|VALUES|define|constant|header|export|putenv|append|add|put|insert|write|store|config|param|property|option|with|env)|(?:[sS]et|[aA]dd|[pP]ut|[wW]ith|[aA]ppend|[sS]tore|[wW]rite|[dD]efine)\w{0,24})\s?\(\s{0,8}\\?["'`](?:[\w-]{1,32}\.){0,6}$/;
/** A type before `=`: in TypeScript, Python, Kotlin, Scala, Swift, Rust. */
const AFTER_COLON = sticky(
  "[?!]?\\s?:\\s{0,2}(?:&\\s?(?:'\\w{1,16}\\s)?(?:mut\\s)?)?[A-Za-z_][\\w.]{0,40}(?:<[^<>\"'`\\n=]{0,40}>|\\[[^\\]\"'`\\n=]{0,40}\\])?[?!]?(?:\\s?\\|\\s?\\w{1,20}){0,3}\\s?=\\s{0,4}",
);
/** The same in Go and SQL; the size of an array in C. */
const AFTER_SPACE = sticky('(?:\\s(?:\\[\\])?[A-Za-z]\\w{0,20}(?:\\(\\d{1,5}\\))?|\\[\\d{0,6}\\])\\s?=\\s{0,4}');

/** A part of a form (RFC 7578): `name="password"`, an empty line, and the value. */
const FORM = /"\r?\n\r?\n(?=\S)/y;
/** A text in YAML on the next line: `password: |-`. */
const BLOCK = /: {1,4}[|>][+-]?\d?[+-]?[ \t]{0,8}\r?\n[ \t]{1,16}(?=\S)/y;
/** Base64 in LDIF (RFC 2849): `userPassword:: …`. */
const LDIF = /:: ?(?=[A-Za-z\d+/]{8,1024}={0,2}[ \t]*(?:\r?\n|$))/y;

/** The start of the value; -1 if there is none. The label is the word `start` to `end`. */
export function assignedValue(text: string, start: number, end: number): number {
  const pattern = patternAfter(text, start, end);
  if (pattern === undefined) return -1;
  pattern.lastIndex = end;
  if (!pattern.test(text)) return -1;
  const at = pattern.lastIndex;
  if (labelOf(text, start, end) === undefined) return -1;
  return pattern !== ARGUMENT || SETS.test(text.slice(Math.max(0, start - 96), start)) ? at : -1;
}

/** A look at a few signs: most words have a value after them, or none. */
function patternAfter(text: string, start: number, end: number): RegExp | undefined {
  let at = end;
  let code = text.charCodeAt(at);
  if (isQuote(code) || code === BACKSLASH) {
    if (code === BACKSLASH) at++;
    code = text.charCodeAt(++at);
    if (code <= 0x0d) return text.startsWith('name="', start - 6) ? FORM : undefined;
    if (code === SPACE) code = text.charCodeAt(++at);
    return code === 0x5d ? BY_KEY : code === 0x2c ? ARGUMENT : undefined;
  }
  if (code === 0x5b) return AFTER_SPACE;
  if (code === 0x3f || code === 0x21) code = text.charCodeAt(++at);
  const spaced = code === SPACE;
  if (spaced) code = text.charCodeAt(++at);
  if (code === COLON) {
    if (text.charCodeAt(at + 1) === COLON) return LDIF;
    do code = text.charCodeAt(++at);
    while (code === SPACE);
    if (code === 0x7c || code === 0x3e) return BLOCK;
    return isLetter(code) || code === 0x26 || code === 0x5f ? AFTER_COLON : undefined;
  }
  return spaced && (isLetter(code) || code === 0x5b) ? AFTER_SPACE : undefined;
}

const isQuote = (code: number): boolean => code === 0x22 || code === 0x27 || code === 0x60;
