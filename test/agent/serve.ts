/** An HTTP server on loopback that has read a request whole before it is answered: what all fakes here are made of. */
import { once } from 'node:events';
import http from 'node:http';
import type { ReceivedRequest } from '../support/sigv4-verifier.ts';

export interface Served extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
}

export type Answer = (request: ReceivedRequest, response: http.ServerResponse, incoming: http.IncomingMessage) => void | Promise<void>;

export async function serve(answer: Answer): Promise<Served> {
  const server = http.createServer((incoming, response) => void received(incoming, response));

  async function received(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    await answer({ method: incoming.method ?? '', target: incoming.url ?? '', rawHeaders: incoming.rawHeaders, body: Buffer.concat(chunks) }, response, incoming);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A URL on loopback where nothing listens any more. */
export async function nowhere(): Promise<string> {
  const served = await serve(() => {});
  await served[Symbol.asyncDispose]();
  return `${served.url}/mcp`;
}
