/** Connections whose bytes are no request, and how those end that can't go on. */
import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ProxyError } from '../errors.ts';
import { NOTHING_KNOWN, toWire } from '../wire.ts';

/** The platform allows 20 headers of 4 KB each to be passed to the container. */
export const MAX_HEADER_BYTES = 96 * 1024;

/** How long what still arrives on a connection that ends is read and dropped, so that the client sees the answer and no reset. */
const LINGER_MS = 500;

/** For a server's `clientError`: says what was wrong, where it still can, and ends the connection. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET' || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const [status, message] = badRequest(error.code);
  const body = toWire(new ProxyError('invalid-request', message), NOTHING_KNOWN).body;
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  linger(socket);
}

/** Whether a reply is under way: an error in its midst would be taken for a part of it. The mark is Node's own. */
function isAnswering(socket: Duplex): boolean {
  const current: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return current instanceof ServerResponse && current.headersSent;
}

const ending = new WeakSet<Duplex>();

/** Whether a connection was said to be at its end: what comes on it after that must not be processed (RFC 9112, 9.6). */
export function isEnding(socket: Duplex): boolean {
  return ending.has(socket);
}

/** Ends a connection after its answer. A peer that never closes its side would keep it, and nothing watches it any more. */
export function linger(socket: Duplex): void {
  ending.add(socket);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function badRequest(code: string | undefined): [status: string, message: string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'the request did not arrive in time'];
  if (code === 'HPE_HEADER_OVERFLOW') return ['431 Request Header Fields Too Large', `expected at most ${MAX_HEADER_BYTES} bytes of headers, got more`];
  return ['400 Bad Request', 'not an HTTP/1.1 request'];
}
