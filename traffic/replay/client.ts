/** The client of a replayed call: reads everything. */
import type { Sink } from '../../proxy/reply/delivery.ts';

export class Client implements Sink {
  status = 0;
  session: string | undefined;
  /** The chunks are kept, so their memory must not be freed. */
  readonly settled = false;
  readonly gone = false;
  readonly #chunks: Buffer[] = [];
  #onEnd: () => void = () => {};

  /** Called when it has all, or what there is of it. */
  whenEnded(listener: () => void): void {
    this.#onEnd = listener;
  }

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    for (let i = 0; i < headers.length; i += 2)
      if (headers[i]?.toLowerCase() === 'mcp-session-id') this.session = headers[i + 1];
  }

  write(chunk: Buffer): boolean {
    // Copied: the proxy frees what it has sent.
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.#chunks.push(Buffer.from(last));
    this.#onEnd();
  }

  cut(): void {
    this.#onEnd();
  }

  onDrain(listener: () => void): void {
    listener();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
