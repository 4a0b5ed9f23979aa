/** The client's side of a reply: a `Sink` over Node's `ServerResponse`. */
import type { ServerResponse } from 'node:http';
import type { Sink } from '../reply/deliver.ts';

/** Up to here, copying a body beside its head is cheaper than a gathered write. */
const SHORT = 8 * 1024;

export class ResponseSink implements Sink {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  #gone = false;
  /** The head is on its way, or has left. (Node's `headersSent` is true as soon as it is written down.) */
  #begun = false;
  #waiting: (() => void)[] | undefined;

  /**
   * @param onGone runs where the client goes away before the reply is complete
   * @param stallMs how long a client may take nothing of what is left of a complete reply
   */
  constructor(response: ServerResponse, onGone: () => void, stallMs: number) {
    this.#response = response;
    this.#stallMs = stallMs;
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#gone = true;
      onGone();
      // Whoever waits for the client to read on would wait forever.
      this.#release();
    });
  }

  get gone(): boolean {
    return this.#gone;
  }

  get settled(): boolean {
    return this.#response.writableLength === 0;
  }

  head(status: number, headers: readonly string[], flush: boolean): void {
    if (this.#gone) return;
    const response = this.#response;
    if (hasDate(headers)) response.sendDate = false;
    response.writeHead(status, headers as string[]);
    if (!flush) return;
    this.#begun = true;
    response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    this.#begun = true;
    return this.#gone || this.#response.write(chunk);
  }

  onDrain(listener: () => void): void {
    if (this.#gone) {
      listener();
      return;
    }
    if (this.#waiting === undefined) {
      this.#waiting = [];
      this.#response.on('drain', () => this.#release());
    }
    this.#waiting.push(listener);
  }

  end(last?: Buffer): void {
    if (this.#gone) return;
    // In one string with a head that hasn't left yet, it leaves in one write; latin1 is bytes, one by one.
    if (last !== undefined && last.length <= SHORT && !this.#begun)
      this.#response.end(last.toString('latin1'), 'latin1');
    else this.#response.end(last);
    // Most replies have left by now.
    if (this.#response.writableLength > 0) this.#watch();
  }

  cut(): void {
    this.#response.destroy();
  }

  /** What is left of a complete reply is held here, and nothing else watches over it any more. */
  #watch(): void {
    const { socket } = this.#response;
    socket?.setTimeout(this.#stallMs);
    // Before the server sets its own limit for a connection that waits for the next request.
    this.#response.prependOnceListener('finish', () => socket?.setTimeout(0));
  }

  #release(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.length === 0) return;
    this.#waiting = [];
    for (const listener of waiting) listener();
  }
}

function hasDate(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    if (name !== undefined && name.length === 4 && name.toLowerCase() === 'date') return true;
  }
  return false;
}
