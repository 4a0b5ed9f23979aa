import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { callOf } from '../dispatch/fake.ts';
import { startFront } from '../support/front.ts';
import { emptyResult, idOf, respondJson, startUpstream } from '../support/upstream.ts';
import { lookers } from './controls.ts';
import { eras, legacy, modern, send } from './messages.ts';

/** An upstream that counts its connections and its concurrent calls. It answers when `open` settles. */
async function startCounting(open: () => Promise<void> = () => Promise.resolve()) {
  const seen = { connections: 0, now: 0, most: 0 };
  const server = http.createServer((request, response) => {
    seen.most = Math.max(seen.most, ++seen.now);
    request.resume().on('end', () => {
      void open().then(() => {
        seen.now--;
        respondJson(response, { jsonrpc: '2.0', id: 1, result: {} });
      });
    });
  });
  server.on('connection', () => seen.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test.each(eras)('%s calls that follow each other share one connection', async (_era, call) => {
  await using upstream = await startCounting();
  await using front = await startFront(upstream);
  for (let i = 0; i < 10; i++)
    expect((await send(front, call('tools/call', { name: 'x', arguments: {} }))).status).toBe(200);
  expect(upstream.seen.connections).toBe(1);
});

test.each(lookers)('with %s the connection is reused after a reply', async (_name, controls) => {
  await using upstream = await startCounting();
  await using front = await startFront(upstream, { controls: controls() });
  for (let i = 0; i < 5; i++) await send(front, modern('tools/call', { name: 'x', arguments: {} }));
  expect(upstream.seen.connections).toBe(1);
});

test('at most maxConnections are open, and further calls wait', async () => {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  await using upstream = await startCounting(() => opened);
  await using front = await startFront(upstream, { upstreams: { default: { maxConnections: 3 } } });
  const calls = Array.from({ length: 12 }, () => send(front, modern('tools/call', { name: 'x', arguments: {} })));
  await expect.poll(() => upstream.seen.now).toBe(3);
  open?.();
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
  expect(upstream.seen).toMatchObject({ connections: 3, most: 3 });
});

/** An upstream that drops a kept-alive connection at its second request, like one that has just closed it. */
async function startDropping() {
  const arrived: string[] = [];
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    let requests = 0;
    let pending = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      const bodyAt = pending.indexOf('\r\n\r\n') + 4;
      // However the bytes were split: a request counts once it is complete.
      if (bodyAt < 4 || pending.length < bodyAt + Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0)) return;
      arrived.push(/"method":"([^"]+)"/.exec(pending)?.[1] ?? pending.slice(0, pending.indexOf(' ')));
      pending = '';
      if (++requests > 1) {
        socket.resetAndDestroy();
        return;
      }
      const body = '{"jsonrpc":"2.0","id":1,"result":{"ok":true}}';
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    arrived,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

describe('a kept-alive connection that turns out to be closed', () => {
  test.each(['tools/list', 'resources/read', 'prompts/get', 'server/discover', 'completion/complete', 'tasks/get'])(
    'is replaced once for %s, without the client noticing',
    async (method) => {
      await using upstream = await startDropping();
      await using front = await startFront(upstream);
      await send(front, modern('tools/list'));
      const reply = await send(front, modern(method));
      expect(reply.json().result).toEqual({ ok: true });
      expect(upstream.arrived).toEqual(['tools/list', method, method]);
      expect(upstream.connections()).toBe(2);
    },
  );

  test.each(['tools/call', 'x-vendor/does-something'])(
    'causes a 502 for %s, which is never sent twice',
    async (method) => {
      await using upstream = await startDropping();
      await using front = await startFront(upstream);
      await send(front, modern('tools/list'));
      const reply = await send(front, modern(method, { name: 'pay', arguments: {} }));
      expect(reply.status).toBe(502);
      expect(reply.json().error?.data?.['reason']).toBe('upstream-unreachable');
      expect(reply.json().error?.message).toContain('whether the call was carried out is not known');
      expect(upstream.arrived).toEqual(['tools/list', method]);
      expect((await send(front, modern('tools/call', { name: 'pay', arguments: {} }))).status).toBe(200);
    },
  );

  test('causes a 502 for a response from the client, which is never sent twice', async () => {
    await using upstream = await startDropping();
    await using front = await startFront(upstream);
    await send(front, legacy('tools/list'));
    const reply = await send(front, { body: '{"jsonrpc":"2.0","id":1,"result":{}}', headers: [] });
    expect(reply.status).toBe(502);
    expect(upstream.arrived).toHaveLength(2);
  });
});

/** An upstream in its own thread. It drops a connection while this thread is too busy to notice. */
async function startThread() {
  const shared = new SharedArrayBuffer(8);
  const worker = new Worker(new URL('dropping-thread.ts', import.meta.url), { workerData: shared });
  const [port] = (await once(worker, 'message')) as [number];
  const state = new Int32Array(shared);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    requests: () => Atomics.load(state, 0),
    /** Returns when all connections are gone. This thread sees no event meanwhile. */
    drop: () => {
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread's has none
      worker.postMessage('drop');
      Atomics.wait(state, 1, 0, 10_000);
      Atomics.store(state, 1, 0);
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

describe('a kept-alive connection that is found closed at the first write', () => {
  test.each(['{"amount":1}', '{"to":"Zoë 日本"}'])(
    'carries no call: a tools/call (%s) is sent once, on a new connection',
    async (args) => {
      await using upstream = await startThread();
      await using front = await startFront(upstream);
      await send(front, modern('tools/list'));
      const call = callOf(
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'pay', arguments: JSON.parse(args) as unknown },
        },
        'modern',
      );
      // No event arrives between these two steps, so the proxy can't know yet.
      upstream.drop();
      const reply = front.proxy.upstream.send(call);
      expect([(await reply).status, upstream.requests()]).toEqual([200, 2]);
    },
  );
});

test('a connection is not kept longer than the upstream announces', async () => {
  await using upstream = await startUpstream((received, response) => {
    response.setHeader('Keep-Alive', 'timeout=2');
    return emptyResult(received, response);
  }, 0);
  await using front = await startFront(upstream);
  await send(front, modern('tools/list'));
  const [request] = upstream.received;
  // The server in this test keeps it longer, and the proxy's own limit is a minute.
  const gone = await Promise.race([
    request?.gone.then(() => 'gone'),
    new Promise((resolve) => setTimeout(() => resolve('still there'), 45_000).unref()),
  ]);
  expect(gone).toBe('gone');
});

/** A server that does something with each connection once a request arrives. */
async function startBare(act: (socket: net.Socket) => void) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => act(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

describe('an upstream that is down', () => {
  test('delays no start, does not affect health checks, and is reported clearly until it is back', async () => {
    const placeholder = await startUpstream();
    const { port, url } = placeholder;
    await placeholder[Symbol.asyncDispose]();
    await using front = await startFront({ url });
    const health = await fetch(`http://127.0.0.1:${front.port}/ping`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'Healthy' }]);
    expect(
      (await send(front, { body: '{"jsonrpc":"2.0","id":1,"method":"ping"}', headers: [] })).json().result,
    ).toEqual({});
    for (const [era, call] of eras) {
      const reply = await send(front, call('tools/list'));
      expect(reply.status).toBe(era === 'modern' ? 502 : 200);
      expect(reply.json().error).toMatchObject({ code: -32603, data: { reason: 'upstream-unreachable' } });
      expect(reply.json().error?.message).toBe("the upstream can't be reached: ECONNREFUSED");
      expect(reply.json().id).toBe(1);
    }
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => respondJson(response, { jsonrpc: '2.0', id: 1, result: { back: true } }));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    for (const [, call] of eras) expect((await send(front, call('tools/list'))).json().result).toEqual({ back: true });
    server.close();
    server.closeAllConnections();
  });

  test.each([
    ['is not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'a status line of HTTP/1.1'],
    [
      'has headers without an end',
      `HTTP/1.1 200 OK\r\n${'X-More: v\r\n'.repeat(20_000)}`,
      'at most 16384 bytes of headers',
    ],
  ])('an answer that %s causes a 502 that says so', async (_what, bytes, expected) => {
    await using upstream = await startBare((socket) => void socket.write(bytes));
    await using front = await startFront(upstream);
    for (const [method, unknown] of [
      ['tools/list', ''],
      ['tools/call', '; whether the call was carried out is not known'],
    ] as const) {
      const reply = await send(front, modern(method, { name: 'x', arguments: {} }));
      expect(reply.status).toBe(502);
      expect(reply.json().error).toMatchObject({
        message: `the upstream's answer is not HTTP/1.1: expected ${expected}${unknown}`,
        data: { reason: 'upstream-invalid' },
      });
    }
  });

  test.each([
    ['resets', (socket: net.Socket) => void socket.resetAndDestroy()],
    ['closes', (socket: net.Socket) => void socket.end()],
  ])('that %s a new connection after the request may have carried a call out', async (_what, end) => {
    await using upstream = await startBare(end);
    await using front = await startFront(upstream);
    for (const [method, unknown] of [
      ['tools/list', ''],
      ['tools/call', '; whether the call was carried out is not known'],
    ] as const) {
      const reply = await send(front, modern(method, { name: 'x', arguments: {} }));
      expect(reply.json().error?.message).toBe(`the upstream can't be reached: ECONNRESET${unknown}`);
    }
  });

  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is refused, not followed, whatever its target',
    async (status) => {
      await using elsewhere = await startUpstream();
      await using upstream = await startUpstream(
        (_request, response) => void response.writeHead(status, { Location: elsewhere.url, 'Content-Length': 0 }).end(),
      );
      await using front = await startFront(upstream);
      const reply = await send(front, modern('tools/call', { name: 'x', arguments: {} }));
      expect(reply.status).toBe(502);
      expect(reply.header('location')).toBeUndefined();
      expect(reply.json().error?.message).toContain('redirects are not followed');
      expect(elsewhere.received).toHaveLength(0);
    },
  );
});

test('a call that its client cancelled while it waited for a connection never reaches the upstream', async () => {
  let finish: (() => void) | undefined;
  await using upstream = await startUpstream((received, response) => {
    const answer = (): void => respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":{}}`);
    if (received.text.includes('holds')) finish = answer;
    else answer();
  });
  await using front = await startFront(upstream, { upstreams: { default: { maxConnections: 1 } } });
  const held = send(front, modern('tools/call', { name: 'holds', arguments: {} }));
  await upstream.arrival(0);
  const aborter = new AbortController();
  const { body, headers } = modern('tools/call', { name: 'gone', arguments: {} });
  const gone = fetch(front.proxy.url, {
    method: 'POST',
    body,
    signal: aborter.signal,
    headers: [
      ['Content-Type', 'application/json'],
      ...headers.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    ],
  }).catch(() => 'aborted');
  await new Promise((resolve) => setTimeout(resolve, 100));
  aborter.abort();
  expect(await gone).toBe('aborted');
  await new Promise((resolve) => setTimeout(resolve, 50));
  finish?.();
  await held;
  await send(front, modern('tools/call', { name: 'next', arguments: {} }));
  expect(upstream.received.map(({ text }) => /"name":"(holds|gone|next)"/.exec(text)?.[1])).toEqual(['holds', 'next']);
});
