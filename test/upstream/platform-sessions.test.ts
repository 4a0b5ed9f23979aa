/** Sessions behind AgentCore Runtime, which makes its own ids: each session is one microVM. */
import { describe, expect, test } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { type Front, startFront } from '../support/front.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, send } from './messages.ts';

const RUNTIME = 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id';
const platform = (id: string): string[] => [`${RUNTIME}: ${id}`];
const A = 'aaaaaaaa-1111-4111-8111-111111111111';
const B = 'bbbbbbbb-2222-4222-8222-222222222222';

const REOPEN = { upstreams: { default: { reopen: true } } };

const call = (session?: string) => legacy('tools/call', { name: 'x', arguments: {} }, { session });
const sessionOf = (reply: RawReply): unknown => reply.json().result?.['session'];

/** Expects that the upstream saw only ids that it issued. */
function expectOnlyItsOwnIds(upstream: Awaited<ReturnType<typeof startLegacyUpstream>>): void {
  const sent = upstream.received.map((received) => received.header('mcp-session-id')).filter((id) => id !== undefined);
  expect(sent.filter((id) => !upstream.issued.includes(id))).toEqual([]);
  expect(upstream.received.filter((received) => received.header(RUNTIME) !== undefined)).toEqual([]);
}

describe('in the process that saw the initialize', () => {
  test("the proxy's id comes back and finds its session", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const ours = (await send(front, initialize(), platform(A))).header('mcp-session-id');
    expect(ours).toMatch(/^mcps1\./);
    expect(sessionOf(await send(front, call(ours), platform(A)))).toBe('upstream-session-1');
    expect(upstream.initialized).toHaveLength(1);
    expectOnlyItsOwnIds(upstream);
  });

  test("the platform's id is returned if it sent one, and finds the session", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const opened = await send(front, initialize(), [...platform(A), `Mcp-Session-Id: ${A}`]);
    expect(opened.header('mcp-session-id')).toBe(A);
    expect(sessionOf(await send(front, call(A), platform(A)))).toBe('upstream-session-1');
    expectOnlyItsOwnIds(upstream);
  });

  test.each([
    ["the platform's id replaces the proxy's", A, A],
    ["a later id replaces the proxy's", 'c0ffee00-3333-4333-8333-333333333333', A],
    ['no id is sent', undefined, A],
    ["the platform's id is sent without its header", A, undefined],
  ])(
    '%s, and the session is found with its capabilities, not opened a second time',
    async (_case, session, runtime) => {
      await using upstream = await startLegacyUpstream();
      await using front = await startFront(upstream);
      await send(front, initialize('2025-11-25', { sampling: {} }), [...platform(A), `Mcp-Session-Id: ${A}`]);
      expect(sessionOf(await send(front, call(session), runtime === undefined ? [] : platform(runtime)))).toBe(
        'upstream-session-1',
      );
      expect(upstream.initialized).toEqual([expect.objectContaining({ capabilities: { sampling: {} } })]);
      expectOnlyItsOwnIds(upstream);
    },
  );

  test("an Mcp-Session-Id that is not the proxy's, sent without others, is treated as the platform's", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    expect((await send(front, initialize(), [`Mcp-Session-Id: ${A}`])).header('mcp-session-id')).toBe(A);
    expect(sessionOf(await send(front, call(A)))).toBe('upstream-session-1');
    expectOnlyItsOwnIds(upstream);
  });
});

describe('in a process that never saw the initialize, in front of an upstream that keeps no state (reopen)', () => {
  test("a proxy's id that it cannot open is treated as the platform's: a session is opened", async () => {
    await using upstream = await startLegacyUpstream();
    await using first = await startFront(upstream, REOPEN);
    await using second = await startFront(upstream, REOPEN);
    const ours = (await send(first, initialize(), platform(A))).header('mcp-session-id');
    expect(sessionOf(await send(second, call(ours), platform(A)))).toBe('upstream-session-2');
    expect(sessionOf(await send(second, call(ours), platform(A)))).toBe('upstream-session-2');
    expect(upstream.initialized).toHaveLength(2);
    expectOnlyItsOwnIds(upstream);
  });

  test("twenty calls at once with only the platform's id open one session", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, REOPEN);
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(front, call(), platform(A))));
    expect(new Set(replies.map(sessionOf))).toEqual(new Set(['upstream-session-1']));
    expect(upstream.initialized).toHaveLength(1);
    expect(upstream.received.filter(({ text }) => text.includes('notifications/initialized'))).toHaveLength(1);
    expectOnlyItsOwnIds(upstream);
  });

  test('if a session cannot be opened, each call fails, and the next call tries again', async () => {
    await using upstream = await startLegacyUpstream();
    const { answer } = upstream;
    upstream.answer = (_request, response) =>
      void response.writeHead(503, { 'Content-Type': 'text/plain' }).end('warming up');
    await using front = await startFront(upstream, REOPEN);
    const replies = await Promise.all(Array.from({ length: 3 }, () => send(front, call(), platform(A))));
    expect(replies.map((reply) => [reply.status, reply.json().error?.data?.['reason']])).toEqual(
      Array.from({ length: 3 }, () => [200, 'upstream-invalid']),
    );
    expect(upstream.received).toHaveLength(1);
    upstream.answer = answer;
    expect(sessionOf(await send(front, call(), platform(A)))).toBe('upstream-session-1');
  });

  test('DELETE gets a 404 and opens nothing', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, REOPEN);
    expect((await end(front, A)).status).toBe(404);
    expect(upstream.received).toHaveLength(0);
  });
});

describe('two platform sessions', () => {
  test('never share an upstream session', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    await send(front, initialize(), platform(A));
    await send(front, initialize(), platform(B));
    expect(sessionOf(await send(front, call(), platform(A)))).toBe('upstream-session-1');
    expect(sessionOf(await send(front, call(), platform(B)))).toBe('upstream-session-2');
    expectOnlyItsOwnIds(upstream);
  });

  test('never share an upstream session, even if the proxy opens both at once', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, REOPEN);
    const [a, b] = await Promise.all([send(front, call(), platform(A)), send(front, call(), platform(B))]);
    expect(new Set([sessionOf(a), sessionOf(b)]).size).toBe(2);
  });

  test('belong to two callers with one platform id', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { ...REOPEN, caller: header('x-caller') });
    const of = async (caller: string) => sessionOf(await send(front, call(), [...platform(A), `X-Caller: ${caller}`]));
    expect(await of('alice')).toBe('upstream-session-1');
    expect(await of('bob')).toBe('upstream-session-2');
    expect(await of('alice')).toBe('upstream-session-1');
  });

  test('are independent when one of them ends', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    await send(front, initialize(), platform(A));
    await send(front, initialize(), platform(B));
    expect((await end(front, A)).status).toBe(204);
    expect((await send(front, call(), platform(A))).status).toBe(404);
    expect(sessionOf(await send(front, call(), platform(B)))).toBe('upstream-session-2');
  });
});

describe('DELETE behind the platform', () => {
  test('ends the session: 404 afterwards, nothing is opened again, and initialize starts a new one', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const ours = (await send(front, initialize(), platform(A))).header('mcp-session-id');
    expect((await end(front, A, ours)).status).toBe(204);
    for (const session of [ours, undefined, A])
      expect((await send(front, call(session), platform(A))).status).toBe(404);
    expect(upstream.initialized).toHaveLength(1);
    const again = (await send(front, initialize(), platform(A))).header('mcp-session-id');
    expect(sessionOf(await send(front, call(again), platform(A)))).toBe('upstream-session-2');
    expect(sessionOf(await send(front, call(), platform(A)))).toBe('upstream-session-2');
  });
});

function end(front: Front, runtime: string, session?: string): Promise<RawReply> {
  const headers = [
    ...platform(runtime),
    'MCP-Protocol-Version: 2025-11-25',
    ...(session === undefined ? [] : [`Mcp-Session-Id: ${session}`]),
  ];
  return exchange(front.port, request('DELETE', '/mcp', headers, undefined));
}
