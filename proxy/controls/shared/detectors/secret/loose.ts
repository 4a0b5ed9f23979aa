/** Values after a label without a sign between them: `Password – value`, `password value`, `**Token** value`. */
import { COMMANDS } from './command-table.ts';
import { isScrambled } from './looks.ts';
import { labelWords } from './names.ts';
import { SPACE } from './words.ts';

const TAG = '<\\/?[a-z]\\w{0,9}(?: [^<>]{0,60})?>';
const MARK = `(?:\\*\\*|__|${TAG})`;
/** Marks of Markdown and HTML, a dash, a tab, leaders, a parenthesis, the next line. */
const GAP = new RegExp(
  `[ \\t]?(?:${MARK}[ \\t]*){0,3}(?:([:：=][ \\t]*)(?:${MARK}[ \\t]*){0,3}|[ \\t]+(?:[–—→-]|[-=]>)[ \\t]+|\\t+|[ \\t]*\\.{3,60}[ \\t]*|[ \\t]?[(（][^()\\n（）]{1,40}[)）](?:\\*\\*|__)?(?:[:：=][ \\t]*|[ \\t]+(?:[–—→-][ \\t]+)?|\\r?\\n[ \\t]*)|[ \\t]?[(\\[](?=\\S)|[ \\t]?(?:\\r?\\n){1,2}[ \\t]*|(?<=>)| (?=[^\\s(]))`,
  'iy',
);
/** `is`, in several languages; `for the host is`; `for the host:`. */
const WORD = "[\\p{L}\\p{N}_.@'’-]{1,24}";
/** What is more than a word has a digit, or is long: `the key was rotated to …` has two such words before its value. */
const MORE = '(?=\\S{0,127}?\\d|\\S{20})';
/** After a comma, a value is longer: `the secret was logged, …`. */
const LONG = '(?=[^\\s,;]{0,64}?\\d)(?=[^\\s,;]{0,64}?[A-Za-z])(?=[^\\s,;()]{20})';
/** What only a value that is more than a word has: a digit, or a capital within it. */
const ANY = /\d|[a-z][A-Z]/;
/** Without any of them, no value follows: one without a digit has capitals or signs within, or a sign before it. */
const FOLLOWS = /[\d:：=]|[a-z][A-Z]|[A-Za-z][-_+/][A-Za-z]/;
/** Seven words, and what may be between them. */
const REACH = 192;
const IS = new RegExp(
  `["'\`)\\]]?(?:[,;]? ${WORD}){0,6}?[,;.]? (?:is|it[’']s|of|i\\.e\\.|was|be|now|ist|lautet|wird|wurde auf|wird|auf|est|sera|es|será|è|é|sarà|to|jest|er|är|este|je|on|wordt|là|adalah|είναι|е|это|as|equals|reads?|namely|value)(?: now)?:?(?: |[ \\t]?\\r?\\n[ \\t]{0,8}\\r?\\n[ \\t]{0,8}(?=\\S{7,128}[ \\t]*(?:\\r?\\n|$)))${MORE}|[’']s(?: now)? ${MORE}| [0-9] ${MORE}|(?: ${WORD}){1,5}? ?: ${MORE}|(?: ${WORD}){1,5}[,;] ${LONG}`,
  'iuy',
);
/** Between a label and its value without spaces: `パスワードは`, `密码是`. */
const JOINED = /\s?(?:(?:は|为|為|是|는|은)[:：]?|[:：])\s?(?=[!-~「『“])/uy;
/** More words of a label that fills its line, and a value: `Mật khẩu hiện tại hunter2xyz`. */
const REST = /((?: [\p{L}\p{M}'’]{1,20}){1,3})(?:[ \t]+[(（]?|[(（])(?=[^\s()（）]{7,128}[)）]?[ \t]*(?:$|\r?\n))/uy;
/** The same, with a sign, leaders, a dash or a parenthesis after them: `**Mot de passe administrateur**: …`. */
const REST_MARKED = new RegExp(
  `((?: [\\p{L}\\p{M}'’-]{1,20}){1,4})(?:${MARK}?[ \\t]?[:：=][ \\t]*(?:${MARK}[ \\t]*)?|[ \\t]*\\.{3,60}[ \\t]*|[ \\t]+[–—→-][ \\t]+|[ \\t]?[(（](?=[^\\s()（）]{7,128}[)）])|[ \\t]?\\r?\\n[ \\t]*(?=\\S{7,128}[ \\t]*(?:$|\\r?\\n)))`,
  'uy',
);
const MARKS = new RegExp(`(?:${MARK}[ \\t]*){1,3}`, 'iy');
const INPUT = /(?:<\/\w{1,9}>)?\s?<input [^<>]{0,80}?value="(?=[^"])/iy;

/** The next word, without what may end a sentence. */
const WORD_NEXT = /^[^\s([<*"'`]\S*[^\s.,;:!?()[\]"'`]/;
const LONGEST = 128;

const CELLS = /[,;|\t][^\n]*$/;

/** Where the last value was found: after mere space, a value must be more than a word; where a label of several words ends. */
export const gap = { loose: false, until: 0 };

/** The start of the value; -1 if there is none. */
export function looseValue(text: string, end: number): number {
  gap.loose = true;
  const ahead = text.slice(end, end + REACH);
  if (!FOLLOWS.test(ahead)) return -1;
  if (text.charCodeAt(end) === SPACE && isStrong(WORD_NEXT.exec(text.slice(end + 1, end + LONGEST))?.[0] ?? ''))
    return end + 1;
  JOINED.lastIndex = end;
  if (text.charCodeAt(end) >= 0x80 && JOINED.test(text)) return JOINED.lastIndex;
  IS.lastIndex = end;
  if (ANY.test(ahead) && IS.test(text)) return afterMarks(text, IS.lastIndex);
  INPUT.lastIndex = end;
  if (INPUT.test(text)) return INPUT.lastIndex;
  REST.lastIndex = end;
  if (text.charCodeAt(end) === SPACE) {
    REST_MARKED.lastIndex = end;
    const pattern = REST.test(text) ? REST : REST_MARKED;
    pattern.lastIndex = end;
    const words = pattern.exec(text)?.[1];
    if (words !== undefined) {
      gap.until = end + words.length;
      return pattern.lastIndex;
    }
  }
  GAP.lastIndex = end;
  const match = GAP.exec(text);
  if (match === null || match[0] === '') return -1;
  gap.loose = match[1] === undefined;
  // The heading of a table.
  if (match[0].includes('\n') && CELLS.test(text.slice(Math.max(0, end - 160), end))) return -1;
  return afterMarks(text, end + match[0].length);
}

/** After a sign, `**` or a tag may still close around the label. */
export function afterMarks(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (code !== 0x2a && code !== 0x5f && code !== 0x3c) return from;
  INPUT.lastIndex = from;
  if (INPUT.test(text)) return INPUT.lastIndex;
  MARKS.lastIndex = from;
  return MARKS.test(text) ? MARKS.lastIndex : from;
}

/** 16 KB of bits: a table with a place for each ending would not stay in the processor's cache. */
const BITS = 17;
let endings: Uint32Array | undefined;

/** Loads the endings of words that may be labels. */
export function labelEndings(): Uint32Array {
  return (endings ??= made());
}

/** Whether a word that ends at `end` may be a label: false for most others. Without regard to case. */
export function endsLikeLabel(text: string, end: number, known: Uint32Array): boolean {
  let letters = 0;
  for (let at = end - LETTERS; at < end; at++) letters = withLetter(letters, text.charCodeAt(at));
  return isEnding(letters, known);
}

/** Adds a letter to the last ones of a word. */
export function withLetter(letters: number, code: number): number {
  return (letters << 5) | (code & 0x1f);
}

/** The same by the word's last letters, of which it has four or more. */
export function isEnding(letters: number, known: Uint32Array): boolean {
  const at = Math.imul(letters & LAST_LETTERS, 0x9e37_79b1) >>> (32 - BITS);
  return ((known[at >>> 5] ?? 0) & (1 << (at & 0x1f))) !== 0;
}

/** By so many of its last letters a label is known. */
export const LETTERS = 4;
const LAST_LETTERS = (1 << (5 * LETTERS)) - 1;

function made(): Uint32Array {
  const bits = new Uint32Array(1 << (BITS - 5));
  const add = (letters: number): void => {
    const at = Math.imul(letters, 0x9e37_79b1) >>> (32 - BITS);
    bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 0x1f));
  };
  // Endings of many other words need a sign; accents are not in the tables.
  for (const word of [...labelWords().filter((each) => !COMMON.test(each)), ...OTHERS, ...commands()]) {
    if (word.length < 3) continue;
    let letters = 0;
    for (let at = Math.max(0, word.length - LETTERS); at < word.length; at++)
      letters = withLetter(letters, word.charCodeAt(at));
    if (word.length >= LETTERS) add(letters);
    else for (let before = 0; before < 32; before++) add((before << (5 * (LETTERS - 1))) | letters);
  }
  return bits;
}

/** Also ` pw` and `(pw`: shorter ones end too many words. */
const OTHERS = ['bearer', 'eña', 'sło', 'hẩu', 'khau', 'sandi', ' pw', '(pw', 'bindpw', 'rootpw'];
/** Short names need a space before them. */
const commands = (): readonly string[] => [...COMMANDS.keys()].map((name) => name.padStart(LETTERS, ' '));

const COMMON = /(?:ion|rials?|hes|ing|ted|ent|ate|ers?)$/;

const ALGORITHM = /^(?:sha|md\d|argon|bcrypt|scrypt|pbkdf|base\d|utf|oauth|aes|rsa|hmac|ntlm|v?\d+(?:\.|$))/i;

/** Whether a value is more than a word: with a digit or letters of changing case, and long enough. */
export function isStrong(value: string): boolean {
  if (value.length < 7 || ALGORITHM.test(value)) return false;
  return (/\d/.test(value) || isScrambled(value)) && /[^\d.,:/-]/.test(value) && !/^[A-Z]+-?\d+$/.test(value);
}
