/** `ping`: a client's ping is sent to its session, to keep it alive. The proxy itself answers a probe in any case. */
import { describe, expect, test } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { header } from '../../proxy/callers/header.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { event, openEvents, respondJson } from '../support/upstream.ts';
import { identity, lookers } from '../upstream/controls.ts';
import { type LegacyUpstream, startLegacyUpstream } from '../upstream/legacy-upstream.ts';
import { initialize, legacy, modern, send } from '../upstream/messages.ts';

const RUNTIME = 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id';
const PONG = '{"jsonrpc":"2.0","id":9,"result":{}}';
const ping = (session?: string) => legacy('ping', {}, { id: 9, session });
const pings = (upstream: LegacyUpstream): (string | undefined)[] =>
  upstream.received.filter(({ text }) => text.includes('"ping"')).map((received) => received.header('mcp-session-id'));

/** Marks the upstream's answers. */
function fromUpstream(upstream: LegacyUpstream): void {
  upstream.call = (_request, response) =>
    respondJson(response, '{"jsonrpc":"2.0","id":9,"result":{"from":"upstream"}}');
}

async function open(front: { readonly port: number }, more: readonly string[] = []): Promise<string> {
  return (await send(front, initialize(), more)).header('mcp-session-id') ?? '';
}

describe.each(lookers)('with %s', (_name, controls) => {
  test('a ping in an open session reaches the upstream, and its answer the client', async () => {
    await using upstream = await startLegacyUpstream();
    fromUpstream(upstream);
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    const reply = await send(front, ping(session));
    expect([reply.status, reply.json().result, pings(upstream)]).toEqual([
      200,
      { from: 'upstream' },
      ['upstream-session-1'],
    ]);
  });

  test('a ping that the upstream answers with a stream does as well', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => {
      openEvents(response);
      response.end(event(PONG));
    };
    await using front = await startFront(upstream, { controls: controls() });
    expect((await send(front, ping(await open(front)))).text).toBe(event(PONG));
  });

  test('behind the platform, a ping with either of its ids does, too', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    await open(front, [`${RUNTIME}: p`]);
    for (const headers of [[`${RUNTIME}: p`], [`${RUNTIME}: p`, 'Mcp-Session-Id: another']])
      await send(front, ping(), headers);
    expect(pings(upstream)).toEqual(['upstream-session-1', 'upstream-session-1']);
  });

  test.each([
    ['names no session', undefined, []],
    ['names one that was never opened', 'made-up', []],
    ['names one of the platform that was never opened', undefined, [`${RUNTIME}: probe`]],
    ['names a sealed one that cannot be opened', 'mcps1.AAAA', []],
    ['names another host', 'p', ['Host: elsewhere.example']],
    ['names an extremely long session id', 'x'.repeat(5000), []],
  ])('a ping that %s is answered by the proxy, which opens no session for it', async (_what, session, more) => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    await open(front, ['Mcp-Session-Id: p']);
    const reply = await send(front, ping(session), more);
    expect([reply.status, reply.text]).toEqual([200, PONG]);
    expect([upstream.issued.length, pings(upstream)]).toEqual([1, []]);
  });

  test('if the upstream is silent, the proxy answers a ping after two seconds', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = () => {};
    await using front = await startFront(upstream, { controls: controls() });
    const reply = await send(front, ping(await open(front)));
    expect([reply.status, reply.text, pings(upstream).length]).toEqual([200, PONG, 1]);
  });

  test('if the upstream opens a stream for a ping and then sends nothing, the proxy answers it after two seconds', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => openEvents(response);
    await using front = await startFront(upstream, { controls: controls() });
    expect((await send(front, ping(await open(front)))).text).toBe(PONG);
  });

  test.each([500, 503])('if the upstream answers %i, or is down, the proxy answers a ping', async (status) => {
    const upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => void response.writeHead(status).end('busy');
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    expect((await send(front, ping(session))).text).toBe(PONG);
    await upstream[Symbol.asyncDispose]();
    expect((await send(front, ping(session))).text).toBe(PONG);
  });

  test('if the upstream lost the session, the client gets a 404', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    upstream.forget();
    const reply = await send(front, ping(session));
    expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([404, 'session-not-found']);
    expect(upstream.initialized).toHaveLength(1);
  });

  test('if the upstream keeps no state and lost the session, the proxy answers the ping and opens none; the next call does', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls(), upstreams: { default: { reopen: true } } });
    const session = await open(front);
    upstream.forget();
    expect((await send(front, ping(session))).text).toBe(PONG);
    expect(upstream.initialized).toHaveLength(1);
    expect((await send(front, legacy('tools/list', {}, { session }))).json().result?.['session']).toBe(
      'upstream-session-2',
    );
  });

  test('in a batch, each ping is handled separately', async () => {
    await using upstream = await startLegacyUpstream();
    fromUpstream(upstream);
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    const body = `[{"jsonrpc":"2.0","id":9,"method":"ping"}]`;
    const reply: RawReply = await send(front, { body, headers: [`Mcp-Session-Id: ${session}`] });
    expect(reply.text).toBe('[{"jsonrpc":"2.0","id":9,"result":{"from":"upstream"}}]');
    expect((await send(front, { body, headers: [] })).text).toBe(`[${PONG}]`);
  });
});

test('a ping without a caller is answered by the proxy', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream, { caller: header('x-caller') });
  const session = await open(front, ['X-Caller: alice']);
  expect((await send(front, ping(session))).text).toBe(PONG);
  expect(pings(upstream)).toEqual([]);
  // Another caller's ping does not keep it alive either.
  expect((await send(front, ping(session), ['X-Caller: mallory'])).text).toBe(PONG);
  expect(pings(upstream)).toEqual([]);
});

test('a ping that a control refuses does not reach the upstream, and the proxy answers it', async () => {
  const no: DefinedControl = defineControl({
    name: 'no',
    replies: 'ignores',
    setup: () => ({ otherwise: 'pass', ping: () => Promise.reject(new Denied()) }),
  });
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream, { controls: [audit(), no, identity()] });
  expect((await send(front, ping(await open(front)))).text).toBe(PONG);
  expect(pings(upstream)).toEqual([]);
});

test('the modern era has no ping', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream);
  expect((await send(front, modern('ping'))).json().error?.code).toBe(-32601);
  expect(upstream.received).toEqual([]);
});

describe('the answer to a ping', () => {
  const answered = (size: number): string => `{"jsonrpc":"2.0","id":9,"result":{"x":"${'x'.repeat(size)}"}}`;

  test.each([
    ['of 60 KiB reaches the client', 60 * 1024, true],
    ['of more than 64 KiB does not', 64 * 1024, false],
  ])('%s', async (_what, size, arrives) => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => respondJson(response, answered(size));
    await using front = await startFront(upstream);
    expect((await send(front, ping(await open(front)))).text).toBe(arrives ? answered(size) : PONG);
  });

  test('has the headers and the status that the upstream gave it, if that is not a failure of the upstream', async () => {
    await using upstream = await startLegacyUpstream();
    const error = '{"jsonrpc":"2.0","id":9,"error":{"code":-32000,"message":"no"}}';
    upstream.call = (_request, response) =>
      void response
        .writeHead(400, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': error.length })
        .end(error);
    await using front = await startFront(upstream);
    const reply = await send(front, ping(await open(front)));
    expect([reply.status, reply.header('content-type'), reply.text]).toEqual([
      400,
      'application/json; charset=utf-8',
      error,
    ]);
  });

  test('that is late is not waited for: the ping ends at the upstream, too', async () => {
    await using upstream = await startLegacyUpstream();
    const ended = Promise.withResolvers<void>();
    upstream.call = (_request, response) => void response.on('close', ended.resolve);
    await using front = await startFront(upstream);
    expect((await send(front, ping(await open(front)))).text).toBe(PONG);
    await ended.promise;
  });
});
