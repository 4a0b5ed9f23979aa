/** Reads what a label in a text names: one word or several, in any script. */
import { Cache } from '../../../../base/cache.ts';
import { isAlphanumeric } from '../characters.ts';
import { hintsOfName } from '../field.ts';
import { mayEndLabel } from '../names/secret.ts';
import { endsLikeLabel, gap, labelEndings } from './loose.ts';
import { CARD_CODE, CODE, FOLDER, GUESS, KEY, MADE, PASSWORD, SECRET, SIGNS } from './names.ts';
import { COLON, EQUALS, FULL_COLON, HYPHEN, SPACE, UNDERSCORE } from './words.ts';

/** Hints of names that label a secret. */
export const NAMED = PASSWORD | SECRET | KEY | CODE | CARD_CODE | FOLDER | GUESS | MADE | SIGNS;

export interface Label {
  readonly hints: number;
  /** It is a parameter of a URL or form, so that `&` ends its value. */
  readonly parameter: boolean;
}

/** The longest names that programs give to settings have some sixty characters. */
const MAX = 64;

/** What a word may be as a label, besides what it names itself. */
const LAST_WORD = 1 << 20;
const VALUE = 1 << 21;
const SIGNATURE = 1 << 22;
const SESSION = 1 << 23;
const BY = 1 << 24;
const ID_OF_SESSION = 1 << 25;
const ANY_KEY = 1 << 26;

const ROLES: readonly (readonly [role: number, words: RegExp])[] = [
  [LAST_WORD, /^(?:keys?|tokens?|secrets?|codes?|pin|api|answer)$/i],
  [VALUE, /^(?:value|val|content|default)$/i],
  [SIGNATURE, /^(?:sig|(?:q-)?signature)$/i],
  [SESSION, /sess|sid$|^auth|csrf|xsrf|remember|logged_?in|^li_at$/i],
  [BY, /^by$/i],
  [ID_OF_SESSION, /^(?:s?sid|(?:[\w-]*[_-])?sess(?:ion)?[_-]?(?:id|key|token|cookie)?|\w*sessid)$/i],
  [ANY_KEY, /^(?:key|code)$/i],
];

/** Keys of objects may be data: any number of them. */
const known = new Cache<number>({ maxBytes: 512 * 1024, maxKey: MAX });

function read(name: string): number {
  let hints = hintsOfName(name) & NAMED;
  for (const [role, words] of ROLES) if (words.test(name)) hints |= role;
  if (mayEndLabel(name)) hints |= LAST_WORD;
  return hints;
}

/** What the last word names: the kinds of places after and before it ask for the same one. */
let last: Label | undefined;
let lastStart = -1;
let lastEnd = -1;

/** Forgets the last word. Call it before each text. */
export function forgetLabel(): void {
  lastStart = -1;
}

/** Undefined: the word names no secret. */
export function labelOf(text: string, start: number, end: number): Label | undefined {
  if (start === lastStart && end === lastEnd) return last;
  last = labelIn(text, start, end);
  lastStart = start;
  lastEnd = end;
  return last;
}

function labelIn(text: string, start: number, end: number): Label | undefined {
  const before = text.charCodeAt(start - 1);
  const joined = before === UNDERSCORE || before === HYPHEN ? text.charCodeAt(start - 2) : before;
  const from = joined >= 0x80 || text.charCodeAt(start) >= 0x80 ? startOfWord(text, start) : start;
  const own = known.getOrMake(text.slice(from, end), read);
  if (own === 0 && !mayBePhrase(text, from, end)) return undefined;
  const parameter = before === 0x26 || before === 0x3f;
  const hints = hintsOf(text, from, end, own);
  if (hints !== 0) return isResult(text, from, end) ? undefined : { hints, parameter };
  if (own & VALUE) {
    const lead = text.slice(Math.max(0, start - 240), start);
    const name = NAME_BEFORE.exec(lead.slice(-112))?.[1] ?? declaredIn(lead);
    const named = name === undefined ? 0 : hintsOfName(name) & NAMED;
    return named === 0 ? undefined : { hints: named, parameter };
  }
  if (own & SIGNATURE) return parameter ? { hints: SECRET, parameter } : undefined;
  // An id in JSON may be needed for the next call; in a cookie or a URL it is a session's token.
  if (own & ID_OF_SESSION && text.charCodeAt(end) === EQUALS && !isAccountId(text, end + 1))
    return { hints: KEY, parameter };
  if (
    own & (SESSION | ID_OF_SESSION) &&
    text.charCodeAt(end) === TAB &&
    IN_JAR.test(text.slice(Math.max(0, start - 32), start))
  )
    return { hints: KEY, parameter };
  if (own & ANY_KEY && parameter) return isLongKey(text, end + 1) ? { hints: KEY, parameter } : undefined;
  if (own & SESSION) return isCookie(text, start) ? { hints: KEY, parameter } : undefined;
  return own & BY && (text.startsWith(" '", end) || (text.startsWith(' "', end) && isIdentified(text, start)))
    ? { hints: PASSWORD, parameter }
    : undefined;
}

/**
 * Whether an unknown word may end a label of several words, before a sign: `senha atual:`. Most words follow none that may
 * begin one.
 */
function mayBePhrase(text: string, start: number, end: number): boolean {
  if (gap.until === end) return true;
  if (!isJoin(text.charCodeAt(start - 1))) return false;
  const sign = text.charCodeAt(text.charCodeAt(end) === SPACE ? end + 1 : end);
  if (sign !== COLON && sign !== EQUALS && sign !== FULL_COLON) {
    // In a sentence, only directly after a label: `ο κωδικός πρόσβασης είναι …`. Every word of another script comes here.
    if (text.charCodeAt(end - 1) < 0x80) return false;
    const first = startOfLetters(text, start - 1);
    if (first === start - 1) return false;
    return (
      known.getOrMake(text.slice(first, start - 1), read) !== 0 ||
      (hintsOfName(wordsBefore(text, start) + text.slice(start, end)) & NAMED) !== 0
    );
  }
  const endings = labelEndings();
  let at = start - 1;
  for (let words = 0; words < 3 && at > 1; words++) {
    const code = text.charCodeAt(at - 1);
    if (code >= 0x80 ? !isPunctuation(code) : isAlphanumeric(code) && endsLikeLabel(text, at, endings)) return true;
    while (at > 0 && (text.charCodeAt(at - 1) >= 0x80 || isAlphanumeric(text.charCodeAt(at - 1)))) at--;
    if (!isJoin(text.charCodeAt(at - 1))) return false;
    at--;
  }
  return false;
}

/** What is between words of a label: `Contrasenya d'usuari`. */
const isJoin = (code: number): boolean => code === SPACE || code === 0x27 || code === 0x2019;

function declaredIn(lead: string): string | undefined {
  const match = DECLARED.exec(lead);
  return match?.[1] ?? match?.[2];
}

/** `"name":"password","value":"…"`, `key="password" value="…"`, `- name: PASSWORD` and `value: …` below. */
const NAME_BEFORE =
  /(?:name|key|id|field|type|label|header|parameter|property|variable)\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?([\p{L}\p{N}_.-]{2,64})\\?["']?(?:,\s{0,32}|\s{1,32})\\?["']?$/iu;

/** `variable "password" { default = "…" }` in Terraform, `json:"password" default:"…"` in Go. */
const DECLARED =
  /(?:\bvariable\s{1,4}"([\w-]{2,64})"\s{0,4}\{[^{}]{0,160}|\b(?:json|ya?ml|toml|env|mapstructure|koanf):\\?"([\w.-]{2,64})[^"`]{0,40}"[^`\n]{0,80})$/;

/** Before a letter of another script, a word continues. */
function startOfWord(text: string, start: number): number {
  let at = start;
  while (at > 0 && start - at < MAX) {
    const code = text.charCodeAt(at - 1);
    if (code < 0x80 ? !isAlphanumeric(code) && code !== UNDERSCORE && code !== HYPHEN : isPunctuation(code)) break;
    at--;
  }
  return at;
}

/** General and CJK punctuation, full-width signs, no-break spaces; no joiners, which are within words. */
export function isPunctuation(code: number): boolean {
  return (
    (code >= 0x80 && code < 0xc0 && code !== 0xaa && code !== 0xb5 && code !== 0xba) ||
    (code >= 0x2000 && code < 0x2c00 && code !== 0x200c && code !== 0x200d) ||
    (code >= 0x3000 && code < 0x3040) ||
    (code >= 0xff00 && code < 0xff10) ||
    (code >= 0xff1a && code < 0xff21) ||
    code === 0xfeff
  );
}

/** `key` alone says nothing, `api key` does; `mot de passe`. */
function hintsOf(text: string, start: number, end: number, own: number): number {
  const hints = own & NAMED;
  // `الرقم السري` is a password, its last word alone a secret.
  const mayBeMore = (own & LAST_WORD) !== 0 || (hints === KEY && text.charCodeAt(start) >= 0x80);
  if ((hints & ~KEY) !== 0 || (own !== 0 && !mayBeMore)) return hints;
  let phrase = wordsBefore(text, start) + text.slice(start, end);
  // The whole phrase first; `use the api key` is an `api key`.
  while (true) {
    const named = hintsOfName(phrase) & NAMED;
    if ((named & ~KEY) !== 0 || (named !== 0 && named !== hints)) return named;
    const space = phrase.search(/[ .'’-]/);
    if (space < 0) return hints;
    phrase = phrase.slice(space + 1);
  }
}

/** Up to four words, each with one sign after it. */
function wordsBefore(text: string, start: number): string {
  let from = start;
  for (let words = 0; words < 4 && JOINING.includes(text.charAt(from - 1)) && from > 1; words++) {
    const first = startOfLetters(text, from - 1);
    if (first === from - 1) break;
    from = first;
  }
  return text.slice(from, start);
}
const JOINING = " .'’-";

function startOfLetters(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < 20) {
    const code = text.charCodeAt(at - 1);
    if (code < 0x80 ? !isAlphanumeric(code) : isPunctuation(code)) break;
    at--;
  }
  return at;
}

/** `--- PASS: TestName`; `PASS` in a log. */
function isResult(text: string, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    text.startsWith('PASS', start) &&
    text.charCodeAt(end) === COLON &&
    text.charCodeAt(end + 1) === SPACE
  );
}

/** `IDENTIFIED BY`; other words before `by` have quotes after it, too. */
function isIdentified(text: string, start: number): boolean {
  return /identified\s+$/i.test(text.slice(Math.max(0, start - 12), start));
}

/** Twilio's ids: `account_sid=AC…`. */
function isAccountId(text: string, from: number): boolean {
  return /^["']?[A-Z]{2}[\da-f]{32}(?![\w-])/.test(text.slice(from, from + 40));
}

/** `?key=…`: many keys are names of files and ids. */
function isLongKey(text: string, from: number): boolean {
  return /^[\w-]{24,}(?![\w./-])/.test(text.slice(from, from + 200));
}

/** A line of a file of cookies, as curl and browsers' tools write it. */
const IN_JAR = /\t(?:TRUE|FALSE)\t\d{1,16}\t$/;
const TAB = 0x09;

/** In a line that names cookies before. */
function isCookie(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 400), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return /cookie["']?\s*[:=]/i.test(line);
}
