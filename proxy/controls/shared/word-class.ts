/** Which characters make words. */

export const NO_WORD = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** A script without spaces between words: each character may begin one. */
export const IDEOGRAPH = 3;
const ASCII = Uint8Array.from({ length: 0x80 }, (_, code) =>
  code >= 0x30 && code <= 0x39 ? DIGIT : /[A-Za-z]/.test(String.fromCharCode(code)) ? LETTER : NO_WORD,
);

export function classAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0x80) return ASCII[code] ?? NO_WORD;
  // Thai and Lao, Tibetan and Burmese, Khmer, and everything from the radicals on: Chinese, Japanese, Korean, and
  // surrogate pairs.
  if ((code >= 0xe00 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800) || code >= 0x2e80) return IDEOGRAPH;
  const c = String.fromCharCode(code);
  return /\p{N}/u.test(c) ? DIGIT : /[\p{L}\p{M}]/u.test(c) ? LETTER : NO_WORD;
}
