/**
 * A text as the letters and digits in it: in lower case, without marks (`Ë` as `e`), and in one width. Spellings that
 * mean the same become the same.
 */
import { digitOf } from './detectors/characters.ts';
import { classAt, DIGIT, IDEOGRAPH, LETTER, NO_WORD } from './word-class.ts';

/** What a character is: not yet known, between words, of a word, a word by itself, or not seen (marks included). */
export const BETWEEN = 1;
export const WORD = 2;
export const ALONE = 3;
export const UNSEEN = 4;

/** By character; 0: not yet known. */
const kinds = new Uint8Array(0x1_00_00);
/** The folded units of characters beyond ASCII. */
const folded = new Map<number, readonly number[]>();
/** The only unit of ASCII letters and digits. */
export const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code | 0x20 : code,
);
/** Lower case that case mapping does not give, or gives only in one language. */
const ALSO: Readonly<Record<string, string>> = { ß: 'ss', ẞ: 'ss', ı: 'i', İ: 'i', ς: 'σ', ʼ: '' };

export function kindOf(code: number): number {
  return kinds[code] || (kinds[code] = classified(code));
}

function classified(code: number): number {
  const c = String.fromCharCode(code);
  if (code >= 0x80 && unitsOf(code).length === 0) return UNSEEN;
  const kind = classAt(c, 0);
  // Wide forms of ASCII are words as ASCII is.
  if (kind === IDEOGRAPH && (unitsOf(code)[0] ?? code) < 0x80)
    return classAt(c.normalize('NFKC'), 0) === NO_WORD ? BETWEEN : WORD;
  return kind === LETTER || kind === DIGIT ? WORD : kind === IDEOGRAPH ? ALONE : BETWEEN;
}

/** For characters beyond ASCII: none for marks and invisible characters. */
export function unitsOf(code: number): readonly number[] {
  let known = folded.get(code);
  if (known === undefined) {
    const c = String.fromCharCode(code);
    const digit = digitOf(code);
    const text =
      (digit >= 0 ? String(digit) : ALSO[c]) ??
      c
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[\p{M}\p{Cf}]/gu, '');
    known = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    folded.set(code, known);
  }
  return known;
}

const SEPARATORS: ReadonlySet<number> = new Set(
  Array.from(" \t\r\n\u00a0\u2009\u202f\u3000\u2028\u2029.,'’‘´`-\u2010\u2011\u2012\u2013\u2015\u2212_/·、", (c) =>
    c.charCodeAt(0),
  ),
);
/** Of tables, markup, escapes, quoted mail and telephone numbers. Thousands are never divided by them. */
const LOOSE: ReadonlySet<number> = new Set(Array.from('()*"|;+>=&<\\', (c) => c.charCodeAt(0)));
/** Longer separators than this divide, unless they are white space. */
const MAX_GAP = 4;
const MAX_SPACE = 64;

/** The ASCII character of a full-width one. */
function narrow(code: number): number {
  return code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
}

/** White space, and what mail writes before quoted lines. */
export function isBlank(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 9 && code <= 13) ||
    code === 0xa0 ||
    code === 0x2009 ||
    code === 0x202f ||
    code === 0x3000 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === QUOTED
  );
}
const QUOTED = 0x3e;

export function isLoose(code: number): boolean {
  return LOOSE.has(narrow(code));
}

/** Whether a separator may go on within a value. */
export function mayContinue(code: number, length: number, isAllBlank: boolean): boolean {
  return (SEPARATORS.has(narrow(code)) || isLoose(code)) && length <= (isAllBlank ? MAX_SPACE : MAX_GAP);
}

/** The words of a value, each folded. */
export function foldedWords(value: string): readonly string[] {
  const words: string[] = [];
  let goesOn = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const kind = kindOf(code);
    if (kind === UNSEEN) continue;
    if (kind === BETWEEN) goesOn = false;
    else {
      const units = code < 0x80 ? String.fromCharCode(ASCII[code] ?? 0) : String.fromCharCode(...unitsOf(code));
      if (goesOn) words[words.length - 1] += units;
      else words.push(units);
      goesOn = true;
    }
  }
  return words;
}
