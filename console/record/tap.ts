/** Copies what a client gets, up to a limit, while it is sent. */
import type { Sink } from '../../proxy/reply/delivery.ts';
import { decoded } from './decoded.ts';
import { PassingSink } from './passing-sink.ts';

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
    return decoded(Buffer.concat(this.#kept), this.#coding, MOST)?.toString('utf8');
  }
}

export class TapSink extends PassingSink {
  readonly #copy: Copy;
  readonly #onEnd: (isCut: boolean) => void;

  constructor(to: Sink, copy: Copy, onEnd: (isCut: boolean) => void) {
    super(to);
    this.#copy = copy;
    this.#onEnd = onEnd;
  }

  override head(status: number, headers: readonly string[], flush: boolean): void {
    this.#copy.head(status, headers);
    super.head(status, headers, flush);
  }

  override write(chunk: Buffer): boolean {
    this.#copy.push(chunk);
    return super.write(chunk);
  }

  override end(last?: Buffer): void {
    if (last !== undefined) this.#copy.push(last);
    super.end(last);
    this.#onEnd(false);
  }

  override cut(): void {
    super.cut();
    this.#onEnd(true);
  }
}
