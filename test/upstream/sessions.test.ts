/** Sessions without a platform in front: the client gets the upstream's id sealed. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Call } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { header } from '../../proxy/callers/header.ts';
import { Sealer } from '../../proxy/upstream/seal.ts';
import { Sessions } from '../../proxy/upstream/sessions.ts';
import { startFront } from '../support/front.ts';
import { exchange, request } from '../support/raw.ts';
import { startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, send } from './messages.ts';

afterEach(() => void vi.unstubAllEnvs());

async function open(front: { readonly port: number }, more: readonly string[] = []): Promise<string> {
  const reply = await send(front, initialize(), more);
  const session = reply.header('mcp-session-id');
  if (session === undefined) throw new Error(`expected a session id, got HTTP ${reply.status}: ${reply.text}`);
  return session;
}

function end(front: { readonly port: number }, session: string) {
  return exchange(
    front.port,
    request('DELETE', '/mcp', [`Mcp-Session-Id: ${session}`, 'MCP-Protocol-Version: 2025-11-25'], undefined),
  );
}

describe('the id that a client gets', () => {
  test("isn't the upstream's, and doesn't contain it", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = await open(front);
    const plain = Buffer.from(session.replace(/^[^.]*\./, ''), 'base64url').toString('latin1');
    expect(session).not.toContain('upstream-session');
    expect(plain).not.toContain('upstream-session');
    expect(session).toMatch(/^[\x21-\x7e]+$/);
  });

  test('leads back to the same upstream session', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const [first, second] = [await open(front), await open(front)];
    expect(first).not.toBe(second);
    expect((await send(front, legacy('tools/list', {}, { session: second }))).json().result?.['session']).toBe(
      'upstream-session-2',
    );
    expect((await send(front, legacy('tools/list', {}, { session: first }))).json().result?.['session']).toBe(
      'upstream-session-1',
    );
    expect(upstream.initialized).toHaveLength(2);
  });

  test('is on later replies if the upstream repeats its own', async () => {
    await using upstream = await startLegacyUpstream();
    const { call } = upstream;
    upstream.call = (received, response) => {
      response.setHeader('Mcp-Session-Id', received.header('mcp-session-id') ?? '');
      return call(received, response);
    };
    await using front = await startFront(upstream);
    const session = await open(front);
    const reply = await send(front, legacy('tools/list', {}, { session }));
    expect(reply.header('mcp-session-id')).toBe(session);
    expect(reply.raw).not.toContain('upstream-session');
  });

  test('works for GET streams, too', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = await open(front);
    const response = await fetch(front.proxy.url, {
      headers: {
        'Mcp-Session-Id': session,
        Accept: 'text/event-stream',
        'Last-Event-ID': 'e-7',
        'MCP-Protocol-Version': '2025-11-25',
      },
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
    const get = upstream.received.at(-1);
    expect([get?.method, get?.header('mcp-session-id'), get?.header('last-event-id')]).toEqual([
      'GET',
      'upstream-session-1',
      'e-7',
    ]);
  });
});

describe('an id is valid only', () => {
  test('for the caller who got it: another caller gets a 404, and the upstream is not asked', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { caller: header('x-caller') });
    const session = await open(front, ['X-Caller: alice']);
    expect((await send(front, legacy('tools/list', {}, { session }), ['X-Caller: alice'])).status).toBe(200);
    const before = upstream.received.length;
    const reply = await send(front, legacy('tools/list', {}, { session }), ['X-Caller: mallory']);
    expect(reply.status).toBe(404);
    expect(reply.json().error?.data?.['reason']).toBe('session-not-found');
    expect(upstream.received).toHaveLength(before);
  });

  test('complete and unchanged: with any character changed, cut or added it gets a 404', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = await open(front);
    const before = upstream.received.length;
    const at = session.length - 10;
    const changed = session.slice(0, at) + (session[at] === 'A' ? 'B' : 'A') + session.slice(at + 1);
    for (const garbage of [
      changed,
      session.slice(0, -4),
      `${session}AAAA`,
      'mcps1.',
      'mcps1.AAAA',
      `${session.slice(0, 6)}${'A'.repeat(200)}`,
    ]) {
      expect((await send(front, legacy('tools/list', {}, { session: garbage }))).status).toBe(404);
    }
    expect(upstream.received).toHaveLength(before);
  });

  test('in the process that made it', async () => {
    await using upstream = await startLegacyUpstream();
    await using first = await startFront(upstream);
    await using second = await startFront(upstream);
    const session = await open(first);
    const reply = await send(second, legacy('tools/list', {}, { session }));
    expect(reply.status).toBe(404);
    expect(reply.json().error?.message).toContain('initialize again');
    expect(upstream.initialized).toHaveLength(1);
  });

  test('or in all processes that share SESSION_SECRET', async () => {
    vi.stubEnv('TEST_SESSION_SECRET', 'a secret that several processes share');
    const environment = { SESSION_SECRET: 'env:TEST_SESSION_SECRET' };
    await using upstream = await startLegacyUpstream();
    await using first = await startFront(upstream, { environment, upstreams: { default: { reopen: true } } });
    await using second = await startFront(upstream, { environment, upstreams: { default: { reopen: true } } });
    const session = await open(first);
    expect((await send(second, legacy('tools/list', {}, { session }))).json().result?.['session']).toBe(
      'upstream-session-1',
    );
    upstream.forget();
    // The id holds what the other process needs to open the session again.
    expect((await send(second, legacy('tools/list', {}, { session }))).json().result?.['session']).toBe(
      'upstream-session-2',
    );
    expect(upstream.initialized[1]).toEqual(upstream.initialized[0]);
  });
});

describe('DELETE', () => {
  test('ends the session at the upstream; the id gets a 404 from then on, and nothing is opened again', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = await open(front);
    expect((await end(front, session)).status).toBe(204);
    expect(upstream.sessions.size).toBe(0);
    for (const reply of [await send(front, legacy('tools/list', {}, { session })), await end(front, session)])
      expect(reply.status).toBe(404);
    expect(upstream.initialized).toHaveLength(1);
  });

  test.each([404, 400])(
    'of a session that the upstream has forgotten meanwhile (%i) ends it as well',
    async (status) => {
      await using upstream = await startLegacyUpstream({
        unknownSession: (_request, response) =>
          void response
            .writeHead(status, { 'Content-Type': 'application/json' })
            .end(
              '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: No valid session ID provided"}}',
            ),
      });
      await using front = await startFront(upstream);
      const session = await open(front);
      upstream.forget();
      expect((await end(front, session)).status).toBe(status);
      expect((await send(front, legacy('tools/list', {}, { session }))).status).toBe(404);
      expect(upstream.initialized).toHaveLength(1);
    },
  );

  test('leaves the session open if the upstream does not allow it (405)', async () => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    upstream.answer = (received, response) =>
      received.method === 'DELETE'
        ? void response.writeHead(405, { 'Content-Length': 0 }).end()
        : answer(received, response);
    await using front = await startFront(upstream);
    const session = await open(front);
    expect((await end(front, session)).status).toBe(405);
    expect((await send(front, legacy('tools/list', {}, { session }))).status).toBe(200);
  });

  test('ends one session and leaves the others alone', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const [first, second] = [await open(front), await open(front)];
    await end(front, first);
    expect((await send(front, legacy('tools/list', {}, { session: second }))).status).toBe(200);
  });
});

test('a request without a session id goes to the upstream without one, for it to decide', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startFront(upstream);
  await open(front);
  expect((await send(front, legacy('tools/list'))).status).toBe(404);
  expect(upstream.received.at(-1)?.header('mcp-session-id')).toBeUndefined();
  expect(upstream.initialized).toHaveLength(1);
});

test('beyond ten thousand, sessions that no client ends are forgotten, and found again by what their ids hold', async () => {
  const never = () => Promise.reject(new Error('expected no session to be opened or ended'));
  const sealer = new Sealer(true);
  sealer.learn('a secret');
  const sessions = new Sessions({
    upstream: 'default',
    address: new URL('https://mcp.example.com/mcp'),
    sealer,
    isRuntime: false,
    reopen: true,
    maxSessions: 100,
    sessionIdleMs: 60_000,
    initialize: never,
    initialized: never,
    end: never,
  });
  const exchange = (sessionId: string | undefined) => new Exchange(NOBODY, 'legacy', { ...NO_HEADERS, sessionId }, 0);
  const open = (id: string, params: string): string | undefined =>
    sessions.opened(exchange(undefined), sessions.beginning(exchange(undefined)), id, params);
  const first = open('upstream-0', '{}');
  for (let i = 1; i <= 10_050; i++) open(`upstream-${i}`, '{}');
  expect(sessions.size).toBe(10_000);
  expect(await sessions.find(callIn(exchange(first)))).toMatchObject({ id: 'upstream-0', initialize: '{}' });
});

function callIn(exchange: Exchange): Call {
  return new Call(
    'request',
    'tools/list',
    undefined,
    { name: 'default', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) },
    exchange,
  );
}
