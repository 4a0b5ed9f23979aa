/**
 * Secrets after a label in the text: `password=…`, `"api_key": "…"`, `--token …`, `<secret>…`, `Authorization: Bearer
 * …`.
 */
import { isAlphanumeric } from '../characters.ts';
import { FOLDER, hintsOfName, KEY, PASSWORD, SECRET } from '../field.ts';
import { looksSecret, type Where } from './looks.ts';
import { BACKSLASH, CLASS, COLON, EQUALS, HYPHEN, SPACE } from './words.ts';

/** Hints of names that label a secret. */
export const NAMED = PASSWORD | SECRET | KEY | FOLDER;

export interface Value {
  readonly start: number;
  readonly end: number;
}

/** The start of the value that the word labels; -1 if it labels none. */
export function valueAfter(text: string, start: number, end: number): number {
  // Most words are followed by another word.
  if (text.charCodeAt(end) === SPACE) {
    const next = text.charCodeAt(end + 1);
    if (isAlphanumeric(next) && next !== 0x69 && next !== 0x6c && text.charCodeAt(start) !== HYPHEN) return -1;
  }
  let at = end;
  let sign = 0;
  for (; at < text.length && at - end < 8; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 || CLASS[code] !== 2) break;
    if (code === EQUALS || code === COLON || code === 0x3e) {
      // `a::b` is a qualified name; `a==b` is a comparison.
      if (sign !== 0 && !(sign === EQUALS && code === 0x3e) && !(sign === COLON && code === EQUALS)) return -1;
      sign = code;
    }
  }
  if (at >= text.length) return -1;
  if (sign === 0) {
    // `the password is value`, `password - value`
    if (text.startsWith(' - ', end)) return end + 3;
    const is = at === end + 1 && (text.startsWith('is ', at) ? 3 : text.startsWith('lautet ', at) ? 7 : 0);
    if (is) return QUOTES.includes(text.charAt(at + is)) ? at + is + 1 : at + is;
    // `--password value`
    return text.charCodeAt(start) === HYPHEN && text.charCodeAt(start + 1) === HYPHEN && text.charCodeAt(end) === SPACE
      ? at
      : -1;
  }
  // `<password>value`, but no comparison.
  if (sign === 0x3e && text.charCodeAt(start - 1) !== 0x3c && text.charCodeAt(end) === 0x3e) return -1;
  return at;
}

const QUOTES = ["'", '"'];
const VALUE_END = /[\s"'`<>,;&|(){}\]]/;

export function labelled(text: string, start: number, end: number, from: number): Value | undefined {
  const hints = hintsOfLabel(text, start, end);
  // Tools return presigned URLs on purpose, to hand out a file.
  if (
    hints === 0 ||
    (text.startsWith('X-Amz-', start) && (text.charCodeAt(start - 1) === 0x26 || text.charCodeAt(start - 1) === 0x3f))
  )
    return undefined;
  const value = schemeEnd(text, from);
  const quote = text.charCodeAt(from - 1);
  const quoted = quote === 0x22 || quote === 0x27;
  const rest = text.slice(value, value + 1_024);
  const escaped = quoted && text.charCodeAt(from - 2) === BACKSLASH;
  const stop = escaped
    ? rest.indexOf(`\\${String.fromCharCode(quote)}`)
    : quoted
      ? rest.indexOf(String.fromCharCode(quote))
      : rest.search(VALUE_END);
  let found = stop < 0 ? rest : rest.slice(0, stop);
  const after = text.charCodeAt(end);
  const where: Where =
    quoted || after === EQUALS || text.charCodeAt(from - 1) === EQUALS || after === 0x3e ? 'assigned' : 'prose';
  // The end of a sentence.
  if (where === 'prose') found = found.replace(/[.:]+$/, '');
  if (!looksSecret(found, hints, where) || isCode(text, value + found.length, found) || isArn(text, start))
    return undefined;
  return { start: value, end: value + found.length };
}

/** The hints of a label; `key` alone says nothing, `api key` does. */
function hintsOfLabel(text: string, start: number, end: number): number {
  const name = text.slice(start, end);
  const hints = hintsOfName(name) & NAMED;
  if (hints !== 0 || !KEY_WORD.test(name)) return hints;
  const before = WORD_BEFORE.exec(text.slice(Math.max(0, start - 16), start))?.[0];
  return before === undefined ? 0 : hintsOfName(before + name) & NAMED;
}

const KEY_WORD = /^keys?$/i;
const WORD_BEFORE = /[A-Za-z]{2,12} $/;

/** A name in source code: `password = user.password`, `token = getToken(`. */
function isCode(text: string, end: number, value: string): boolean {
  return (
    text.charCodeAt(end) === 0x28 ||
    /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[\w+\])+$/.test(value) ||
    /^[a-z]+(?:[A-Z][a-z]+)+$/.test(value) ||
    /^[a-z]+(?:_[a-z]+)+$/.test(value) ||
    /^[A-Z]+(?:_[A-Z]+)+$/.test(value)
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
