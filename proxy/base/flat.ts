/**
 * Text copied out of the text that it was cut from. V8 makes a slice of 13 characters or more a view of its parent, and
 * a concatenation a pair of its parts: whoever keeps either keeps all of what it came from, up to a whole request's
 * body.
 */

/** Most names fit; what doesn't gets bytes of its own. */
const scratch = Buffer.allocUnsafeSlow(2 * 1024);

/** The same text, in memory of its own. */
export function flat(text: string): string {
  // Shorter ones are copied by the engine, always.
  if (text.length < 13) return text;
  const bytes = text.length * 2 <= scratch.length ? scratch : Buffer.allocUnsafeSlow(text.length * 2);
  const copy = bytes.toString('latin1', 0, bytes.write(text, 'latin1'));
  // Not by UTF-8: half a character would come back as another one.
  return copy === text ? copy : bytes.toString('utf16le', 0, bytes.write(text, 'utf16le'));
}
