/**
 * Frees the memory of a used chunk at once. Buffers lie outside the heap, and V8 starts a full collection when enough
 * of them have accumulated: for replies of 100 KB that took a fifth of all CPU.
 */

/** Bytes. Smaller chunks don't matter, and the smallest share a pool with others. */
const WORTH = 16 * 1024;

/** Whether a chunk is worth releasing. */
export function isLarge({ length }: Buffer): boolean {
  return length >= WORTH;
}

/**
 * Frees a chunk that will not be read again. The memory is detached, not reused: remaining references see an empty
 * chunk, never other bytes.
 */
export function release(chunk: Buffer): void {
  const { buffer, length } = chunk;
  if (isLarge(chunk) && length === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
