/**
 * The format of a token. It starts with a marker that a byte scan finds, and contains its key id, its type and its
 * length, so that text next to it does not matter:
 *
 *     Qtk_ k1 _ Vb w oUt0…                   marker, key id, `_`, type, length, ciphertext (base64url)
 *
 * It consists of letters, digits, `_` and `-`, which JSON and URLs leave unchanged. Addresses have another form
 * (`address.ts`). Until 0.1 they had the form above with `-` after the key id, the first octets in the local part, the
 * others in labels of the domain `qtk.invalid` (base32): these can still be opened.
 */
import { crypto } from '../../base/crypto.ts';
import { atOnce, type Work } from '../../base/turns.ts';
import { addressAt, caseFreeCode } from './address.ts';
import { isEscapedMarker, unescapedAt } from './escaped.ts';
import type { Encrypted, FoundToken } from './found-token.ts';
import { ALPHABET, base64url, bytesOf32, bytesOf64, Word } from './octets.ts';

const MARKER = 'Qtk_';
/** How tokens begin: as they were written, and in another case. */
const HEADS = ['Qtk', 'qtk', 'QTK'] as const;
/** What follows: `_`, or the beginning of what stands for it (`escaped.ts`). */
const SIGNS = ['_', '\\', '&', '%', '='] as const;
export const MARKERS: readonly string[] = SIGNS.flatMap((sign) => HEADS.map((head) => `${head}${sign}`));
const IS_SIGN = Uint8Array.from({ length: 0x100 }, (_, code) =>
  (SIGNS as readonly string[]).includes(String.fromCharCode(code)) ? 1 : 0,
);
/** The domain of older addresses. */
const DOMAIN = 'qtk.invalid';
/** The start of a token that stands for a URL. */
export const URL_PREFIX = `https://${DOMAIN}/`;

/** Octets of a synthetic initialization vector. */
const SIV = 16;
/** Maximum bytes of a value. */
export const MAX_VALUE = 64 * 1024;
const LOCAL_PART = 64;
const LABEL = 63;
/** Octets that an address can hold: more than local part and domain name have. */
const MAX_ADDRESS = 256;

/** The length does not fit one character: three more follow. */
const LONG = 63;

const codes = new Map<string, string>();

/** Two characters for a type's name. Types may share them, because the key decides. */
export function codeOf(type: string): string {
  let code = codes.get(type);
  if (code === undefined)
    codes.set(type, (code = crypto().createHash('sha256').update(type).digest('base64url').slice(0, 2)));
  return code;
}

export function writePlain({ keyId, code, ciphertext }: Encrypted): string {
  return `${MARKER}${keyId}_${code}${lengthText(ciphertext.length - SIV)}${base64url(ciphertext)}`;
}

/** Whether a token may be of that type, as far as it shows. */
export function mayBeOf(type: string, { code, caseFree }: FoundToken): boolean {
  return code === (caseFree ? caseFreeCode(type) : codeOf(type));
}

/** How many octets of the ciphertext are in the local part. */
function firstPart(head: number, octets: number): number {
  return Math.min(octets, Math.floor(((LOCAL_PART - head) * 3) / 4));
}

/**
 * Whether a text may hold a token, or what is left of one. Finds tokens in JSON as well: each way to escape a marker's last
 * sign there begins with a backslash.
 */
export function mayHoldTokens(text: string | Buffer): boolean {
  return text.length > SHORTEST && HEADS.some((head) => markerAt(head, text, 0) >= 0);
}

/**
 * The next marker that begins with these letters; -1 if there is none. The engine's search for a rare letter is many times
 * as fast as a pattern.
 */
function markerAt(head: string, text: string | Buffer, from: number): number {
  for (let at = text.indexOf(head, from); at >= 0; at = text.indexOf(head, at + 1)) {
    const sign = typeof text === 'string' ? text.charCodeAt(at + 3) : text[at + 3];
    if (IS_SIGN[sign ?? 0] === 1) return at;
  }
  return -1;
}
/** A marker with a key id. */
const SHORTEST = 5;

/** The markers in a text, whatever follows them. If positions are asked in order, each marker is searched once. */
class Markers {
  readonly #text: string;
  readonly #next = HEADS.map(() => -1);

  constructor(text: string) {
    this.#text = text;
  }

  /** The first from a position on; infinite if there is none. */
  from(start: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (let i = 0; i < HEADS.length; i++) {
      let at = this.#next[i] ?? -1;
      if (at < start) {
        at = markerAt(HEADS[i] ?? '', this.#text, start);
        this.#next[i] = at < 0 ? (at = Number.POSITIVE_INFINITY) : at;
      }
      if (at < first) first = at;
    }
    return first;
  }
}

const BEGINNING = /tk_[a-z0-9]{1,8}[_\u2010-\u2015\u2212\ufe63\uff0d-]/iy;

/** How many tokens were cut or changed: markers with a key id that belong to none of the tokens in the text. */
export function* brokenIn(text: string, tokens: readonly FoundToken[]): Work<number> {
  const markers = new Markers(text);
  let count = 0;
  let heads = 0;
  let next = 0;
  for (let at = markers.from(0); at < text.length; at = markers.from(at + 1)) {
    while ((tokens[next]?.end ?? at + 1) <= at) next++;
    BEGINNING.lastIndex = at + 1;
    if ((tokens[next]?.start ?? at + 1) > at && (BEGINNING.test(text) || isEscapedBeginning(text, at))) count++;
    if ((++heads & PART) === 0) yield;
  }
  return count;
}

/** `qtk\_k1-`, whose rest was cut off. */
function isEscapedBeginning(text: string, at: number): boolean {
  if (!isEscapedMarker(text, at)) return false;
  BEGINNING.lastIndex = 1;
  return BEGINNING.test(unescapedAt(text, at)?.text ?? '');
}

/** How many markers a text has. */
export function* markersIn(text: string): Work<number> {
  const markers = new Markers(text);
  let count = 0;
  for (let at = markers.from(0); at < text.length; at = markers.from(at + 1)) if ((++count & PART) === 0) yield;
  return count;
}

/**
 * Finds everything in a text that looks like a token; only opening shows whether it is one. The time is proportional to
 * the text's length.
 */
export function findTokens(text: string): FoundToken[] {
  return mayHoldTokens(text) ? atOnce(readTokens(text)) : [];
}

/** The same for a long text, in turns. */
export function* readTokens(text: string): Work<FoundToken[]> {
  const found: FoundToken[] = [];
  const word = new Word(text);
  const markers = new Markers(text);
  let heads = 0;
  for (let at = markers.from(0); at < text.length;) {
    const token = tokenAt(text, at, word);
    if (token !== undefined) found.push(token);
    at = markers.from(token?.end ?? at + 1);
    if ((++heads & PART) === 0) yield;
  }
  return found;
}

/** Reading a text may yield after this many tokens or markers, plus one. */
const PART = 255;

function tokenAt(text: string, start: number, word: Word): FoundToken | undefined {
  return asWritten(text, start, word) ?? changedAt(text, start);
}

function asWritten(text: string, start: number, word: Word): FoundToken | undefined {
  if (text[start + 3] !== '_') return undefined;
  return (text.startsWith(MARKER, start) ? plainAt(text, start, word) : undefined) ?? addressAt(text, start);
}

function changedAt(text: string, start: number): FoundToken | undefined {
  const plain = unescapedAt(text, start);
  if (plain === undefined) return undefined;
  const token = asWritten(plain.text, 0, new Word(plain.text));
  if (token === undefined) return undefined;
  const end = start + plain.original(token.end);
  return {
    ...token,
    start,
    end,
    text: text.slice(start, end),
    percent: Math.max(token.percent, plain.percent(token.end)),
    isFolded: plain.isFolded(token.end),
  };
}

const HEAD = /^([A-Za-z0-9]{1,8})([_-])([\w-]{2})([\w-])/;

function plainAt(text: string, start: number, word: Word): FoundToken | undefined {
  const head = HEAD.exec(text.slice(start + MARKER.length, start + MARKER.length + 12));
  if (head === null) return undefined;
  const [whole, keyId = '', form, code = '', lengthCharacter = ''] = head;
  let at = start + MARKER.length + whole.length;
  let length = ALPHABET.indexOf(lengthCharacter);
  if (length === LONG) {
    const digits = Array.from(text.slice(at, at + 3), (c) => ALPHABET.indexOf(c));
    if (digits.length < 3 || digits.includes(-1)) return undefined;
    length = digits.reduce((sum, digit) => sum * 64 + digit, 0);
    at += 3;
  }
  const octets = length + SIV;
  if (length > MAX_VALUE || (form === '-' && octets > MAX_ADDRESS)) return undefined;
  const first = form === '_' ? octets : firstPart(at - start, octets);
  const characters = Math.ceil((first * 4) / 3);
  const local = bytesOf64(text, at, at + characters, first, word);
  if (local === undefined) return undefined;
  at += characters;
  if (form === '_') return found({ keyId, code, ciphertext: local }, text, start, at, 0);
  const percent = text.startsWith('%40', at);
  if (!percent && text[at] !== '@') return undefined;
  at += percent ? 3 : 1;
  const rest = octets - first;
  const wanted = Math.ceil((rest * 8) / 5);
  let encoded = '';
  while (encoded.length < wanted) {
    const label = Math.min(LABEL, wanted - encoded.length);
    encoded += text.slice(at, at + label).toLowerCase();
    at += label;
    if (text[at] !== '.') return undefined;
    at += 1;
  }
  const remote = bytesOf32(encoded, rest);
  if (remote === undefined || text.slice(at, at + DOMAIN.length).toLowerCase() !== DOMAIN) return undefined;
  at += DOMAIN.length;
  return found({ keyId, code, ciphertext: Buffer.concat([local, remote]) }, text, start, at, percent ? 1 : 0);
}

function found(encrypted: Encrypted, text: string, start: number, end: number, percent: number): FoundToken {
  return { ...encrypted, start, end, text: text.slice(start, end), percent, caseFree: false, isFolded: false };
}

function lengthText(length: number): string {
  const digit = (n: number): string => ALPHABET[n] ?? '';
  return length < LONG
    ? digit(length)
    : `${digit(LONG)}${digit(length >> 12)}${digit((length >> 6) & 63)}${digit(length & 63)}`;
}
