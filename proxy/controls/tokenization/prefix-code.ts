/** A prefix code over characters and endings of addresses, in canonical order: the codes of one length are consecutive. */

interface Code {
  readonly symbol: string;
  readonly bits: number;
  readonly code: number;
}

/** Symbols by the number of their bits. `^` makes the next letter a capital. */
export type Lengths = readonly (readonly [bits: number, symbols: string])[];

const CAPITAL = '^';
const DOT = 0x2e;
const AT = 0x40;

export class PrefixCode {
  /** The codes of ASCII characters. */
  readonly #single: readonly (Code | undefined)[];
  /** Endings, the longest first. */
  readonly #endings: readonly Code[];
  readonly #longest: number;
  /** The code that some bits begin with. */
  readonly #beginnings: readonly Code[];
  readonly #capital: Code | undefined;

  /** @param lengths the last code is all ones and longer than a byte, or there is no code of ones */
  constructor(lengths: Lengths) {
    const codes: Code[] = [];
    let code = 0;
    let length = 0;
    for (const [bits, symbols] of lengths) {
      for (const symbol of symbols.split(' ')) {
        code <<= bits - length;
        length = bits;
        codes.push({ symbol, bits, code: code++ });
      }
    }
    const known = new Map(codes.map((own) => [own.symbol, own]));
    this.#single = Array.from({ length: 0x80 }, (_, i) => known.get(String.fromCharCode(i).toLowerCase()));
    this.#endings = codes.filter(({ symbol }) => symbol.length > 1).sort((a, b) => b.symbol.length - a.symbol.length);
    this.#longest = length;
    this.#beginnings = codes.flatMap((own) => Array.from({ length: 1 << (length - own.bits) }, () => own));
    this.#capital = known.get(CAPITAL);
  }

  /**
   * Undefined if the value has other characters, or would not become shorter.
   * @param mark bits to begin with, and how many they are
   */
  packed(value: string, [mark, markBits]: readonly [mark: number, bits: number]): Buffer | undefined {
    const bytes = Buffer.allocUnsafe(value.length);
    let size = 0;
    let held = mark;
    let bits = markBits;
    let isShifted = false;
    for (let at = 0; at < value.length;) {
      const c = value.charCodeAt(at);
      const isCapital: boolean = c >= 0x41 && c <= 0x5a && !isShifted;
      const next = isCapital ? this.#capital : this.#symbolAt(value, at, c);
      if (next === undefined) return undefined;
      held = (held << next.bits) | next.code;
      bits += next.bits;
      while (bits >= 8) {
        if (size === bytes.length) return undefined;
        bytes[size++] = held >> (bits -= 8);
      }
      held &= (1 << bits) - 1;
      if (!isCapital) at += next.symbol.length;
      isShifted = isCapital;
    }
    // Filled with ones, which begin no whole code.
    if (bits > 0) {
      if (size === bytes.length) return undefined;
      bytes[size++] = (held << (8 - bits)) | (0xff >> bits);
    }
    return size < value.length ? bytes.subarray(0, size) : undefined;
  }

  #symbolAt(value: string, at: number, c: number): Code | undefined {
    const ending = c === DOT || c === AT ? this.#endings.find(({ symbol }) => value.startsWith(symbol, at)) : undefined;
    return ending ?? (c === CAPITAL.charCodeAt(0) ? undefined : this.#single[c]);
  }

  /** @param markBits how many bits come before the first symbol */
  unpacked(bytes: Uint8Array, markBits: number): string {
    let out = '';
    let held = (bytes[0] ?? 0) & (0xff >> markBits);
    let bits = 8 - markBits;
    let isShifted = false;
    for (let next = 1; ;) {
      while (bits < this.#longest && next < bytes.length) {
        held = (held << 8) | (bytes[next++] ?? 0);
        bits += 8;
      }
      const lacking = Math.max(0, this.#longest - bits);
      const ahead = lacking > 0 ? (held << lacking) | ((1 << lacking) - 1) : held >> (bits - this.#longest);
      const code = this.#beginnings[ahead];
      if (code === undefined || code.bits > bits) return out;
      bits -= code.bits;
      held &= (1 << bits) - 1;
      if (code.symbol !== CAPITAL) out += isShifted ? code.symbol.toUpperCase() : code.symbol;
      isShifted = code.symbol === CAPITAL;
    }
  }
}
