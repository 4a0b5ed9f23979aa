/**
 * Checksums at the end of tokens, as GitHub proposed them in 2021 and other issuers took them over: CRC-32 (IEEE) in six
 * digits of base 62, or in eight of base 16. A text that has one by chance is one in hundreds of millions, so that a token
 * of any issuer proves itself.
 */
import { crc32 } from 'node:zlib';

const BASE62 = [
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
] as const;
const IN_BASE62 = 6;
const HEX = /[a-f\d]{8}$/;
/** Less is no secret. */
const LEAST_BODY = 16;

/**
 * Whether a token ends with the checksum of what is before it.
 * @param token with its beginning: `npm_…`
 * @param body where the part after the beginning starts
 */
export function hasChecksum(token: string, body: number): boolean {
  const { length } = token;
  if (length - body >= LEAST_BODY + IN_BASE62) {
    const sum = token.slice(length - IN_BASE62);
    for (const from of [body, 0]) {
      const crc = crc32(token.slice(from, length - IN_BASE62));
      if (BASE62.some((digits) => inBase62(crc, digits) === sum)) return true;
    }
  }
  if (length - body < LEAST_BODY + 8 || !HEX.test(token)) return false;
  const sum = token.slice(length - 8);
  // With a sign before the sum, or without.
  const end = /[_-]$/.test(token.slice(0, length - 8)) ? length - 9 : length - 8;
  return [body, 0].some((from) => {
    const hex = crc32(token.slice(from, end)).toString(16).padStart(8, '0');
    return hex === sum || reversed(hex) === sum;
  });
}

function inBase62(value: number, digits: string): string {
  let text = '';
  for (let rest = value; text.length < IN_BASE62; rest = Math.floor(rest / 62)) text = digits.charAt(rest % 62) + text;
  return text;
}

/** The other order of bytes. */
function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join('');
}
