/**
 * Names folded as Go's `encoding/json` does (`foldName`, the same as `strings.EqualFold`): by simple case folding,
 * character by character. `ſ` is `s`, the Kelvin sign is `k`, `ß` is not `ss`. Java's `equalsIgnoreCase` takes `İ` and
 * `ı` for `i`, so they are here, too. Newer Unicode than Go's has a few letters more. The protocol's own keys are
 * folded in `variants.ts`.
 */

const ASCII = /^[\0-\x7f]*$/;
const OTHERS = /[^\0-\x7f]/gu;

/** Names that some readers take for one another have the same text here. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  // Go reads half a character as U+FFFD.
  return name.toWellFormed().replace(OTHERS, foldCharacter).toLowerCase();
}

function foldCharacter(character: string): string {
  if (character === '\u0130') return 'i';
  const upper = single(character.toUpperCase()) ?? character;
  return single(upper.toLowerCase()) ?? upper;
}

/** A character that is one by itself; undefined: what it becomes is several, which simple folding doesn't know. */
function single(text: string): string | undefined {
  return text.length === 1 || (text.length === 2 && text.charCodeAt(0) >= 0xd800 && text.charCodeAt(0) < 0xdc00)
    ? text
    : undefined;
}
