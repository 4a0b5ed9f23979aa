/** A proxy that calls its upstream on behalf of its callers: what one sees and gets is never another's. */
import type http from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallerToken } from '../../proxy/call/caller-tokens.ts';
import type { CallerSource } from '../../proxy/call/caller.ts';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { header } from '../../proxy/callers/header.ts';
import { jwks } from '../../proxy/callers/jwks.ts';
import { none } from '../../proxy/callers/none.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { exchange } from '../support/raw.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { type Received, startUpstream, type Upstream } from '../support/upstream.ts';
import { CALLERS_KEY, tokenOf } from './auth/callers-tokens.ts';
import { CLAIMS, ENTRA } from './auth/recorded-issuers.ts';
import { eras, initialize, legacy, modern, send, type Sent } from './messages.ts';

const lines = new Lines();
/** All that the proxy logged. */
const written = (): string => JSON.stringify(lines.all);
beforeEach(() => {
  vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
  lines.start();
});
afterEach(() => {
  lines.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface World extends AsyncDisposable {
  readonly issuer: TokenIssuer;
  readonly upstream: Upstream;
}

/** An upstream where each person has a tool of their own, sessions and slow lists. */
async function world(): Promise<World> {
  const issuer = await startTokenIssuer({ callersKey: CALLERS_KEY });
  const sessions = new Map<string, string>();
  const upstream = await startUpstream((request, response) => void answer(request, response));
  async function answer(request: Received, response: http.ServerResponse): Promise<void> {
    const claims = await issuer.verify(request.header('authorization')).catch(() => undefined);
    const sub = claims?.sub;
    if (sub === undefined || request.method === 'DELETE')
      return void response.writeHead(sub === undefined ? 401 : 200).end();
    const { id, method, params } = JSON.parse(request.text) as {
      id: unknown;
      method: string;
      params: { name?: string };
    };
    const session = request.header('mcp-session-id');
    if (session !== undefined && sessions.get(session) !== sub) return void response.writeHead(404).end();
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (method === 'initialize') {
      const fresh = `session-${sessions.size}`;
      sessions.set(fresh, sub);
      headers['mcp-session-id'] = fresh;
    }
    if (method.endsWith('/list')) await new Promise((resolve) => setTimeout(resolve, 20));
    const result =
      method === 'tools/list'
        ? {
            resultType: 'complete',
            tools: [{ name: `of-${sub}`, inputSchema: { type: 'object' } }],
            ttlMs: 60_000,
            cacheScope: 'public',
          }
        : method === 'initialize'
          ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'u', version: '1' } }
          : { resultType: 'complete', content: [{ type: 'text', text: `${sub} called ${params.name}` }] };
    if (id === undefined) response.writeHead(202).end();
    else response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }
  return {
    issuer,
    upstream,
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

function bindings({ issuer, upstream }: World, prefix = 'UPSTREAM'): Record<string, string> {
  return {
    [`${prefix}_URL`]: upstream.url,
    [`${prefix}_AUTH`]: 'token-exchange',
    [`${prefix}_ISSUER`]: issuer.issuer.href,
    [`${prefix}_CLIENT_ID`]: issuer.clientId,
    [`${prefix}_SECRET`]: 'env:TEST_CLIENT_SECRET',
    [`${prefix}_AUDIENCE`]: 'urn:crm',
    INBOUND_AUTH: 'jwt',
  };
}

const as = (token: string, { body, headers }: Sent): Sent => ({
  body,
  headers: [...headers, `Authorization: Bearer ${token}`],
});

/** Denies a tool that the upstream doesn't list to the caller. */
const listedOnly = (seen: string[] = []) =>
  defineControl({
    name: 'listed-only',
    replies: 'ignores',
    setup: () => async (call, next) => {
      if (call.method === 'tools/call') {
        const tools = await call.upstream.tools();
        seen.push(`${call.caller.subject}: ${tools.map(({ name }) => name).join()}`);
      }
      return next(call);
    },
  });

const PEOPLE = Array.from({ length: 50 }, (_, i) => `person-${i}`);

describe.each(['modern', 'legacy'] as const)('fifty people at once, %s', (era) => {
  const list = (id: number): Sent =>
    era === 'modern' ? modern('tools/list', {}, id) : legacy('tools/list', {}, { id });
  const toolCall = (name: string, id: number): Sent =>
    era === 'modern' ? modern('tools/call', { name }, id) : legacy('tools/call', { name }, { id });

  test('each see and call their own tools only', async () => {
    await using w = await world();
    const seen: string[] = [];
    await using front = await startFront(w.upstream, {
      environment: bindings(w),
      caller: agentcoreJwt(),
      controls: [listedOnly(seen)],
    });
    const tokens = await Promise.all(PEOPLE.map((person) => tokenOf(person)));
    const outcomes = await Promise.all(
      PEOPLE.flatMap((person, i) => {
        const token = tokens[i] ?? '';
        return [send(front, as(token, list(i))), send(front, as(token, toolCall(`of-${person}`, 100 + i)))];
      }),
    );
    for (const [i, person] of PEOPLE.entries()) {
      const [listed, called] = [outcomes[2 * i]?.text ?? '', outcomes[2 * i + 1]?.text ?? ''];
      expect([listed.match(/of-person-\d+/g), listed.includes('"tools"')]).toEqual([[`of-${person}`], true]);
      expect(called).toContain(`${person} called of-${person}`);
    }
    expect(seen.toSorted()).toEqual(PEOPLE.map((person) => `${person}: of-${person}`).toSorted());
    expect(w.issuer.tokenRequests).toHaveLength(PEOPLE.length);
    const wire = w.upstream.received.flatMap(({ rawHeaders }) => rawHeaders).join('\n');
    for (const token of tokens) {
      expect(wire).not.toContain(token);
      expect(written()).not.toContain(token.slice(-30));
    }
  });

  test('each see their own tools only through several upstreams, even of a list that its upstream calls public', async () => {
    await using w = await world();
    await using front = await startFront(w.upstream, {
      environment: { ...bindings(w, 'UPSTREAM_ONE'), ...bindings(w, 'UPSTREAM_TWO') },
      upstreams: { one: { prefix: true }, two: { prefix: false } },
      caller: agentcoreJwt(),
    });
    const people = PEOPLE.slice(0, 20);
    const tokens = await Promise.all(people.map((person) => tokenOf(person)));
    for (let round = 0; round < 2; round++) {
      const lists = await Promise.all(people.map((_, i) => send(front, as(tokens[i] ?? '', list(i)))));
      expect(lists.map(({ text }) => text.match(/(?:one___)?of-person-\d+/g))).toEqual(
        people.map((person) => [`one___of-${person}`, `of-${person}`]),
      );
      const calls = await Promise.all(
        people.map((person, i) => send(front, as(tokens[i] ?? '', toolCall(`of-${person}`, i)))),
      );
      for (const [i, person] of people.entries()) expect(calls[i]?.text).toContain(`${person} called of-${person}`);
    }
  });
});

test('a session belongs to the person who opened it, also with a newer token', async () => {
  await using w = await world();
  await using front = await startFront(w.upstream, { environment: bindings(w), caller: agentcoreJwt() });
  const opened = await send(front, as(await tokenOf('alice'), initialize()));
  const session = opened.header('mcp-session-id') ?? '';
  const listed = await send(front, as(await tokenOf('alice'), legacy('tools/list', {}, { session })));
  expect(listed.text).toContain('of-alice');
  const stolen = await send(front, as(await tokenOf('bob'), legacy('tools/list', {}, { session })));
  expect([stolen.status, stolen.text.includes('of-')]).toEqual([404, false]);
});

test('an upstream that refuses one caller refuses neither the proxy nor the others', async () => {
  await using w = await world();
  const { answer } = w.upstream;
  w.upstream.answer = async (request, response) => {
    const claims = await w.issuer.verify(request.header('authorization')).catch(() => undefined);
    return claims?.sub === 'mallory' ? void response.writeHead(401).end() : answer(request, response);
  };
  await using front = await startFront(w.upstream, { environment: bindings(w), caller: agentcoreJwt() });
  const refused = await send(front, as(await tokenOf('mallory'), modern('tools/list')));
  expect([refused.status, JSON.parse(refused.text).error.data.reason]).toEqual([403, 'caller-refused']);
  expect((await send(front, as(await tokenOf('alice'), modern('tools/list')))).text).toContain('of-alice');
});

test.each([
  ['an error of any kind', 400, { error: 'account_disabled' }],
  ['a limit of its requests', 429, { error: 'slow_down' }],
  ['an endless token', 200, { access_token: 'x'.repeat(13_000), token_type: 'Bearer' }],
])('of several upstreams, none is shut for others by one whose exchange gets %s', async (_case, status, body) => {
  await using w = await world();
  // The issuer, with its own answer for one of them.
  await using issuer = await startLoopback((request, response) => {
    void text(request).then(async (form) => {
      const subject = new URLSearchParams(form).get('subject_token') ?? '';
      const { sub } = JSON.parse(Buffer.from(subject.split('.')[1] ?? '', 'base64url').toString());
      const own = sub === 'mallory' ? { status, body } : undefined;
      const headers = { 'content-type': 'application/json' };
      if (own !== undefined) return response.writeHead(own.status, headers).end(JSON.stringify(own.body));
      const passed = await fetch(w.issuer.tokenEndpoint, {
        method: 'POST',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form,
      });
      return response.writeHead(passed.status, headers).end(await passed.text());
    });
  });
  const at = (prefix: string): Record<string, string> => ({
    ...bindings(w, prefix),
    [`${prefix}_ISSUER`]: '',
    [`${prefix}_TOKEN_URL`]: `${issuer.url}/token`,
  });
  await using front = await startFront(w.upstream, {
    environment: { ...at('UPSTREAM_ONE'), ...at('UPSTREAM_TWO') },
    upstreams: { one: { prefix: true }, two: { prefix: true } },
    caller: agentcoreJwt(),
  });
  const call = modern('tools/call', { name: 'one___of-bob' });
  for (let i = 0; i < 7; i++)
    expect((await send(front, as(await tokenOf('mallory'), call))).text).not.toContain('called of-bob');
  expect((await send(front, as(await tokenOf('bob'), call))).text).toContain('bob called of-bob');
});

test('what the issuer says about the caller reaches the client as an authorization error', async () => {
  await using w = await world();
  await using front = await startFront(w.upstream, { environment: bindings(w), caller: agentcoreJwt() });
  w.issuer.refuses = 'interaction_required';
  const refused = await send(front, as(await tokenOf('alice'), modern('tools/list')));
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.text).error.data).toMatchObject({
    reason: 'caller-refused',
    issuerError: 'interaction_required',
  });
  expect(w.upstream.received).toEqual([]);
});

test.each(eras)('the claims that an issuer demands reach the client as a challenge, %s', async (_era, message) => {
  await using w = await world();
  const keys = { keys: [{ ...CALLERS_KEY.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] };
  // One issuer, as Entra ID is: it signs callers' tokens, and exchanges them.
  await using entra = await startLoopback((request, response) => {
    const answer = request.url === '/keys' ? { status: 200, body: keys } : ENTRA.secondFactor;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  const issuer = 'https://people.example.com';
  await using front = await startFront(w.upstream, {
    environment: {
      ...bindings(w),
      UPSTREAM_AUTH: 'jwt-bearer',
      UPSTREAM_ISSUER: '',
      UPSTREAM_TOKEN_URL: `${entra.url}/token`,
      PUBLIC_URL: 'https://tools.example.com/mcp',
    },
    caller: jwks({ issuer, audience: 'mcp', jwksUri: `${entra.url}/keys` }),
  });
  const refused = await send(front, as(await tokenOf('alice', { aud: 'mcp' }), message('tools/call', { name: 'x' })));
  expect([refused.status, refused.header('www-authenticate')]).toEqual([
    401,
    `Bearer resource_metadata="https://tools.example.com/.well-known/oauth-protected-resource/mcp", error="insufficient_claims", claims="${Buffer.from(CLAIMS).toString('base64')}"`,
  ]);
  expect(JSON.parse(refused.text).error.data).toMatchObject({
    reason: 'unauthenticated-caller',
    issuerError: 'interaction_required',
    claims: CLAIMS,
  });
  expect(written()).not.toContain('Trace ID');
});

test.each([
  ['that begins a task', 'task'],
  ['with events that can be fetched again', 'events'],
  ['during which the upstream asks', 'question'],
  ['of a batch', 'batch'],
  ['of a stream', 'stream'],
])("a caller's token is forgotten with the end of a call %s, whatever is kept of it", async (_case, kind) => {
  const revealing = vi.spyOn(CallerToken.prototype, 'reveal');
  await using w = await world();
  w.upstream.answer = (request, response) => {
    if (request.method === 'GET') return void response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
    const { id } = JSON.parse(request.text) as { id: unknown };
    const result = { jsonrpc: '2.0', id, result: { content: [] } };
    const at = new Date().toISOString();
    const task = { taskId: 't', status: 'working', ttl: 60_000, createdAt: at, lastUpdatedAt: at };
    if (kind === 'task')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...result, result: { task } }));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (kind === 'question')
      response.write(`id: q\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: 'ask', method: 'roots/list' })}\n\n`);
    response.end(`id: e\ndata: ${JSON.stringify(result)}\n\n`);
  };
  const transforming = defineControl({
    name: 'transforming',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapResult((result) => result),
  });
  await using front = await startFront(w.upstream, {
    environment: bindings(w),
    caller: agentcoreJwt(),
    controls: [transforming],
  });
  const call = as(
    await tokenOf('alice'),
    legacy(
      'tools/call',
      { name: 'x', ...(kind === 'task' ? { task: { ttl: 60_000 } } : {}) },
      kind === 'batch' ? { version: '2025-03-26' } : {},
    ),
  );
  if (kind === 'stream')
    await exchange(
      front.port,
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n${call.headers.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );
  else await send(front, kind === 'batch' ? { ...call, body: `[${call.body}]` } : call);
  const revealed = [...new Set(revealing.mock.contexts)].filter((token) => token instanceof CallerToken);
  expect(revealed).toHaveLength(1);
  await vi.waitFor(() => expect(revealed.map((token) => token.reveal())).toEqual([undefined]));
});

test('people whom nothing verifies are refused at the start, or a warning if the deployment wants them', async () => {
  await using w = await world();
  const personal = {
    UPSTREAM_URL: w.upstream.url,
    UPSTREAM_AUTH: 'agentcore-identity',
    UPSTREAM_PROVIDER:
      'arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/oauth2credentialprovider/crm',
    UPSTREAM_WORKLOAD: 'runtime',
    INBOUND_AUTH: 'jwt',
  };
  const warned = async (flow: string, caller: CallerSource, more: object = {}): Promise<boolean> => {
    lines.stop();
    lines.start();
    const environment = { ...personal, UPSTREAM_FLOW: flow, ...more };
    await using _front = await startFront(w.upstream, { environment, caller });
    return written().includes('people whom nothing verifies here');
  };
  const personalFlow = 'ON_BEHALF_OF_TOKEN_EXCHANGE';
  for (const source of [none(), header('x-who'), fixed({ sub: 'ann' })]) {
    await expect(warned(personalFlow, source)).rejects.toThrow(
      `UPSTREAM_AUTH=agentcore-identity calls the upstream for people whom nothing verifies here (config.caller is ${source.kind})`,
    );
    expect(await warned(personalFlow, source, { UPSTREAM_UNVERIFIED_CALLERS: 'allowed' })).toBe(true);
  }
  expect(await warned(personalFlow, agentcoreJwt())).toBe(false);
  expect(await warned('M2M', none())).toBe(false);
  await expect(warned(personalFlow, none(), { UPSTREAM_UNVERIFIED_CALLERS: 'yes' })).rejects.toThrow(
    'UPSTREAM_UNVERIFIED_CALLERS: expected allowed (or no such variable), got "yes"',
  );
});

test.each([
  [none(), 'none'],
  [header('x-who'), 'header'],
])('a source of callers without a verified token is a fault of the config (%#)', async (caller, kind) => {
  await using w = await world();
  await expect(startFront(w.upstream, { environment: bindings(w), caller })).rejects.toThrow(
    `UPSTREAM_AUTH=token-exchange calls the upstream with the caller's token: expected config.caller to be agentcoreJwt() or jwks(…), got ${kind}`,
  );
});

test('of several upstreams, none is shut for others by one whose lists never end', async () => {
  await using w = await world();
  const { answer } = w.upstream;
  const held: http.ServerResponse[] = [];
  w.upstream.answer = async (request, response) => {
    const claims = await w.issuer.verify(request.header('authorization'));
    const { id, method } = JSON.parse(request.text) as { readonly id: unknown; readonly method: string };
    if (method !== 'tools/list') return answer(request, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    if (claims.sub === 'mallory') {
      response.write('{');
      held.push(response);
    } else
      response.end(
        JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [{ name: 'x', inputSchema: { type: 'object' } }] } }),
      );
  };
  await using front = await startFront(w.upstream, {
    environment: { ...bindings(w, 'UPSTREAM_ONE'), ...bindings(w, 'UPSTREAM_TWO') },
    upstreams: { one: { prefix: true }, two: { prefix: true } },
    caller: agentcoreJwt(),
  });
  const [mallory, bob] = [await tokenOf('mallory'), await tokenOf('bob')];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    for (let i = 1; i <= 6; i++) {
      const listed = send(front, as(mallory, modern('tools/list')));
      // Neither upstream is asked a sixth time.
      for (let turn = 0; turn < 100_000 && held.length < 2 * Math.min(i, 5); turn++) await setImmediate();
      for (let turn = 0; turn < 200; turn++) await setImmediate();
      await vi.advanceTimersByTimeAsync(10_000);
      await listed;
    }
    expect(held).toHaveLength(10);
    expect((await send(front, as(bob, modern('tools/list')))).text).toContain('one___x');
    expect((await send(front, as(bob, modern('tools/call', { name: 'one___x' })))).text).toContain('bob called x');
  } finally {
    vi.useRealTimers();
  }
});
