import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test as one } from 'vitest';
import type { UpstreamConfig } from '../../proxy/config/config.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, type RawReply, request } from '../support/raw.ts';
import { event, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { bytesOf, eras, LEGACY, modern, send } from './messages.ts';

/** The limits are checked four times a second. */
const TICK = 250;
const SHORT = 300;

/** The tests mostly wait, so they run at the same time. */
const test = one.concurrent;

function limits(upstream: UpstreamConfig): { readonly upstreams: Readonly<Record<string, UpstreamConfig>> } {
  return { upstreams: { default: upstream } };
}

/** Reads all replies, and changes none. */
function looking(): DefinedControl {
  return defineControl({
    name: 'looking',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
  });
}

function expectTimeout(reply: RawReply, says: string, era = 'modern'): void {
  expect(reply.status).toBe(era === 'modern' ? 504 : 200);
  const { error } = reply.json();
  expect(error?.data?.['reason']).toBe('upstream-timeout');
  expect(error?.message).toContain(says);
}

test('a connection that is opened but whose TLS handshake never ends fails after connectMs', async () => {
  const silent = net.createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await using front = await startFront({ url: `https://127.0.0.1:${port}/mcp` }, limits({ connectMs: SHORT }));
  const startedAt = performance.now();
  expectTimeout(await send(front, modern('tools/list')), `a connection within ${SHORT} ms`);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(SHORT);
  silent.close();
});

test('waiting for a free connection counts as connecting', async () => {
  await using upstream = await startUpstream((_request, response) => openEvents(response));
  await using front = await startFront(upstream, limits({ connectMs: SHORT, maxConnections: 1 }));
  await using holder = await connect(front.port);
  holder.send(bytesOf(modern('tools/call', { name: 'holds', arguments: {} })));
  await holder.head();
  expectTimeout(
    await send(front, modern('tools/call', { name: 'waits', arguments: {} })),
    `a connection within ${SHORT} ms`,
  );
  expect(upstream.received).toHaveLength(1);
});

test('a call that gave up waiting leaves the connection to the next one', async () => {
  let finish: (() => void) | undefined;
  await using upstream = await startUpstream((received, response) => {
    if (received.text.includes('holds')) finish = () => respondJson(response, { jsonrpc: '2.0', id: 1, result: {} });
    else respondJson(response, { jsonrpc: '2.0', id: 1, result: { ok: true } });
  });
  await using front = await startFront(upstream, limits({ connectMs: SHORT, maxConnections: 1 }));
  const held = send(front, modern('tools/call', { name: 'holds', arguments: {} }));
  await upstream.arrival(0);
  expect((await send(front, modern('tools/call', { name: 'waits', arguments: {} }))).status).toBe(504);
  finish?.();
  expect((await held).status).toBe(200);
  expect((await send(front, modern('tools/call', { name: 'next', arguments: {} }))).json().result).toEqual({
    ok: true,
  });
  expect(upstream.received.map(({ text }) => /"name":"(holds|waits|next)"/.exec(text)?.[1])).toEqual(['holds', 'next']);
});

one.each(eras)('if an upstream never answers a %s call, the call fails after firstByteMs', async (era, call) => {
  await using upstream = await startUpstream(() => {});
  await using front = await startFront(upstream, limits({ firstByteMs: SHORT }));
  const startedAt = performance.now();
  expectTimeout(
    await send(front, call('tools/call', { name: 'hangs', arguments: {} })),
    `an answer within ${SHORT} ms`,
    era,
  );
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(SHORT);
  await (
    await upstream.arrival(0)
  ).gone;
});

test.each(eras)('a %s reply that falls silent is cut after idleMs, counted from its last byte', async (_era, call) => {
  const idle = 800;
  await using upstream = await startUpstream(async (_request, response) => {
    openEvents(response);
    await sleep(50);
    response.write(
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } }),
    );
  });
  await using front = await startFront(upstream, limits({ idleMs: idle }));
  const startedAt = performance.now();
  const reply = await send(front, call('tools/call', { name: 'falls silent', arguments: {} }));
  const took = performance.now() - startedAt;
  expect(reply.complete).toBe(false);
  expect(reply.text).toContain('"progress":1');
  expect(took).toBeGreaterThanOrEqual(idle);
  await (
    await upstream.arrival(0)
  ).gone;
});

test.each(eras)('a %s reply that falls silent is reported as slow if a control reads it whole', async (era, call) => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
    response.write('{"jsonrpc"');
  });
  await using front = await startFront(upstream, { ...limits({ idleMs: SHORT }), controls: [looking()] });
  expectTimeout(
    await send(front, call('tools/call', { name: 'falls silent', arguments: {} })),
    `more of the reply within ${SHORT} ms`,
    era,
  );
});

test.each(eras)('a %s stream that falls silent is reported as slow if a control reads it', async (_era, call) => {
  await using upstream = await startUpstream((_request, response) => openEvents(response));
  await using front = await startFront(upstream, { ...limits({ idleMs: SHORT }), controls: [looking()] });
  const reply = await send(front, call('tools/call', { name: 'falls silent', arguments: {} }));
  expect(reply.complete).toBe(true);
  expect(reply.text).toContain(`expected more of the reply within ${SHORT} ms`);
  expect(reply.text).toContain('"reason":"upstream-timeout"');
});

test.each(eras)('a live %s stream outlives every limit as long as bytes arrive', async (_era, call) => {
  // Less than the whole stream takes, and far more than a busy machine adds to one pause.
  const limit = 4_000;
  await using upstream = await startUpstream(async (_request, response) => {
    openEvents(response);
    for (let n = 0; n < 50; n++) {
      response.write(': still here\n\n');
      await sleep(100);
    }
    response.end(event({ jsonrpc: '2.0', id: 1, result: {} }));
  });
  await using front = await startFront(upstream, limits({ connectMs: limit, firstByteMs: limit, idleMs: limit }));
  const reply = await send(front, call('tools/call', { name: 'long', arguments: {} }));
  expect(reply.complete).toBe(true);
  expect(reply.text.match(/still here/g)).toHaveLength(50);
  expect(reply.text).toContain('"result":{}');
});

test('streams that are often silent, GET and subscriptions/listen, outlive idleMs', async () => {
  await using upstream = await startUpstream((_request, response) => openEvents(response));
  await using front = await startFront(upstream, limits({ idleMs: SHORT }));
  await using get = await connect(front.port);
  await using listen = await connect(front.port);
  get.send(request('GET', '/mcp', ['Accept: text/event-stream', `MCP-Protocol-Version: ${LEGACY}`], undefined));
  listen.send(bytesOf(modern('subscriptions/listen', { notifications: {} })));
  await get.head();
  await listen.head();
  await sleep(SHORT + 3 * TICK);
  expect([get.isClosed, listen.isClosed]).toEqual([false, false]);
});
