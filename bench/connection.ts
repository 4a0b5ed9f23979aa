/** One keep-alive client connection in a closed loop: it sends the next call once the last answer was checked. */
import { connect, type Socket } from 'node:net';
import { ReplyReader } from './reply-reader.ts';
import { answer, callBody, CALLER, callHeaders, FIRST_ID, TOOL, type Era, type Kind } from './wire.ts';

export interface Wanted {
  readonly port: number;
  readonly kind: Kind;
  readonly era: Era;
  /**
   * The customer in the call, if it has one. If it contains the digits of {@link FIRST_ID}, each call has another
   * customer.
   */
  readonly customer: string;
  /** The text in the answer where the upstream names the customer. */
  readonly mention: string;
  /** Begins the names of tools. */
  readonly prefix?: string;
  readonly session?: string;
  /** The token of the caller. @default - none */
  readonly bearer?: string;
}

export class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  /** The positions of the id. */
  readonly #requestIds: readonly number[];
  readonly #expected: Buffer;
  readonly #expectedIds: readonly number[];

  /** @param done called for each answer (`wrong` says what is wrong with it), or when the connection breaks. */
  constructor(wanted: Wanted, done: (wrong: string | undefined) => void) {
    this.#request = Buffer.from(prebuiltRequest(wanted), 'latin1');
    this.#requestIds = idsIn(this.#request);
    const { before, pieces } = answer(wanted.kind, wanted.era);
    this.#expected = Buffer.from(`${before}${FIRST_ID}${pieces.join(wanted.mention)}`);
    this.#expectedIds = idsIn(this.#expected);
    const reader = new ReplyReader(this.#expected, done);
    const onread = {
      // One buffer for all reads of this connection, because nothing is kept after the callback.
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

  /** @param id nine digits. The last answer has arrived, so its request was read and its bytes may change. */
  send(id: number): void {
    for (const at of this.#requestIds) patch(this.#request, at, id);
    for (const at of this.#expectedIds) patch(this.#expected, at, id);
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.removeAllListeners('end').destroy();
  }
}

function prebuiltRequest({ port, kind, era, session, customer, prefix = '', bearer }: Wanted): string {
  const body = callBody(kind, era, customer, prefix);
  const headers = {
    Host: `127.0.0.1:${port}`,
    ...callHeaders('tools/call', era, prefix + TOOL[kind]),
    ...CALLER,
    ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
    'Content-Length': body.length,
  };
  const lines = Object.entries(session === undefined ? headers : { ...headers, 'Mcp-Session-Id': session });
  return `POST /mcp HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

function idsIn(bytes: Buffer): number[] {
  const at: number[] = [];
  for (let found = bytes.indexOf(String(FIRST_ID)); found >= 0; found = bytes.indexOf(String(FIRST_ID), found + 1))
    at.push(found);
  return at;
}

function patch(bytes: Buffer, at: number, id: number): void {
  for (let i = at + 8, rest = id; i >= at; i--) {
    bytes[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
