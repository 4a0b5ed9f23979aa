/**
 * Reads HTTP/1.1 replies from a socket and compares their bodies with the expected bytes, without copying. It only
 * supports what the subjects send (status 200, content-length or chunked): a general client would cost as much as the
 * pipe it measures.
 */
type State = 'head' | 'fixed' | 'size' | 'data' | 'data-end' | 'trailer';

/** No header block or chunk-size line of the subjects is longer. */
const LONGEST = 4096;

export class ReplyReader {
  readonly #expected: Buffer;
  readonly #done: (wrong: string | undefined) => void;
  #state: State = 'head';
  /** The start of a header block or line that is not complete yet. */
  #carry = '';
  /** Remaining body bytes of this reply or chunk. */
  #left = 0;
  /** The position of this reply in the expected body. */
  #at = 0;
  #wrong: string | undefined;

  /** @param expected the whole body; its owner may change it between replies. */
  constructor(expected: Buffer, done: (wrong: string | undefined) => void) {
    this.#expected = expected;
    this.#done = done;
  }

  /** Takes `bytes[0..end)`. Calls `done` for each reply that ends in it. */
  push(bytes: Buffer, end: number): void {
    for (let at = 0; at < end;) {
      if (this.#state === 'fixed' || this.#state === 'data') at = this.#body(bytes, at, end);
      else at = this.#text(bytes, at, end);
    }
  }

  #body(bytes: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.#left);
    const length = stop - at;
    const same =
      this.#at + length <= this.#expected.length &&
      bytes.compare(this.#expected, this.#at, this.#at + length, at, stop) === 0;
    if (!same) this.#wrong ??= `unexpected body: ${bytes.toString('latin1', at, Math.min(stop, at + 300))}`;
    this.#at += length;
    this.#left -= length;
    if (this.#left === 0) {
      if (this.#state === 'fixed') this.#finish();
      else this.#state = 'data-end';
    }
    return stop;
  }

  #text(bytes: Buffer, at: number, end: number): number {
    const mark = this.#state === 'head' ? '\r\n\r\n' : '\r\n';
    const text = this.#carry + bytes.toString('latin1', at, Math.min(end, at + LONGEST));
    const found = text.indexOf(mark);
    if (found < 0) {
      if (text.length > LONGEST)
        throw new Error(`got no end of a ${this.#state} within ${LONGEST} bytes: ${text.slice(0, 300)}`);
      this.#carry = text;
      return end;
    }
    const next = at + found + mark.length - this.#carry.length;
    this.#carry = '';
    this.#line(text.slice(0, found));
    return next;
  }

  #line(line: string): void {
    switch (this.#state) {
      case 'head':
        return this.#head(line);
      case 'size':
        this.#left = Number.parseInt(line, 16);
        this.#state = this.#left === 0 ? 'trailer' : 'data';
        return;
      case 'trailer':
        if (line === '') this.#finish();
        return;
      default:
        this.#state = 'size';
    }
  }

  #head(head: string): void {
    if (!head.startsWith('HTTP/1.1 200 ')) this.#wrong = `unexpected status: ${head}`;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#left = Number(length);
      if (this.#left === 0) return this.#finish();
      this.#state = 'fixed';
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = 'size';
    else throw new Error(`got a reply without content-length or chunks: ${head}`);
  }

  #finish(): void {
    const short =
      this.#at < this.#expected.length ? `body ended after ${this.#at} of ${this.#expected.length} bytes` : undefined;
    const wrong = this.#wrong ?? short;
    this.#state = 'head';
    this.#at = 0;
    this.#wrong = undefined;
    this.#done(wrong);
  }
}
