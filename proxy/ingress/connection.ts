/** Connections whose bytes are no request, and how those end that can't go on. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, MethodNotAllowed, ProxyError } from '../base/errors.ts';
import { NOTHING_KNOWN, toWire, type WireError } from '../call/wire.ts';
import { drain } from './drain.ts';

/** The platform allows 20 headers of 4 KB each to be passed to the container. */
export const MAX_HEADER_BYTES = 96 * 1024;

/** HTTP methods of the endpoint, by era. */
export const METHODS = { legacy: 'POST, GET, DELETE', modern: 'POST' } as const;

/** More than anybody sends. */
export const MAX_HEADERS = 256;

/** For a server's `clientError`: says what was wrong, where it still can, and ends the connection. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isOver = !socket.writable || error.code === 'ECONNRESET';
  // It was answered, and is about to end: nobody cares for what it brings.
  if (!isOver && ending.has(socket)) return;
  if (isOver || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, message] = badRequest(error.code);
  const { headers, body } = toWire(new ProxyError('invalid-request', message), NOTHING_KNOWN);
  endWith(socket, status, headers, body);
}

/** Whether a reply is under way: an error in its midst would be taken for a part of it. The mark is Node's own. */
function isAnswering(socket: Duplex): boolean {
  const current: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return current instanceof ServerResponse && current.headersSent;
}

const ending = new WeakSet<Duplex>();

/**
 * Whether a connection was said to be at its end: what comes on it after that must not be processed (RFC 9112, 9.6).
 */
export function isEnding(socket: Duplex): boolean {
  return ending.has(socket);
}

/**
 * Answers a request whose body isn't there yet, and won't be read: it can't be told from the next request, so the
 * connection ends.
 */
export function answerAndEnd(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Pick<WireError, 'status' | 'headers' | 'body'>,
): void {
  ending.add(request.socket);
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close']);
  // It leaves now. With the end of the response, Node closes.
  response.write(body);
  drain(request, () => response.end());
}

/** For a server's `connect`: such a target names another host, and nothing here leads there. */
export function refuseTunnel(socket: Duplex): ErrorCode {
  const { headers, body, code } = toWire(
    new MethodNotAllowed(METHODS.legacy, 'CONNECT: there are no tunnels here'),
    NOTHING_KNOWN,
  );
  socket.on('error', () => socket.destroy());
  endWith(socket, '405 Method Not Allowed', headers, body);
  return code;
}

/** The last words on a connection. */
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
