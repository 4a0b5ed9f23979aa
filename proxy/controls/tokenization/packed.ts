/**
 * Packs addresses before encryption, so that their tokens fit fields with little room: a prefix code whose lengths come
 * from how often letters and endings occur in addresses. The table must never change, because old tokens use it.
 */

/** Characters and endings by the number of their bits. `^` makes the next letter a capital. */
const LENGTHS: readonly (readonly [bits: number, symbols: string])[] = [
  [4, 'a e i n r o l'],
  [5, 's t m c d h . @'],
  [6, 'u k b g p j y v w f .com'],
  [7, 'z - _ 1 2 0 9 @gmail.com'],
  [8, 'x 8 3 7 5 4 6 .de .org .net'],
  [9, 'q + ^ .co.uk @hotmail.com @yahoo.com @outlook.com @icloud.com .fr .io .it .es .nl .edu .eu .ch'],
  [10, '.com.br .co.jp .at .ca .com.au .in .pl .se'],
];

/** The first two bits of packed bytes: no text begins like this in UTF-8. */
const MARK = 0b10;
const MARK_BITS = 2;

interface Code {
  readonly symbol: string;
  readonly bits: number;
  readonly code: number;
}

/** A canonical prefix code: the codes of one length are consecutive. The last one is all ones and longer than a byte. */
const CODES: readonly Code[] = (() => {
  const codes: Code[] = [];
  let code = 0;
  let length = 0;
  for (const [bits, symbols] of LENGTHS) {
    for (const symbol of symbols.split(' ')) {
      code <<= bits - length;
      length = bits;
      codes.push({ symbol, bits, code: code++ });
    }
  }
  return codes;
})();
/** The codes of ASCII characters. */
const SINGLE: readonly (Code | undefined)[] = (() => {
  const known = new Map(CODES.map((code) => [code.symbol, code]));
  return Array.from({ length: 0x80 }, (_, i) => known.get(String.fromCharCode(i).toLowerCase()));
})();
const CAPITAL = '^';
const CAPITAL_CODE = SINGLE[CAPITAL.charCodeAt(0)];
/** Endings, the longest first. */
const ENDINGS = CODES.filter(({ symbol }) => symbol.length > 1).sort((a, b) => b.symbol.length - a.symbol.length);
const LONGEST = 10;
/** The code that some bits begin with. */
const BEGINNINGS: readonly Code[] = CODES.flatMap((code) =>
  Array.from({ length: 1 << (LONGEST - code.bits) }, () => code),
);

/** Undefined if the value has other characters, or would not become shorter. */
export function packed(value: string): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(value.length);
  let size = 0;
  let held = MARK;
  let bits = MARK_BITS;
  let isShifted = false;
  for (let at = 0; at < value.length;) {
    const c = value.charCodeAt(at);
    const isCapital: boolean = c >= 0x41 && c <= 0x5a && !isShifted;
    const next = isCapital ? CAPITAL_CODE : symbolAt(value, at, c);
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

function symbolAt(value: string, at: number, c: number): Code | undefined {
  const ending = c === DOT || c === AT ? ENDINGS.find(({ symbol }) => value.startsWith(symbol, at)) : undefined;
  return ending ?? (c === CAPITAL.charCodeAt(0) ? undefined : SINGLE[c]);
}
const DOT = 0x2e;
const AT = 0x40;

export function isPacked(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >> 6 === MARK;
}

export function unpacked(bytes: Uint8Array): string {
  let out = '';
  let held = (bytes[0] ?? 0) & (0xff >> MARK_BITS);
  let bits = 8 - MARK_BITS;
  let isShifted = false;
  for (let next = 1; ;) {
    while (bits < LONGEST && next < bytes.length) {
      held = (held << 8) | (bytes[next++] ?? 0);
      bits += 8;
    }
    const lacking = Math.max(0, LONGEST - bits);
    const ahead = bits < LONGEST ? (held << lacking) | ((1 << lacking) - 1) : held >> (bits - LONGEST);
    const code = BEGINNINGS[ahead];
    if (code === undefined || code.bits > bits) return out;
    bits -= code.bits;
    held &= (1 << bits) - 1;
    if (code.symbol !== CAPITAL) out += isShifted ? code.symbol.toUpperCase() : code.symbol;
    isShifted = code.symbol === CAPITAL;
  }
}
