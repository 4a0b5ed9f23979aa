/**
 * Reads entities and tags of HTML, and line ends that JSON within a text escapes, within a value: `Zo&euml;&nbsp;Lindqvist`,
 * `Zoë <b>Lindqvist</b>`, `Zoë\nLindqvist`.
 */
import { isEscape } from './detectors/characters.ts';
import { unitsOf } from './folded-text.ts';

export interface Markup {
  readonly end: number;
  /** The folded letters that it stands for; none: it is between words. */
  readonly units: readonly number[];
}

const ENTITY =
  /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z])(?:uml|acute|grave|circ|tilde|ring|cedil|caron)|(szlig|oslash|aelig|oelig|thorn|eth)|[a-z]{2,8});/iy;
const TAG = /<\/?[a-z][^<>]{0,64}>/iy;
const LETTERS: Readonly<Record<string, string>> = {
  szlig: 'ß',
  oslash: 'ø',
  aelig: 'æ',
  oelig: 'œ',
  thorn: 'þ',
  eth: 'ð',
};
const NONE: readonly number[] = Object.freeze([]);
const AMPERSAND = 0x26;
const LESS = 0x3c;
const BACKSLASH = 0x5c;
const LETTER_OR_DIGIT = /[\p{L}\p{N}\p{M}]/u;

export function mayBeMarkup(code: number): boolean {
  return code === AMPERSAND || code === LESS || code === BACKSLASH;
}

/** Whether a line end or tab that JSON escapes is there: its letter begins no word. */
export function isEscapeAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === BACKSLASH && isEscape(text, at + 1);
}

/** The entity, tag or escape at a position; undefined if there is none. */
export function markupAt(text: string, at: number): Markup | undefined {
  if (text.charCodeAt(at) === BACKSLASH) return isEscape(text, at + 1) ? { end: at + 2, units: NONE } : undefined;
  if (text.charCodeAt(at) === LESS) {
    TAG.lastIndex = at;
    return TAG.test(text) ? { end: TAG.lastIndex, units: NONE } : undefined;
  }
  ENTITY.lastIndex = at;
  const [whole, decimal, hex, letter, name] = ENTITY.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return { end: at + whole.length, units: unitsFor(decimal, hex, letter, name) };
}

function unitsFor(decimal?: string, hex?: string, letter?: string, name?: string): readonly number[] {
  const own = letter ?? (name === undefined ? undefined : LETTERS[name.toLowerCase()]);
  const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
  const c = own ?? (code === undefined || code > 0xffff ? '' : String.fromCharCode(code));
  return LETTER_OR_DIGIT.test(c) ? unitsOf(c.toLowerCase().charCodeAt(0)) : NONE;
}
