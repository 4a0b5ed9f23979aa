/**
 * A server in this process, without a network: what it is sent has arrived, and what it answers is read, within a turn of the
 * event loop. So a test can say that nothing happens. Over real sockets: `wire.ts`.
 */
import type { OnReadOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Dialer } from '../../../proxy/network/dialer.ts';
import type { Exchange } from '../../../proxy/upstream/http/connection.ts';
import type { Body } from '../../../proxy/upstream/http/response.ts';

/** The server's end of a connection. */
export interface End {
  /** Returns whether more is wanted. */
  write(text: string): boolean;
  /** Sends no more. */
  end(): void;
  destroy(error?: Error): void;
  /** Takes what was held back. */
  take(): void;
  readonly isClosed: boolean;
  /** The other end keeps its process running. */
  readonly isRunning: boolean;
  /** How often the other end wanted more, after it wanted none. */
  readonly resumed: number;
}

export interface MemoryWire {
  readonly dialer: Dialer;
  /** In the order of their opening. */
  readonly ends: readonly End[];
  /** What arrived, with the number of its connection. */
  readonly requests: readonly string[];
}

class ClientEnd extends Duplex {
  readonly #sent: (text: string) => void;
  readonly #holds: boolean;
  taken = (): void => {};
  isRunning = true;
  resumed = 0;

  constructor(sent: (text: string) => void, holds: boolean) {
    super();
    this.#sent = sent;
    this.#holds = holds;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#sent(bytes.toString('latin1'));
    if (this.#holds) this.taken = done;
    else done();
  }

  override resume(): this {
    this.resumed++;
    return this;
  }

  ref(): void {
    this.isRunning = true;
  }

  unref(): void {
    this.isRunning = false;
  }
}

/**
 * @param answer what it answers to a request; undefined: nothing yet
 * @param holds whether requests stay with the other end until they are taken
 */
export function memoryWire(answer: (text: string) => string | undefined, holds = false): MemoryWire {
  const ends: End[] = [];
  const requests: string[] = [];
  const connect = (onread: OnReadOpts): Socket => {
    const bytes = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
    const client = new ClientEnd((text) => {
      requests.push(`${number} ${text}`);
      const answered = answer(text);
      if (answered !== undefined) queueMicrotask(() => void end.write(answered));
    }, holds);
    const end: End = {
      write(text) {
        bytes.set(Buffer.from(text, 'latin1'));
        return onread.callback(text.length, bytes);
      },
      end() {
        client.push(null);
        client.read(0);
      },
      destroy: (error) => void client.destroy(error),
      take: () => client.taken(),
      get isClosed() {
        return client.destroyed;
      },
      get isRunning() {
        return client.isRunning;
      },
      get resumed() {
        return client.resumed;
      },
    };
    const number = ends.push(end);
    return client as unknown as Socket;
  };
  return { dialer: { connect }, ends, requests };
}

/** All that follows from what was done has happened. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Watched extends Exchange {
  /** The body of its response, or the error's code or text; undefined: neither yet. */
  outcome: string | undefined;
  /** The body of its response, if that was still arriving. */
  arriving: Body | undefined;
}

export function watched(head: string, more: Partial<Exchange> = {}): Watched {
  return {
    head,
    body: undefined,
    isAscii: false,
    connection: undefined,
    outcome: undefined,
    arriving: undefined,
    headed({ body }) {
      if (Buffer.isBuffer(body)) this.outcome = body.toString('latin1');
      else this.arriving = body;
    },
    failed(error) {
      this.outcome = 'code' in error ? String(error.code) : error.message;
    },
    ...more,
  };
}
