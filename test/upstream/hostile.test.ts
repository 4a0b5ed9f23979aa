/**
 * An upstream that attacks the proxy rather than its client: nothing that it sends may stop, fill or confuse the
 * process.
 */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect } from '../support/raw.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { identity, lookers } from './controls.ts';
import { parsed } from './legacy-upstream.ts';
import { bytesOf, legacy, modern, send } from './messages.ts';

interface Bytes extends AsyncDisposable {
  readonly url: string;
  /** The number of requests so far. */
  readonly requests: number;
}

/** An upstream that answers each request with raw bytes of the test; `reset` resets the connection after them. */
async function startBytes(
  answers: (index: number) => { readonly bytes: string; readonly reset?: boolean },
): Promise<Bytes> {
  const sockets = new Set<net.Socket>();
  let requests = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      if (!data.toString('latin1').startsWith('POST')) return;
      const { bytes, reset } = answers(requests++);
      socket.write(bytes, 'latin1', () => {
        if (reset === true) setTimeout(() => socket.resetAndDestroy(), 50);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const result = '{"jsonrpc":"2.0","id":1,"result":{}}';
const plain = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${result.length}\r\n\r\n${result}`;

describe.each(lookers)('with %s', (_name, controls) => {
  test.each(['000', '001', '099'])(
    'a status that HTTP does not have (%s) is an invalid answer of the upstream, not an internal error of the proxy',
    async (status) => {
      await using upstream = await startBytes((index) => ({
        bytes: index === 0 ? plain.replace('200', status) : plain,
      }));
      await using front = await startFront(upstream, { controls: controls() });
      const reply = await send(front, modern('tools/list'));
      expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([502, 'upstream-invalid']);
      expect((await send(front, modern('tools/list'))).text).toBe(result);
    },
  );
});

test('a connection reset in the middle of a reply does not make the proxy send again, since the client already has the headers', async () => {
  const half = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${result.length}\r\n\r\n${result.slice(0, 10)}`;
  await using upstream = await startBytes((index) => (index === 0 ? { bytes: plain } : { bytes: half, reset: true }));
  await using front = await startFront(upstream);
  await send(front, modern('tools/list'));
  expect((await send(front, modern('tools/list'))).complete).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(upstream.requests).toBe(2);
});

test('a Connection header of 15,000 spaces is read in linear time', async () => {
  await using upstream = await startBytes(() => ({
    bytes: plain.replace('\r\n', `\r\nConnection: x-a , ${'x '.padEnd(15_000)}x\r\nX-A: b\r\n`),
  }));
  await using front = await startFront(upstream);
  await send(front, modern('tools/list'));
  // A regular expression that trims spaces around a comma tries from each space on: no check may scan that many.
  const looks = [Symbol.split, Symbol.replace, Symbol.match, Symbol.matchAll, 'exec', 'test'] as const;
  const spies = looks.map((look) => vi.spyOn(RegExp.prototype, look));
  let longest = 0;
  try {
    expect((await send(front, modern('tools/list'))).header('x-a')).toBeUndefined();
  } finally {
    for (const spy of spies) {
      for (const [text] of spy.mock.calls) longest = Math.max(longest, text.length);
      spy.mockRestore();
    }
  }
  expect(longest).toBeLessThan(2_000);
});

test('an endless list of tools is not collected: the call that needed it gets a 502', async () => {
  let pages = 0;
  await using upstream = await startUpstream((request, response) => {
    const { id } = parsed(request);
    const tools = [{ name: `t${pages}`, description: 'x'.repeat(3_000_000), inputSchema: { type: 'object' } }];
    respondJson(response, {
      jsonrpc: '2.0',
      id,
      result: { resultType: 'complete', tools, nextCursor: String(++pages) },
    });
  });
  const asking = defineControl({
    name: 'asking',
    replies: 'ignores',
    setup: () => ({ otherwise: 'pass', 'tools/call': async (call, next) => (await call.upstream.tools(), next(call)) }),
  });
  await using front = await startFront(upstream, { controls: [asking, identity()] });
  const reply = await send(front, modern('tools/call', { name: 'x', arguments: {} }));
  expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([502, 'upstream-invalid']);
  expect(pages).toBeLessThan(15);
});

test('a silent legacy stream is ended, since its client may have gone without notice', async () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';
  await using upstream = await startBytes((index) => ({ bytes: index === 0 ? head : plain }));
  await using front = await startFront(upstream, { upstreams: { default: { maxConnections: 1, idleMs: 200 } } });
  await using client = await connect(front.port);
  client.send(bytesOf(legacy('tools/call', { name: 'x', arguments: {} })));
  await client.head();
  client.destroy();
  expect((await send(front, legacy('tools/list'))).text).toBe(result);
});
