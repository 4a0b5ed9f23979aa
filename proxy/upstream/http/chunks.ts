/** The chunked transfer coding (RFC 9112, 7.1): sizes in hex, extensions checked and dropped, trailers checked and dropped. */
import { checkTrailers, NotHttp } from './head.ts';

/** Bytes of a line with a size and its extensions. */
const MAX_LINE = 256;
/** Bytes of all trailers. */
const MAX_TRAILERS = 8 * 1024;
const TOKEN = String.raw`[!#$%&'*+.^_\x60|~\w-]+`;
const SIZE_LINE = new RegExp(
  String.raw`^([\da-f]{1,13})(?:;${TOKEN}(?:=(?:${TOKEN}|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*\r\n$`,
  'i',
);

type State = 'size' | 'data' | 'data-end' | 'trailers';

export class Chunks {
  #state: State = 'size';
  /** Bytes of the current chunk that are still to come. */
  #left = 0;
  /** The start of a line that isn't complete yet. */
  #line = '';
  #trailers = '';
  /** Where the data of the last `read` is in its buffer. */
  from = 0;
  to = 0;
  done = false;

  /**
   * Reads `bytes[at..end)` and moves the data in it together, within the buffer. Returns where it stopped: before `end`
   * only if the body is complete. @throws NotHttp
   */
  read(bytes: Buffer, start: number, end: number): number {
    this.from = this.to = 0;
    let at = start;
    while (at < end && !this.done)
      at = this.#state === 'data' ? this.#data(bytes, at, end) : this.#text(bytes, at, end);
    return at;
  }

  #data(bytes: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.#left);
    if (this.to === 0) {
      this.from = at;
      this.to = stop;
    } else {
      bytes.copyWithin(this.to, at, stop);
      this.to += stop - at;
    }
    this.#left -= stop - at;
    if (this.#left === 0) this.#state = 'data-end';
    return stop;
  }

  #text(bytes: Buffer, at: number, end: number): number {
    const most = this.#state === 'trailers' ? MAX_TRAILERS : MAX_LINE;
    let stop = at;
    while (stop < end && bytes[stop] !== 0x0a) stop++;
    const isComplete = stop < end;
    if (isComplete) stop++;
    if (stop - at + this.#line.length + this.#trailers.length > most)
      throw new NotHttp(
        `expected at most ${most} bytes in the ${this.#state === 'trailers' ? 'trailers' : 'line before a chunk'}`,
      );
    this.#line += bytes.toString('latin1', at, stop);
    if (isComplete) this.#complete();
    return stop;
  }

  #complete(): void {
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'size') {
      const digits = SIZE_LINE.exec(line)?.[1];
      if (digits === undefined) throw new NotHttp('expected the size of a chunk in hex, and extensions at most');
      this.#left = Number.parseInt(digits, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#state === 'data-end') {
      if (line !== '\r\n') throw new NotHttp('expected CRLF after a chunk');
      this.#state = 'size';
    } else if (line === '\r\n') {
      checkTrailers(this.#trailers);
      this.done = true;
    } else this.#trailers += line;
  }
}
