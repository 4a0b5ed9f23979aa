/** A person gives access on a page (`USER_FEDERATION`): who is asked, how, and whose access it is. */
import { CompleteResourceTokenAuthCommand, BedrockAgentCoreClient } from '@aws-sdk/client-bedrock-agentcore';
import { Client, StreamableHTTPClientTransport, UrlElicitationRequiredError } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ERRORS_PAGE } from '../../../proxy/base/self.ts';
import { agentcoreJwt } from '../../../proxy/callers/agentcore-jwt.ts';
import { Lines } from '../../dispatch/lines.ts';
import { ACCOUNT, REGION } from '../../support/agentcore-identity.ts';
import { type Front, startFront } from '../../support/front.ts';
import type { RawReply } from '../../support/raw.ts';
import { respondJson, startUpstream } from '../../support/upstream.ts';
import { initialize, legacy, modern, send, type Sent } from '../messages.ts';
import { tokenOf } from './callers-tokens.ts';
import {
  as,
  bound,
  MANAGED,
  opensPages,
  providerArn,
  RETURN_URL,
  rolePolicy,
  startWorld,
  type World,
} from './identity-world.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => {
  lines.stop();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const FEDERATED = { FLOW: 'USER_FEDERATION', RETURN_URL };
const URLS = { elicitation: { url: {} } };

async function start(
  more: Readonly<Record<string, string>> = {},
  config: object = {},
): Promise<World & { front: Front }> {
  const w = await startWorld();
  const front = await startFront(w.upstream, {
    environment: bound(w, { ...FEDERATED, ...more }),
    caller: agentcoreJwt(),
    ...config,
  });
  return {
    ...w,
    front,
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await w[Symbol.asyncDispose]();
    },
  };
}

/** The page that people come back to: whoever is signed in there confirms, with the page's own role. */
async function comesBack({ identity }: World, location: URL, userToken: string): Promise<void> {
  expect(location.href).toMatch(/^https:\/\/app\.example\.com\/connected\?session_id=/);
  const own = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:`;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = identity.role({
    Statement: [
      {
        Effect: 'Allow',
        Action: 'bedrock-agentcore:CompleteResourceTokenAuth',
        Resource: [providerArn('crm'), `${own}token-vault/default`, `${own}workload-identity-directory/default*`],
      },
    ],
  });
  const client = new BedrockAgentCoreClient({
    region: REGION,
    endpoint: identity.url,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    },
  });
  const sessionUri = location.searchParams.get('session_id') ?? '';
  await client.send(new CompleteResourceTokenAuthCommand({ sessionUri, userIdentifier: { userToken } }));
}

/** The person opens the page, agrees as themselves, and comes back. */
async function agrees(w: World, page: string, person: string): Promise<void> {
  await comesBack(w, await w.identity.visit(page, person), await tokenOf(person));
}

const called = (name = 'x', params: object = {}, id = 1): Sent =>
  opensPages(modern('tools/call', { name, ...params }, id));

interface Asked {
  readonly resultType: string;
  readonly requestState: string;
  readonly inputRequests: {
    readonly consent: {
      readonly method: string;
      readonly params: { readonly mode: string; readonly url: string; readonly message: string };
    };
  };
}

function askedIn({ text }: RawReply): Asked {
  const { result } = JSON.parse(text) as { result: Asked };
  return result;
}

const retry = ({ requestState }: Asked, action = 'accept', params: object = {}): Sent =>
  called('x', { ...params, requestState, inputResponses: { consent: { action } } }, 2);
const errorIn = ({ text }: RawReply): { code: number; message: string; data: Record<string, unknown> } =>
  JSON.parse(text).error;

describe('in the modern era', () => {
  test('the call is answered with the page, and goes on when it is retried', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const first = await send(w.front, as(called(), token));
    const asked = askedIn(first);
    expect(first.status).toBe(200);
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        consent: { method: 'elicitation/create', params: { mode: 'url', message: expect.stringContaining('crm') } },
      },
    });
    const { url } = asked.inputRequests.consent.params;
    expect(w.upstream.received).toEqual([]);
    await agrees(w, url, 'alice');
    const second = await send(w.front, as(retry(asked), token));
    expect(JSON.parse(second.text).result.content[0].text).toBe('alice called x  ""');
    expect(w.upstream.received[0]?.text).not.toMatch(/requestState|inputResponses/);
    // Nothing of the visit is logged.
    expect(JSON.stringify(lines.all)).not.toContain('request_uri');
  });

  test('a retry waits until the person has come back', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), token)));
    let polls = 0;
    w.identity.before = async () => {
      if (++polls === 3) {
        w.identity.before = undefined;
        await agrees(w, asked.inputRequests.consent.params.url, 'alice');
      }
    };
    const second = await send(w.front, as(retry(asked), token));
    expect(second.text).toContain('alice called x');
    // The same visit all the time.
    expect(new Set(w.identity.asked.flatMap(({ body }) => body['sessionUri'] ?? [])).size).toBe(1);
  });

  test('a retry with another workload token, or at another process, goes on with the same visit', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    const options = {
      environment: {
        ...bound(w, { ...FEDERATED, WORKLOAD: 'runtime', UNVERIFIED_CALLERS: 'allowed' }),
        SESSION_SECRET: 'env:TEST_SESSIONS',
      },
    };
    vi.stubEnv('TEST_SESSIONS', 'shared by all processes of this test');
    await using one = await startFront(w.upstream, options);
    await using two = await startFront(w.upstream, options);
    const handed = (sent: Sent): Sent => as(sent, undefined, w.identity.handOver(MANAGED, 'alice'));
    const asked = askedIn(await send(one, handed(called())));
    let polls = 0;
    w.identity.before = async () => {
      if (++polls !== 2) return;
      w.identity.before = undefined;
      const back = await w.identity.visit(asked.inputRequests.consent.params.url, 'alice');
      await comesBack(w, back, await tokenOf('alice'));
    };
    expect((await send(two, handed(retry(asked)))).text).toContain('alice called x');
    expect(new Set(w.identity.asked.flatMap(({ body }) => body['sessionUri'] ?? [])).size).toBe(1);
  });

  test('what the upstream had asked for before comes back to it', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const before = {
      requestState: 'the upstream’s own',
      inputResponses: { name: { action: 'accept', content: { n: 1.0 } } },
    };
    const asked = askedIn(await send(w.front, as(called('x', before), token)));
    expect(asked.requestState).not.toContain('upstream');
    await agrees(w, asked.inputRequests.consent.params.url, 'alice');
    const second = await send(w.front, as(retry(asked), token));
    expect(JSON.parse(second.text).result.content[0].text).toBe(
      'alice called x the upstream’s own {"name":{"action":"accept","content":{"n":1}}}',
    );
  });

  test.each(['decline', 'cancel'])('a person who chooses %s is not asked again by the same call', async (action) => {
    await using w = await start();
    const token = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), token)));
    const second = await send(w.front, as(retry(asked, action), token));
    expect([second.status, errorIn(second)]).toMatchObject([
      200,
      { code: -31403, data: { reason: 'consent-required' } },
    ]);
    expect(second.text.replace(ERRORS_PAGE, '')).not.toContain('http');
    expect(askedIn(await send(w.front, as(called(), token))).resultType).toBe('input_required');
  });

  test('a list, which can ask nothing, is refused with the page, and tells where', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const refused = await send(w.front, as(opensPages(modern('tools/list')), token));
    const { code, message, data } = errorIn(refused);
    // A client takes 403 for its own token's, and shows nothing of the body.
    expect([refused.status, code, data['reason']]).toEqual([200, -31403, 'consent-required']);
    const [{ mode, url = '' }] = data['elicitations'] as [Record<string, string>];
    expect([mode, message]).toEqual([
      'url',
      `Access to crm is needed in your name: open the page, sign in there and agree. Then try again. The page: ${url}`,
    ]);
    expect(url).toContain(`${w.identity.url}/identities/oauth2/authorize?`);
    await agrees(w, url, 'alice');
    await vi.waitFor(async () =>
      expect((await send(w.front, as(opensPages(modern('tools/list')), token))).text).toContain('of-alice'),
    );
  });

  test('the TypeScript client that takes what the server speaks shows the page if it cannot connect', async () => {
    await using w = await start();
    const headers = { authorization: `Bearer ${await tokenOf('alice')}` };
    const shown: unknown = await clientOf(w, headers, 'auto').catch((error: unknown) => error);
    if (!(shown instanceof UrlElicitationRequiredError)) throw new Error('expected the page', { cause: shown });
    await agrees(w, shown.elicitations[0]?.url ?? '', 'alice');
    await vi.waitFor(async () => {
      await using opened = await clientOf(w, headers, 'auto');
      expect(opened.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
      expect((await opened.client.callTool({ name: 'x' })).content).toMatchObject([{ text: 'alice called x  ""' }]);
    });
  });

  test('a client that opens no pages gets no page, but learns what to do', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const refused = await send(w.front, as(modern('tools/call', { name: 'x' }), token));
    expect([refused.status, errorIn(refused).message]).toEqual([
      200,
      'the person who calls has to give access to crm first: call with a client that supports URL elicitation (elicitation.url in its capabilities, MCP 2025-11-25 or later), which shows the page',
    ]);
    expect(refused.text).not.toContain('request_uri');
    const forms = { body: called().body.replace('{"url":{}}', '{}'), headers: called().headers };
    expect((await send(w.front, as(forms, token))).text).not.toContain('request_uri');
  });

  test('a model reads it where refusals are results', async () => {
    await using w = await start({}, { toolRefusals: 'result' });
    const refused = await send(w.front, as(modern('tools/call', { name: 'x' }), await tokenOf('alice')));
    expect([refused.status, JSON.parse(refused.text).result]).toMatchObject([
      200,
      { isError: true, content: [{ text: expect.stringContaining('has to give access to crm') }] },
    ]);
  });

  test('the TypeScript client opens the page and gets the result', async () => {
    advancing();
    await using w = await start();
    const headers = { authorization: `Bearer ${await tokenOf('alice')}` };
    // It connects with its own request: this person gave access before, and withdraws it.
    await agrees(
      w,
      askedIn(await send(w.front, as(called(), await tokenOf('alice')))).inputRequests.consent.params.url,
      'alice',
    );
    await using opened = await clientOf(w, headers, { pin: '2026-07-28' });
    w.identity.withdraw('alice');
    const pages: string[] = [];
    opened.client.setRequestHandler('elicitation/create', async ({ params }) => {
      if (!('url' in params) || typeof params.url !== 'string') throw new Error('expected a page');
      pages.push(params.url);
      await agrees(w, params.url, 'alice');
      return { action: 'accept' };
    });
    // The upstream's first refusal of a token may be its own trouble.
    await expect(opened.client.callTool({ name: 'x' })).rejects.toThrow('401');
    vi.advanceTimersByTime(11_000);
    const { content } = await opened.client.callTool({ name: 'x' });
    expect([content, pages.length]).toMatchObject([[{ text: 'alice called x  ""' }], 1]);
  });
});

/** The test moves the clock. */
function advancing(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], shouldAdvanceTime: true });
}

async function clientOf(
  { front }: { readonly front: Front },
  headers: Record<string, string>,
  mode: 'auto' | 'legacy' | { readonly pin: string },
): Promise<AsyncDisposable & { readonly client: Client }> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: URLS, versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${front.port}/mcp`), { requestInit: { headers } }),
  );
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

describe('in the legacy era', () => {
  test('initialize is answered with the error that shows the page, and succeeds after it', async () => {
    await using w = await start();
    const token = await tokenOf('alice');
    const refused = await send(w.front, as(initialize('2025-11-25', URLS), token));
    const { code, data } = errorIn(refused);
    expect([refused.status, code, refused.header('mcp-session-id')]).toEqual([200, -32042, undefined]);
    const [{ mode, url, elicitationId, message }] = data['elicitations'] as [Record<string, string>];
    expect([mode, message]).toEqual([
      'url',
      'Access to crm is needed in your name: open the page, sign in there and agree.',
    ]);
    // The same visit, until it ends.
    const again = errorIn(await send(w.front, as(initialize('2025-11-25', URLS), token))).data['elicitations'];
    expect(again).toMatchObject([{ url, elicitationId }]);
    await agrees(w, url ?? '', 'alice');
    await vi.waitFor(async () => {
      const opened = await send(w.front, as(initialize('2025-11-25', URLS), token));
      expect(opened.header('mcp-session-id')).toMatch(/^mcps1\./);
    });
  });

  test('a client without the capability gets no page', async () => {
    await using w = await start();
    const refused = await send(w.front, as(initialize('2025-11-25', { elicitation: {} }), await tokenOf('alice')));
    expect([refused.status, errorIn(refused)]).toMatchObject([
      200,
      { code: -31403, data: { reason: 'consent-required' } },
    ]);
    expect(refused.text).not.toContain('request_uri');
  });

  test.each([
    ['2025-11-25', -32042, true],
    ['2025-06-18', -31403, false],
  ])('outside a session, a client of %s is answered with %i', async (version, code, hasPage) => {
    await using w = await start();
    const token = await tokenOf('alice');
    for (const method of ['tools/list', 'tools/call']) {
      const refused = await send(w.front, as(legacy(method, { name: 'x' }, { version }), token));
      expect([refused.status, errorIn(refused).code, refused.text.includes('request_uri')]).toEqual([
        200,
        code,
        hasPage,
      ]);
    }
    if (!hasPage) return;
    const asked = errorIn(await send(w.front, as(legacy('tools/list'), token)));
    const [{ url = '' }] = asked.data['elicitations'] as [Record<string, string>];
    await agrees(w, url, 'alice');
    await vi.waitFor(async () =>
      expect((await send(w.front, as(legacy('tools/list'), token))).text).toContain('of-alice'),
    );
  });

  test('access that was withdrawn is asked for within the session, by what its initialize declared', async () => {
    advancing();
    await using w = await start();
    const token = await tokenOf('alice');
    const page = askedIn(await send(w.front, as(called(), token))).inputRequests.consent.params.url;
    await agrees(w, page, 'alice');
    const sessions: string[] = [];
    for (const capabilities of [URLS, {}])
      await vi.waitFor(async () => {
        const opened = await send(w.front, as(initialize('2025-11-25', capabilities), token));
        const session = opened.header('mcp-session-id') ?? '';
        expect(session).toMatch(/^mcps1/);
        sessions.push(session);
      });
    w.identity.withdraw('alice');
    const call = (i: number): Promise<RawReply> =>
      send(w.front, as(legacy('tools/call', { name: 'x' }, { session: sessions[i] }), token));
    expect(errorIn(await call(0)).data['reason']).toBe('caller-refused');
    vi.advanceTimersByTime(11_000);
    const asked = errorIn(await call(0));
    expect([asked.code, asked.data['reason']]).toEqual([-32042, 'consent-required']);
    const refused = await call(1);
    expect([errorIn(refused).code, refused.text.includes('request_uri')]).toEqual([-31403, false]);
    const [{ url }] = asked.data['elicitations'] as [Record<string, string>];
    await agrees(w, url ?? '', 'alice');
    vi.advanceTimersByTime(2_000);
    expect((await call(0)).text).toContain('alice called x');
  });

  test('the TypeScript client shows the page', async () => {
    await using w = await start();
    const headers = { authorization: `Bearer ${await tokenOf('alice')}` };
    const shown: unknown = await clientOf(w, headers, 'legacy').catch((error: unknown) => error);
    if (!(shown instanceof UrlElicitationRequiredError)) throw new Error('expected the page', { cause: shown });
    await agrees(w, shown.elicitations[0]?.url ?? '', 'alice');
    await vi.waitFor(async () => {
      await using opened = await clientOf(w, headers, 'legacy');
      expect((await opened.client.callTool({ name: 'x' })).content).toMatchObject([{ text: 'alice called x  ""' }]);
    });
  });
});

describe.each(['modern', 'legacy'] as const)('fifty people at once, %s', (era) => {
  test('are each asked on a page of their own, and get their own access', async () => {
    await using w = await start();
    const people = Array.from({ length: 50 }, (_, i) => `person-${i}`);
    const tokens = await Promise.all(people.map((person) => tokenOf(person)));
    const first = era === 'modern' ? called() : initialize('2025-11-25', URLS);
    const replies = await Promise.all(
      tokens.flatMap((token) => [send(w.front, as(first, token)), send(w.front, as(first, token))]),
    );
    const pageIn = (reply: RawReply | undefined): string => {
      const [page] = /http:[^"]+request_uri=[^"]+/.exec(reply?.text ?? '') ?? [];
      return page ?? '';
    };
    const pages = people.map((_, i) => pageIn(replies[2 * i]));
    expect(new Set(pages).size).toBe(people.length);
    expect(people.map((_, i) => pageIn(replies[2 * i + 1]))).toEqual(pages);
    await Promise.all(people.map((person, i) => agrees(w, pages[i] ?? '', person)));
    if (era === 'modern') {
      const answers = await Promise.all(
        people.map((_, i) => send(w.front, as(retry(askedIn(replies[2 * i] ?? fail())), tokens[i]))),
      );
      for (const [i, person] of people.entries()) expect(answers[i]?.text).toContain(`${person} called x`);
      return;
    }
    await Promise.all(
      people.map((person, i) =>
        vi.waitFor(async () => {
          const opened = await send(w.front, as(first, tokens[i]));
          const session = opened.header('mcp-session-id');
          expect(session).toBeDefined();
          const answer = await send(w.front, as(legacy('tools/call', { name: 'x' }, { session }), tokens[i]));
          expect(answer.text).toContain(`${person} called x`);
        }),
      ),
    );
  });
});

function fail(): never {
  throw new Error('expected a reply');
}

describe.each(['modern', 'legacy'] as const)('one of several upstreams, %s', (era) => {
  test('is asked for on its own: the others are listed and called', async () => {
    await using w = await startWorld();
    await using open = await startUpstream((request, response) => {
      const { id, method } = JSON.parse(request.text) as { id?: unknown; method: string };
      const result =
        method === 'tools/list'
          ? {
              resultType: 'complete',
              tools: [{ name: 'add', inputSchema: { type: 'object' } }],
              ttlMs: 60_000,
              cacheScope: 'public',
            }
          : method === 'initialize'
            ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'o', version: '1' } }
            : { resultType: 'complete', content: [{ type: 'text', text: 'added' }] };
      if (id === undefined) response.writeHead(202).end();
      else
        respondJson(
          response,
          { jsonrpc: '2.0', id, result },
          { headers: method === 'initialize' ? { 'mcp-session-id': 'open' } : {} },
        );
    });
    await using front = await startFront(w.upstream, {
      environment: { ...bound(w, FEDERATED, 'UPSTREAM_CRM'), UPSTREAM_OPEN_URL: open.url },
      upstreams: { crm: { prefix: true }, open: { prefix: false } },
      caller: agentcoreJwt(),
    });
    const token = await tokenOf('alice');
    let session: string | undefined;
    if (era === 'legacy')
      session = (await send(front, as(initialize('2025-11-25', URLS), token))).header('mcp-session-id');
    const sent = (method: string, params: object, id = 1): Promise<RawReply> =>
      send(
        front,
        as(
          era === 'modern'
            ? opensPages(modern(method, { ...params }, id))
            : legacy(method, { ...params }, { id, session }),
          token,
        ),
      );
    const listed = JSON.parse((await sent('tools/list', {})).text).result;
    // Nobody finds a tool to call otherwise.
    expect(listed).toMatchObject({
      tools: [{ name: 'add' }],
      // The page is one person's.
      ttlMs: 0,
      cacheScope: 'private',
      _meta: {
        'agentcore-mcp-proxy/unavailable': ['crm'],
        'agentcore-mcp-proxy/consents': [
          { upstream: 'crm', mode: 'url', url: expect.stringContaining('request_uri'), message: expect.any(String) },
        ],
      },
    });
    // One person's access is nothing that the upstream lacks.
    expect(lines.all.filter(({ event }) => event === 'upstream-missing')).toEqual([]);
    expect((await sent('tools/call', { name: 'add' })).text).toContain('added');
    const asked = await sent('tools/call', { name: 'crm___x' });
    expect(asked.text).toContain('request_uri');
    const [page = ''] = /http:[^"]+request_uri=[^"]+/.exec(asked.text) ?? [];
    await agrees(w, page, 'alice');
    const again =
      era === 'modern'
        ? {
            name: 'crm___x',
            requestState: askedIn(asked).requestState,
            inputResponses: { consent: { action: 'accept' } },
          }
        : { name: 'crm___x' };
    await vi.waitFor(async () => expect((await sent('tools/call', again, 2)).text).toContain('alice called x'));
  });
});

describe('an answer is worth nothing', () => {
  test.each([
    ['by another person', async () => ({ token: await tokenOf('mallory'), sent: (asked: Asked) => retry(asked) })],
    [
      'for another tool',
      async () => ({ token: undefined, sent: (asked: Asked) => called('y', { requestState: asked.requestState }) }),
    ],
    [
      'after it was changed',
      async () => ({
        token: undefined,
        sent: (asked: Asked) => retry({ ...asked, requestState: `${asked.requestState.slice(0, -2)}AA` }),
      }),
    ],
    [
      'that another process sealed',
      async () => ({
        token: undefined,
        sent: (asked: Asked) =>
          retry({ ...asked, requestState: `mcpc1.mcps1.${Buffer.alloc(64).toString('base64url')}` }),
      }),
    ],
  ])('given %s', async (_, forged) => {
    await using w = await start();
    const alice = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), alice)));
    await agrees(w, asked.inputRequests.consent.params.url, 'alice');
    const { token = alice, sent } = await forged();
    const refused = await send(w.front, as(sent(asked), token));
    expect([refused.status, errorIn(refused)]).toMatchObject([
      400,
      { code: -32602, data: { reason: 'invalid-params' } },
    ]);
    expect(w.upstream.received).toEqual([]);
  });

  test('given an hour later', async () => {
    await using w = await start();
    const asked = askedIn(await send(w.front, as(called(), await tokenOf('alice'))));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 });
    const refused = await send(w.front, as(retry(asked), await tokenOf('alice')));
    expect(errorIn(refused).code).toBe(-32602);
  });
});

describe('access is that of the person who asked for it', () => {
  test('a page that somebody else opens gives nobody access', async () => {
    await using w = await start();
    const alice = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), alice)));
    const { url } = asked.inputRequests.consent.params;
    // Bob is made to open Alice's page; the page that he comes back to knows him.
    const back = await w.identity.visit(url, 'bob');
    await expect(comesBack(w, back, await tokenOf('bob'))).rejects.toThrow('no such session of this user');
    for (const person of ['alice', 'bob'])
      expect(askedIn(await send(w.front, as(called(), await tokenOf(person)))).resultType).toBe('input_required');
    expect(w.upstream.received).toEqual([]);
  });

  test('someone else’s visit is not gone on with, even where callers have no names', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...FEDERATED, WORKLOAD: 'runtime', UNVERIFIED_CALLERS: 'allowed' }),
    });
    const handed = (sent: Sent, person: string): Promise<RawReply> =>
      send(front, as(sent, undefined, w.identity.handOver(MANAGED, person)));
    const asked = askedIn(await handed(called(), 'alice'));
    const { url } = asked.inputRequests.consent.params;
    await comesBack(w, await w.identity.visit(url, 'alice'), await tokenOf('alice'));
    // Bob's client sends Alice's state. He did not agree to anything, so this client doesn't say so.
    const other = await handed(called('x', { requestState: asked.requestState, inputResponses: {} }, 2), 'bob');
    expect(askedIn(other).inputRequests.consent.params.url).not.toBe(url);
    expect((await handed(retry(asked), 'alice')).text).toContain('alice called x');
    expect(w.upstream.received).toHaveLength(1);
  });

  test('someone else’s visit that a client claims to have agreed to gives nothing', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...FEDERATED, WORKLOAD: 'runtime', UNVERIFIED_CALLERS: 'allowed' }),
    });
    const handed = (sent: Sent, person: string): Promise<RawReply> =>
      send(front, as(sent, undefined, w.identity.handOver(MANAGED, person)));
    const asked = askedIn(await handed(called(), 'alice'));
    const { url } = asked.inputRequests.consent.params;
    await comesBack(w, await w.identity.visit(url, 'alice'), await tokenOf('alice'));
    const waiting = handed(retry(asked), 'mallory');
    // It waits for Mallory's own access, which Mallory then gives.
    await vi.waitFor(() => expect(w.identity.asked.length).toBeGreaterThan(3));
    const own = [...w.identity.pages].at(-1) ?? '';
    expect(own).not.toBe(url);
    await comesBack(w, await w.identity.visit(own, 'mallory'), await tokenOf('mallory'));
    expect((await waiting).text).toContain('mallory called x');
  });

  test('an authorization response works once', async () => {
    await using w = await start();
    const alice = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), alice)));
    const back = await w.identity.visit(asked.inputRequests.consent.params.url, 'alice');
    await comesBack(w, back, alice);
    await expect(comesBack(w, back, alice)).rejects.toThrow('no such session of this user');
    expect((await send(w.front, as(retry(asked), alice))).text).toContain('alice called x');
  });

  test('a page that the service gives to two people is shown to one only', async () => {
    await using w = await start();
    const page = `${w.identity.url}/identities/oauth2/authorize?request_uri=same`;
    w.identity.instead = () => ({ authorizationUrl: page, sessionUri: 'urn:same', sessionStatus: 'IN_PROGRESS' });
    expect((await send(w.front, as(called(), await tokenOf('alice')))).text).toContain('request_uri=same');
    // Another token of the same person.
    expect((await send(w.front, as(called(), await tokenOf('alice')))).text).toContain('request_uri=same');
    const other = await send(w.front, as(called(), await tokenOf('bob')));
    expect([errorIn(other).data['reason'], other.text.includes('request_uri')]).toEqual(['upstream-auth', false]);
  });

  test.each([
    'javascript:alert(1)',
    'http://login.example.com/',
    'https://user:pass@login.example.com/',
    `https://login.example.com/${'x'.repeat(9_000)}`,
  ])('a page that nobody should open is not shown (%#)', async (authorizationUrl) => {
    await using w = await start();
    w.identity.instead = () => ({ authorizationUrl, sessionStatus: 'IN_PROGRESS' });
    const refused = await send(w.front, as(called(), await tokenOf('alice')));
    expect([errorIn(refused).data['reason'], refused.text.includes('login')]).toEqual(['upstream-auth', false]);
  });

  test('a person who did not agree gets a new page', async () => {
    await using w = await start();
    const alice = await tokenOf('alice');
    const asked = askedIn(await send(w.front, as(called(), alice)));
    await w.identity.visit(asked.inputRequests.consent.params.url, 'alice', false);
    await vi.waitFor(async () => {
      const { url } = askedIn(await send(w.front, as(called(), alice))).inputRequests.consent.params;
      expect(url).not.toBe(asked.inputRequests.consent.params.url);
    });
  });
});
