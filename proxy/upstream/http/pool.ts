/** The connections to one host: at most so many, kept for reuse, the one freed last first. Further exchanges wait. */
import type { Socket } from 'node:net';
import type { Dialer } from '../../network/dialer.ts';
import { Connection, type Exchange, hungUp, type Keeper } from './connection.ts';

export class Pool implements Keeper {
  readonly #dialer: Dialer;
  readonly #max: number;
  readonly #all = new Set<Connection>();
  /** Exchanges for which a tunnel is being opened; each takes the place of a connection. */
  readonly #opening = new Map<Exchange, AbortController>();
  readonly #free: Connection[] = [];
  readonly #waiting: Exchange[] = [];
  #isClosed = false;
  /** Called once a retired pool has no connections; undefined: it isn't retired. */
  #onEmpty: (() => void) | undefined;

  constructor(dialer: Dialer, max: number) {
    this.#dialer = dialer;
    this.#max = max;
  }

  /** Sends it, or keeps it until there is a connection. */
  send(exchange: Exchange): void {
    const free = this.#take();
    if (this.#isClosed) exchange.failed(hungUp());
    else if (free !== undefined) free.send(exchange);
    else if (this.#all.size + this.#opening.size < this.#max) this.#open(exchange);
    else this.#waiting.push(exchange);
  }

  /** Ends an exchange, with its connection if it has one. */
  cancel(exchange: Exchange, error: Error): void {
    const at = this.#waiting.indexOf(exchange);
    const opening = this.#opening.get(exchange);
    if (at >= 0) this.#waiting.splice(at, 1);
    else if (opening !== undefined) opening.abort();
    else if (exchange.connection?.carries(exchange) === true) exchange.connection.destroy(error);
  }

  freed(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next !== undefined) connection.send(next);
    else if (this.#onEmpty === undefined) this.#free.push(connection);
    else connection.destroy();
  }

  lost(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    this.#next();
  }

  /** Drops the connections that nothing uses. */
  dropFree(): void {
    for (const connection of this.#free.splice(0)) connection.destroy();
  }

  /** Sends what it has, and keeps no connection that is free. */
  retire(onEmpty: () => void): void {
    this.#onEmpty = onEmpty;
    this.dropFree();
    if (this.#all.size + this.#opening.size === 0) onEmpty();
  }

  /** Ends all connections, also those in use. */
  close(): void {
    this.#isClosed = true;
    for (const exchange of this.#waiting.splice(0)) exchange.failed(hungUp());
    for (const opening of this.#opening.values()) opening.abort();
    for (const connection of this.#all) connection.destroy();
  }

  #take(): Connection | undefined {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (!free.isStale) return free;
      free.destroy();
    }
    return undefined;
  }

  /** There is room for another connection. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#open(next);
    else if (this.#all.size + this.#opening.size === 0) this.#onEmpty?.();
  }

  #open(exchange: Exchange): void {
    if (this.#dialer.tunnel === undefined) this.#connect(exchange, undefined);
    else void this.#through(this.#dialer.tunnel, exchange);
  }

  async #through(open: NonNullable<Dialer['tunnel']>, exchange: Exchange): Promise<void> {
    const opening = new AbortController();
    this.#opening.set(exchange, opening);
    // One of an earlier attempt says nothing about this one.
    exchange.connection = undefined;
    const opened = await open(opening.signal).catch((error: unknown) => (error instanceof Error ? error : hungUp()));
    this.#opening.delete(exchange);
    if (opened instanceof Error) {
      exchange.failed(opened);
      this.#next();
    } else if (opening.signal.aborted) {
      opened.destroy();
      exchange.failed(hungUp());
      this.#next();
    } else this.#connect(exchange, opened);
  }

  #connect(exchange: Exchange, tunnel: Socket | undefined): void {
    const connection = new Connection((onread) => this.#dialer.connect(onread, tunnel), this);
    this.#all.add(connection);
    connection.send(exchange);
  }
}
