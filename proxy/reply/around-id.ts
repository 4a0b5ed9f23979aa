/**
 * The text of a response around its id. Texts that differ only in the id are the same text, and the id is put back where
 * it was.
 */

/** Neither part is a whole buffer, so a writer that frees its chunks (`release.ts`) can't free it. */
export interface Around {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Bytes at the beginning and at the end of a text in which the id is looked for, besides the id itself. */
const REACH = 128;
/** Longest id, in bytes. */
const LONGEST = 1024;

const FIRST =
  /^[ \t\r\n]*\{[ \t\r\n]*(?:"jsonrpc"[ \t\r\n]*:[ \t\r\n]*"2\.0"[ \t\r\n]*,[ \t\r\n]*)?"id"[ \t\r\n]*:[ \t\r\n]*/;
const AFTER_FIRST = /^[ \t\r\n]*[,}]/;
/** A member before the bracket that ends the text is one of the message, and its quotes can't be those in a string. */
const LAST = /[{,][ \t\r\n]*"id"[ \t\r\n]*:[ \t\r\n]*$/;
const AFTER_LAST = /^[ \t\r\n]*(?:,[ \t\r\n]*"jsonrpc"[ \t\r\n]*:[ \t\r\n]*"2\.0"[ \t\r\n]*)?\}[ \t\r\n]*$/;

/**
 * Splits a text, of which a copy is made. Undefined if the id is not the first or last member, besides `jsonrpc`.
 * @param text one response, checked before: no key occurs twice
 * @param id as JSON text
 */
export function around(text: Buffer, id: Buffer): Around | undefined {
  if (id.length > LONGEST) return undefined;
  const start = startOfId(text, id);
  if (start < 0) return undefined;
  const own = Buffer.allocUnsafeSlow(text.length - id.length);
  text.copy(own, 0, 0, start);
  text.copy(own, start, start + id.length);
  return { before: own.subarray(0, start), after: own.subarray(start) };
}

function startOfId(text: Buffer, id: Buffer): number {
  const first = FIRST.exec(text.toString('latin1', 0, REACH))?.[0].length;
  if (first !== undefined) return isAt(text, first, id, AFTER_FIRST) ? first : -1;
  const from = Math.max(0, text.length - REACH - id.length);
  const at = text.lastIndexOf(id);
  return at >= from && LAST.test(text.toString('latin1', from, at)) && isAt(text, at, id, AFTER_LAST) ? at : -1;
}

/** Whether the id is there, and what follows it. */
function isAt(text: Buffer, at: number, id: Buffer, after: RegExp): boolean {
  const end = at + id.length;
  return text.subarray(at, end).equals(id) && after.test(text.toString('latin1', end, end + REACH));
}

/** Whether a text is this one with that id. @param length of all its chunks */
export function matches(chunks: readonly Buffer[], length: number, { before, after }: Around, id: Buffer): boolean {
  return (
    before.length + id.length + after.length === length &&
    // The end first: an upstream's texts more often begin in the same way.
    holds(chunks, before.length + id.length, after) &&
    holds(chunks, 0, before) &&
    holds(chunks, before.length, id)
  );
}

/** Whether these bytes are at that position of the text. */
function holds(chunks: readonly Buffer[], at: number, expected: Buffer): boolean {
  let compared = 0;
  let chunkAt = 0;
  for (const chunk of chunks) {
    const start = at + compared - chunkAt;
    const count = Math.min(chunk.length - start, expected.length - compared);
    if (count > 0) {
      if (expected.compare(chunk, start, start + count, compared, compared + count) !== 0) return false;
      compared += count;
    }
    chunkAt += chunk.length;
  }
  return compared === expected.length;
}
