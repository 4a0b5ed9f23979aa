/**
 * A server in this process, without a network: what it is sent has arrived, and what it answers is read, within a turn of the
 * event loop. So a test can say that nothing happens. Over real sockets: `wire.ts`.
 */
import type { OnReadOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Dialer } from '../../../proxy/network/dialer.ts';
import type { Exchange } from '../../../proxy/upstream/http/connection.ts';

/** The server's end of a connection. */
export interface End {
  write(text: string): void;
  destroy(): void;
  readonly isClosed: boolean;
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

  constructor(sent: (text: string) => void) {
    super();
    this.#sent = sent;
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#sent(bytes.toString('latin1'));
    done();
  }

  ref(): void {}
  unref(): void {}
}

/** @param answer what it answers to a request; undefined: nothing yet */
export function memoryWire(answer: (text: string) => string | undefined): MemoryWire {
  const ends: End[] = [];
  const requests: string[] = [];
  const connect = (onread: OnReadOpts): Socket => {
    const bytes = typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
    const client = new ClientEnd((text) => {
      requests.push(`${number} ${text}`);
      const answered = answer(text);
      if (answered !== undefined) queueMicrotask(() => end.write(answered));
    });
    const end: End = {
      write(text) {
        bytes.set(Buffer.from(text, 'latin1'));
        onread.callback(text.length, bytes);
      },
      destroy: () => void client.destroy(),
      get isClosed() {
        return client.destroyed;
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
}

export function watched(head: string): Watched {
  return {
    head,
    body: undefined,
    isAscii: false,
    connection: undefined,
    outcome: undefined,
    headed({ body }) {
      this.outcome = Buffer.isBuffer(body) ? body.toString('latin1') : 'arriving';
    },
    failed(error) {
      this.outcome = 'code' in error ? String(error.code) : error.message;
    },
  };
}
