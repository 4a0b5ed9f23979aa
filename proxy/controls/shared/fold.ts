/**
 * Folds names as Go's `encoding/json` does (`foldName`, the same as `strings.EqualFold`): simple case folding,
 * character by character. `ſ` is `s`, the Kelvin sign is `k`, `ß` is not `ss`. `İ` and `ı` are `i`, because Java's
 * `equalsIgnoreCase` accepts them. Newer Unicode than Go's adds a few letters. The protocol's own keys are folded in
 * `variants.ts`.
 */

const ASCII = /^[\0-\x7f]*$/;
const OTHERS = /[^\0-\x7f]/gu;

/** Names that some readers treat as equal give the same result. */
export function foldName(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  // Go reads a lone surrogate as U+FFFD.
  return name.toWellFormed().replace(OTHERS, foldCharacter).toLowerCase();
}

function foldCharacter(character: string): string {
  if (character === '\u0130') return 'i';
  const upper = single(character.toUpperCase()) ?? character;
  return single(upper.toLowerCase()) ?? upper;
}

/** Undefined if the result is several characters: simple case folding has no such mapping. */
function single(text: string): string | undefined {
  return text.length === 1 || (text.length === 2 && text.charCodeAt(0) >= 0xd800 && text.charCodeAt(0) < 0xdc00)
    ? text
    : undefined;
}
