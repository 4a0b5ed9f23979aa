/** Finds line ends (LF or CR) in one chunk. Positions must ascend, so that the chunk is searched only once. */
export class LineEnds {
  readonly chunk: Buffer;
  #lf = -1;
  #cr = -1;

  constructor(chunk: Buffer) {
    this.chunk = chunk;
  }

  /** The next LF or CR at or after `from`; the chunk's length if there is none. */
  after(from: number): number {
    if (this.#lf < from) this.#lf = this.#next(0x0a, from);
    if (this.#cr < from) this.#cr = this.#next(0x0d, from);
    return Math.min(this.#lf, this.#cr);
  }

  #next(byte: number, from: number): number {
    const at = this.chunk.indexOf(byte, from);
    return at < 0 ? this.chunk.length : at;
  }
}
