/** A stream is its caller's for as long as the token that it was opened with. */
import type http from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { header } from '../../proxy/callers/header.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { startUpstream } from '../support/upstream.ts';
import { tokenOf } from '../upstream/auth/callers-tokens.ts';
import { legacy, modern, type Sent } from '../upstream/messages.ts';

const SECOND = 1000;
// Sockets have timers of their own.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const transforms = defineControl({
  name: 'transforms',
  replies: 'transforms',
  setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
});

const NEWS = 'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n';

/** An upstream whose streams go on, and the streams. */
async function world() {
  const open: http.ServerResponse[] = [];
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(NEWS);
    open.push(response);
  });
  return { upstream, open, [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose]() };
}

const STREAMS: Readonly<Record<string, () => RequestInit>> = {
  legacy: () => ({ headers: { accept: 'text/event-stream', 'mcp-protocol-version': '2025-11-25' } }),
  modern: () => posted(modern('subscriptions/listen', { notifications: { toolsListChanged: true } })),
};

function posted({ body, headers }: Sent): RequestInit {
  const pairs = headers.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
  const accept = 'application/json, text/event-stream';
  return {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', accept, ...Object.fromEntries(pairs) },
  };
}

async function opened(port: number, request: RequestInit, more: Readonly<Record<string, string>>) {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    ...request,
    headers: { ...(request.headers as Record<string, string>), ...more },
  });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error(`expected a stream, got ${response.status}`);
  return reader;
}

type Reader = Awaited<ReturnType<typeof opened>>;

/** All that comes until the stream ends. Rejects if it is cut. */
async function rest(reader: Reader): Promise<string> {
  let text = '';
  for (let got = await reader.read(); !got.done; got = await reader.read()) text += Buffer.from(got.value).toString();
  return text;
}

async function next(reader: Reader): Promise<string> {
  const { value } = await reader.read();
  return Buffer.from(value ?? []).toString();
}

describe.each([
  ['without controls', [], {}],
  ['with a control that transforms', [transforms], {}],
  ['of several upstreams', [], { several: true }],
] as const)('%s', (_case, controls, { several = false }: { several?: boolean }) => {
  test.each(['legacy', 'modern'])('a stream ends with the token of its caller, %s', async (era) => {
    await using w = await world();
    const { url } = w.upstream;
    await using front = await startFront(w.upstream, {
      caller: agentcoreJwt(),
      controls: [...controls],
      environment: { INBOUND_AUTH: 'jwt', ...(several ? { UPSTREAM_A_URL: url, UPSTREAM_B_URL: url } : {}) },
      ...(several ? { upstreams: { a: { prefix: true }, b: { prefix: true } } } : {}),
    });
    const authorization = `Bearer ${await tokenOf('alice', {}, 60)}`;
    const stream = await opened(front.port, STREAMS[era]?.() ?? {}, { authorization });
    expect(await next(stream)).toContain('data:');
    await vi.advanceTimersByTimeAsync(59 * SECOND);
    for (const each of w.open) each.write(NEWS);
    expect(await next(stream)).toContain('list_changed');
    await vi.advanceTimersByTimeAsync(12 * SECOND);
    for (const each of w.open) each.write(NEWS.replace('tools', 'prompts'));
    expect(await rest(stream)).not.toContain('prompts');
    await Promise.all(w.open.map((each) => new Promise((done) => (each.closed ? done(0) : each.once('close', done)))));
  });
});

test.each(['without controls', 'with a control that transforms'])(
  'the reply to a call goes on to its end, %s',
  async (which) => {
    await using w = await world();
    const controls = which === 'without controls' ? [] : [transforms];
    const environment = { INBOUND_AUTH: 'jwt' };
    await using front = await startFront(w.upstream, { caller: agentcoreJwt(), controls, environment });
    const authorization = `Bearer ${await tokenOf('alice', {}, 60)}`;
    const reply = await opened(front.port, posted(legacy('tools/call', { name: 'slow' })), { authorization });
    await next(reply);
    await vi.advanceTimersByTimeAsync(90 * SECOND);
    w.open[0]?.end('data: {"jsonrpc":"2.0","id":1,"result":{"content":[]}}\n\n');
    expect(await rest(reply)).toContain('"content"');
  },
);

test('a source that does not look at the time of its claims ends no stream', async () => {
  await using w = await world();
  await using front = await startFront(w.upstream, { caller: header('x-caller') });
  const claims = JSON.stringify({ sub: 'alice', exp: Date.now() / 1000 - 3600 });
  const stream = await opened(front.port, STREAMS['legacy']?.() ?? {}, { 'x-caller': claims });
  await next(stream);
  await vi.advanceTimersByTimeAsync(90 * SECOND);
  w.open[0]?.end(NEWS);
  expect(await rest(stream)).toContain('list_changed');
});
