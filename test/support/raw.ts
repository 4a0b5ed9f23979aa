/**
 * An HTTP/1.1 client over a bare socket, so that a test says every byte that is sent and sees every byte that comes.
 *
 *     const reply = await post(proxy.port, '{"jsonrpc":"2.0",…}', ['Mcp-Method: tools/call']);   // one POST /mcp, one connection
 *     reply.status; reply.header('allow'); reply.text; reply.json();
 *
 *     await using connection = await connect(proxy.port);           // or by hand:
 *     connection.send('POST /mcp HTTP/1.1\r\nHost: x\r\n…');
 *     const reply = await connection.reply();                       // the next whole reply; the connection may go on
 *     const head = await connection.head();                         // or: the head of a stream,
 *     const piece = await connection.piece();                       // then each piece of its body as it arrives, then undefined
 *     await connection.closed;                                      // the proxy has closed it
 */
import { EventEmitter, once } from 'node:events';
import net from 'node:net';

export interface RawHead {
  readonly status: number;
  /** The status line and headers unchanged, without the blank line. */
  readonly raw: string;
  /** Flat names and values, with case and order as sent. */
  readonly rawHeaders: readonly string[];
  /** The value of a header; repeated ones joined by ` | `. */
  header(name: string): string | undefined;
}

export interface RawReply extends RawHead {
  readonly body: Buffer;
  readonly text: string;
  /** The parsed body; tests look at its `error` and `result`. */
  json(): JsonRpcReply;
  /** False if the connection ended before the body did. */
  readonly complete: boolean;
}

export interface JsonRpcReply {
  readonly jsonrpc?: string;
  readonly id?: string | number | null;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

export interface Connection extends AsyncDisposable {
  send(bytes: string | Buffer): void;
  /** Half-closes: nothing more is sent. */
  finish(): void;
  /** Closes without notice, like a client that crashes. */
  destroy(): void;
  head(): Promise<RawHead>;
  /** The next piece of the body after the headers; undefined at its end. Rejects if it is cut short. */
  piece(): Promise<Buffer | undefined>;
  /** The next whole reply. Rejects if the connection ends before its headers. */
  reply(): Promise<RawReply>;
  /** Resolves when the other side (or this one) has closed the connection. */
  readonly closed: Promise<void>;
  readonly isClosed: boolean;
  readonly socket: net.Socket;
}

export async function connect(port: number, host = '127.0.0.1'): Promise<Connection> {
  const socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return new RawConnection(socket);
}

/** The headers of a correct client's POST, used by default. */
export const USUAL = ['Content-Type: application/json', 'Accept: application/json, text/event-stream'] as const;

/** The bytes of a request. `headers` are lines; `Host` and, with a body, `Content-Length` are added unless given. */
export function request(
  method: string,
  target: string,
  headers: readonly string[],
  body: string | Buffer | undefined,
): Buffer {
  const has = (name: string): boolean => headers.some((line) => line.toLowerCase().startsWith(`${name}:`));
  const bytes = Buffer.from(body ?? '');
  const lines = [`${method} ${target} HTTP/1.1`];
  if (!has('host')) lines.push('Host: localhost');
  lines.push(...headers);
  if (body !== undefined && !has('content-length') && !has('transfer-encoding'))
    lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Sends one request on its own connection, and returns the whole reply. */
export async function exchange(port: number, bytes: string | Buffer): Promise<RawReply> {
  await using connection = await connect(port);
  connection.send(bytes);
  return await connection.reply();
}

/** One POST to /mcp, with {@link USUAL} headers and these; a header given here replaces the usual one of its name. */
export function post(port: number, body: string | Buffer, headers: readonly string[] = []): Promise<RawReply> {
  return exchange(port, postBytes(body, headers));
}

/** The bytes that {@link post} sends. */
export function postBytes(body: string | Buffer, headers: readonly string[] = []): Buffer {
  const given = new Set(headers.map(nameOf));
  return request('POST', '/mcp', [...USUAL.filter((line) => !given.has(nameOf(line))), ...headers], body);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}

class RawConnection implements Connection {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  #buffer = Buffer.alloc(0);
  #ended = false;
  readonly #arrivals = new EventEmitter();
  #framing: Framing = { kind: 'none' };

  constructor(socket: net.Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#ended = true;
        this.#arrivals.emit('arrival');
        resolve();
      };
      socket.on('end', end);
      socket.on('close', end);
    });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#arrivals.emit('arrival');
    });
  }

  get isClosed(): boolean {
    return this.#ended;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  finish(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  async head(): Promise<RawHead> {
    for (;;) {
      const raw = (await this.#until('\r\n\r\n')).toString('latin1');
      const [statusLine = '', ...lines] = raw.split('\r\n');
      const rawHeaders = lines.flatMap((line) => [
        line.slice(0, line.indexOf(':')),
        line.slice(line.indexOf(':') + 1).trim(),
      ]);
      const head: RawHead = {
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0),
        raw,
        rawHeaders,
        header(name) {
          const values = rawHeaders.filter(
            (_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name.toLowerCase(),
          );
          return values.length === 0 ? undefined : values.join(' | ');
        },
      };
      // 100 Continue and other 1xx responses precede the reply, but are not it.
      if (head.status >= 100 && head.status < 200) continue;
      this.#framing = framingOf(head);
      return head;
    }
  }

  async piece(): Promise<Buffer | undefined> {
    const framing = this.#framing;
    switch (framing.kind) {
      case 'none':
        return undefined;
      case 'close': {
        while (this.#buffer.length === 0 && !this.#ended) await once(this.#arrivals, 'arrival');
        return this.#buffer.length === 0 ? undefined : this.#take(this.#buffer.length);
      }
      case 'length': {
        if (framing.left === 0) return undefined;
        await this.#some(1);
        const piece = this.#take(Math.min(framing.left, this.#buffer.length));
        framing.left -= piece.length;
        return piece;
      }
      case 'chunked': {
        const line = (await this.#until('\r\n')).toString('latin1');
        if (!/^[0-9a-f]+$/i.test(line))
          throw new Error(`expected the size of a chunk, got ${JSON.stringify(line.slice(0, 100))}`);
        const size = Number.parseInt(line, 16);
        if (size === 0) {
          await this.#until('\r\n');
          this.#framing = { kind: 'none' };
          return undefined;
        }
        await this.#some(size + 2);
        const piece = this.#take(size);
        this.#take(2);
        return piece;
      }
    }
  }

  async reply(): Promise<RawReply> {
    const head = await this.head();
    const pieces: Buffer[] = [];
    let complete = true;
    try {
      for (let piece = await this.piece(); piece !== undefined; piece = await this.piece()) pieces.push(piece);
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      complete = false;
    }
    const body = Buffer.concat(pieces);
    const text = body.toString('utf8');
    return { ...head, body, text, json: () => JSON.parse(text) as JsonRpcReply, complete };
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  async #some(length: number): Promise<void> {
    while (this.#buffer.length < length) {
      if (this.#ended) throw new Ended(this.#buffer.toString('latin1'));
      await once(this.#arrivals, 'arrival');
    }
  }

  async #until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if (at >= 0) {
        const taken = this.#take(at);
        this.#take(mark.length);
        return taken;
      }
      await this.#some(this.#buffer.length + 1);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    if (!this.socket.closed) await once(this.socket, 'close');
  }
}

/** The connection ended in the middle of a reply. */
class Ended extends Error {
  constructor(got: string) {
    super(`the connection ended in the middle of a reply, after ${JSON.stringify(got.slice(-200))}`);
  }
}

type Framing = { readonly kind: 'none' | 'close' | 'chunked' } | { readonly kind: 'length'; left: number };

function framingOf(head: RawHead): Framing {
  if (head.status === 204 || head.status === 304) return { kind: 'none' };
  if (head.header('transfer-encoding')?.toLowerCase() === 'chunked') return { kind: 'chunked' };
  const length = head.header('content-length');
  return length === undefined ? { kind: 'close' } : { kind: 'length', left: Number(length) };
}
