/** The client below the upstream, over real sockets: what it does with connections. What is read from them: `reader.test.ts`. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Response } from '../../../proxy/upstream/http/response.ts';
import { readAll } from '../../../proxy/upstream/read.ts';
import { type Send, Transport, type TransportOptions } from '../../../proxy/upstream/transport.ts';
import { selfSigned } from '../../support/certificate.ts';

/** The requests of one connection so far, and the connection. */
type Answer = (request: string, socket: Socket) => void;

interface Raw extends AsyncDisposable {
  readonly port: number;
  readonly sockets: readonly Socket[];
  /** Requests, in the order of their arrival. */
  readonly requests: readonly string[];
}

/** Calls back for each request, as soon as its headers and a body of their length have arrived. */
async function startRaw(
  answer: Answer,
  make: (listener: (socket: Socket) => void) => Server = net.createServer,
): Promise<Raw> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = make((socket) => {
    sockets.push(socket);
    let pending = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      pending += text;
      const bodyAt = pending.indexOf('\r\n\r\n') + 4;
      if (bodyAt < 4 || pending.length < bodyAt + Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0)) return;
      const request = pending;
      pending = '';
      requests.push(request);
      answer(request, socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const LIMITS = { maxConnections: 4, connectMs: 20_000, firstByteMs: 20_000, idleMs: 20_000 };

function transportTo(url: string, options: Partial<TransportOptions> = {}): Transport & AsyncDisposable {
  const transport = new Transport(new URL(url), { ...LIMITS, ...options });
  return Object.assign(transport, { [Symbol.asyncDispose]: () => Promise.resolve(transport.close()) });
}

const sending = (send: Partial<Send> = {}): Send => {
  const body = send.body ?? '{}';
  const bytes = Buffer.byteLength(body);
  return {
    method: 'POST',
    path: '/mcp',
    headers: ['host', 'x', 'content-length', String(bytes)],
    body,
    bytes,
    onStart: () => {},
    idempotent: false,
    ...send,
  };
};

const answer = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const textOf = async (response: Response): Promise<string> => (await readAll(response.body)).toString('latin1');
const stream = ({ body }: Response): Readable => {
  if (Buffer.isBuffer(body)) throw new Error('expected a body that is still arriving');
  return body;
};
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

test('a request is these bytes, whatever characters are in its body', async () => {
  await using upstream = await startRaw((_request, socket) => socket.write(answer('ok')));
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  for (const body of ['{"a":1}', '{"a":"Zoë 日本"}']) await transport.send(sending({ body, path: '/a?b=%20' }));
  const head = (bytes: number): string =>
    `POST /a?b=%20 HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\nConnection: keep-alive\r\n\r\n`;
  expect(upstream.requests).toEqual([
    `${head(7)}{"a":1}`,
    `${head(19)}${Buffer.from('{"a":"Zoë 日本"}').toString('latin1')}`,
  ]);
  expect(upstream.sockets).toHaveLength(1);
});

test.each<[string, Partial<Send>]>([
  ['a value with a line end', { headers: ['x', 'a\r\nY: b'] }],
  ['a value with a control character', { headers: ['x', 'a\0'] }],
  ['a value beyond Latin-1', { headers: ['x', '日'] }],
  ['a name with a colon', { headers: ['x:y', 'a'] }],
  ['an empty name', { headers: ['', 'a'] }],
  ['a path with a blank', { path: '/a b' }],
  ['a path with a line end', { path: '/a\r\nX: y' }],
])('%s is sent nowhere', async (_what, send) => {
  await using upstream = await startRaw((_request, socket) => socket.write(answer('ok')));
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  await expect(transport.send(sending(send))).rejects.toThrow(TypeError);
  expect(upstream.requests).toEqual([]);
});

test('an answer that is not HTTP is reported as that, without a word of it', async () => {
  await using upstream = await startRaw((_request, socket) => socket.end('HTTP/1.1 200 OK\r\nsecret\r\n\r\n'));
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  await expect(transport.send(sending())).rejects.toMatchObject({
    code: 'upstream-invalid',
    message: `127.0.0.1:${upstream.port}: the upstream's answer is not HTTP/1.1: expected a header field: name, colon, value; whether the call was carried out is not known`,
  });
});

test('a body that breaks the rules of chunks is cut, not ended', async () => {
  await using upstream = await startRaw((_request, socket) =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n'),
  );
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  await expect(textOf(await transport.send(sending()))).rejects.toThrow(/broke off/);
});

test.each([
  ['ends', (socket: Socket) => socket.end(), 'abc'],
  ['is reset', (socket: Socket) => socket.resetAndDestroy(), 'broke off'],
])('a body without a length that %s is complete only by a proper end', async (_how, end, expected) => {
  await using upstream = await startRaw((_request, socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nabc'));
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  const response = await transport.send(sending());
  const body = textOf(response).catch((error: unknown) => String(error));
  await vi.waitFor(() => expect(stream(response).readableFlowing).toBe(true));
  const [socket] = upstream.sockets;
  if (socket !== undefined) end(socket);
  expect(await body).toContain(expected);
});

describe('a connection', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['if it brought bytes after the response', (socket) => socket.write(`${answer('ok')}x`)],
    [
      'if it brings bytes that nothing asked for',
      (socket) => socket.write(answer('ok'), () => setTimeout(() => socket.write('x'), 20)),
    ],
    ['if the response says so', (socket) => socket.write(answer('ok', 'Connection: close\r\n'))],
    ['if the response is in HTTP/1.0', (socket) => socket.write(answer('ok').replace('1.1', '1.0'))],
    ['if the upstream has ended it', (socket) => socket.write(answer('ok'), () => setTimeout(() => socket.end(), 20))],
  ])('is not used again %s', async (_when, respond) => {
    await using upstream = await startRaw((_request, socket) => respond(socket));
    await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
    for (let n = 1; n <= 2; n++) {
      expect(await textOf(await transport.send(sending()))).toBe('ok');
      await vi.waitFor(() => expect(upstream.sockets[n - 1]?.destroyed).toBe(true));
      expect(upstream.sockets).toHaveLength(n);
    }
  });

  test('is not used again if the upstream answered before it had read the whole request, whose answer still arrives', async () => {
    const sockets: Socket[] = [];
    const server = net.createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      // Reads only the start.
      socket.once('data', () => {
        socket.pause();
        socket.write(answer('no'));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using transport = transportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    for (const body of ['x'.repeat(16_000_000), '{}'])
      expect(await textOf(await transport.send(sending({ body })))).toBe('no');
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

test('a call that was cancelled is not sent again, even on a kept connection and if it could be', async () => {
  await using upstream = await startRaw((request, socket) => {
    if (!request.includes('silent')) socket.write(answer('ok'));
  });
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  await transport.send(sending());
  let abort: (() => void) | undefined;
  const cancelled = transport.send(sending({ body: '"silent"', idempotent: true, onStart: (by) => (abort = by) }));
  await vi.waitFor(() => expect(upstream.requests).toHaveLength(2));
  abort?.();
  expect(await code(cancelled)).toBe('upstream-unreachable');
  await transport.send(sending());
  expect(upstream.requests.map((request) => request.includes('silent'))).toEqual([false, true, false]);
});

test('a call that took too long is not sent again either', async () => {
  await using upstream = await startRaw((request, socket) => {
    if (!request.includes('silent')) socket.write(answer('ok'));
  });
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`, { firstByteMs: 300 });
  await transport.send(sending());
  expect(await code(transport.send(sending({ body: '"silent"', idempotent: true })))).toBe('upstream-timeout');
  await transport.send(sending());
  expect(upstream.requests.map((request) => request.includes('silent'))).toEqual([false, true, false]);
});

test('closing ends the calls under way and those that wait, and sends none of them again', async () => {
  await using upstream = await startRaw(() => {});
  const transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`, { maxConnections: 1 });
  const calls = [1, 2, 3].map(() => code(transport.send(sending({ idempotent: true }))));
  await vi.waitFor(() => expect(upstream.requests).toHaveLength(1));
  transport.close();
  expect(await Promise.all(calls)).toEqual(calls.map(() => 'upstream-unreachable'));
  expect(upstream.requests).toHaveLength(1);
});

test('an upstream that sends faster than its reply is read is slowed down, and nothing is lost', async () => {
  const piece = randomBytes(1_000_000);
  let written = 0;
  await using upstream = await startRaw((_request, socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${piece.length * 64}\r\n\r\n`);
    const more = (): void => {
      while (written < 64) {
        written++;
        if (!socket.write(piece)) return void socket.once('drain', more);
      }
    };
    more();
  });
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  const body = stream(await transport.send(sending()));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(body.readableLength).toBeLessThan(300_000);
  expect(written).toBeLessThan(40);
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk as Buffer);
  const expected = createHash('sha256');
  for (let n = 0; n < 64; n++) expected.update(piece);
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
  // The connection reads again.
  expect(written).toBe(64);
  expect(upstream.sockets).toHaveLength(1);
});

test('replies that arrive at the same time, in pieces, do not get into each other', async () => {
  const bodies = Array.from({ length: 4 }, () => randomBytes(300_000).toString('hex'));
  await using upstream = await startRaw((request, socket) => {
    const body = bodies[Number(/"(\d)"/.exec(request)?.[1])] ?? '';
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const sent = (at: number): void => {
      const part = body.slice(at, at + 7_001);
      if (part === '') socket.write('0\r\n\r\n');
      else socket.write(`${part.length.toString(16)}\r\n${part}\r\n`, () => setImmediate(sent, at + part.length));
    };
    sent(0);
  });
  await using transport = transportTo(`http://127.0.0.1:${upstream.port}/mcp`);
  const got = await Promise.all(
    bodies.map(async (_body, n) => textOf(await transport.send(sending({ body: `"${n}"` })))),
  );
  expect(got.map((body, n) => body === bodies[n])).toEqual(bodies.map(() => true));
  expect(upstream.sockets).toHaveLength(4);
});

/** A name with two addresses, of which only the second has a server. */
const twoAddresses: TransportOptions['lookup'] = (_name, _options, done) =>
  done(null, [
    { address: '127.0.0.2', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]);

test('if the first address of a name refuses, the next one is used', async () => {
  await using upstream = await startRaw((_request, socket) => socket.write(answer('ok')));
  await using transport = transportTo(`http://upstream.test:${upstream.port}/mcp`, { lookup: twoAddresses });
  for (let n = 0; n < 2; n++) expect(await textOf(await transport.send(sending()))).toBe('ok');
  expect(upstream.sockets).toHaveLength(1);
});

describe('over TLS', () => {
  const certificate = selfSigned(['upstream.test']);
  const before = tls.getCACertificates('default');
  beforeAll(() => tls.setDefaultCACertificates([...before, certificate.cert]));
  afterAll(() => tls.setDefaultCACertificates(before));
  const overTls = (answered: Answer, served = certificate) =>
    startRaw(answered, (listener) =>
      tls.createServer({ ...served, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => listener(socket)),
    );
  const lookup: TransportOptions['lookup'] = (_name, options, done) =>
    options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

  test('calls share a connection, whose name is checked and which speaks HTTP/1.1', async () => {
    await using upstream = await overTls((_request, socket) => socket.write(answer('ok')));
    await using transport = transportTo(`https://upstream.test:${upstream.port}/mcp`, { lookup });
    for (let n = 0; n < 3; n++) expect(await textOf(await transport.send(sending({ body: '"Zoë"' })))).toBe('ok');
    const [socket] = upstream.sockets;
    expect(upstream.sockets).toHaveLength(1);
    expect(socket instanceof tls.TLSSocket && [socket.alpnProtocol, socket.servername]).toEqual([
      'http/1.1',
      'upstream.test',
    ]);
  });

  test('if the first address of a name refuses, the next one is used', async () => {
    await using upstream = await overTls((_request, socket) => socket.write(answer('ok')));
    await using transport = transportTo(`https://upstream.test:${upstream.port}/mcp`, { lookup: twoAddresses });
    for (let n = 0; n < 2; n++) expect(await textOf(await transport.send(sending()))).toBe('ok');
    expect(upstream.sockets).toHaveLength(1);
  });

  test('another connection resumes the session of the first', async () => {
    await using upstream = await overTls((_request, socket) => socket.write(answer('ok', 'Connection: close\r\n')));
    await using transport = transportTo(`https://upstream.test:${upstream.port}/mcp`, { lookup });
    for (let n = 0; n < 2; n++) await transport.send(sending());
    const resumed = upstream.sockets.filter((socket) => socket instanceof tls.TLSSocket && socket.isSessionReused());
    expect(resumed).toEqual([upstream.sockets[1]]);
  });

  test('large replies at the same time arrive as they were sent', async () => {
    const body = randomBytes(2_000_000).toString('hex');
    await using upstream = await overTls((_request, socket) => socket.write(answer(body)));
    await using transport = transportTo(`https://upstream.test:${upstream.port}/mcp`, { lookup });
    const got = await Promise.all([1, 2, 3].map(async () => textOf(await transport.send(sending()))));
    expect(got.map((text) => text === body)).toEqual([true, true, true]);
  });

  test.each([
    ['a certificate for another name', selfSigned(['another.test']), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a name that the certificate does not have', certificate, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s is refused before anything is sent', async (_what, served, reason) => {
    await using upstream = await overTls((_request, socket) => socket.write(answer('ok')), served);
    const host = served === certificate ? 'another.test' : 'upstream.test';
    await using transport = transportTo(`https://${host}:${upstream.port}/mcp`, { lookup });
    await expect(transport.send(sending())).rejects.toMatchObject({
      message: expect.stringContaining(reason) as string,
    });
    expect(upstream.requests).toEqual([]);
  });

  test('an address is checked against the addresses of the certificate', async () => {
    await using upstream = await overTls((_request, socket) => socket.write(answer('ok')));
    await using transport = transportTo(`https://127.0.0.1:${upstream.port}/mcp`);
    expect(await textOf(await transport.send(sending()))).toBe('ok');
  });
});
