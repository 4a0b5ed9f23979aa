/** `ping`: a client's goes where its session is, to keep that alive; a probe is answered here, whatever happens. */
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

/** Marks what the upstream answers. */
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

  test('so does one that is answered by a stream', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => {
      openEvents(response);
      response.end(event(PONG));
    };
    await using front = await startFront(upstream, { controls: controls() });
    expect((await send(front, ping(await open(front)))).text).toBe(event(PONG));
  });

  test('behind the platform, too, by either of its ids', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    await open(front, [`${RUNTIME}: p`]);
    for (const headers of [[`${RUNTIME}: p`], [`${RUNTIME}: p`, 'Mcp-Session-Id: another']])
      await send(front, ping(), headers);
    expect(pings(upstream)).toEqual(['upstream-session-1', 'upstream-session-1']);
  });

  test.each([
    ['names no session', undefined, []],
    ['names one that nobody opened', 'made-up', []],
    ['names one of the platform that nobody opened', undefined, [`${RUNTIME}: probe`]],
    ['names a sealed one that nobody can open', 'mcps1.AAAA', []],
    ['names another host', 'p', ['Host: elsewhere.example']],
    ['names a session id beyond all measure', 'x'.repeat(5000), []],
  ])('one that %s is answered here: no session is opened for it', async (_what, session, more) => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    await open(front, ['Mcp-Session-Id: p']);
    const reply = await send(front, ping(session), more);
    expect([reply.status, reply.text]).toEqual([200, PONG]);
    expect([upstream.issued.length, pings(upstream)]).toEqual([1, []]);
  });

  test('where the upstream is silent, it is answered here after two seconds', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = () => {};
    await using front = await startFront(upstream, { controls: controls() });
    const reply = await send(front, ping(await open(front)));
    expect([reply.status, reply.text, pings(upstream).length]).toEqual([200, PONG, 1]);
  });

  test('where the upstream opens a stream for it and then says nothing, likewise', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => openEvents(response);
    await using front = await startFront(upstream, { controls: controls() });
    expect((await send(front, ping(await open(front)))).text).toBe(PONG);
  });

  test.each([500, 503])('where the upstream answers %i, or is down, it is answered here', async (status) => {
    const upstream = await startLegacyUpstream();
    upstream.call = (_request, response) => void response.writeHead(status).end('busy');
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    expect((await send(front, ping(session))).text).toBe(PONG);
    await upstream[Symbol.asyncDispose]();
    expect((await send(front, ping(session))).text).toBe(PONG);
  });

  test('where the upstream lost the session, its client is told: 404', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: controls() });
    const session = await open(front);
    upstream.forget();
    const reply = await send(front, ping(session));
    expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([404, 'session-not-found']);
    expect(upstream.initialized).toHaveLength(1);
  });

  test('where the upstream keeps no state and lost the session, it is answered here and opens none; the next call does', async () => {
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

  test('in a batch, each ping goes its own way', async () => {
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

test('a ping without a caller is answered here', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream, { caller: header('x-caller') });
  const session = await open(front, ['X-Caller: alice']);
  expect((await send(front, ping(session))).text).toBe(PONG);
  expect(pings(upstream)).toEqual([]);
  // Nor does another caller's keep it alive.
  expect((await send(front, ping(session), ['X-Caller: mallory'])).text).toBe(PONG);
  expect(pings(upstream)).toEqual([]);
});

test('one that a control refuses does not reach the upstream, and is answered here', async () => {
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
