/** The client's side of a reply: a `Sink` over Node's `ServerResponse`. */
import type { ServerResponse } from 'node:http';
import type { Sink } from '../reply/deliver.ts';
import { type Closing, OPEN } from './closing.ts';

/** Up to this size, copying a body next to its headers is cheaper than a gathered write. */
const SHORT = 8 * 1024;

export class ResponseSink implements Sink {
  readonly #response: ServerResponse;
  readonly #stallMs: number;
  readonly #closing: Readonly<Closing>;
  #gone = false;
  /** The headers are being sent. (Node's `headersSent` is true as soon as they are written.) */
  #begun = false;
  /** Set if the headers don't wait for the body. */
  #flushes = false;
  #waiting: (() => void)[] | undefined;

  /**
   * @param onGone called if the client disconnects before the reply is complete
   * @param stallMs how long a client may accept no bytes of a reply that are there for it
   */
  constructor(response: ServerResponse, onGone: () => void, stallMs: number, closing: Readonly<Closing> = OPEN) {
    this.#response = response;
    this.#stallMs = stallMs;
    this.#closing = closing;
    response.on('close', () => {
      if (response.writableFinished) return;
      this.#gone = true;
      onGone();
      // Otherwise a writer waiting for the client would wait forever.
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
    if (this.#closing.begun) response.shouldKeepAlive = false;
    // Node adds a Date unless one is among them.
    response.writeHead(status, headers as string[]);
    if (!flush) return;
    this.#flushes = true;
    // After the ticks that bring a first part of the body which is at hand: it is written with the headers.
    process.nextTick(queueMicrotask, () => this.#flushHead());
  }

  #flushHead(): void {
    if (!this.#flushes || this.#begun || this.#gone) return;
    this.#begun = true;
    this.#response.flushHeaders();
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
    // Nothing else limits for how long a writer waits for its client.
    if (this.#waiting.length === 0) this.#response.socket?.setTimeout(this.#stallMs);
    this.#waiting.push(listener);
  }

  end(last?: Buffer): void {
    if (this.#gone) return;
    // As one string with unsent headers it is one write; latin1 keeps the bytes.
    if (last !== undefined && last.length <= SHORT && !this.#begun)
      this.#response.end(last.toString('latin1'), 'latin1');
    else this.#response.end(last);
    this.#begun = true;
    // Most replies are sent by now.
    if (this.#response.writableLength > 0) this.#watch();
  }

  cut(): void {
    this.#flushHead();
    this.#response.destroy();
  }

  /** The rest of a complete reply is held here, and nothing else limits for how long. */
  #watch(): void {
    const { socket } = this.#response;
    socket?.setTimeout(this.#stallMs);
    // Runs before the server sets its own timeout for the idle connection.
    this.#response.prependOnceListener('finish', () => socket?.setTimeout(0));
  }

  #release(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.length === 0) return;
    this.#response.socket?.setTimeout(0);
    this.#waiting = [];
    for (const listener of waiting) listener();
  }
}
