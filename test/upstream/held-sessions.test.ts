/** Sessions that only the proxy can end: limited per caller, ended when idle and at shutdown. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import type { UpstreamConfig } from '../../proxy/config/config.ts';
import { type Front, type FrontOptions, startFront } from '../support/front.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { openEvents } from '../support/upstream.ts';
import { type LegacyUpstream, startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, send } from './messages.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const RUNTIME = 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id';
const platform = (id: string): string[] => [`${RUNTIME}: ${id}`];
const own = (id: string): string[] => [`Mcp-Session-Id: ${id}`];
const call = (session?: string) => legacy('tools/call', { name: 'x', arguments: {} }, { session });
const set = (options: UpstreamConfig): FrontOptions => ({ upstreams: { default: options } });

const deleted = (upstream: LegacyUpstream): (string | undefined)[] =>
  upstream.received.filter(({ method }) => method === 'DELETE').map((received) => received.header('mcp-session-id'));
const remaining = (upstream: LegacyUpstream): string[] => [...upstream.sessions];

describe('a made-up session id', () => {
  test.each([own, platform])(
    'keeps no session: it gets a 404 with what to do, and the session opened to find out is ended',
    async (as) => {
      await using upstream = await startLegacyUpstream();
      await using front = await startFront(upstream);
      const replies: RawReply[] = [];
      for (let i = 0; i < 50; i++) replies.push(await send(front, call(), as(`made-up-${i}`)));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 404));
      expect(replies[0]?.json()).toMatchObject({
        id: 1,
        error: {
          code: -32001,
          message: expect.stringContaining('initialize again') as unknown,
          data: { reason: 'session-not-found' },
        },
      });
      // Once the proxy knows that this upstream gives session ids, it doesn't try again.
      expect([upstream.issued.length, deleted(upstream), remaining(upstream)]).toEqual([1, ['upstream-session-1'], []]);
      expect(upstream.received.filter(({ text }) => text.includes('tools/call'))).toEqual([]);
    },
  );

  test('opens one session each at most, also with many at once, and leaves none', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(front, call(), platform('one'))));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 404));
    expect([upstream.issued.length, remaining(upstream)]).toEqual([1, []]);
  });

  test('works if the upstream gives no ids: any session is as good as the first', async () => {
    await using upstream = await startLegacyUpstream({ ids: false });
    await using front = await startFront(upstream);
    for (let i = 0; i < 3; i++) expect((await send(front, call(), platform('any'))).status).toBe(200);
    expect(upstream.initialized).toHaveLength(1);
  });

  test('leaves initialize free to begin a session under it', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    expect((await send(front, call(), own('again'))).status).toBe(404);
    expect((await send(front, initialize(), own('again'))).header('mcp-session-id')).toBe('again');
    expect((await send(front, call('again'))).json().result?.['session']).toBe('upstream-session-2');
  });

  test("is refused if it is longer than any platform's ids", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const reply = await send(front, call(), platform('x'.repeat(2000)));
    expect([reply.json().error?.code, upstream.received.length]).toEqual([-32600, 0]);
  });
});

describe('one caller', () => {
  test('has at most maxSessions: one more is refused with what to do, and another caller has its own limit', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, {
      ...set({ reopen: true, maxSessions: 3 }),
      caller: header('x-caller'),
    });
    const as = (caller: string, id: string): string[] => [`X-Caller: ${caller}`, ...platform(id)];
    for (let i = 0; i < 3; i++) expect((await send(front, call(), as('alice', `a${i}`))).status).toBe(200);
    for (const refused of [
      await send(front, call(), as('alice', 'a3')),
      await send(front, initialize(), as('alice', 'a4')),
    ]) {
      expect(refused.json().error).toMatchObject({
        code: -31429,
        message: expect.stringContaining('end one that is no longer needed') as unknown,
        data: { reason: 'throttled' },
      });
    }
    expect((await send(front, call(), as('bob', 'b0'))).status).toBe(200);
    expect(upstream.issued).toHaveLength(4);
    // Its own sessions stay usable, and initialize under one of their ids always works.
    expect((await send(front, call(), as('alice', 'a1'))).status).toBe(200);
    expect((await send(front, initialize(), as('alice', 'a1'))).status).toBe(200);
    await expect.poll(() => remaining(upstream)).toHaveLength(4);
    // Ending one makes room.
    expect((await end(front, as('alice', 'a0'))).status).toBe(204);
    expect((await send(front, call(), as('alice', 'a5'))).status).toBe(200);
  });

  test('cannot exceed the limit by concurrent calls', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, set({ reopen: true, maxSessions: 3 }));
    await Promise.all(Array.from({ length: 12 }, (_, i) => send(front, call(), platform(`s${i}`))));
    expect(upstream.issued).toHaveLength(3);
  });

  test('may have any number of sealed ones, which the clients have to end', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, set({ maxSessions: 2 }));
    for (let i = 0; i < 5; i++) expect((await send(front, initialize())).status).toBe(200);
  });
});

describe('a session that is idle for sessionIdleMs', () => {
  // Only the tests move the clock: a slow machine ends no session. The proxy looks for idle ones every 50 ms.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  const passes = (): unknown => vi.setSystemTime(Date.now() + 800);
  const looks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

  test('is ended at the upstream, and its client gets 404', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, set({ sessionIdleMs: 200 }));
    await send(front, initialize(), own('p'));
    passes();
    await expect.poll(() => deleted(upstream)).toEqual(['upstream-session-1']);
    expect(upstream.received.at(-1)?.header('mcp-protocol-version')).toBeUndefined();
    const reply = await send(front, call('p'));
    expect([reply.status, reply.json().error?.message]).toEqual([
      404,
      expect.stringContaining('it was idle for too long'),
    ]);
    expect((await send(front, initialize(), own('p'))).status).toBe(200);
    expect((await send(front, call('p'))).json().result?.['session']).toBe('upstream-session-2');
  });

  test('is opened again without notice if the upstream keeps no state, with everything the client had said, set and subscribed to', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, set({ sessionIdleMs: 200, reopen: true }));
    await send(front, initialize('2025-11-25', { sampling: {} }), own('p'));
    const version = ['MCP-Protocol-Version: 2025-11-25'];
    await send(front, {
      body: '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"debug"}}',
      headers: [...own('p'), ...version],
    });
    for (const uri of ['a://1', 'a://2']) await send(front, legacy('resources/subscribe', { uri }, { session: 'p' }));
    await send(front, legacy('resources/unsubscribe', { uri: 'a://1' }, { session: 'p' }));
    passes();
    await expect.poll(() => deleted(upstream)).toEqual(['upstream-session-1']);
    const from = upstream.received.length;
    expect((await send(front, call('p'))).json().result?.['session']).toBe('upstream-session-2');
    expect(upstream.initialized[1]).toEqual(upstream.initialized[0]);
    const sent = upstream.received
      .slice(from)
      .map(({ text }) => JSON.parse(text) as { method: string; params?: unknown });
    expect(sent.map(({ method }) => method)).toEqual([
      'initialize',
      'notifications/initialized',
      'logging/setLevel',
      'resources/subscribe',
      'tools/call',
    ]);
    expect(sent.slice(2, 4).map(({ params }) => params)).toEqual([{ level: 'debug' }, { uri: 'a://2' }]);
  });

  test('is not idle during a call, or while a client listens to a stream', async () => {
    await using upstream = await startLegacyUpstream();
    let finish: (() => void) | undefined;
    upstream.call = (_request, response) => {
      openEvents(response);
      finish = () => void response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
    };
    await using front = await startFront(upstream, set({ sessionIdleMs: 200 }));
    await send(front, initialize(), own('p'));
    const slow = send(front, call('p'));
    await expect.poll(() => finish).toBeDefined();
    passes();
    await looks();
    expect(deleted(upstream)).toEqual([]);
    finish?.();
    expect((await slow).status).toBe(200);
    passes();
    await expect.poll(() => deleted(upstream)).toEqual(['upstream-session-1']);
  });

  test('is left alone if it is sealed', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, set({ sessionIdleMs: 200 }));
    const session = (await send(front, initialize())).header('mcp-session-id');
    passes();
    await looks();
    expect(deleted(upstream)).toEqual([]);
    expect((await send(front, call(session))).status).toBe(200);
  });
});

describe('at shutdown', () => {
  test('sessions under platform ids, and those that the proxy opened, are ended; sealed ones are not', async () => {
    await using upstream = await startLegacyUpstream();
    const front = await startFront(upstream, set({ reopen: true }));
    await send(front, initialize(), own('a'));
    await send(front, initialize(), platform('b'));
    await send(front, call(), platform('c'));
    await send(front, initialize());
    await front.proxy.close(1_000);
    expect(new Set(deleted(upstream))).toEqual(
      new Set(['upstream-session-1', 'upstream-session-2', 'upstream-session-3']),
    );
    expect(remaining(upstream)).toEqual(['upstream-session-4']);
  });

  test('a session that another process can open continues there: a rolling restart ends no sealed session', async () => {
    vi.stubEnv('TEST_SESSION_SECRET', 'a secret that several processes share');
    const environment = { SESSION_SECRET: 'env:TEST_SESSION_SECRET' };
    await using upstream = await startLegacyUpstream();
    const before = await startFront(upstream, { environment });
    const plain = (await send(before, initialize())).header('mcp-session-id');
    const behind = (await send(before, initialize(), platform('p'))).header('mcp-session-id');
    await before.proxy.close(1_000);
    await using after = await startFront(upstream, { environment });
    expect((await send(after, call(plain))).json().result?.['session']).toBe('upstream-session-1');
    expect((await send(after, call(behind), platform('p'))).json().result?.['session']).toBe('upstream-session-2');
    expect(deleted(upstream)).toEqual([]);
  });

  test('an upstream that does not answer delays shutdown by two seconds, however many sessions there are', async () => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    upstream.answer = (received, response) => (received.method === 'DELETE' ? undefined : answer(received, response));
    const front = await startFront(upstream, set({ maxConnections: 2 }));
    for (let i = 0; i < 10; i++) await send(front, initialize(), own(`p${i}`));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closed = front.proxy.close(3_600_000);
    // Two connections carry two requests. The others wait, and their time passes, too.
    await expect.poll(() => deleted(upstream)).toHaveLength(2);
    vi.advanceTimersByTime(2_000);
    await closed;
    expect(deleted(upstream)).toHaveLength(2);
  });

  test.each([404, 405, 500])('an upstream that answers %i does not delay shutdown', async (status) => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    upstream.answer = (received, response) =>
      received.method === 'DELETE'
        ? void response.writeHead(status, { 'Content-Length': 0 }).end()
        : answer(received, response);
    const front = await startFront(upstream);
    await send(front, initialize(), own('p'));
    await front.proxy.close(60_000);
    expect(deleted(upstream)).toEqual(['upstream-session-1']);
  });

  test('a running call is finished before its session ends', async () => {
    await using upstream = await startLegacyUpstream();
    let finish: (() => void) | undefined;
    const usual = upstream.call;
    upstream.call = (received, response) => void (finish = () => void usual(received, response));
    const front = await startFront(upstream);
    await send(front, initialize(), own('p'));
    const slow = send(front, call('p'));
    await expect.poll(() => finish).toBeDefined();
    const closed = front.proxy.close(60_000);
    finish?.();
    expect((await slow).json().result?.['session']).toBe('upstream-session-1');
    await closed;
    expect(deleted(upstream)).toEqual(['upstream-session-1']);
  });
});

describe('initialize under an id that has a session', () => {
  test('replaces the session, and ends the old one at the upstream, since no client can reach it', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    await send(front, initialize(), own('p'));
    await send(front, initialize(), own('p'));
    await expect.poll(() => remaining(upstream)).toEqual(['upstream-session-2']);
    expect((await send(front, call('p'))).json().result?.['session']).toBe('upstream-session-2');
  });

  test('during another initialize under that id: the later one gets the id, whichever is answered first', async () => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    let first: (() => void) | undefined;
    upstream.answer = (received, response) => {
      if (first !== undefined || !received.text.includes('"initialize"')) return answer(received, response);
      first = () => void answer(received, response);
    };
    await using front = await startFront(upstream);
    const early = send(front, initialize(), own('p'));
    await expect.poll(() => first).toBeDefined();
    await send(front, initialize(), own('p'));
    first?.();
    expect((await early).status).toBe(200);
    expect((await send(front, call('p'))).json().result?.['session']).toBe('upstream-session-1');
    await expect.poll(() => remaining(upstream)).toEqual(['upstream-session-1']);
  });

  test("while the proxy opens a session for that id: the client's own session gets the id", async () => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    let opening: (() => void) | undefined;
    upstream.answer = (received, response) => {
      if (opening !== undefined || !received.text.includes('proxy-initialize')) return answer(received, response);
      opening = () => void answer(received, response);
    };
    await using front = await startFront(upstream, set({ reopen: true }));
    const early = send(front, call(), platform('p'));
    await expect.poll(() => opening).toBeDefined();
    await send(front, initialize(), platform('p'));
    opening?.();
    expect((await early).json().result?.['session']).toBe('upstream-session-1');
    expect((await send(front, call(), platform('p'))).json().result?.['session']).toBe('upstream-session-1');
    await expect.poll(() => remaining(upstream)).toEqual(['upstream-session-1']);
  });
});

function end(front: Front, headers: readonly string[]): Promise<RawReply> {
  return exchange(front.port, request('DELETE', '/mcp', [...headers, 'MCP-Protocol-Version: 2025-11-25'], undefined));
}
