/** Characters. */
const SHORT = 16;

/**
 * Where the string ends that starts at `start`, behind its closing quote; -1: there is none, which no text that was
 * checked comes to.
 */
export function stringEnd(text: string, start: number): number {
  // A short one by itself: a native search costs as much as a dozen characters.
  for (let at = start + 1; at <= start + SHORT; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x22) return at + 1;
    if (c === 0x5c) break;
  }
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return -1;
}
