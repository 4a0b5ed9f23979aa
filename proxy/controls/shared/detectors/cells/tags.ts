/** Reads the tags of HTML and XML: their names and attributes. */

/** Longer tags are skipped. */
const LONGEST_TAG = 4_096;
const MOST_ATTRIBUTES = 64;

export interface Attribute {
  readonly name: string;
  /** The position of its value. */
  readonly start: number;
  readonly end: number;
}

export interface Tag {
  /** Without a prefix. */
  readonly name: string;
  readonly kind: 'opens' | 'closes' | 'empty';
  readonly attributes: readonly Attribute[];
  readonly end: number;
}

const NO_ATTRIBUTES: readonly Attribute[] = Object.freeze([]);
const SLASH = 0x2f;
const CLOSE = 0x3e;
const OPEN = 0x3c;

/** The tag that begins with the `<` at a position; undefined if none does. */
export function tagAt(text: string, at: number): Tag | undefined {
  const most = Math.min(text.length, at + LONGEST_TAG);
  const closes = text.charCodeAt(at + 1) === SLASH;
  const from = closes ? at + 2 : at + 1;
  let end = from;
  while (end < most && isName(text.charCodeAt(end), end > from)) end++;
  if (end === from) return undefined;
  const name = localName(text.slice(from, end));
  let attributes = NO_ATTRIBUTES;
  while (end < most) {
    const code = text.charCodeAt(end);
    if (code === CLOSE) return { name, kind: closes ? 'closes' : 'opens', attributes, end: end + 1 };
    if (code === SLASH && text.charCodeAt(end + 1) === CLOSE) return { name, kind: 'empty', attributes, end: end + 2 };
    if (code === OPEN) return undefined;
    if (!isName(code, false) || attributes.length === MOST_ATTRIBUTES) {
      end++;
      continue;
    }
    const first = end;
    while (end < most && isName(text.charCodeAt(end), true)) end++;
    const attribute = localName(text.slice(first, end));
    const value = valueStart(text, end, most);
    if (value < 0) continue;
    const stop = valueEnd(text, value, most);
    attributes = attributes.concat({ name: attribute, start: value, end: stop });
    end = isQuote(text.charCodeAt(value - 1)) ? stop + 1 : stop;
  }
  return undefined;
}

/** The start of an attribute's value; -1 if it has none. */
function valueStart(text: string, end: number, most: number): number {
  let at = skipSpace(text, end, most);
  if (text.charCodeAt(at) !== 0x3d) return -1;
  at = skipSpace(text, at + 1, most);
  return isQuote(text.charCodeAt(at)) ? at + 1 : at;
}

function valueEnd(text: string, start: number, most: number): number {
  const quote = text.charCodeAt(start - 1);
  let at = start;
  if (isQuote(quote)) while (at < most && text.charCodeAt(at) !== quote) at++;
  else while (at < most && text.charCodeAt(at) > 0x20 && text.charCodeAt(at) !== CLOSE) at++;
  return at;
}

function skipSpace(text: string, from: number, most: number): number {
  let at = from;
  while (at < most && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

/** A letter; within a name, a digit or a sign as well. */
function isName(code: number, within: boolean): boolean {
  const lower = code | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || code >= 0x80 || code === 0x5f) return true;
  return within && ((code >= 0x30 && code <= 0x3a) || code === 0x2d || code === 0x2e);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
