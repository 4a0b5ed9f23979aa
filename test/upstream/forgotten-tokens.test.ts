/** A caller's token is in memory for the length of its call, whatever of the call is kept for later. */
import type http from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallerToken } from '../../proxy/call/caller-tokens.ts';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { type Front, startFront } from '../support/front.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { CALLERS_KEY, tokenOf } from './auth/callers-tokens.ts';
import { initialize, legacy, modern, send, type Sent } from './messages.ts';

/** Every token that was needed in clear. */
let revealed: readonly unknown[] = [];
beforeEach(() => {
  vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
  revealed = vi.spyOn(CallerToken.prototype, 'reveal').mock.contexts;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const stillThere = (): number => revealed.filter((token) => token instanceof CallerToken && token.isWhole).length;

const TASK = { taskId: 't-1', status: 'working', ttl: 60_000, pollInterval: 1 };
const PLAIN = { resultType: 'complete', content: [] };

/** Answers each tool in the way that its name says. */
function upstreamOf(): Promise<Upstream> {
  return startUpstream((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(200).end();
    const {
      id,
      method,
      params = {},
    } = JSON.parse(request.text) as { id?: unknown; method: string; params?: { name?: string } };
    if (id === undefined) return void response.writeHead(202).end();
    const answer = (result: unknown, headers = {}) =>
      respondJson(response, { jsonrpc: '2.0', id, result }, { headers });
    if (method === 'initialize')
      return answer(
        { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } },
        { 'mcp-session-id': 's-1' },
      );
    if (method === 'tools/list') return answer({ resultType: 'complete', tools: [], ttlMs: 0, cacheScope: 'private' });
    if (params.name === 'task') return answer({ task: TASK });
    if (params.name === 'events') return stream(response, [{ jsonrpc: '2.0', id, result: PLAIN }]);
    if (params.name === 'question')
      return stream(response, [
        { jsonrpc: '2.0', id: 'ask', method: 'roots/list' },
        { jsonrpc: '2.0', id, result: PLAIN },
      ]);
    if (params.name === 'failing') return void response.writeHead(500).end();
    answer(PLAIN);
  });
}

function stream(response: http.ServerResponse, messages: readonly unknown[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(messages.map((message, i) => `id: e${i}\ndata: ${JSON.stringify(message)}\n\n`).join(''));
}

const as = (token: string, { body, headers }: Sent): Sent => ({
  body,
  headers: [...headers, `Authorization: Bearer ${token}`],
});

function frontOf(issuer: TokenIssuer, upstream: Upstream, control: ReturnType<typeof transforms>): Promise<Front> {
  return startFront(upstream, {
    caller: agentcoreJwt(),
    controls: [control],
    environment: {
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_ISSUER: issuer.issuer.href,
      UPSTREAM_CLIENT_ID: issuer.clientId,
      UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      UPSTREAM_AUDIENCE: 'urn:crm',
      INBOUND_AUTH: 'jwt',
    },
  });
}

/** @param asks whether it asks the upstream for its tools while it transforms a reply */
const transforms = (asks = false) =>
  defineControl({
    name: 'transforms',
    replies: 'transforms',
    setup: () => async (call, next) => {
      if (call.name === 'refused') throw new Error('refused');
      return (await next(call)).mapResult(async (result) => {
        if (asks && call.method === 'tools/call') await call.upstream.tools();
        return result;
      });
    },
  });

describe.each(['plain', 'task', 'events', 'question', 'failing', 'refused'])('after a reply of kind %s', (name) => {
  test.each(['legacy', 'modern'] as const)('no token is left, %s', async (era) => {
    await using issuer = await startTokenIssuer({ callersKey: CALLERS_KEY });
    await using upstream = await upstreamOf();
    await using front = await frontOf(issuer, upstream, transforms());
    let session: string | undefined;
    if (era === 'legacy') {
      const opened = await send(front, as(await tokenOf('alice'), initialize('2025-11-25', { tasks: {} })));
      session = opened.header('mcp-session-id');
    }
    const params = { name, arguments: {}, ...(name === 'task' ? { task: { ttl: 60_000 } } : {}) };
    for (let id = 1; id <= 2; id++) {
      const message =
        era === 'legacy' ? legacy('tools/call', params, { id, session }) : modern('tools/call', params, id);
      await send(front, as(await tokenOf('alice'), message));
    }
    // The first messages had to be exchanged, each with its own token.
    if (name !== 'refused') expect(revealed.length).toBeGreaterThan(1);
    await vi.waitFor(() => expect(stillThere()).toBe(0));
  });
});

test('the result of a task is fetched with the token of the request that fetches it', async () => {
  await using issuer = await startTokenIssuer({ callersKey: CALLERS_KEY, tokenLife: 60 });
  await using upstream = await upstreamOf();
  await using front = await frontOf(issuer, upstream, transforms(true));
  const opened = await send(front, as(await tokenOf('alice'), initialize('2025-11-25', { tasks: {} })));
  const session = opened.header('mcp-session-id');
  const begun = await send(
    front,
    as(await tokenOf('alice'), legacy('tools/call', { name: 'task', task: { ttl: 60_000 } }, { id: 1, session })),
  );
  expect(begun.text).toContain('"t-1"');
  // What the first token was exchanged for has expired.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 });
  const fetched = await send(
    front,
    as(await tokenOf('alice'), legacy('tasks/result', { taskId: 't-1' }, { id: 2, session })),
  );
  expect([fetched.status, JSON.parse(fetched.text).result]).toEqual([200, PLAIN]);
  await vi.waitFor(() => expect(stillThere()).toBe(0));
});
