/**
 * Secrets after a label in the text: `password=…`, `"api_key": "…"`, `--token …`, `<secret>…`, `Authorization: Bearer
 * …`.
 */
import { isAlphanumeric } from '../characters.ts';
import { ahead } from './ahead.ts';
import { isArgument, isCode, isSameName } from './code.ts';
import { isSumOfFile } from './file-sums.ts';
import { labelOf } from './label-names.ts';
import { looksSecret } from './looks.ts';
import { afterMarks, gap, isStrong, labelEndings, looseValue, endsLikeLabel } from './loose.ts';
import { CODE, GUESS, KEY, PASSWORD, SECRET } from './names.ts';
import { SHORTEST_GUESS } from './random.ts';
import { type Value, valueAt, walletAt } from './values.ts';
import { CLASS, COLON, EQUALS, FULL_COLON, HYPHEN, SPACE } from './words.ts';

/** The start of the value that the word labels; -1 if it labels none. */
export function valueAfter(text: string, start: number, end: number): number {
  const after = text.charCodeAt(end);
  gap.loose = false;
  gap.until = 0;
  if (after === SPACE) {
    const next = text.charCodeAt(end + 1);
    if (isAlphanumeric(next) && text.charCodeAt(start) !== HYPHEN) return looseAfter(text, start, end);
  }
  let at = end;
  let sign = 0;
  let quote = 0;
  let spaces = 0;
  for (; at < text.length && at - end - spaces < 8; at++) {
    const code = text.charCodeAt(at);
    // Settings are often aligned.
    if (code === SPACE && spaces < MOST_SPACES) spaces++;
    if (code >= 0x80 ? code !== FULL_COLON : CLASS[code] !== 2) break;
    if (code === EQUALS || code === COLON || code === 0x3e || code === FULL_COLON) {
      // `a::b` is a qualified name; `a==b` is a comparison.
      if (sign !== 0 && !(sign === EQUALS && code === 0x3e) && !(sign === COLON && code === EQUALS)) return -1;
      sign = code;
      quote = 0;
    } else if (code === 0x22 || code === 0x27) {
      // `""` is empty.
      if (sign !== 0 && quote === code) {
        // Three begin a text of several lines.
        if (text.charCodeAt(at + 1) !== code || text.charCodeAt(at - 1) !== code) return -1;
        at++;
      }
      quote = code;
    }
  }
  if (at >= text.length) return -1;
  if (sign === 0) {
    // `--password value`; `IDENTIFIED BY 'value'`, `PASSWORD 'value'`
    return (text.charCodeAt(start) === HYPHEN && text.charCodeAt(start + 1) === HYPHEN && after === SPACE) ||
      (after === SPACE && quote !== 0 && isStatement(text, start, end, quote))
      ? at
      : looseAfter(text, start, end);
  }
  // `<password>value`, but no comparison.
  if (sign === 0x3e && text.charCodeAt(start - 1) !== 0x3c && after === 0x3e) return -1;
  return at;
}

const MOST_SPACES = 60;

/** Only after words that may be labels. */
function looseAfter(text: string, start: number, end: number): number {
  if (!endsLikeLabel(text, end, labelEndings()) && text.charCodeAt(end - 1) < 0x80) return -1;
  // Most such words are none. One with a letter of another script may go on after a space.
  if (!ahead.mayFollow(text, end)) return -1;
  if (!(text.charCodeAt(start - 1) >= 0x80) && labelOf(text, start, end) === undefined) return -1;
  const at = looseValue(text, end);
  // Most words after a word are words, too: that costs less to see than what the label says.
  if (at < 0 || (gap.loose && !isMore(text, at)) || labelOf(text, start, Math.max(end, gap.until)) === undefined)
    return -1;
  return at > 0 && QUOTES.includes(text.charAt(at)) ? at + 1 : at;
}
const QUOTES = ["'", '"'];

/** Whether what follows before a space is more than a word: with a digit, or long. */
function isMore(text: string, from: number): boolean {
  const until = Math.min(text.length, from + LONGEST_WORD);
  for (let at = from; at < until; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) return true;
    if (code <= SPACE && at > from + 1) return false;
  }
  return until < text.length || text.length - from >= LONGEST_WORD;
}
/** Random letters are longer. */
const LONGEST_WORD = 20;

/** SQL. Oracle's passwords have double quotes. */
function isStatement(text: string, start: number, end: number, quote: number): boolean {
  const word = text.slice(start, end);
  return (
    (word === 'PASSWORD' && quote === 0x27) ||
    word === 'ConvertTo-SecureString' ||
    (/^by$/i.test(word) && /identified\s+$/i.test(text.slice(Math.max(0, start - 12), start)))
  );
}

export function labelled(text: string, start: number, end: number, from: number): Value | undefined {
  const label = labelOf(text, start, Math.max(end, gap.until));
  if (label === undefined) return undefined;
  const { hints } = label;
  const { loose } = gap;
  if ((hints & SAID) === 0 && (loose || (hints === GUESS && !isLong(text, from)))) return undefined;
  const isQuoted = isQuote(text.charCodeAt(from - 1));
  const marked = loose ? from : afterWrapper(text, isQuoted ? from : afterMarks(text, from));
  const begin = schemeEnd(text, marked);
  const whole = valueAt(text, begin, marked, label);
  const value = beforeHost(text, start, withoutBraces(text, start, passwordOf(text, start, end, whole)));
  const found = text.slice(value.start, value.end);
  const basic = begin > marked && (hints & SECRET) !== 0 && isBasic(text, marked, found);
  if (loose && !basic && !isStrong(found) && ((hints & CODE) === 0 || !/^\d{4,}$/.test(found))) return undefined;
  const words = (hints & PASSWORD) === 0 ? undefined : walletAt(text, start, end, value);
  if (words !== undefined) return words;
  if (!basic && value.start === whole.start && !looksSecret(found, hints, value.where)) return undefined;
  if (isCode(text, value, found) || isArn(text, start)) return undefined;
  if (value.where !== 'quoted' && isSameName(text.slice(start, end), found, loose)) return undefined;
  if (isSumOfFile(text.slice(start, end), found)) return undefined;
  if (loose && (OPTION.test(found) || isArgument(text, end, found))) return undefined;
  if (isDefined(text, start, value) || isPlaceInUrl(text, value)) return undefined;
  if (FINGERPRINT.test(found) && OF_A_KEY.test(text.slice(Math.max(0, start - 40), end))) return undefined;
  // In prose, a word with a digit may be a name: `the password hash is SHA256`.
  if (IS_NAME.test(found) && value.where === 'prose' && (hints & PASSWORD) !== 0 && text.charCodeAt(end) === SPACE)
    return undefined;
  return (hints & CODE) !== 0 && /s$/i.test(text.slice(end - 1, end))
    ? { ...value, end: endOfList(text, value.end, hints) }
    : value;
}

/** After mere space, only a name that says it is one. */
const SAID = PASSWORD | SECRET | KEY | CODE;

/** Whether what follows may be as long as what counts under a name that only hints at a secret. Most values are not. */
function isLong(text: string, from: number): boolean {
  if (!(text.charCodeAt(from + SHORTEST_GUESS - 1) > SPACE)) return false;
  for (let at = from; at < from + SHORTEST_GUESS; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || isQuote(code) || code === 0x2c || code === 0x7d) return false;
  }
  return true;
}

const isQuote = (code: number): boolean => code === 0x22 || code === 0x27;

/** The start of the text in a call that only makes a value of it: `String::from("…")`, `SecretStr("…")`. */
function afterWrapper(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (!WRAPPING.includes(String.fromCharCode(code))) return from;
  WRAPPER.lastIndex = from;
  return WRAPPER.test(text) ? WRAPPER.lastIndex : from;
}
const WRAPPING = 'SsBnbSOJT(C@$';
const WRAPPER =
  /(?:new )?(?:String(?:::from|Builder)?|Secret(?:Str|String|Value|Box)?(?:::new|\.unsafePlainText|\.of)?|Some|Optional\.of|Just|bytes|str|Buffer\.from|base64\.b64decode|Text)\(\s?b?["'](?=[^"'\n]{4,200}["'])|[@$]{1,2}["'](?=[^"'\n]{4,200}["'])|\(?ConvertTo-SecureString (?:-String )?["'](?=[^"'\n]{4,200}["'])/y;

/** In a URL, a host follows: `https://x-access-token:…@github.com/`. */
function beforeHost(text: string, start: number, value: Value): Value {
  const at = text.slice(value.start, value.end).indexOf('@');
  if (at <= 0 || !IN_URL.test(text.slice(Math.max(0, start - 96), start))) return value;
  return { ...value, end: value.start + at };
}
const IN_URL = /:\/\/[^\s/@]{0,90}$/;

/** `Driver={SQL Server};UID=sa;PWD={…}`: in braces, a password of ODBC may have any sign. */
function withoutBraces(text: string, start: number, value: Value): Value {
  const isOdbc =
    text.charCodeAt(value.start) === 0x7b &&
    text.charCodeAt(value.end - 1) === 0x7d &&
    value.end - value.start > 5 &&
    ODBC.test(text.slice(Math.max(0, start - 240), start));
  return isOdbc ? { start: value.start + 1, end: value.end - 1, where: 'quoted' } : value;
}
const ODBC = /\b(?:driver|server|dsn|data source|uid|user id|user|database) ?= ?[^\n]{1,200}; ?$/i;

/** `credentials: bob/…` */
function passwordOf(text: string, start: number, end: number, value: Value): Value {
  // Not `credentials = a::b`.
  if (
    (text.charCodeAt(start) | 0x20) !== 0x63 ||
    text.slice(value.start, value.end).includes('::') ||
    !/^cred(?:ential)?s?$/i.test(text.slice(start, end))
  )
    return value;
  const user = /^(?:[a-z][a-z._-]{0,40}\d{0,4}|[\w.+-]{1,64}@[\w.-]{1,64})[/:](?=\S{4})/.exec(
    text.slice(value.start, value.end),
  )?.[0];
  const from = value.start + (user?.length ?? 0);
  if (user === undefined) return USER.test(text.slice(value.start, value.end)) ? afterUser(text, value) : value;
  return looksSecret(text.slice(from, value.end), PASSWORD, value.where) ? { ...value, start: from } : value;
}

/** `creds: bob / …` */
function afterUser(text: string, value: Value): Value {
  AFTER_USER.lastIndex = value.end;
  const password = AFTER_USER.exec(text)?.[1];
  if (password === undefined || !looksSecret(password, PASSWORD, 'prose')) return value;
  return { ...value, start: AFTER_USER.lastIndex - password.length, end: AFTER_USER.lastIndex };
}
const USER = /^(?:[a-z][a-z\d._-]{0,40}|[\w.+-]{1,64}@[\w.-]{1,64})$/;
const AFTER_USER = / ?[/:] (?=[^\s\d]{0,63}\d)(\S{6,64}?)(?=[.,;]?(?:\s|$))/y;

/** `recovery codes: …, …`, or one a line. */
function endOfList(text: string, from: number, hints: number): number {
  let end = from;
  for (let items = 1; items < MOST_ITEMS; items++) {
    ITEM.lastIndex = end;
    const item = ITEM.exec(text)?.[1];
    if (item === undefined || !looksSecret(item, hints, 'prose')) break;
    end = ITEM.lastIndex;
  }
  return end;
}
const ITEM =
  /[,;]?(?:[ \t]{1,4}|[ \t]{0,4}\r?\n[ \t]{0,8})(?:[-*•] |\d{1,2}[.)] )?([A-Za-z\d]{4,12}(?:[-_][A-Za-z\d]{3,12}){0,4})(?![\w-])/y;
const MOST_ITEMS = 32;

/** `use … as the password`, `… is the new API key`, `… (password)`: the value is before its label. */
export function labelledBefore(text: string, start: number, end: number): Value | undefined {
  if (text.charCodeAt(start - 1) !== SPACE && text.charCodeAt(start - 1) !== 0x28) return undefined;
  if (!ahead.mayPrecede(text, start)) return undefined;
  const label = labelOf(text, start, end);
  if (label === undefined) return undefined;
  AFTER_LABEL.lastIndex = end;
  if (!AFTER_LABEL.test(text)) return undefined;
  if (!LINKED.test(text.slice(Math.max(0, start - 32), start))) return undefined;
  const code = CODE_BEFORE.exec(text.slice(Math.max(0, start - REACH), start));
  const digits = code?.[1];
  if (code !== null && digits !== undefined && (label.hints & CODE) !== 0) {
    const at = start - code[0].length;
    return { start: at, end: at + digits.length, where: 'prose' };
  }
  const match = VALUE_BEFORE.exec(text.slice(Math.max(0, start - REACH), start));
  const found = match?.[1];
  if (found === undefined || !isStrong(found)) return undefined;
  if (!looksSecret(found, label.hints, 'prose')) return undefined;
  const from = start - (match?.[0].length ?? 0);
  const value: Value = { start: from, end: from + found.length, where: 'prose' };
  return isCode(text, value, found) ? undefined : value;
}

/** `482913 is your verification code` */
const CODE_BEFORE = /(?<![\w.])((?:[A-Z]{1,2}-)?\d{4,8}) is (?:your|the|my) (?:[\p{L}\d-]{1,16} ){0,4}$/u;
const LINKED = / (?:as|is|was|for|into?|to) |\(/;
const REACH = 128;
const VALUE_BEFORE =
  /(?<![^\s"'`/(])([A-Za-z\d+/]{24,80}={0,2}|[^\s"'`/(]{7,80})["'`]?(?: in)?(?: (?:as|is|is now|was|for|into?|to)(?: [a-z]{1,12}){0,4}? | \((?:[a-z]{1,12} ){0,2})$/i;
const AFTER_LABEL = /$|[.,;:)!?\n]| (?:for|to|of|in|on|and|when|until)\b/y;

/** `gpg: using RSA key 0123…`: the fingerprint of a key, or its last digits. */
const FINGERPRINT = /^(?:0x)?(?:[\dA-F]{8,40}|[\da-f]{16}|[\da-f]{40})$/;
const OF_A_KEY = /\b(?:signed|rsa|dsa|ecdsa|eddsa|ed25519|gpg|pgp|public|fingerprint|keyid)\b[^\n]{0,32}$/i;

/** The next option of a command: `vault token lookup db --format=…`. Its value is looked at by itself. */
const OPTION = /^--[a-z][a-z-]*=/;

/** `#define umac32_set_key nettle_umac32_set_key` */
function isDefined(text: string, start: number, { where }: Value): boolean {
  return where === 'prose' && /#\s*define\s+$/.test(text.slice(Math.max(0, start - 16), start));
}

/** `user:<password>@host`, which is no tag. */
function isPlaceInUrl(text: string, { start }: Value): boolean {
  return text.charCodeAt(start) === 0x40 && text.charCodeAt(start - 1) === 0x3e;
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

const SCHEMES = 'btagsn';
const SCHEME = /^(?:bearer|basic|token|apikey|bot|geniekey|sso-key|ssws|splunk|negotiate)\s+(?=\S{8})/i;

/** The start of the credentials after an HTTP authentication scheme. */
export function schemeEnd(text: string, from: number): number {
  const code = text.charCodeAt(from) | 0x20;
  if (!SCHEMES.includes(String.fromCharCode(code))) return from;
  const match = SCHEME.exec(text.slice(from, from + 24));
  return match === null ? from : from + match[0].length;
}
