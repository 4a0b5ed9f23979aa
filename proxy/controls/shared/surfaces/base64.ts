/** Base64 (RFC 4648) as used in practice, and the texts that it may encode: UTF-8, UTF-16, Latin-1. */
import { isUtf8 } from 'node:buffer';
import { MARK } from './json-text.ts';

/** One reading of the decoded bytes, and its inverse. */
export interface Reading {
  readonly text: string;
  encode(text: string): string;
}

export interface Decoded {
  /** The text may be plain text that was never encoded. */
  readonly unclear: boolean;
  /** Empty if the bytes are not text. */
  readonly readings: readonly Reading[];
}

/** A text up to this length may be valid base64 by chance. */
const SHORT = 256;
/** Either alphabet, on one line. */
const PLAIN = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** Split into lines, as MIME and the `base64` command do. */
const LINES = /^(?:[A-Za-z0-9+/_-]+\r?\n)+[A-Za-z0-9+/_-]*={0,2}\s*$/;

/** @param mimeType the one in the message */
export function decodeBase64(text: string, mimeType: string | undefined): Decoded {
  const bytes = bytesOf(text);
  const to: BufferEncoding = /[-_]/.test(text) ? 'base64url' : 'base64';
  const readings = encodingsOf(bytes, mimeType ?? '').map((encoding): Reading => {
    const decoded = encoding.decode(bytes);
    // Without its byte order mark, readers would not recognize UTF-16.
    const mark = encoding !== UTF8 && decoded.startsWith(MARK) ? MARK : '';
    return { text: decoded.slice(mark.length), encode: (next) => encoding.encode(mark + next).toString(to) };
  });
  return { unclear: text.length <= SHORT || !(PLAIN.test(text) || (LINES.test(text) && isEven(text))), readings };
}

/** Decodes like lenient readers: skips invalid characters and continues after padding. */
function bytesOf(text: string): Buffer {
  const padding = text.indexOf('=');
  if (padding < 0 || padding >= text.trimEnd().length - 2) return Buffer.from(text, 'base64');
  return Buffer.concat(text.split(/=+/).map((part) => Buffer.from(part, 'base64')));
}

/** Whether all lines but the last have the same length, which lines of words do not. */
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

/** Types whose bytes are text, but not necessarily UTF-8. */
const TEXTUAL = /^text\/|json|xml|csv|html|yaml|script|sql|toml|form-urlencoded/i;
/**
 * The share of zero bytes in a UTF-16 text: at least `FEW`, from spaces and digits; at least `MANY` if it is all ASCII.
 */
const FEW = 1 / 32;
const MANY = 1 / 4;

/** Every encoding in which the bytes may be a text. */
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

/**
 * The zero bytes, if all are at odd or all at even offsets, as for ASCII in UTF-16; undefined if not, or if too few.
 */
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
