/** A forward proxy on loopback, which reaches servers on loopback under other names. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Certificate } from './certificate.ts';

export interface ForwardProxyOptions {
  /** Ports on loopback, by `host:port`. Anything else can't be reached. */
  readonly reaches: (authority: string) => number | undefined;
  /** `user:password` that it demands. @default - none */
  readonly credentials?: string;
  /** It speaks TLS itself. */
  readonly certificate?: Certificate;
}

export interface StartedForwardProxy extends AsyncDisposable {
  readonly port: number;
  /** Without credentials. */
  readonly url: string;
  /** What was asked of it: `CONNECT host:port`, or `METHOD url`, in order. */
  readonly asked: readonly string[];
}

export async function startForwardProxy(options: ForwardProxyOptions): Promise<StartedForwardProxy> {
  const { reaches, credentials, certificate } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = certificate === undefined ? http.createServer() : https.createServer({ ...certificate });
  server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => {})));
  server.on('connect', (request: http.IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => {});
    const port = reaches(request.url ?? '');
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted)
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n');
    else if (port === undefined) client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    else {
      const upstream = net.connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      sockets.add(upstream);
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
    }
  });
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    const url = new URL(request.url ?? '/', 'http://nowhere.test');
    const port = reaches(`${url.hostname}:${url.port || 80}`);
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) response.writeHead(407).end();
    else if (port === undefined) response.writeHead(502).end();
    else {
      const { 'proxy-authorization': _own, ...headers } = request.headers;
      const onward = http.request(
        { host: '127.0.0.1', port, method: request.method, path: url.pathname + url.search, headers },
        (reply) => reply.pipe(response.writeHead(reply.statusCode ?? 502, reply.headers)),
      );
      request.pipe(onward.on('error', () => response.writeHead(502).end()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
