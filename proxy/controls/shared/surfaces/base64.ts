/** Base64 (RFC 4648), as it comes in practice, and the texts that it may stand for: UTF-8, UTF-16, Latin-1. */
import { isUtf8 } from 'node:buffer';
import { MARK } from './json-text.ts';

/** One reading of what was encoded, and the way back. */
export interface Reading {
  readonly text: string;
  encode(text: string): string;
}

export interface Decoded {
  /** It may as well be a text that nobody encoded. */
  readonly unclear: boolean;
  /** None: it is no text. */
  readonly readings: readonly Reading[];
}

/** A text as short as this may be base64 by chance. */
const SHORT = 256;
/** In either alphabet, unbroken. */
const PLAIN = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** Broken into lines, as MIME and `base64` have it. */
const LINES = /^(?:[A-Za-z0-9+/_-]+\r?\n)+[A-Za-z0-9+/_-]*={0,2}\s*$/;

/** @param mimeType as the message gives it */
export function decodeBase64(text: string, mimeType: string | undefined): Decoded {
  const bytes = bytesOf(text);
  const to: BufferEncoding = /[-_]/.test(text) ? 'base64url' : 'base64';
  const readings = encodingsOf(bytes, mimeType ?? '').map((encoding): Reading => {
    const decoded = encoding.decode(bytes);
    // Without it, nobody knows that it is UTF-16.
    const mark = encoding !== UTF8 && decoded.startsWith(MARK) ? MARK : '';
    return { text: decoded.slice(mark.length), encode: (next) => encoding.encode(mark + next).toString(to) };
  });
  return { unclear: text.length <= SHORT || !(PLAIN.test(text) || (LINES.test(text) && isEven(text))), readings };
}

/** As lenient readers have it: what is no base64 is skipped, and what was padded goes on after the padding. */
function bytesOf(text: string): Buffer {
  const padding = text.indexOf('=');
  if (padding < 0 || padding >= text.trimEnd().length - 2) return Buffer.from(text, 'base64');
  return Buffer.concat(text.split(/=+/).map((part) => Buffer.from(part, 'base64')));
}

/** Whether all lines but the last are of one length: those of words are not. */
function isEven(text: string): boolean {
  const lines = text.trimEnd().split(/\r?\n/);
  const length = lines[0]?.length ?? 0;
  return lines.every((line, i) => (i < lines.length - 1 ? line.length === length : line.length <= length));
}

interface Encoding {
  decode(bytes: Buffer): string;
  encode(text: string): Buffer;
}

function encodedAs(name: BufferEncoding): Encoding {
  return { decode: (bytes) => bytes.toString(name), encode: (text) => Buffer.from(text, name) };
}

const UTF8 = encodedAs('utf8');
const UTF16 = encodedAs('utf16le');
const LATIN1 = encodedAs('latin1');
const UTF16BE: Encoding = {
  decode: (bytes) => swapped(bytes).toString('utf16le'),
  encode: (text) => swapped(Buffer.from(text, 'utf16le')),
};

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
}

/** Types whose bytes are text, if maybe none in UTF-8. */
const TEXTUAL = /^text\/|json|xml|csv|html|yaml|script|sql|toml|form-urlencoded/i;
/**
 * Of a text in UTF-16, so many bytes at least are the zeros of spaces and digits; and so many where it is all ASCII.
 */
const FEW = 1 / 32;
const MANY = 1 / 4;

/** Every encoding that the bytes may be a text in. */
function encodingsOf(bytes: Buffer, mimeType: string): readonly Encoding[] {
  if (bytes.length === 0) return [];
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return [UTF16];
  if (first === 0xfe && second === 0xff) return [UTF16BE];
  const zeros = zerosOf(bytes);
  const wide = zeros === undefined ? [] : [zeros.odd ? UTF16 : UTF16BE];
  if (zeros !== undefined && zeros.share >= MANY) return wide;
  if (isUtf8(bytes)) return [...wide, UTF8];
  if (wide.length > 0) return wide;
  if (/utf-?16/i.test(mimeType)) return [UTF16, UTF16BE];
  return TEXTUAL.test(mimeType) || bytes.every(isPrinted) ? [LATIN1] : [];
}

/** Zeros at every other place only, as ASCII has them in UTF-16; undefined: there are none such, or too few. */
function zerosOf(bytes: Buffer): { readonly odd: boolean; readonly share: number } | undefined {
  const start = bytes.indexOf(0);
  let count = 0;
  for (let at = start; at >= 0; at = bytes.indexOf(0, at + 1)) {
    if (((at ^ start) & 1) === 1) return undefined;
    count++;
  }
  const share = count / bytes.length;
  return share < FEW ? undefined : { odd: (start & 1) === 1, share };
}

function isPrinted(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
}
