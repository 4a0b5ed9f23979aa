/** Connections whose bytes are no valid request, and how connections end. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MethodNotAllowed, ProxyError } from '../base/errors.ts';
import { NOTHING_KNOWN, toWire, type WireError } from '../call/wire.ts';
import { drain } from './drain.ts';

/** The platform can pass 20 headers of 4 KB each to the container. */
export const MAX_HEADER_BYTES = 96 * 1024;

/** HTTP methods of the endpoint, by era. */
export const METHODS = { legacy: 'POST, GET, DELETE', modern: 'POST' } as const;

/** More headers than any real client sends. */
export const MAX_HEADERS = 256;

/** Handles a server's `clientError`: reports the error if that is still possible, and ends the connection. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isOver = !socket.writable || error.code === 'ECONNRESET';
  // The connection was answered and is about to end: ignore further input.
  if (!isOver && ending.has(socket)) return;
  if (isOver || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, message] = badRequest(error.code);
  const { headers, body } = toWire(new ProxyError('invalid-request', message), { ...NOTHING_KNOWN, inLog: 'nowhere' });
  endWith(socket, status, headers, body);
}

/** Whether a reply is being sent: an error sent now would be read as part of it. Reads Node's own mark. */
function isAnswering(socket: Duplex): boolean {
  const current: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return current instanceof ServerResponse && current.headersSent;
}

const ending = new WeakSet<Duplex>();

/** Whether the connection was announced to end: later input on it must not be processed (RFC 9112, 9.6). */
export function isEnding(socket: Duplex): boolean {
  return ending.has(socket);
}

/**
 * Answers a request whose body will not be read. Without reading it, the next request can't be found, so the connection
 * ends.
 */
export function answerAndEnd(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Pick<WireError, 'status' | 'headers' | 'body'>,
): void {
  ending.add(request.socket);
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close']);
  // Sends it now. Node closes at the end of the response.
  response.write(body);
  drain(request, () => response.end());
}

/** Handles a server's `connect`: the target names another host, and the proxy makes no tunnels. */
export function refuseTunnel(socket: Duplex): WireError {
  const wire = toWire(new MethodNotAllowed(METHODS.legacy, 'CONNECT: there are no tunnels here'), {
    ...NOTHING_KNOWN,
    inLog: 'reported',
  });
  socket.on('error', () => socket.destroy());
  endWith(socket, '405 Method Not Allowed', wire.headers, wire.body);
  return wire;
}

/** Sends the last response on a connection. */
function endWith(socket: Duplex, status: string, headers: readonly string[], body: string): void {
  const lines = [...headers, 'Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close'].reduce(
    (text, part, i) => `${text}${part}${i % 2 === 0 ? ': ' : '\r\n'}`,
    '',
  );
  socket.end(`HTTP/1.1 ${status}\r\n${lines}\r\n${body}`);
  ending.add(socket);
  drain(socket, () => socket.destroy());
}

function badRequest(code: string | undefined): [status: string, message: string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'the request did not arrive in time'];
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['431 Request Header Fields Too Large', `expected at most ${MAX_HEADER_BYTES} bytes of headers, got more`];
  return ['400 Bad Request', 'not an HTTP/1.1 request'];
}
