/**
 * Memory of a chunk that has been used up, given back at once. A buffer's memory lies outside of the heap, and V8
 * starts a full collection whenever enough of it has come together: for replies of 100 KB that was a fifth of all CPU.
 */

/** Bytes. Smaller ones don't matter, and the smallest share their memory with others. */
const WORTH = 16 * 1024;

/** Worth to be released. */
export function isLarge({ length }: Buffer): boolean {
  return length >= WORTH;
}

/**
 * Frees a chunk that nobody will read again. Whoever still holds it finds it empty, not another's bytes: the memory is
 * detached from it, not reused.
 */
export function release(chunk: Buffer): void {
  const { buffer, length } = chunk;
  if (isLarge(chunk) && length === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
