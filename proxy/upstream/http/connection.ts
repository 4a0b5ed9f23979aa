/** One connection to the upstream, which carries one exchange at a time. */
import type { OnReadOpts, Socket } from 'node:net';
import { type Deadline, unwatch, watch } from '../deadlines.ts';
import type { Head } from './head.ts';
import { type Receiver, ResponseReader } from './reader.ts';
import { Body, Response, type Source } from './response.ts';

/** A request, from when it asks for a connection until its response has ended. */
export interface Exchange {
  /** Request line and headers, with the empty line. */
  readonly head: string;
  readonly body: string | undefined;
  /** The body has no characters of several bytes. */
  readonly isAscii: boolean;
  /** Undefined while it waits for one. */
  connection: Connection | undefined;
  headed(response: Response): void;
  /** There will be no response. */
  failed(error: Error): void;
}

/** What a connection tells the pool. */
export interface Keeper {
  /** Its exchange is over and it can carry another one. */
  freed(connection: Connection): void;
  /** It is gone. */
  lost(connection: Connection): void;
}

/**
 * A connection that was free for longer is dropped: a hop may have forgotten it. A timer does so, which also obeys a
 * shorter time that the upstream announces (`Keep-Alive: timeout=…`).
 */
const MAX_FREE_MS = 60_000;

/**
 * All connections are read into one buffer: a read is handed over at once, and everything that is kept of it is copied.
 * So a read allocates nothing but what it is kept in.
 */
let shared: Buffer | undefined;

export class Connection implements Receiver, Source, Deadline {
  readonly socket: Socket;
  readonly #keeper: Keeper;
  readonly #reader = new ResponseReader(this);
  #exchange: Exchange | undefined;
  #body: Body | undefined;
  #isPaused = false;
  /** Exchanges so far. */
  #used = 0;
  /** All of the request is in the hands of the operating system. */
  #isSent = false;
  #isLost = false;
  /** `Date.now()` when it became free. */
  #freeSince = 0;
  /** It was connected, with TLS if the upstream speaks it. */
  isOpen = false;
  at = 0;
  slot = -1;

  constructor(connect: (onread: OnReadOpts) => Socket, keeper: Keeper) {
    this.#keeper = keeper;
    shared ??= Buffer.allocUnsafeSlow(64 * 1024);
    this.socket = connect({ buffer: shared, callback: (length, bytes) => this.#read(bytes, length) });
    this.socket.once('secureConnecting' in this.socket ? 'secureConnect' : 'connect', () => (this.isOpen = true));
    this.socket.on('end', () => this.#ended());
    this.socket.on('error', (error) => this.#lose(error));
    this.socket.on('close', () => this.#lose(hungUp()));
  }

  get isReused(): boolean {
    return this.#used > 1;
  }

  /** Whether it is busy with that exchange. */
  carries(exchange: Exchange): boolean {
    return this.#exchange === exchange;
  }

  /** Whether all of the request was handed to the operating system. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Whether it was free for longer than it may be. The wall clock says so, since no timer runs in a snapshot. */
  get isStale(): boolean {
    return Math.abs(Date.now() - this.#freeSince) > MAX_FREE_MS;
  }

  send(exchange: Exchange): void {
    unwatch(this);
    const { socket } = this;
    if (this.#used++ > 0) {
      socket.ref();
      this.#reader.restart();
    }
    this.#exchange = exchange;
    this.#isSent = false;
    exchange.connection = this;
    const { head, body } = exchange;
    if (body === undefined || exchange.isAscii)
      socket.write(body === undefined ? head : head + body, 'latin1', this.#onSent);
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body, 'utf8', this.#onSent);
      socket.uncork();
    }
  }

  /** Ends it, and with it the exchange that it carries. */
  destroy(error: Error = hungUp()): void {
    this.#lose(error);
  }

  headed({ status, headers }: Head, whole: Buffer | undefined): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    if (whole === undefined) exchange.headed(new Response(status, headers, (this.#body = new Body(this))));
    else {
      this.#over();
      exchange.headed(new Response(status, headers, whole));
    }
  }

  data(chunk: Buffer): boolean {
    this.#isPaused = this.#body?.push(chunk) === false;
    return !this.#isPaused;
  }

  ended(): void {
    const body = this.#body;
    this.#body = undefined;
    this.#over();
    body?.complete();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.socket.resume();
  }

  abandon(): void {
    this.#body = undefined;
    this.#lose(hungUp());
  }

  expired(): undefined {
    this.destroy();
  }

  readonly #onSent = (error?: Error | null): void => {
    if (error === undefined || error === null) this.#isSent = true;
  };

  #read(bytes: Uint8Array, length: number): boolean {
    // Nothing was asked for.
    if (this.#exchange === undefined) {
      this.destroy();
      return false;
    }
    try {
      return this.#reader.push(bytes as Buffer, length) && !this.#isLost;
    } catch (error) {
      this.#lose(error instanceof Error ? error : hungUp());
      return false;
    }
  }

  /** The upstream sends no more. */
  #ended(): void {
    if (this.#exchange !== undefined && this.#reader.finish()) return;
    this.#lose(hungUp());
  }

  /** The response is complete. A request that the upstream didn't read to its end leaves the connection in the middle. */
  #over(): void {
    if (this.#isLost) return;
    this.#exchange = undefined;
    const keepMs = Math.min(this.#reader.keepMs, MAX_FREE_MS);
    if (keepMs === 0 || this.socket.writableLength > 0) {
      this.destroy();
      return;
    }
    this.resume();
    this.#freeSince = Date.now();
    this.#keeper.freed(this);
    if (this.#exchange !== undefined) return;
    this.socket.unref();
    this.at = performance.now() + keepMs;
    watch(this);
  }

  #lose(error: Error): void {
    if (this.#isLost) return;
    this.#isLost = true;
    unwatch(this);
    const exchange = this.#exchange;
    const body = this.#body;
    this.#exchange = this.#body = undefined;
    this.socket.destroy();
    this.#keeper.lost(this);
    if (body !== undefined) body.destroy(error);
    else exchange?.failed(error);
  }
}

/** The error of Node's client for a connection that ends without an answer. */
export function hungUp(): Error {
  return Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' });
}
