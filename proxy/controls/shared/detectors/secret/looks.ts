/** Decides whether a value with a secret's name is one, or only a placeholder or description. */
import { CARD_CODE, CODE, FOLDER, GUESS, KEY, MADE, PASSWORD, SECRET, SIGNS } from './names.ts';
import { hasSigns, isBeyondIds, looksMade } from './random.ts';

/** No secret is longer, except blocks, which have their own search. */
const LONGEST = 4_096;

/** Longer values without quotes are of the characters of base64 and the like: others contain further labels. */
const LONG = 128;
const LONG_TOKEN = /^[\w.~+/%-]+={0,2}$/;

/** Where a value was found: as the whole of a field, or after a label in a text, in quotes or not. */
export type Where = 'field' | 'quoted' | 'assigned' | 'prose';

/** @param hints of the field's or label's name: `PASSWORD`, `SECRET` or `KEY` */
export function looksSecret(value: string, hints: number, where: Where): boolean {
  const { length } = value;
  if (length < 3 || length > LONGEST) return false;
  if (length > LONG && where !== 'field' && where !== 'quoted' && !LONG_TOKEN.test(value)) return false;
  if (isPlaceholder(value) || value.startsWith('AWS4-')) return false;
  if (/\s/.test(value)) return (where === 'field' || where === 'quoted') && (hints & PASSWORD) !== 0 && isPhrase(value);
  if (DATE.test(value) || LINK.test(value)) return false;
  if ((hints & FOLDER) !== 0 && PATH.test(value)) return false;
  if ((hints & PASSWORD) !== 0) return looksLikePassword(value, where);
  if ((hints & CARD_CODE) !== 0 && /^\d{3,4}$/.test(value)) return true;
  if ((hints & CODE) !== 0)
    return (
      hasSigns(value) ||
      (ONE_TIME.test(value) && (length >= SHORT_CODE || !/[A-Za-z]/.test(value)) && !UUID.test(value))
    );
  if ((hints & (MADE | SIGNS)) !== 0 && (hasSigns(value) || ((hints & MADE) !== 0 && looksMade(value)))) return true;
  if (!TOKEN.test(value)) return false;
  if ((hints & GUESS) !== 0) return isBeyondIds(value) && !EXAMPLE.test(value);
  if ((hints & SECRET) !== 0)
    return (
      length >= (where === 'prose' ? 12 : 8) && !EXAMPLE.test(value) && (isRandom(value, 2.5) || isScrambled(value))
    );
  return (
    (hints & KEY) !== 0 &&
    length >= 16 &&
    !UUID.test(value) &&
    !EXAMPLE.test(value) &&
    (isRandom(value, 3) || isScrambled(value))
  );
}

function looksLikePassword(value: string, where: Where): boolean {
  if (!/[^A-Za-z]/.test(value)) {
    // Letters alone may be any word. In prose they usually are; in data they may describe a password.
    if (where === 'prose' || ABOUT.test(value)) return false;
    return value.length >= (where === 'field' ? 4 : 6);
  }
  if (value.length < 4) return false;
  // A sentence without spaces: `元素包含可聚焦元素`, `ARIA属性は使用できます`.
  if (where !== 'field' && UNCASED.test(value) && !/[\d!#$%^&*+@~]/.test(value)) return false;
  if (RANGE.test(value)) return false;
  if (where === 'field' && /^\d+$/.test(value)) return true;
  if (ABOUT.test(value.replace(/[!?]+$/, '')) && /^[\p{L} _.,:/-]*[!?]*$/u.test(value)) return false;
  return where === 'field' || value.length >= 6;
}

const UNCASED = /\p{Lo}/u;
/** Of versions. */
const RANGE = /^(?:[~^]|[<>]=?)\d+(?:\.[\dx*]+){0,2}$/;

/** A pass phrase, or a password with a space: neither a sentence nor a description. */
function isPhrase(value: string): boolean {
  if (/^\w+ \w+$/.test(value) && value.length <= 4) return true;
  if (value.length > 200 || SENTENCE.test(value) || ABOUT.test(value)) return false;
  if (PHRASE.test(value)) return true;
  const words = value.split(' ');
  return words.length <= 6 && /\d|[!#$%^&*+@~]/.test(value) && !/[<>(){}[\]=`"]/.test(value);
}

/** Four words or more: a pass phrase, or a wallet's recovery words. */
const PHRASE = /^[a-z]{2,10}(?: [a-z]{2,10}){3,23}$/;
/** Words of sentences and descriptions. */
const SENTENCE =
  /(?:^|\s)(?:the|a|an|and|or|of|to|for|in|on|is|are|be|must|at|by|with|your|you|my|no|not|new|old|please|enter|least|characters|chars|letters?|digits?|user|users|account|admin|if|can|will|should|der|die|das|ein|le|la|les|de|el|tu|su|und|oder|et|ou|y|o|i|w)(?:\s|[.,:;!?]|$)|[.,:;?]\s|[.?]$/i;
/** AWS's documented examples. */
const EXAMPLE = /EXAMPLE/;
const DATE = /^\d{4}-\d\d-\d\d(?:$|[T ])/;
/** What machines make has no brackets, quotes or commas. */
const TOKEN = /^[^\s()[\]{}<>"'`,;]+$/;
const LINK = /^(?:https?|arn|urn|file|mailto|data|op|vault|ssm|resolve):|^sha\d{1,3}-|^ssh-[a-z\d-]+$/i;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** An absolute path of one folder (`/app`), or of several with any names. */
const PATH =
  /^(?:~|[A-Za-z]:)?[\\/]{1,2}(?:[a-z]{1,16}[\\/]{0,2}|[\w.@+~-]{1,64}(?:[\\/]{1,2}[\w.@+~-]{1,64})+[\\/]{0,2})?$/;

/** Digits, in groups or not, or many letters and digits: `482913`, `8F2K-93QX`. */
const ONE_TIME = /^(?:\d{4,10}|\d{3}[ -]\d{3}|(?=(?:\D*\d){2})[A-Za-z\d]+(?:[-_][A-Za-z\d]+)*)$/;
const SHORT_CODE = 8;

/** A value that describes a secret: its type, its state, its name. */
const ABOUT =
  /pass|pwd|secret|token|^(?:string|str|text|hidden|masked|required|optional|invalid|valid|incorrect|missing|expired|weak|strong|changed|reset|enabled|disabled|unknown|default|prompt|never|always|basic|bearer|digest|oauth2?|jwt|include|omit|same-origin|sensitive|encrypted|hashed|plain|plaintext|write-?only|contrase[nñ]a|senha|kennwort|field|input|value)$/i;

/** A placeholder for a secret, or for a removed one. */
const PLACEHOLDER =
  /^(?:(.)\1+|[*•●.x_-]+|<.*>|\[.*\]|\{.*\}|\{\{.*|\$[A-Za-z_]\w*|![A-Za-z]{2,12}|[$#@%!]?[{(].*|%\w+%|<%.*|null|none|nil|undefined|true|false|n\/a|todo|tbd|empty|redacted|removed|your[-_ ].*|my[-_](?:api|secret|token|pass).*|example.*|placeholder.*|change[-_]?me|insert[-_].*|replace[-_].*|env[.:(].*|process\.env.*|os\.(?:environ|getenv).*|secrets?\..*|vars?\..*|config\..*|exports\..*|@microsoft\.keyvault.*|self\..*|this\..*)$/is;

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || /redacted|xxxx|0123456789abcdef|1234567890abcdef|\*\*\*\*|\.\.\.|…/i.test(value);
}

/** Whether a store's value only refers to a secret, or is what a removed one left. */
export function isReference(value: string): boolean {
  return REFERENCE.test(value);
}
const REFERENCE =
  /^(?:[*•●]+|<[^<>\n]*>|\[?redacted\]?|\(sensitive(?: value)?\)|\(known after apply\)|[$%#]?\{[^{}\n]*\}|\{\{[^\n]*\}\}|\$[A-Za-z_]\w*|\$\([^()\n]*\)|(?:arn:aws[\w-]*:[a-z]+|vault|ssm|op|secretref):[^\s]*|\d* ?bytes)$/i;

/** Letters and digits, with too much entropy (Shannon, in bits per character) for a name. */
function isRandom(value: string, bits: number): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return entropy(value) >= bits && !NAME.test(value);
}

/** Words with a number at the end: `db-credentials-v2`, `prod/api/key-1`, `AWS_KEY_2`, `GoogleOauth2`. */
/** Each word but the first begins with a capital: letters that may be divided at any place would take exponential time. */
const PIECE = '(?:[A-Z]*[a-z]{2,}(?:[A-Z]+[a-z]{2,})*[A-Z]*|[A-Z]+|[a-z])\\d{0,2}';
const NAME = new RegExp(
  `^${PIECE}(?:[-_./:]${PIECE})+(?:[-_./:]v?\\d{1,3})?$|^(?:[A-Z]?[a-z]+(?:[A-Z][a-z]+)*|[A-Z]+)\\d{0,3}$`,
);

/** Letters whose case changes more often than in names of several words. */
export function isScrambled(value: string): boolean {
  if (value.length < 20 || !/^[A-Za-z+/=_-]+$/.test(value)) return false;
  const pieces = value.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
  return pieces.length > 5 && pieces.join('').length < pieces.length * MEAN_PIECE;
}
/** In letters, for a piece in capitals or that begins with one; in names they are words. */
const MEAN_PIECE = 3;

const counts = new Uint16Array(0x80);

function entropy(value: string): number {
  const length = Math.min(value.length, 512);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i) & 0x7f;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i) & 0x7f;
    const count = counts[code] ?? 0;
    if (count === 0) continue;
    sum -= (count / length) * Math.log2(count / length);
    counts[code] = 0;
  }
  return sum;
}
