/**
 * A scriptable upstream on loopback: plain `node:http` that records exactly what arrived (raw headers, body bytes) and
 * answers what the test says. It knows nothing of MCP but the shape of its default answers.
 *
 *     await using upstream = await startUpstream();                  // answers every request with an empty result
 *     upstream.answer = (request, response) => respondJson(response, { jsonrpc: '2.0', id: 1, result: { tools: [] } });
 *     …
 *     const [request] = upstream.received;                           // request.rawHeaders, request.body, request.text
 *     const request = await upstream.arrival(2);                     // waits for the third one (counted from 0)
 */
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request exactly as it arrived, its body complete. */
export interface Received {
  readonly method: string;
  /** The request target as received, undecoded. */
  readonly target: string;
  /** Flat names and values, with case and order as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  /** Names of the headers in lower case, in the order received, with repetitions. */
  readonly headerNames: readonly string[];
  /** The value of a header; repeated ones joined by ` | `; undefined if it is missing. */
  header(name: string): string | undefined;
  /** Resolves when either side has closed the connection of this request. */
  readonly gone: Promise<void>;
}

export type Answer = (request: Received, response: http.ServerResponse) => void | Promise<void>;

export interface Upstream extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/mcp`: the value of `UPSTREAM_URL`. */
  readonly url: string;
  readonly port: number;
  /** All requests, in order. */
  readonly received: readonly Received[];
  /** May be replaced at any time; default {@link emptyResult}. */
  answer: Answer;
  /** The request with number `index` (from 0); waits for it to arrive. */
  arrival(index: number): Promise<Received>;
}

/** @param keepAliveTimeout milliseconds that it keeps an idle connection; 0: for ever. @default - Node's own */
export async function startUpstream(answer: Answer = emptyResult, keepAliveTimeout?: number): Promise<Upstream> {
  const received: Received[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const connections = new WeakMap<object, Promise<void>>();
  const server = http.createServer({ maxHeaderSize: 1024 * 1024 }, (incoming, response) => {
    const chunks: Buffer[] = [];
    const gone = connections.get(incoming.socket) ?? Promise.resolve();
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = recorded(incoming, Buffer.concat(chunks), gone);
      received.push(request);
      arrivals.emit('arrival');
      void self.answer(request, response);
    });
  });
  if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
  server.on('connection', (socket) =>
    connections.set(socket, new Promise((resolve) => socket.once('close', () => resolve()))),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const self: Upstream = {
    url: `http://127.0.0.1:${port}/mcp`,
    port,
    received,
    answer,
    async arrival(index) {
      for (;;) {
        const request = received[index];
        if (request !== undefined) return request;
        await once(arrivals, 'arrival');
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return self;
}

function recorded(incoming: http.IncomingMessage, body: Buffer, gone: Promise<void>): Received {
  const { rawHeaders } = incoming;
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    rawHeaders,
    body,
    text: body.toString('utf8'),
    headerNames: names,
    header(name) {
      const values = names.flatMap((other, i) => (other === name.toLowerCase() ? [rawHeaders[2 * i + 1] ?? ''] : []));
      return values.length === 0 ? undefined : values.join(' | ');
    },
    gone,
  };
}

/** A JSON body (text unchanged, anything else through `JSON.stringify`) with its `Content-Length`. */
export function respondJson(
  response: http.ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: http.OutgoingHttpHeaders } = {},
): void {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers })
    .end(bytes);
}

/** Opens an event stream and keeps it open: `response.write(event({ … }))` for each message, then `response.end()`. */
export function openEvents(response: http.ServerResponse, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', ...headers });
  response.flushHeaders();
}

/** One server-sent event that carries a message. */
export function event(message: unknown, id?: string): string {
  return `event: message\n${id === undefined ? '' : `id: ${id}\n`}data: ${typeof message === 'string' ? message : JSON.stringify(message)}\n\n`;
}

/** The JSON text of a request's `id`, so that an answer can carry it unchanged; undefined if there is no id. */
export function idOf(request: Received): string | undefined {
  if (request.body.length === 0) return undefined;
  const message: unknown = JSON.parse(request.text);
  if (typeof message !== 'object' || message === null || !('id' in message) || !('method' in message)) return undefined;
  return JSON.stringify(message.id);
}

/** The default answer: an empty result to a request, 202 to a notification or response, 405 to GET and DELETE. */
export const emptyResult: Answer = (request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405, { 'Content-Length': 0 }).end();
    return;
  }
  const id = idOf(request);
  if (id === undefined) response.writeHead(202, { 'Content-Length': 0 }).end();
  else respondJson(response, `{"jsonrpc":"2.0","id":${id},"result":{}}`);
};
