/** One response after another, from the bytes of a connection. */
import { Chunks } from './chunks.ts';
import { CHUNKED, type Head, NotHttp, readHead, UNTIL_CLOSE } from './head.ts';

/** Bytes of all heads of one response, interim ones included: Node's limit for clients. */
const MAX_HEAD = 16 * 1024;
const START = 'HTTP/1.';
const END = '\r\n\r\n';

export interface Receiver {
  /** The final head arrived. `whole`: the body as well, unless it is an event stream; nothing else follows. */
  headed(head: Head, whole: Buffer | undefined): void;
  /** A part of the body, in its own memory. Returns false to stop reading for now. */
  data(chunk: Buffer): boolean;
  /** The body that was not whole is complete. */
  ended(): void;
}

export class ResponseReader {
  readonly #receiver: Receiver;
  #head: Head | undefined;
  /** The heads so far, as far as they are incomplete. */
  #text = '';
  /** Bytes of interim heads. */
  #interim = 0;
  #left = 0;
  #chunks: Chunks | undefined;
  /** The response is complete, and nothing follows it. */
  #clean = false;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** Milliseconds for which the connection may be kept after the response: 0 before it is complete, or if more follows. */
  get keepMs(): number {
    return this.#clean ? (this.#head?.keepMs ?? 0) : 0;
  }

  /** Expects another response. */
  restart(): void {
    this.#head = undefined;
    this.#interim = 0;
    this.#clean = false;
  }

  /** Takes `bytes[0..end)`, which may be changed. Returns false to stop reading for now. @throws NotHttp */
  push(bytes: Buffer, end: number): boolean {
    if (this.#head !== undefined) return this.#body(bytes, 0, end);
    const start = this.#heads(bytes, end);
    if (this.#head === undefined) return true;
    const { length, isEvents } = this.#head;
    if (length < 0 || start + length > end || isEvents) {
      this.#receiver.headed(this.#head, undefined);
      return start < end || length === 0 ? this.#body(bytes, start, end) : true;
    }
    this.#clean = start + length === end;
    this.#receiver.headed(this.#head, copy(bytes, start, start + length));
    return true;
  }

  /** The connection was ended by the upstream. Returns whether that is how the response ends. */
  finish(): boolean {
    if (this.#head?.length !== UNTIL_CLOSE) return false;
    this.#receiver.ended();
    return true;
  }

  /** Reads heads up to the final one. Returns where the body begins. @throws NotHttp */
  #heads(bytes: Buffer, end: number): number {
    const before = this.#text.length;
    const text = this.#text + bytes.toString('latin1', 0, Math.min(end, MAX_HEAD + 1));
    for (let from = 0; ;) {
      const found = text.indexOf(END, Math.max(from, before - END.length + 1));
      const next = found < 0 ? text.length : found + END.length;
      if (this.#interim + next - from > MAX_HEAD) throw new NotHttp(`expected at most ${MAX_HEAD} bytes of headers`);
      if (found < 0) {
        // Another protocol may wait for an answer.
        if (!START.startsWith(text.slice(from, from + START.length)))
          throw new NotHttp('expected a status line of HTTP/1.1');
        this.#text = text.slice(from);
        return end;
      }
      const head = readHead(text.slice(from, found + 2));
      if (head.status === 101) throw new NotHttp('expected an answer, got a change of protocol');
      if (head.status >= 200) {
        this.#text = '';
        this.#head = head;
        this.#left = head.length;
        this.#chunks = head.length === CHUNKED ? new Chunks() : undefined;
        return next - before;
      }
      if (head.keepMs === 0) throw new NotHttp('expected an interim answer that keeps the connection');
      this.#interim += next - from;
      from = next;
    }
  }

  /** Reads a part of the body. @throws NotHttp */
  #body(bytes: Buffer, start: number, end: number): boolean {
    const chunks = this.#chunks;
    if (chunks !== undefined) {
      const stop = chunks.read(bytes, start, end);
      const wantsMore = chunks.from === chunks.to || this.#receiver.data(copy(bytes, chunks.from, chunks.to));
      return chunks.done ? this.#end(stop === end) : wantsMore;
    }
    if (this.#left === UNTIL_CLOSE) return this.#receiver.data(copy(bytes, start, end));
    const stop = Math.min(end, start + this.#left);
    this.#left -= stop - start;
    const wantsMore = this.#receiver.data(copy(bytes, start, stop));
    return this.#left === 0 ? this.#end(stop === end) : wantsMore;
  }

  #end(isClean: boolean): true {
    this.#clean = isClean;
    this.#receiver.ended();
    return true;
  }
}

/** Copies a part of the buffer that all connections are read into. A large copy can be released by itself. */
function copy(bytes: Buffer, start: number, end: number): Buffer {
  const length = end - start;
  const own = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  bytes.copy(own, 0, start, end);
  return own;
}
