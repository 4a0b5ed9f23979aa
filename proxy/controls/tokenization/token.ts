/**
 * The format of a token. It starts with a marker that a byte scan finds, and contains its key id, its type and its
 * length, so that text next to it does not matter:
 *
 *     Qtk_ k1 _ Vb w oUt0…                   marker, key id, `_`, type, length, ciphertext (base64url)
 *     Qtk_ k1 - Vb w oUt0…@qtk.invalid       the same as an e-mail address
 *
 * It consists of letters, digits, `_` and `-`, which JSON, URLs and the local part of an address leave unchanged. If
 * the local part would be longer than 64 octets (RFC 5321, 4.5.3.1.1), the rest is in the domain, in case-insensitive
 * base32. `.invalid` is never anybody's domain (RFC 2606).
 */
import { createHash } from 'node:crypto';
import { atOnce, type Work } from '../../base/turns.ts';

export const MARKER = 'Qtk_';
const DOMAIN = 'qtk.invalid';
/** The start of a token that stands for a URL. */
export const URL_PREFIX = `https://${DOMAIN}/`;

/** Octets of a synthetic initialization vector. */
const SIV = 16;
/** Maximum bytes of a value. */
export const MAX_VALUE = 64 * 1024;
const LOCAL_PART = 64;
const LABEL = 63;
/** Maximum length of a domain name, without the dots between its last labels (RFC 1035, 2.3.4). */
const DOMAIN_NAME = 253;
/** Octets that an address can hold: more than local part and domain name have. */
const MAX_ADDRESS = 256;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** The length does not fit one character: three more follow. */
const LONG = 63;

export interface Encrypted {
  readonly keyId: string;
  /** Derived from the type's name: see {@link codeOf}. */
  readonly code: string;
  readonly ciphertext: Uint8Array;
}

/** A token in a text. */
export interface FoundToken extends Encrypted {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether its `@` is written `%40`. */
  readonly percent: boolean;
}

const codes = new Map<string, string>();

/** Two characters for a type's name. Types may share them, because the key decides. */
export function codeOf(type: string): string {
  let code = codes.get(type);
  if (code === undefined) codes.set(type, (code = createHash('sha256').update(type).digest('base64url').slice(0, 2)));
  return code;
}

export function writePlain({ keyId, code, ciphertext }: Encrypted): string {
  return `${MARKER}${keyId}_${code}${lengthText(ciphertext.length - SIV)}${base64url(ciphertext)}`;
}

/** Undefined if it is too long for an address. */
export function writeEmail({ keyId, code, ciphertext }: Encrypted): string | undefined {
  const head = `${MARKER}${keyId}-${code}${lengthText(ciphertext.length - SIV)}`;
  const first = firstPart(head.length, ciphertext.length);
  const labels = base32(ciphertext.subarray(first)).match(LABELS) ?? [];
  const domain = [...labels, DOMAIN].join('.');
  return domain.length > DOMAIN_NAME ? undefined : `${head}${base64url(ciphertext.subarray(0, first))}@${domain}`;
}

const LABELS = new RegExp(`.{1,${LABEL}}`, 'g');

/** How many octets of the ciphertext are in the local part. */
function firstPart(head: number, octets: number): number {
  return Math.min(octets, Math.floor(((LOCAL_PART - head) * 3) / 4));
}

/**
 * Finds everything in a text that looks like a token; only opening shows whether it is one. The time is proportional to
 * the text's length.
 */
export function findTokens(text: string): FoundToken[] {
  return text.includes(MARKER) ? atOnce(readTokens(text)) : [];
}

/** The same for a long text, in turns. */
export function* readTokens(text: string): Work<FoundToken[]> {
  const found: FoundToken[] = [];
  const word = new Word(text);
  let heads = 0;
  for (let at = text.indexOf(MARKER); at >= 0;) {
    const token = tokenAt(text, at, word);
    if (token !== undefined) found.push(token);
    at = text.indexOf(MARKER, token?.end ?? at + 1);
    if ((++heads & PART) === 0) yield;
  }
  return found;
}

/** Reading a text may yield after this many tokens, plus one. */
const PART = 255;
const HEAD = /^([A-Za-z0-9]{1,8})([_-])([\w-]{2})([\w-])/;

function tokenAt(text: string, start: number, word: Word): FoundToken | undefined {
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
  if (form === '_')
    return { keyId, code, ciphertext: local, start, end: at, text: text.slice(start, at), percent: false };
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
  return {
    keyId,
    code,
    ciphertext: Buffer.concat([local, remote]),
    start,
    end: at,
    text: text.slice(start, at),
    percent,
  };
}

function lengthText(length: number): string {
  const digit = (n: number): string => ALPHABET[n] ?? '';
  return length < LONG
    ? digit(length)
    : `${digit(LONG)}${digit(length >> 12)}${digit((length >> 6) & 63)}${digit(length & 63)}`;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/**
 * Undefined if the text is not the exact encoding of that many octets. Checks before it copies: otherwise, many tokens
 * in a row that claim to be long would each cost a copy.
 */
function bytesOf64(text: string, start: number, end: number, octets: number, word: Word): Buffer | undefined {
  if (!word.reaches(start, end)) return undefined;
  // The bits of the last character that belong to no octet.
  const unused = ((end - start) * 6) % 8;
  if ((ALPHABET.indexOf(text[end - 1] ?? '') & ((1 << unused) - 1)) !== 0) return undefined;
  const bytes = Buffer.from(text.slice(start, end), 'base64url');
  return bytes.length === octets ? bytes : undefined;
}

/**
 * How far letters, digits, `_` and `-` continue in a text. If positions are asked in order, each character is read
 * once.
 */
class Word {
  readonly #text: string;
  #from = 0;
  #to = 0;

  constructor(text: string) {
    this.#text = text;
  }

  reaches(start: number, end: number): boolean {
    if (start < this.#from || start > this.#to) this.#from = this.#to = start;
    while (this.#to < end && WORD[this.#text.charCodeAt(this.#to)] === 1) this.#to++;
    return this.#to >= end;
  }
}
const WORD = Uint8Array.from({ length: 0x80 }, (_, code) => (ALPHABET.includes(String.fromCharCode(code)) ? 1 : 0));

function base32(bytes: Uint8Array): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) out += BASE32[(held >> (bits -= 5)) & 31];
  }
  return bits === 0 ? out : out + BASE32[(held << (5 - bits)) & 31];
}

function bytesOf32(text: string, octets: number): Buffer | undefined {
  const bytes = Buffer.alloc(octets);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const c of text) {
    const value = BASE32.indexOf(c);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 255;
  }
  return at === octets && base32(bytes) === text ? bytes : undefined;
}
