/** The connections to one host: at most so many, kept for reuse, the one freed last first. Further exchanges wait. */
import type { OnReadOpts, Socket } from 'node:net';
import { Connection, type Exchange, hungUp, type Keeper } from './connection.ts';

export class Pool implements Keeper {
  readonly #connect: (onread: OnReadOpts) => Socket;
  readonly #max: number;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting: Exchange[] = [];
  #isClosed = false;

  constructor(connect: (onread: OnReadOpts) => Socket, max: number) {
    this.#connect = connect;
    this.#max = max;
  }

  /** Sends it, or keeps it until there is a connection. */
  send(exchange: Exchange): void {
    const free = this.#take();
    if (this.#isClosed) exchange.failed(hungUp());
    else if (free !== undefined) free.send(exchange);
    else if (this.#all.size < this.#max) this.#open(exchange);
    else this.#waiting.push(exchange);
  }

  /** Ends an exchange, with its connection if it has one. */
  cancel(exchange: Exchange, error: Error): void {
    const at = this.#waiting.indexOf(exchange);
    if (at >= 0) this.#waiting.splice(at, 1);
    else if (exchange.connection?.carries(exchange) === true) exchange.connection.destroy(error);
  }

  freed(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else connection.send(next);
  }

  lost(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    const next = this.#waiting.shift();
    if (next !== undefined) this.#open(next);
  }

  /** Drops the connections that nothing uses. */
  dropFree(): void {
    for (const connection of this.#free.splice(0)) connection.destroy();
  }

  /** Ends all connections, also those in use. */
  close(): void {
    this.#isClosed = true;
    for (const exchange of this.#waiting.splice(0)) exchange.failed(hungUp());
    for (const connection of this.#all) connection.destroy();
  }

  #take(): Connection | undefined {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (!free.isStale) return free;
      free.destroy();
    }
    return undefined;
  }

  #open(exchange: Exchange): void {
    const connection = new Connection(this.#connect, this);
    this.#all.add(connection);
    connection.send(exchange);
  }
}
