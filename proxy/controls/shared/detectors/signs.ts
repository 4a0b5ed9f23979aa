/**
 * Searches the bytes of a long ASCII text for many signs in one pass. Patterns need a string for each part of the text, and
 * a pass each; for a reply of 10 MB those strings were most of the memory that its search took.
 */

/** Something that is looked for in a text. */
export interface Sign {
  /**
   * Characters at two or three places in a row, of which each sign has one; empty: any. Three that are rare are found
   * with the fewest stops.
   */
  readonly row: readonly [first: string, second: string, third?: string];
  /** Whether it is there. @param at where its row begins, perhaps before the first byte */
  readonly isAt: (bytes: Uint8Array, at: number) => boolean;
}

/** Pairs of ASCII characters. */
const PAIRS = 0x8000;
const ASCII = Array.from({ length: 0x80 }, (_, code) => code);
/** Bits for signs; more signs share them. */
const BITS = 7;
/** The second character of a pair may begin a row of two. */
const BEGINS = 1 << BITS;

/**
 * Reads a text as pairs of bytes. A row of three holds such a pair wherever it is; one of two may lie between pairs, which
 * its first character shows.
 */
export class Signs {
  readonly #signs: readonly Sign[];
  /** By pair, with the second character as the upper byte: the bits of signs. */
  readonly #bits = new Uint8Array(PAIRS);
  /** The bits of signs with a row of two. */
  readonly #ofTwo: number;

  constructor(signs: readonly Sign[]) {
    this.#signs = signs;
    let ofTwo = 0;
    for (const [n, { row }] of signs.entries()) {
      const [first, second, third] = row;
      this.#mark(first, second, 1 << (n % BITS));
      if (third !== undefined) this.#mark(second, third, 1 << (n % BITS));
      else {
        this.#mark('', first, BEGINS);
        ofTwo |= 1 << (n % BITS);
      }
    }
    this.#ofTwo = ofTwo;
  }

  #mark(first: string, second: string, bit: number): void {
    for (const b of codesOf(second))
      for (const a of codesOf(first)) {
        const pair = (b << 8) | a;
        this.#bits[pair] = (this.#bits[pair] ?? 0) | bit;
      }
  }

  /** @param bytes of ASCII */
  isIn(bytes: Uint8Array): boolean {
    const bits = this.#bits;
    // Read by words of the processor, which has the lower byte first.
    const from = -bytes.byteOffset & 3;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, Math.max(0, (bytes.length - from) >> 2) & ~1);
    const until = from + 4 * words.length;
    if (this.#isAmong(bytes, -1, from) || this.#isAmong(bytes, until - 1, bytes.length)) return true;
    for (let i = 0; i < words.length; i += 2) {
      const one = words[i]!;
      const two = words[i + 1]!;
      if ((bits[one & 0x7fff]! | bits[one >>> 16]! | bits[two & 0x7fff]! | bits[two >>> 16]!) === 0) continue;
      const at = from + 4 * i;
      for (let pair = at; pair < at + 8; pair += 2) {
        const kinds = bits[bytes[pair]! | (bytes[pair + 1]! << 8)]!;
        if (kinds === 0) continue;
        const next = bits[bytes[pair + 1]! | ((bytes[pair + 2] ?? 0) << 8)]!;
        if (kinds !== BEGINS) {
          const before = bits[(bytes[pair - 1] ?? 0) | (bytes[pair]! << 8)]!;
          // Of most rows of three that begin like a sign, the other pair is none.
          const here = kinds & (this.#ofTwo | next);
          if (here !== 0 && this.#isAt(bytes, pair, here)) return true;
          if ((kinds & before) !== 0 && this.#isAt(bytes, pair - 1, kinds & before)) return true;
        }
        const between = next & (BEGINS - 1);
        if (kinds >= BEGINS && between !== 0 && this.#isAt(bytes, pair + 1, between)) return true;
      }
    }
    return false;
  }

  /** @param kinds their bits */
  #isAt(bytes: Uint8Array, at: number, kinds: number): boolean {
    for (let n = 0; n < this.#signs.length; n++)
      if ((kinds & (1 << (n % BITS))) !== 0 && this.#signs[n]!.isAt(bytes, at)) return true;
    return false;
  }

  /** Whether one begins between two places. */
  #isAmong(bytes: Uint8Array, from: number, until: number): boolean {
    for (let at = from; at < until; at++) if (this.#isAt(bytes, at, BEGINS - 1)) return true;
    return false;
  }
}

function codesOf(characters: string): readonly number[] {
  return characters === '' ? ASCII : Array.from(characters, (character) => character.charCodeAt(0));
}

/** Whether a string is at that place. */
export function isWordAt(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return true;
}

/** Whether one of these characters is at that place. */
export function isOneAt(bytes: Uint8Array, at: number, characters: string): boolean {
  const code = bytes[at];
  return code !== undefined && characters.includes(String.fromCharCode(code));
}
