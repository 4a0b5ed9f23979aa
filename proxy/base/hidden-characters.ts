/** Characters that nobody sees and a model reads: what is hidden in a text, and the text without it. */
import { isAscii } from 'node:buffer';

/**
 * Never needed in a message: control characters but tab and line ends, marks of direction, zero-width space and joiner
 * of words, fillers, invisible operators, interlinear annotation, tags, and the supplement of variation selectors.
 */
const NEVER =
  '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}';
/**
 * Joiners and variation selectors are part of emoji and of some scripts: one at a time, after a character that they
 * belong to.
 */
const EMOJI = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}';
const JOINING_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Mongolian',
  'Khmer',
  'Myanmar',
  'Tibetan',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const JOINING = '\\u200c\\u200d\\ufe00-\\ufe0f';

// The character first, then what stands before it: most positions are passed by at once.
const HIDDEN = new RegExp(
  [
    `[${NEVER}]`,
    // A joiner may follow a selector: the heart of an emoji with two people.
    `[\\u200c\\u200d](?<![${EMOJI}${JOINING_SCRIPTS}][\\u200c\\u200d])(?<![${EMOJI}]\\ufe0f[\\u200c\\u200d])`,
    `[\\ufe00-\\ufe0f](?<![${EMOJI}#*0-9\\p{Script=Han}\\p{Script=Mongolian}\\p{Script=Myanmar}][\\ufe00-\\ufe0f])`,
  ].join('|'),
  'gu',
);
/** The same by UTF-16 units, which is several times as fast, and says yes to more. */
const ANY = new RegExp(`[${NEVER.replace('\\u{e0000}-\\u{e0fff}', '\\udb40-\\udb43')}${JOINING}]`);

/** Whether there is anything in a text that may have to go. */
export function mayHide(text: string): boolean {
  return ANY.test(text);
}

/** The text as it looks. */
export function withoutHidden(text: string): string {
  return ANY.test(text) ? text.replace(HIDDEN, '') : text;
}

export function isHidden(text: string): boolean {
  return ANY.test(text) && text.search(HIDDEN) >= 0;
}

/**
 * Whether JSON may hold a hidden character, without reading it: as it is, by an escape, or in base64 where MCP puts
 * that.
 */
export function mayHold(json: string | Buffer): boolean {
  if (typeof json === 'string') return SIGNS.test(json) || ANY.test(json);
  // As one byte a character: what looks for signs needs no more.
  return SIGNS.test(json.toString('latin1')) || (!isAscii(json) && ANY.test(json.toString('utf8')));
}

const SIGNS = /\\[ubf]|"(?:blob|data)"|\x7f/;
