/** Octets as digits and lower-case letters, for places whose software changes the case of letters. */

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const BITS = Math.log2(36);
/** Digits that are read at once, so that 32 bits times their range are exact in a double. */
const CHUNK = 4;
const WORD = 2 ** 32;

const NONE = 0xff;
const VALUES = new Uint8Array(0x80).fill(NONE);
for (let i = 0; i < DIGITS.length; i++) {
  const digit = DIGITS[i] ?? '';
  VALUES[digit.charCodeAt(0)] = VALUES[digit.toUpperCase().charCodeAt(0)] = i;
}
const I = 18;

/** The digit of a character, in any case; -1 if it is none. */
function digitOf(code: number): number {
  if (code < 0x80) return VALUES[code] === NONE ? -1 : (VALUES[code] ?? -1);
  // `ı` and `İ` are what Turkish rules make of `I` and `i`.
  return code === 0x131 || code === 0x130 ? I : -1;
}

/** How far digits continue in a text, but not beyond `limit`. */
export function endOfDigits(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && digitOf(text.charCodeAt(at)) >= 0) at++;
  return at;
}

/** How many characters that many octets take. No two numbers of octets take the same. */
export function charactersOf(octets: number): number {
  return Math.ceil((octets * 8) / BITS);
}

export function base36(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return BigInt(`0x${hex}`).toString(36).padStart(charactersOf(bytes.length), '0');
}

/** Undefined if it is not the encoding of whole octets. */
export function bytesOf36(text: string): Buffer | undefined {
  const octets = Math.floor((text.length * BITS) / 8);
  if (octets === 0 || charactersOf(octets) !== text.length) return undefined;
  /** The last word has the lowest digits; the first one what is left over. */
  const words = new Float64Array(Math.ceil(octets / 4) + 1);
  let first = words.length - 1;
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + CHUNK);
    let carry = 0;
    let range = 1;
    for (; at < end; at++) {
      const digit = digitOf(text.charCodeAt(at));
      if (digit < 0) return undefined;
      carry = carry * 36 + digit;
      range *= 36;
    }
    for (let i = words.length - 1; i >= first; i--) {
      const value = (words[i] ?? 0) * range + carry;
      carry = Math.floor(value / WORD);
      words[i] = value - carry * WORD;
    }
    if (carry > 0) words[--first] = carry;
  }
  const bytes = Buffer.allocUnsafe(4 * words.length);
  for (let i = 0; i < words.length; i++) bytes.writeUInt32BE(words[i] ?? 0, 4 * i);
  const start = bytes.length - octets;
  for (let i = 0; i < start; i++) if (bytes[i] !== 0) return undefined;
  return bytes.subarray(start);
}
