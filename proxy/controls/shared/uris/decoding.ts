/** Decodes a URI as servers may do: percent-encoding several times, and `%uXXXX` of IIS. */

/** A null, which ends a string in C, and overlong UTF-8 encodings, which lenient decoders accept. */
const MALFORMED = /%(?:u00)?00|%c[01]%[89ab]|%e0%[89]|%f0%8/i;
/** Encoded UTF-8 characters, or one UTF-16 unit. Anything else stays unchanged. */
const ENCODED =
  /%u[\da-f]{4}|(?:%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3})+/gi;
/** No server decodes more often than this. */
const MAX_ENCODED = 4;

export function isMalformed(text: string): boolean {
  return MALFORMED.test(text);
}

/** The text as it is, decoded once, twice, … */
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
