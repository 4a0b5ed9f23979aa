/** Bytes to be written at once. Parts that adjoin each other in memory, such as unchanged events of one chunk, are not copied. */
const NOTHING: readonly Buffer[] = Object.freeze([]);
/** Bytes that are copied for one write. Beyond it, a write for each part costs less. */
const MOST_COPIED = 64 * 1024;

export class Adjoining {
  #parts: Buffer[] = [];
  /** The first part of those that adjoin, and the end of the last one in their memory. */
  #first: Buffer | undefined;
  #end = 0;

  add(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#first !== undefined && this.#first.buffer === part.buffer && this.#end === part.byteOffset) {
      this.#end += part.length;
      return;
    }
    this.#close();
    this.#first = part;
    this.#end = part.byteOffset + part.length;
  }

  /** What was added since the last time: one part, or several long ones. */
  take(): readonly Buffer[] {
    this.#close();
    const parts = this.#parts;
    if (parts.length === 0) return NOTHING;
    this.#parts = [];
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    return parts.length === 1 || length > MOST_COPIED ? parts : [Buffer.concat(parts, length)];
  }

  #close(): void {
    const first = this.#first;
    if (first === undefined) return;
    this.#first = undefined;
    const length = this.#end - first.byteOffset;
    this.#parts.push(length === first.length ? first : Buffer.from(first.buffer, first.byteOffset, length));
  }
}
