/** An HTTP server on a free port of 127.0.0.1, which fakes use. */
import { once } from 'node:events';
import http from 'node:http';

export interface Loopback extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
}

export async function startLoopback(listener: http.RequestListener): Promise<Loopback> {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
