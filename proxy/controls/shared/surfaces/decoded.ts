/**
 * Decodes percent-encoding (RFC 3986, 2.1) and JSON `\uXXXX` escapes inside other text. Detectors search the decoded
 * text; replacements are made in the original.
 */

import { atOnce, type Work } from '../../../base/turns.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Decoding a text may yield after this many characters. */
const PART = 0xffff;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** A decoded text that maps its positions back to the original. */
export class DecodedView {
  readonly text: string;
  /** For each decoded character, its start in the original; the last entry is the length of the original. */
  readonly #from: Uint32Array;

  private constructor(text: string, from: Uint32Array) {
    this.text = text;
    this.#from = from;
  }

  /** Undefined if nothing in the text is encoded. Takes one pass, even for malformed encodings. */
  static of(text: string): DecodedView | undefined {
    return text.includes('%') || text.includes('\\u') ? atOnce(DecodedView.read(text)) : undefined;
  }

  /** The same for a long text, in turns. */
  static *read(text: string): Work<DecodedView | undefined> {
    if (!text.includes('%') && !text.includes('\\u')) return undefined;
    // The decoded text is never longer than the original.
    const units = new Uint16Array(text.length);
    const from = new Uint32Array(text.length + 1);
    let size = 0;
    for (let at = 0; at < text.length; size++) {
      if ((size & PART) === PART) yield;
      const code = text.charCodeAt(at);
      units[size] = code;
      from[size] = at;
      const character = code === PERCENT ? percentAt(text, at) : code === BACKSLASH ? escapeAt(text, at) : -1;
      if (character < 0) {
        at++;
        continue;
      }
      if (character > 0xffff) {
        units[size++] = 0xd7c0 + (character >> 10);
        from[size] = at;
        units[size] = 0xdc00 | (character & 0x3ff);
      } else units[size] = character;
      at += code === BACKSLASH ? 6 : 3 * bytesOf(character);
    }
    if (size === text.length) return undefined;
    from[size] = text.length;
    return new DecodedView(Buffer.from(units.buffer, 0, 2 * size).toString('utf16le'), from);
  }

  /** Maps a range of the decoded text to the original. */
  original({ start, end }: Range): Range {
    return { start: this.#from[start] ?? 0, end: this.#from[end] ?? 0 };
  }
}

/** The character of a `\uXXXX` escape; -1 if there is none. */
function escapeAt(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== LETTER_U) return -1;
  const high = byteAt(text, at + 2);
  const low = byteAt(text, at + 4);
  return high < 0 || low < 0 ? -1 : (high << 8) | low;
}

/**
 * The character whose percent-encoded UTF-8 starts here (Unicode, table 3-7); -1 if there is none. Avoids
 * `decodeURIComponent`, which would throw for each invalid sequence.
 */
function percentAt(text: string, at: number): number {
  const first = byteAt(text, at + 1);
  if (first < 0x80) return first;
  if (first < 0xc2 || first > 0xf4) return -1;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = encodedAt(text, at + 3);
  if (second < least || second > most) return -1;
  if (first < 0xe0) return ((first & 0x1f) << 6) | (second & 0x3f);
  const third = encodedAt(text, at + 6);
  if (third < 0x80 || third > 0xbf) return -1;
  if (first < 0xf0) return ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
  const fourth = encodedAt(text, at + 9);
  return fourth < 0x80 || fourth > 0xbf
    ? -1
    : ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
}

/** The number of bytes of a character in UTF-8. */
function bytesOf(character: number): number {
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

function encodedAt(text: string, at: number): number {
  return text.charCodeAt(at) === PERCENT ? byteAt(text, at + 1) : -1;
}

/** The value of two hexadecimal digits; -1 if there are none. */
function byteAt(text: string, at: number): number {
  const high = digitAt(text, at);
  const low = digitAt(text, at + 1);
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
