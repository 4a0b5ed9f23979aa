/** One keep-alive client connection in a closed loop: a call goes out when the answer to the last one has been checked. */
import { connect, type Socket } from 'node:net';
import { ReplyReader } from './reply-reader.ts';
import { answer, callBody, callHeaders, FIRST_ID, TOOL, type Era, type Kind } from './wire.ts';

export interface Wanted {
  readonly port: number;
  readonly kind: Kind;
  readonly era: Era;
  readonly session?: string;
}

export class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #requestId: number;
  readonly #expected: Buffer;
  readonly #expectedId: number;

  /** @param done an answer came (`wrong` says what is the matter with it), or the connection broke. */
  constructor(wanted: Wanted, done: (wrong: string | undefined) => void) {
    this.#request = Buffer.from(prebuiltRequest(wanted), 'latin1');
    this.#requestId = this.#request.lastIndexOf(String(FIRST_ID));
    const { before, after } = answer(wanted.kind, wanted.era);
    this.#expected = Buffer.from(`${before}${FIRST_ID}${after}`);
    this.#expectedId = before.length;
    const reader = new ReplyReader(this.#expected, done);
    const onread = {
      // One buffer for all reads of this connection: nothing is kept beyond the callback.
      buffer: Buffer.allocUnsafe(64 * 1024),
      callback: (length: number, bytes: Uint8Array): boolean => {
        reader.push(bytes as Buffer, length);
        return true;
      },
    };
    this.#socket = connect({ port: wanted.port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.on('error', (error) => done(error.message));
    this.#socket.on('end', () => done('connection closed by the server'));
  }

  /** @param id nine digits. The last answer has come, so its request has been read and its bytes may change. */
  send(id: number): void {
    patch(this.#request, this.#requestId, id);
    patch(this.#expected, this.#expectedId, id);
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.removeAllListeners('end').destroy();
  }
}

function prebuiltRequest({ port, kind, era, session }: Wanted): string {
  const body = callBody(kind, era);
  const headers = { Host: `127.0.0.1:${port}`, ...callHeaders('tools/call', era, TOOL[kind]), 'Content-Length': body.length };
  const lines = Object.entries(session === undefined ? headers : { ...headers, 'Mcp-Session-Id': session });
  return `POST /mcp HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

function patch(bytes: Buffer, at: number, id: number): void {
  for (let i = at + 8, rest = id; i >= at; i--) {
    bytes[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
