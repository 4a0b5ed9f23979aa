/** An upstream over TLS that asks for a client certificate, and says in each result whose it got. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Authority } from '../support/certificate.ts';

export interface Seen {
  /** The common name of the client's certificate; undefined: it showed none. */
  readonly name: string | undefined;
  readonly method: string;
  /** A number for each connection. */
  readonly connection: number;
  readonly resumed: boolean;
}

export interface CertifiedUpstream extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Names of certificates that it refuses: with 401, or by hanging up. */
  readonly refused: Map<string, 401 | 'hang up'>;
  /** Answers as an event stream. */
  streams: boolean;
  answer: ((request: IncomingMessage, response: ServerResponse, seen: Seen) => void) | undefined;
}

/** @param required ends connections without a certificate of the authority */
export async function startCertifiedUpstream(authority: Authority, required = true): Promise<CertifiedUpstream> {
  const seen: Seen[] = [];
  const connections = new Map<unknown, number>();
  const server = https.createServer(
    { ...authority.issue(), ca: authority.cert, requestCert: true, rejectUnauthorized: required },
    (request, response) => void handle(request, response),
  );
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) throw new TypeError('expected TLS');
    const subject = socket.getPeerX509Certificate()?.subject;
    const name = subject?.replace('CN=', '');
    const refusal = self.refused.get(name ?? '');
    if (refusal === 'hang up') return void socket.destroy();
    if (!connections.has(socket)) connections.set(socket, connections.size);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { id = null, method = '' } = JSON.parse(text === '' ? '{}' : text) as { id?: number; method?: string };
    const one = { name, method, connection: connections.get(socket) ?? -1, resumed: socket.isSessionReused() };
    seen.push(one);
    if (refusal === 401) return void response.writeHead(401).end();
    if (self.answer !== undefined) return self.answer(request, response, one);
    const message = JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [], content: [], _meta: { peer: name } } });
    if (self.streams) response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${message}\n\n`);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(message);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const self: CertifiedUpstream = {
    url: `https://127.0.0.1:${address.port}/mcp`,
    seen,
    refused: new Map(),
    streams: false,
    answer: undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return self;
}
