/** The characters of a token, and the octets that they stand for. */

export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/**
 * Undefined if the text is not the exact encoding of that many octets. Checks before it copies: otherwise, many tokens
 * in a row that claim to be long would each cost a copy.
 */
export function bytesOf64(text: string, start: number, end: number, octets: number, word: Word): Buffer | undefined {
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
export class Word {
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

export function bytesOf32(text: string, octets: number): Buffer | undefined {
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
  // The rest of the last character belongs to no octet.
  return at === octets && (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
