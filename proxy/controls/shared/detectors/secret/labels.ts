/**
 * Secrets after a label in the text: `password=…`, `"api_key": "…"`, `--token …`, `<secret>…`, `Authorization: Bearer
 * …`.
 */
import { isAlphanumeric } from '../characters.ts';
import { isCode } from './code.ts';
import { labelOf } from './label-names.ts';
import { looksSecret } from './looks.ts';
import { PASSWORD, SECRET } from './names.ts';
import { type Value, valueAt } from './values.ts';
import { CLASS, COLON, EQUALS, FULL_COLON, HYPHEN, SPACE } from './words.ts';

/** The start of the value that the word labels; -1 if it labels none. */
export function valueAfter(text: string, start: number, end: number): number {
  const after = text.charCodeAt(end);
  if (after === SPACE) {
    const next = text.charCodeAt(end + 1);
    if (isAlphanumeric(next)) {
      const words = afterWords(text, start, end);
      if (words > 0) return words;
      if (next !== 0x69 && next !== 0x6c && text.charCodeAt(start) !== HYPHEN) return -1;
    }
  }
  let at = end;
  let sign = 0;
  let quote = 0;
  for (; at < text.length && at - end < 8; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 ? code !== FULL_COLON : CLASS[code] !== 2) break;
    if (code === EQUALS || code === COLON || code === 0x3e || code === FULL_COLON) {
      // `a::b` is a qualified name; `a==b` is a comparison.
      if (sign !== 0 && !(sign === EQUALS && code === 0x3e) && !(sign === COLON && code === EQUALS)) return -1;
      sign = code;
      quote = 0;
    } else if (code === 0x22 || code === 0x27) {
      // `""` is empty.
      if (sign !== 0 && quote === code) return -1;
      quote = code;
    }
  }
  if (at >= text.length) return -1;
  if (sign === 0) {
    // `the password is value`, `password - value`
    if (text.startsWith(' - ', end)) return end + 3;
    const is = at === end + 1 ? copula(text, at) : 0;
    if (is > 0) return QUOTES.includes(text.charAt(is)) ? is + 1 : is;
    // `--password value`; `IDENTIFIED BY 'value'`, `PASSWORD 'value'`
    return (text.charCodeAt(start) === HYPHEN && text.charCodeAt(start + 1) === HYPHEN && after === SPACE) ||
      (after === SPACE && quote === 0x27 && isStatement(text, start, end))
      ? at
      : -1;
  }
  // `<password>value`, but no comparison.
  if (sign === 0x3e && text.charCodeAt(start - 1) !== 0x3c && after === 0x3e) return -1;
  return at;
}

const QUOTES = ["'", '"'];

/** The end of `is `, `ist `, `lautet `; 0 if none is here. */
function copula(text: string, at: number): number {
  for (const word of COPULAS) if (text.startsWith(word, at)) return at + word.length;
  return 0;
}
const COPULAS = ['is: ', 'is ', 'ist ', 'lautet '];

/** SQL. */
function isStatement(text: string, start: number, end: number): boolean {
  const word = text.slice(start, end);
  return (
    word === 'PASSWORD' || (/^by$/i.test(word) && /identified\s+$/i.test(text.slice(Math.max(0, start - 12), start)))
  );
}

const PASS = /pass(?:word|wort|wd|phrase|code|)s?/iy;
const IS = /(?: [\w.@'’-]{1,24}){1,6}? (?:is|was):? (?=\S)/y;

/** `the password for the host is value`; `login name password value`. */
function afterWords(text: string, start: number, end: number): number {
  if ((text.charCodeAt(start) | 0x20) !== 0x70 || (text.charCodeAt(start + 1) | 0x20) !== 0x61) return -1;
  PASS.lastIndex = start;
  if (!PASS.test(text) || PASS.lastIndex !== end) return -1;
  IS.lastIndex = end;
  if (IS.test(text)) {
    const at = IS.lastIndex;
    return QUOTES.includes(text.charAt(at)) ? at + 1 : at;
  }
  return /\blogin\s+\S{1,64}\s+$/.test(text.slice(Math.max(0, start - 80), start)) ? end + 1 : -1;
}

export function labelled(text: string, start: number, end: number, from: number): Value | undefined {
  const label = labelOf(text, start, end);
  if (label === undefined) return undefined;
  const { hints } = label;
  const begin = schemeEnd(text, from);
  const value = valueAt(text, begin, from, label);
  const found = text.slice(value.start, value.end);
  const basic = begin > from && (hints & SECRET) !== 0 && isBasic(text, from, found);
  if (!basic && !looksSecret(found, hints, value.where)) return undefined;
  if (isCode(text, value, found) || isArn(text, start)) return undefined;
  // In prose, a word with a digit may be a name: `the password hash is SHA256`.
  if (IS_NAME.test(found) && value.where === 'prose' && (hints & PASSWORD) !== 0 && text.charCodeAt(end) === SPACE)
    return undefined;
  return value;
}

const IS_NAME = /^(?:[A-Z]+-?\d+|v\d[\d.]*|\d{1,5})$/;

/** `Basic` and a user with a password in base64. */
function isBasic(text: string, from: number, value: string): boolean {
  return (
    (text.charCodeAt(from) | 0x20) === 0x62 &&
    (text.charCodeAt(from + 1) | 0x20) === 0x61 &&
    /^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(value) &&
    /^[ -~]+:[ -~]+$/.test(Buffer.from(value, 'base64').toString('latin1'))
  );
}

/** `arn:aws:secretsmanager:…:secret:name` */
function isArn(text: string, start: number): boolean {
  return text.charCodeAt(start - 1) === COLON && /\barn:[^\s"']*$/.test(text.slice(Math.max(0, start - 96), start));
}

const SCHEME = /^(?:bearer|basic|token|apikey|bot)\s+(?=\S{8})/i;

/** The start of the credentials after an HTTP authentication scheme. */
export function schemeEnd(text: string, from: number): number {
  const code = text.charCodeAt(from) | 0x20;
  if (code !== 0x62 && code !== 0x74 && code !== 0x61) return from;
  const match = SCHEME.exec(text.slice(from, from + 24));
  return match === null ? from : from + match[0].length;
}
