/** Characters that are scanned one by one. */
const SHORT = 16;

/**
 * The position behind the closing quote of the string that starts at `start`; -1 if there is none, which can't happen
 * in a checked text.
 */
export function stringEnd(text: string, start: number): number {
  // Scan short strings directly: a native search costs as much as a dozen characters.
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
