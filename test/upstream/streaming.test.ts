import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ProxyError } from '../../proxy/base/errors.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, type Connection, post, request } from '../support/raw.ts';
import { event, openEvents, startUpstream } from '../support/upstream.ts';
import { lookers, stamping } from './controls.ts';
import { bytesOf, eras, legacy, modern } from './messages.ts';

const controls = [...lookers, ['a control that changes messages', () => [stamping()]]] as const;

/** Reads pieces of a stream until they contain a text. */
async function until(connection: Connection, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const piece = await connection.piece();
    if (piece === undefined) throw new Error(`the stream ended before ${text}: ${seen}`);
    seen += piece.toString('utf8');
  }
  return seen;
}

const progress = (n: number): string =>
  event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: n } });
const RESULT = event({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'done' }] } });

describe.each(controls)('with %s', (_name, makeControls) => {
  describe.each(eras)('in the %s era', (_era, call) => {
    test('an event reaches the client before the upstream is allowed to send the next', async () => {
      let go: (() => void) | undefined;
      await using upstream = await startUpstream(async (_request, response) => {
        openEvents(response);
        for (let n = 1; n <= 4; n++) {
          const allowed = new Promise<void>((resolve) => (go = resolve));
          response.write(progress(n));
          await allowed;
        }
        response.end(RESULT);
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      await using client = await connect(front.port);
      client.send(bytesOf(call('tools/call', { name: 'slow', arguments: {} })));
      expect((await client.head()).status).toBe(200);
      for (let n = 1; n <= 4; n++) {
        await until(client, `"progress":${n}`);
        go?.();
      }
      await until(client, '"done"');
      expect(await client.piece()).toBeUndefined();
    });

    test('the headers of a stream arrive before its first event', async () => {
      let opened: ServerResponse | undefined;
      await using upstream = await startUpstream((_request, response) => {
        openEvents(response);
        opened = response;
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      await using client = await connect(front.port);
      client.send(bytesOf(call('tools/call', { name: 'slow', arguments: {} })));
      expect((await client.head()).header('content-type')).toBe('text/event-stream');
      opened?.end(RESULT);
      await until(client, '"done"');
    });

    test('an event stream that the upstream cuts never looks complete: it is cut or, if a control looks, ends with an error', async () => {
      await using upstream = await startUpstream((_request, response) => {
        openEvents(response);
        response.write(progress(1), () => response.socket?.destroy());
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      await using client = await connect(front.port);
      client.send(bytesOf(call('tools/call', { name: 'cut', arguments: {} })));
      const { complete, text } = await client.reply();
      expect(complete).toBe(text.includes('"reason":"upstream-unreachable"'));
    });

    test('an event stream with ids that the upstream cuts is cut for the client, which fetches the rest by GET', async () => {
      await using upstream = await startUpstream((_request, response) => {
        openEvents(response);
        response.write(`id: 1\n${progress(1)}`, () => response.socket?.destroy());
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      await using client = await connect(front.port);
      client.send(bytesOf(legacy('tools/call', { name: 'cut', arguments: {} })));
      expect((await client.reply()).complete).toBe(false);
    });

    test('a JSON reply that the upstream cuts never looks complete', async () => {
      await using upstream = await startUpstream((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 });
        response.write('{"jsonrpc":"2.0","id":1,', () => response.socket?.destroy());
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      await using client = await connect(front.port);
      client.send(bytesOf(call('tools/call', { name: 'cut', arguments: {} })));
      // If a control needed the whole reply, nothing was sent yet, and it can still become an error.
      const whole = await client.reply().then(
        ({ text, complete }) => complete && !text.includes('"reason":"upstream-unreachable"'),
        () => false,
      );
      expect(whole).toBe(false);
    });
  });

  test('if a modern client disconnects in the middle of a stream, the call is cancelled at the upstream', async () => {
    await using upstream = await startUpstream((_request, response) => {
      openEvents(response);
      response.write(progress(1));
    });
    await using front = await startFront(upstream, { controls: makeControls() });
    const client = await connect(front.port);
    client.send(bytesOf(modern('tools/call', { name: 'slow', arguments: {} })));
    await client.head();
    await until(client, '"progress":1');
    client.destroy();
    await (
      await upstream.arrival(0)
    ).gone;
  });

  test('if a modern client disconnects before the headers, the call is cancelled at the upstream', async () => {
    await using upstream = await startUpstream(() => {});
    await using front = await startFront(upstream, { controls: makeControls() });
    const client = await connect(front.port);
    client.send(bytesOf(modern('tools/call', { name: 'slow', arguments: {} })));
    const arrived = await upstream.arrival(0);
    client.destroy();
    await arrived.gone;
  });

  test('if a legacy client disconnects, nothing is cancelled: the upstream finishes its stream', async () => {
    let opened: ServerResponse | undefined;
    await using upstream = await startUpstream((_request, response) => {
      openEvents(response);
      response.write(progress(1));
      opened = response;
    });
    await using front = await startFront(upstream, { controls: makeControls() });
    const client = await connect(front.port);
    client.send(bytesOf(legacy('tools/call', { name: 'slow', arguments: {} })));
    await client.head();
    await until(client, '"progress":1');
    client.destroy();
    await client.closed;
    if (opened === undefined) throw new Error('expected a stream');
    // More than the buffers on the way can hold, so finishing means being read.
    const finished = once(opened, 'finish');
    for (let i = 0; i < 40; i++)
      if (!opened.write(progress(2).replace('"progress":2', `"progress":2,"message":"${'x'.repeat(256 * 1024)}"`)))
        await once(opened, 'drain');
    opened.end(RESULT);
    await finished;
  });

  test.each(['text/event-stream', 'application/json'])(
    'if a legacy client has left a reply without an end (%s), the upstream is left, too',
    async (type) => {
      await using upstream = await startUpstream((_request, response) => {
        response.writeHead(200, { 'Content-Type': type });
        const more = (): void => {
          while (!response.destroyed && response.write(progress(1).repeat(1_000)));
        };
        response.on('drain', more);
        more();
      });
      await using front = await startFront(upstream, { controls: makeControls() });
      const client = await connect(front.port);
      client.send(bytesOf(legacy('tools/call', { name: 'endless', arguments: {} })));
      const arrived = await upstream.arrival(0);
      client.destroy();
      await arrived.gone;
    },
  );

  test("if a legacy client closes its GET stream, the upstream's is closed", async () => {
    await using upstream = await startUpstream((_request, response) => openEvents(response));
    await using front = await startFront(upstream, { controls: makeControls() });
    const client = await connect(front.port);
    client.send(request('GET', '/mcp', ['Accept: text/event-stream', 'MCP-Protocol-Version: 2025-11-25'], undefined));
    expect((await client.head()).status).toBe(200);
    client.destroy();
    const arrived = await upstream.arrival(0);
    expect(arrived.method).toBe('GET');
    await arrived.gone;
  });
});

test.each([
  ['while it waits for the headers', { maxConnections: 2 }],
  ['while it waits for a connection', { maxConnections: 1 }],
])('a modern call whose client disconnects %s is cancelled, and not blamed on the upstream', async (_when, limits) => {
  const codes: string[] = [];
  let recorded: (() => void) | undefined;
  const record = new Promise<void>((resolve) => (recorded = resolve));
  const recording = defineControl({
    name: 'recording',
    replies: 'ignores',
    setup: () => async (call, next) => {
      try {
        return await next(call);
      } catch (error) {
        if (error instanceof ProxyError && call.name === 'goes') {
          codes.push(error.code);
          recorded?.();
        }
        throw error;
      }
    },
  });
  await using upstream = await startUpstream(() => {});
  await using front = await startFront(upstream, { controls: [recording], upstreams: { default: limits } });
  await using holder = await connect(front.port);
  holder.send(bytesOf(modern('tools/call', { name: 'stays', arguments: {} })));
  await upstream.arrival(0);
  const client = await connect(front.port);
  client.send(bytesOf(modern('tools/call', { name: 'goes', arguments: {} })));
  // It arrived at the upstream or in the queue for a connection: it was sent first, so it was read before the answer
  // to another call.
  if (limits.maxConnections > 1) await upstream.arrival(1);
  else await post(front.port, '{"jsonrpc":"2.0","id":1,"method":"ping"}');
  client.destroy();
  await record;
  expect(codes).toEqual(['cancelled']);
});

describe.each(controls)('back-pressure with %s', (_name, makeControls) => {
  test('a client that does not read stops the upstream, and gets everything once it reads', async () => {
    const chunk = event({
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'info', data: 'x'.repeat(64 * 1024) },
    });
    const total = 1500;
    let written = 0;
    let stalled: (() => void) | undefined;
    const stall = new Promise<void>((resolve) => (stalled = resolve));
    await using upstream = await startUpstream(async (_request, response) => {
      openEvents(response);
      for (; written < total; written++) {
        if (response.write(chunk)) continue;
        // Nothing drains while the client does not read: after a moment without progress it counts as stopped.
        const timer = setTimeout(() => stalled?.(), 400);
        await once(response, 'drain');
        clearTimeout(timer);
      }
      stalled?.();
      response.end(RESULT);
    });
    await using front = await startFront(upstream, { controls: makeControls() });
    const { body, headers } = modern('tools/call', { name: 'flood', arguments: {} });
    const outgoing = http.request({
      port: front.port,
      method: 'POST',
      path: '/mcp',
      agent: false,
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...Object.fromEntries(headers.map((line) => line.split(': '))),
      },
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    const before = process.memoryUsage();
    await stall;
    const after = process.memoryUsage();
    expect(written).toBeLessThan(total / 2);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(32 * 1024 * 1024);
    let bytes = 0;
    let tail = '';
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      tail = piece.subarray(-200).toString('utf8');
    }
    expect(bytes).toBeGreaterThan(total * chunk.length);
    expect(tail).toContain('"done"');
  });
});
