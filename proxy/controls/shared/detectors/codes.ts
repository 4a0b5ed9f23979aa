/** A window of a text as numbers: to read those costs less than to ask the text for each character. */

/** The most characters that are read at once. */
export const WINDOW = 2_048;
/** Zeros after the last character. */
const MARGIN = 2;

/** Reads windows of any text, one after the other. */
export class Codes {
  readonly #bytes = Buffer.alloc(2 * (WINDOW + MARGIN));
  readonly codes = new Uint16Array(this.#bytes.buffer, this.#bytes.byteOffset, WINDOW + MARGIN);

  /** Reads the characters from a position up to another, or as many as fit. Returns how many were read. */
  read(text: string, from: number, until: number): number {
    const length = Math.min(WINDOW, until - from);
    const { codes } = this;
    this.#bytes.write(length === text.length ? text : text.slice(from, from + length), 'utf16le');
    codes[length] = codes[length + 1] = 0;
    return length;
  }
}
