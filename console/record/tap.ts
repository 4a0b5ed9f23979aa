/** Copies what a client gets, up to a limit, while it is sent. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Sink } from '../../proxy/reply/delivery.ts';

/** Bytes that are kept of one reply. */
export const MOST = 256 * 1024;

export class Copy {
  status = 0;
  type = '';
  bytes = 0;
  #coding = '';
  #kept: Buffer[] = [];
  #size = 0;

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]?.toLowerCase();
      if (name === 'content-type') this.type = headers[i + 1] ?? '';
      if (name === 'content-encoding') this.#coding = headers[i + 1]?.toLowerCase() ?? '';
    }
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    const room = MOST - this.#size;
    if (room <= 0) return;
    // Copied: the proxy frees chunks once they are sent.
    const part = Buffer.from(chunk.subarray(0, room));
    this.#size += part.length;
    this.#kept.push(part);
  }

  drop(): void {
    this.#kept = [];
    this.#size = MOST;
  }

  /** Undefined if its content coding can't be undone. */
  text(): string | undefined {
    const body = Buffer.concat(this.#kept);
    if (this.#coding === '' || this.#coding === 'identity') return body.toString('utf8');
    const decode = DECODERS[this.#coding];
    try {
      return decode?.(body, { maxOutputLength: MOST }).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;
const DECODERS: Readonly<Record<string, Decoder | undefined>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

export class TapSink implements Sink {
  readonly #to: Sink;
  readonly #copy: Copy;
  readonly #onEnd: (isCut: boolean) => void;

  constructor(to: Sink, copy: Copy, onEnd: (isCut: boolean) => void) {
    this.#to = to;
    this.#copy = copy;
    this.#onEnd = onEnd;
  }

  head(status: number, headers: readonly string[], flush: boolean): void {
    this.#copy.head(status, headers);
    this.#to.head(status, headers, flush);
  }

  write(chunk: Buffer): boolean {
    this.#copy.push(chunk);
    return this.#to.write(chunk);
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.#copy.push(last);
    this.#to.end(last);
    this.#onEnd(false);
  }

  cut(): void {
    this.#to.cut();
    this.#onEnd(true);
  }

  onDrain(listener: () => void): void {
    this.#to.onDrain(listener);
  }

  get settled(): boolean {
    return this.#to.settled;
  }

  get gone(): boolean {
    return this.#to.gone;
  }
}
