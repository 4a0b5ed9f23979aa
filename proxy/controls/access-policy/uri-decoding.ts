/** What a text is once a server has decoded it: percent-encoding as often as anybody does, `%uXXXX` of IIS. */

/**
 * A null, which ends a text in C, and longer encodings of a character than it has in UTF-8, which lenient decoders take
 * for it.
 */
const MALFORMED = /%(?:u00)?00|%c[01]%[89ab]|%e0%[89]|%f0%8/i;
/** Characters of UTF-8, encoded, or one unit of UTF-16. What isn't one stays as it is. */
const ENCODED =
  /%u[\da-f]{4}|(?:%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3})+/gi;
/** What is encoded once more than this is decoded by nobody. */
const MAX_ENCODED = 4;

export function isMalformed(text: string): boolean {
  return MALFORMED.test(text);
}

/** As it is, decoded once, twice, … */
export function decodingsOf(uri: string): string[] {
  const texts = [uri];
  for (let text = uri; text.includes('%') && texts.length <= MAX_ENCODED; texts.push(text)) {
    const next = text.replaceAll(ENCODED, decoded).toWellFormed();
    if (next === text) break;
    text = next;
  }
  return texts;
}

function decoded(bytes: string): string {
  if (bytes[1] === 'u' || bytes[1] === 'U') return String.fromCharCode(Number.parseInt(bytes.slice(2), 16));
  return Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8');
}
