/** Characters that people can't see but a model reads: finds them in a text, and removes them. */
import { isAscii } from 'node:buffer';

/**
 * Never needed in a message: control characters except tab and line ends, direction marks, zero-width space and word
 * joiner, fillers, invisible operators, interlinear annotation, tags, and supplementary variation selectors.
 */
const NEVER =
  '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}';
/**
 * Joiners and variation selectors are part of emoji and some scripts: allowed one at a time, after a character that
 * takes them.
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

// Matches the character before it looks behind: most positions fail at once.
const HIDDEN = new RegExp(
  [
    `[${NEVER}]`,
    // A joiner may follow a selector, as in the emoji of two people with a heart.
    `[\\u200c\\u200d](?<![${EMOJI}${JOINING_SCRIPTS}][\\u200c\\u200d])(?<![${EMOJI}]\\ufe0f[\\u200c\\u200d])`,
    `[\\ufe00-\\ufe0f](?<![${EMOJI}#*0-9\\p{Script=Han}\\p{Script=Mongolian}\\p{Script=Myanmar}][\\ufe00-\\ufe0f])`,
  ].join('|'),
  'gu',
);
/** The same over UTF-16 units: several times as fast, with false positives. */
const ANY = new RegExp(`[${NEVER.replace('\\u{e0000}-\\u{e0fff}', '\\udb40-\\udb43')}${JOINING}]`);

/** Whether a text may hold hidden characters. False positives are possible. */
export function mayHide(text: string): boolean {
  return ANY.test(text);
}

/** The text without hidden characters, as people see it. */
export function withoutHidden(text: string): string {
  return ANY.test(text) ? text.replace(HIDDEN, '') : text;
}

export function isHidden(text: string): boolean {
  return ANY.test(text) && text.search(HIDDEN) >= 0;
}

/**
 * Whether JSON may hold a hidden character, without parsing: literally, as an escape, or in base64 where MCP allows
 * that.
 */
export function mayHold(json: string | Buffer): boolean {
  if (typeof json === 'string') return SIGNS.test(json) || ANY.test(json);
  // Latin-1 is enough to search for signs, and cheaper.
  return SIGNS.test(json.toString('latin1')) || (!isAscii(json) && ANY.test(json.toString('utf8')));
}

const SIGNS = /\\[ubf]|"(?:blob|data)"|\x7f/;
