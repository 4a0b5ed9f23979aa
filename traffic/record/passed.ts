/** The bytes of one body as they pass, with their times, up to a limit. */
import type { Readable } from 'node:stream';
import { decoded } from '../../console/record/decoded.ts';

/** Bytes of one body. */
export const MOST = 1024 * 1024;

export class Passed {
  readonly #coding: string;
  readonly #chunks: { readonly at: number; readonly bytes: Buffer }[] = [];
  #size = 0;
  /** It has more bytes than are kept. */
  isTooLong = false;

  constructor(coding: string | undefined) {
    this.#coding = coding?.toLowerCase() ?? 'identity';
  }

  push(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MOST) this.isTooLong = true;
    // Copied: the proxy frees chunks once they are sent.
    else this.#chunks.push({ at: Date.now(), bytes: Buffer.from(chunk) });
  }

  /** Notes what its reader gets: it doesn't read itself, so the reader's pace stays. */
  watch(body: Readable): void {
    // What came together with the head: looked at, and put back.
    const early: unknown = body.readableLength > 0 ? body.read() : undefined;
    if (Buffer.isBuffer(early)) {
      this.push(early);
      body.unshift(early);
    }
    const push = body.push.bind(body);
    body.push = (chunk: unknown, ...rest: []) => {
      if (Buffer.isBuffer(chunk)) this.push(chunk);
      return push(chunk, ...rest);
    };
  }

  /** Of an event stream one piece for each event, else one for all. Undefined: it can't be read. */
  pieces(isEvents: boolean): readonly (readonly [at: number, text: string])[] | undefined {
    const bytes = decoded(Buffer.concat(this.#chunks.map((chunk) => chunk.bytes)), this.#coding, 4 * MOST);
    if (bytes === undefined) return undefined;
    const last = this.#chunks.at(-1)?.at ?? 0;
    if (!isEvents) return bytes.length === 0 ? [] : [[last, bytes.toString('utf8')]];
    const pieces: [number, string][] = [];
    const text = bytes.toString('latin1');
    let start = 0;
    for (const { index, 0: end } of text.matchAll(/\r\n\r\n|\n\n|\r\r/g)) {
      const to = index + end.length;
      pieces.push([this.#arrived(to, last), bytes.toString('utf8', start, to)]);
      start = to;
    }
    if (start < bytes.length) pieces.push([last, bytes.toString('utf8', start)]);
    return pieces;
  }

  /** When the byte before that position came. With a content coding only the end is known. */
  #arrived(position: number, last: number): number {
    if (this.#coding !== 'identity') return last;
    let seen = 0;
    for (const { at, bytes } of this.#chunks) if ((seen += bytes.length) >= position) return at;
    return last;
  }
}
