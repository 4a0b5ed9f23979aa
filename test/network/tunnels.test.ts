/** The connections of a pool through a forward proxy: how many there are, and how they are given up. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { readForwardProxies } from '../../proxy/network/forward-proxies.ts';
import { useNetwork } from '../../proxy/network/network.ts';
import { tunnel } from '../../proxy/network/tunnel.ts';
import { readAll } from '../../proxy/upstream/read.ts';
import { type Send, Transport } from '../../proxy/upstream/transport.ts';
import { createAuthority } from '../support/certificate.ts';
import { startForwardProxy } from '../support/forward-proxy.ts';

const authority = createAuthority();
const URL_OF = new URL('https://mcp.example.test/mcp');
const LIMITS = { maxConnections: 2, connectMs: 60_000, firstByteMs: 60_000, idleMs: 60_000 };
const sending = (more: Partial<Send> = {}): Send => ({
  method: 'POST',
  path: '/mcp',
  headers: ['host', 'mcp.example.test', 'content-length', '2'],
  body: '{}',
  bytes: 2,
  onStart: () => {},
  idempotent: false,
  ...more,
});

afterEach(() => useNetwork());

interface Server extends AsyncDisposable {
  readonly port: number;
  readonly sockets: readonly Socket[];
}

async function listening(server: net.Server): Promise<Server> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => void sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers each request with this body. */
const startUpstream = (body: string): Promise<Server> =>
  listening(
    tls.createServer({ ...authority.issue([URL_OF.hostname]) }, (socket) => {
      socket
        .on('error', () => {})
        .on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    }),
  );
/** A proxy that takes connections and answers as it is told. */
const startRawProxy = (answer: (socket: Socket) => void): Promise<Server> =>
  listening(net.createServer((socket) => void socket.once('data', () => answer(socket))));

function through(port: number): void {
  const proxies = readForwardProxies({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, new Faults());
  useNetwork({ proxies, authorities: [authority.cert] });
}
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.message : error),
  );

test('tunnels are kept for further calls, and there are no more of them than connections may be', async () => {
  await using upstream = await startUpstream('ok');
  await using proxy = await startForwardProxy({ reaches: () => upstream.port });
  through(proxy.port);
  const transport = new Transport(URL_OF, LIMITS);
  const bodies = await Promise.all(
    Array.from({ length: 20 }, async () => (await readAll((await transport.send(sending())).body)).toString()),
  );
  expect(bodies).toEqual(Array.from({ length: 20 }, () => 'ok'));
  expect(proxy.asked).toEqual(['CONNECT mcp.example.test:443', 'CONNECT mcp.example.test:443']);
  transport.close();
});

test('a large reply arrives as it was sent, also if it is read slowly', async () => {
  const body = randomBytes(3_000_000).toString('hex');
  await using upstream = await startUpstream(body);
  await using proxy = await startForwardProxy({ reaches: () => upstream.port });
  through(proxy.port);
  const transport = new Transport(URL_OF, LIMITS);
  const response = await transport.send(sending());
  if (Buffer.isBuffer(response.body)) throw new Error('expected a body that is still arriving');
  const chunks: Buffer[] = [];
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.length % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Buffer.concat(chunks).toString() === body).toBe(true);
  transport.close();
});

test('a cancelled call gives up its tunnel, and the next call gets its place', async () => {
  let asked = 0;
  await using upstream = await startUpstream('ok');
  await using proxy = await startRawProxy((socket) => {
    if (asked++ === 0) return; // The first one is never answered.
    const onward = net.connect(upstream.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => {});
  });
  through(proxy.port);
  const transport = new Transport(URL_OF, { ...LIMITS, maxConnections: 1 });
  let abort = (): void => {};
  const first = codeOf(transport.send(sending({ onStart: (stop) => (abort = stop) })));
  await expect.poll(() => asked).toBe(1);
  const second = transport.send(sending());
  abort();
  expect(await first).toContain('since the call was cancelled');
  expect((await second).statusCode).toBe(200);
  transport.close();
});

test('a transport that closes ends the tunnels that are being opened', async () => {
  await using proxy = await startRawProxy(() => {});
  through(proxy.port);
  const transport = new Transport(URL_OF, LIMITS);
  const call = codeOf(transport.send(sending()));
  await expect.poll(() => proxy.sockets.length).toBe(1);
  transport.close();
  expect(await call).toContain("the upstream can't be reached");
  await expect.poll(() => proxy.sockets[0]?.destroyed).toBe(true);
});

test('a proxy that never answers is given up after the time for a connection', async () => {
  await using proxy = await startRawProxy(() => {});
  through(proxy.port);
  const transport = new Transport(URL_OF, { ...LIMITS, connectMs: 50 });
  expect(await codeOf(transport.send(sending()))).toContain('expected a connection within 50 ms');
  transport.close();
});

test.each([
  ['SSH-2.0-x\r\n\r\n', 'EPROXYANSWER'],
  ['HTTP/1.1 200 OK\r\n\r\nmore', 'EPROXYANSWER'],
  [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(17_000)}`, 'EPROXYANSWER'],
  ['HTTP/1.1 100 Continue\r\n\r\n', 'EPROXYREFUSED'],
  ['HTTP/1.1 302 Found\r\nLocation: http://portal\r\n\r\n', 'EPROXYREFUSED'],
  ['HTTP/1.1 407 No\r\n\r\n', 'EPROXYAUTH'],
  ['HTTP/1.0 503 Busy\r\n\r\n', 'EPROXYREFUSED'],
  ['', 'EPROXYANSWER'],
])('the answer %j opens no tunnel', async (text, code) => {
  await using proxy = await startRawProxy((socket) => socket.end(text));
  through(proxy.port);
  const transport = new Transport(URL_OF, LIMITS);
  expect(await codeOf(transport.send(sending()))).toContain(`the upstream can't be reached: ${code}`);
  transport.close();
});

test('names are written as they are, IPv6 in brackets, and nothing can be written into the request', async () => {
  const seen: string[] = [];
  await using proxy = await listening(
    net.createServer((socket) => {
      socket.on('data', (bytes) => {
        seen.push(bytes.toString());
        socket.end('HTTP/1.1 403 No\r\n\r\n');
      });
    }),
  );
  through(proxy.port);
  for (const url of ['https://[2001:db8::1]/mcp', 'https://a.example:8443/x']) {
    const transport = new Transport(new URL(url), LIMITS);
    await codeOf(transport.send(sending()));
    transport.close();
  }
  expect(seen).toEqual([
    'CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n',
    'CONNECT a.example:8443 HTTP/1.1\r\nHost: a.example:8443\r\n\r\n',
  ]);
});

test('a tunnel that was given up before it began opens no connection', async () => {
  const proxy = { isSecure: false, host: '127.0.0.1', port: 1, shown: 'http://127.0.0.1:1', authorization: undefined };
  await expect(tunnel(proxy, { host: 'a', port: 443 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'EPROXYUNREACHABLE',
  });
});
