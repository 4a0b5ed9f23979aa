import { once } from 'node:events';
import http from 'node:http';

export interface LoopbackServer extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path` of everything that came. */
  readonly requests: readonly string[];
}

/** An HTTP server on a free port of 127.0.0.1. */
export async function serve(listener: (request: http.IncomingMessage, response: http.ServerResponse) => void): Promise<LoopbackServer> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
