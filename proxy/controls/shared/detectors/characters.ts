/** Character classes for the detectors: digits of several scripts, separators between digits, and word characters. */

/** The value of a digit, in the scripts that keyboards type numbers with; -1 if the character is none. */
export function digitOf(code: number): number {
  if (code < 0x80) return code >= 0x30 && code <= 0x39 ? code - 0x30 : -1;
  // Arabic-Indic, Persian, Devanagari, Bengali; full-width.
  if (code < 0x660) return -1;
  if (code < 0xa00) {
    if (code <= 0x669) return code - 0x660;
    if (code >= 0x6f0 && code <= 0x6f9) return code - 0x6f0;
    if (code >= 0x966 && code <= 0x96f) return code - 0x966;
    return code >= 0x9e6 && code <= 0x9ef ? code - 0x9e6 : -1;
  }
  return code >= 0xff10 && code <= 0xff19 ? code - 0xff10 : -1;
}

/** Invisible: soft hyphen, zero-width characters, direction marks, word joiner, byte order mark. */
export function isInvisible(code: number): boolean {
  if (code < 0x200b) return code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e;
  return code <= 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code === 0xfeff;
}

export const SPACE = 0x20;
export const HYPHEN = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const OPEN = 0x28;

/** Maps variants of a separator to the plain one; returns any other character unchanged. */
export function plain(code: number): number {
  if (code < 0x80) return code === 0x09 ? SPACE : code;
  if (code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x3000)
    return SPACE;
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe63 || code === 0xff0d || code === 0x30fc)
    return HYPHEN;
  // Full-width punctuation.
  return code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
}

/** Letters, digits and the underscore. For other scripts than Latin: those that put spaces between words. */
export function isWord(code: number): boolean {
  if (code < 0x80) return isAlphanumeric(code) || code === 0x5f;
  return (code >= 0xc0 && code < 0x2000 && code !== 0xd7 && code !== 0xf7) || digitOf(code) >= 0;
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export function isAlphanumeric(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39);
}

const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;

/**
 * Whether a word ends directly before `start`. The letter of an escape (`\\n` in JSON text) does not count, and
 * underscores for emphasis (`_so_`) do not either.
 */
export function follows(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && text.charCodeAt(at) === UNDERSCORE) at--;
  if (at < 0 || !isWord(text.charCodeAt(at))) return false;
  return at < start - 1 || !isEscape(text, at);
}

/** `n`, `r` or `t` after a backslash. */
export function isEscape(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code === 0x6e || code === 0x72 || code === 0x74) && at > 0 && text.charCodeAt(at - 1) === BACKSLASH;
}

function continues(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && text.charCodeAt(at) === UNDERSCORE) at++;
  return at < text.length && isWord(text.charCodeAt(at));
}

/** Whether a find may begin here: it does not continue something before it. */
export function opens(text: string, start: number): boolean {
  if (start === 0) return true;
  if (follows(text, start)) return false;
  // Part of a longer number, or of a name with hyphens or dots.
  const joint = plain(text.charCodeAt(start - 1));
  return !((joint === DOT || joint === HYPHEN) && follows(text, start - 1));
}

/** Whether a find may end here. A dot or hyphen at the end of a sentence or before a space does not continue it. */
export function closes(text: string, end: number): boolean {
  if (end >= text.length) return true;
  if (continues(text, end)) return false;
  const joint = plain(text.charCodeAt(end));
  return !((joint === DOT || joint === HYPHEN) && continues(text, end + 1));
}
