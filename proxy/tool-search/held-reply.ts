/** Takes a reply that is meant for the proxy itself, in place of a client. */
import type { Sink } from '../reply/deliver.ts';

export class HeldReply implements Sink {
  readonly settled = false;
  /** Settles when the reply has ended, complete or not. */
  readonly ended: Promise<void>;
  gone = false;
  status = 0;
  headers: readonly string[] = [];
  /** More bytes came than are held. */
  isTooLarge = false;
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #end: () => void = () => {};

  /** @param limit bytes that are held */
  constructor(limit: number) {
    this.#limit = limit;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  head(status: number, headers: readonly string[]): void {
    this.status = status;
    this.headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) {
      this.isTooLarge = true;
      this.cut();
      // Copied: the chunk's memory is freed when it was written.
    } else this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.write(last);
    this.#end();
  }

  cut(): void {
    this.gone = true;
    this.#end();
  }

  get body(): Buffer {
    const [only] = this.#chunks;
    return only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
  }

  /** A header's value; `name` in lower case. */
  header(name: string): string | undefined {
    const at = this.headers.findIndex((each, i) => i % 2 === 0 && each.toLowerCase() === name);
    return at < 0 ? undefined : this.headers[at + 1];
  }
}
