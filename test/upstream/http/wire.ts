/** Exchanges over the connections of a pool, to a server that answers as a test says. */
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Dialer } from '../../../proxy/network/dialer.ts';
import { Connection, type Exchange, type Keeper } from '../../../proxy/upstream/http/connection.ts';
import type { Response } from '../../../proxy/upstream/http/response.ts';

export interface Wire extends AsyncDisposable {
  readonly dialer: Dialer;
  readonly port: number;
  /** The server's ends, in the order of their opening. */
  readonly sockets: readonly Socket[];
  /** What arrived, with the number of its connection. */
  readonly requests: readonly string[];
}

/** @param answer gets each piece that arrives */
export async function startWire(answer: (text: string, socket: Socket) => void = () => {}): Promise<Wire> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = net.createServer((socket) => {
    const number = sockets.push(socket);
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      requests.push(`${number} ${text}`);
      answer(text, socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    sockets,
    requests,
    dialer: { connect: (onread) => net.connect({ host: '127.0.0.1', port, onread }) },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Asked extends Exchange {
  /** The response, or why there is none. */
  readonly outcome: Promise<Response | Error>;
}

/** @param onHeaded runs before the response is passed on */
export function asking(head: string, more: Partial<Exchange> = {}, onHeaded?: (response: Response) => void): Asked {
  const { promise, resolve } = Promise.withResolvers<Response | Error>();
  return {
    head,
    body: undefined,
    isAscii: false,
    connection: undefined,
    outcome: promise,
    headed(response) {
      onHeaded?.(response);
      resolve(response);
    },
    failed: resolve,
    ...more,
  };
}

export const ok = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

/** The body of a response that is whole, or the error's code or text. */
export async function got({ outcome }: Asked): Promise<string> {
  const result = await outcome;
  if (result instanceof Error) return 'code' in result ? String(result.code) : result.message;
  if (!Buffer.isBuffer(result.body)) throw new Error('expected a body that is whole');
  return result.body.toString('latin1');
}

/** What a connection told its keeper. `next`: runs when it is freed. */
export function open(wire: Pick<Wire, 'dialer'>, next?: (connection: Connection) => void) {
  const told: string[] = [];
  const keeper: Keeper = {
    freed(connection) {
      told.push('freed');
      next?.(connection);
    },
    lost: () => void told.push('lost'),
  };
  const connection = new Connection((onread) => wire.dialer.connect(onread), keeper);
  return { connection, told };
}

/** A server that gives each piece this answer. */
export const answering = (respond: string | ((text: string, socket: Socket) => void)): Promise<Wire> =>
  startWire(typeof respond === 'string' ? (_text, socket) => void socket.write(respond) : respond);

export function stream(response: Response | Error): Readable {
  if (response instanceof Error || Buffer.isBuffer(response.body)) throw new Error('expected a body that is arriving');
  return response.body;
}

export async function read(body: Readable): Promise<string> {
  let text = '';
  for await (const chunk of body) text += (chunk as Buffer).toString('latin1');
  return text;
}
