/**
 * Seen through: percent-encoding (RFC 3986, 2.1), and `\uXXXX` escapes of JSON that stands within other text. What is searched is
 * the decoded text, what is replaced is the text as it stands.
 */

export interface Range {
  readonly start: number;
  readonly end: number;
}

const ENCODED = /(?:%[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}/g;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text with what is encoded in it decoded, and the way back from there. */
export class DecodedView {
  readonly text: string;
  /** For each character of the decoded text, where it began; and at the end, the length of the original. */
  readonly #from: readonly number[];

  private constructor(text: string, from: readonly number[]) {
    this.text = text;
    this.#from = from;
  }

  /** Undefined where nothing in the text is encoded: it is its own view. */
  static of(text: string): DecodedView | undefined {
    if (!text.includes('%') && !text.includes('\\u')) return undefined;
    let out = '';
    const from: number[] = [];
    let copied = 0;
    const copy = (end: number): void => {
      out += text.slice(copied, end);
      for (; copied < end; copied++) from.push(copied);
    };
    for (const { 0: encoded, index } of text.matchAll(ENCODED)) {
      copy(index);
      copied = index + encoded.length;
      if (encoded.startsWith('\\')) {
        out += String.fromCharCode(Number.parseInt(encoded.slice(2), 16));
        from.push(index);
      } else out += decodeBytes(encoded, index, from);
    }
    if (from.length === copied) return undefined;
    copy(text.length);
    from.push(text.length);
    return new DecodedView(out, from);
  }

  /** The range of the original text that a range of the decoded one stands for. */
  original({ start, end }: Range): Range {
    return { start: this.#from[start] ?? 0, end: this.#from[end] ?? 0 };
  }
}

/** A run of percent-encoded bytes, character by character; what is no UTF-8 stays as it is written. */
function decodeBytes(encoded: string, index: number, from: number[]): string {
  const bytes = Buffer.from(encoded.replaceAll('%', ''), 'hex');
  let out = '';
  for (let byte = 0; byte < bytes.length; ) {
    const length = lengthOf(bytes[byte] ?? 0);
    const character = decoded(bytes.subarray(byte, byte + length));
    const text = character ?? encoded.slice(3 * byte, 3 * byte + 3);
    for (let i = 0; i < text.length; i++) from.push(index + 3 * byte + (character === undefined ? i : 0));
    out += text;
    byte += character === undefined ? 1 : length;
  }
  return out;
}

function lengthOf(byte: number): number {
  if (byte < 0x80) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
