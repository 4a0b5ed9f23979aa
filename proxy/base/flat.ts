/**
 * Copies a text out of the text that it was cut from. V8 makes a slice of 13 characters or more a view of its parent,
 * and a concatenation a pair of its parts, so keeping either keeps its whole source in memory, up to a full request
 * body.
 */

/** Large enough for most names; longer texts get their own buffer. */
const scratch = Buffer.allocUnsafeSlow(2 * 1024);

/** The same text, in its own memory. */
export function flat(text: string): string {
  // V8 always copies shorter slices.
  if (text.length < 13) return text;
  const bytes = text.length * 2 <= scratch.length ? scratch : Buffer.allocUnsafeSlow(text.length * 2);
  const copy = bytes.toString('latin1', 0, bytes.write(text, 'latin1'));
  // UTF-8 would replace lone surrogates.
  return copy === text ? copy : bytes.toString('utf16le', 0, bytes.write(text, 'utf16le'));
}
