import { expect, it, vi } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { startSeveral } from './servers.ts';

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

/** A legacy upstream that gives ids to its sessions and says on which session it was asked. */
function legacy(name: string, version = '2025-11-25'): Promise<Upstream> {
  let opened = 0;
  return startUpstream((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    const { id, method } = JSON.parse(request.text) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') {
      response.setHeader('Mcp-Session-Id', `${name}-00000000-0000-4000-8000-00000000000${++opened}`);
      return respondJson(response, {
        jsonrpc: '2.0',
        id,
        result: { protocolVersion: version, capabilities: { tools: {} }, serverInfo: { name, version: '1' } },
      });
    }
    const result =
      method === 'tools/list'
        ? { tools: [{ name: 'who', inputSchema: { type: 'object' } }] }
        : {
            content: [
              { type: 'text', text: `${request.header('mcp-session-id')} ${request.header('mcp-protocol-version')}` },
            ],
          };
    respondJson(response, { jsonrpc: '2.0', id, result });
  });
}

async function post(url: string, method: string, params: object, headers: Record<string, string> = {}) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { ...HEADERS, 'MCP-Protocol-Version': '2025-11-25', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return { status: reply.status, session: reply.headers.get('mcp-session-id'), text: await reply.text() };
}

async function textOf(
  url: string,
  tool: string,
  session: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const { text } = await post(url, 'tools/call', { name: tool }, { 'Mcp-Session-Id': session, ...headers });
  const { result, error } = JSON.parse(text) as {
    result?: { content: { text: string }[] };
    error?: { message: string };
  };
  return result?.content[0]?.text ?? error?.message ?? '';
}

vi.stubEnv('OF_SESSIONS', 'a secret that both processes have');
const SECRET = { SESSION_SECRET: 'env:OF_SESSIONS' };

it('holds the session of each upstream in one id that any process with the key can serve', async () => {
  await using math = await legacy('math');
  await using crm = await legacy('crm', '2025-06-18');
  const urls = { math: math.url, crm: crm.url };
  await using one = await startSeveral(urls, {}, SECRET);
  await using two = await startSeveral(urls, {}, SECRET);
  const { session, text } = await post(one.proxy.url, 'initialize', INITIALIZE);
  expect(JSON.parse(text)).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
  const seen = [];
  for (const { proxy } of [one, two])
    for (const tool of ['math___who', 'crm___who']) seen.push(await textOf(proxy.url, tool, session ?? ''));
  expect(seen).toEqual([
    'math-00000000-0000-4000-8000-000000000001 2025-11-25',
    'crm-00000000-0000-4000-8000-000000000001 2025-06-18',
    'math-00000000-0000-4000-8000-000000000001 2025-11-25',
    'crm-00000000-0000-4000-8000-000000000001 2025-06-18',
  ]);
});

it('answers a changed session id, and that of another caller, with 404', async () => {
  await using math = await legacy('math');
  await using crm = await legacy('crm');
  const caller = header('x-user');
  await using several = await startSeveral({ math: math.url, crm: crm.url }, { caller }, SECRET);
  const { url } = several.proxy;
  const ann = { 'x-user': 'ann' };
  const { session } = await post(url, 'initialize', INITIALIZE, ann);
  const id = session ?? '';
  expect(await textOf(url, 'math___who', id, ann)).toMatch(/^math-/);
  const changed = `${id.slice(0, 40)}${id[40] === 'A' ? 'B' : 'A'}${id.slice(41)}`;
  const asked = [
    await post(url, 'tools/call', { name: 'math___who' }, { ...ann, 'Mcp-Session-Id': changed }),
    await post(url, 'tools/call', { name: 'math___who' }, { ...ann, 'Mcp-Session-Id': `${id}x` }),
    await post(url, 'tools/call', { name: 'math___who' }, { ...ann, 'Mcp-Session-Id': `${id}=` }),
    await post(url, 'tools/call', { name: 'math___who' }, { 'x-user': 'bob', 'Mcp-Session-Id': id }),
    await post(url, 'tools/list', {}, { 'x-user': 'bob', 'Mcp-Session-Id': id }),
  ];
  expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
});

it('opens the session of an upstream that was down at initialize when it is first used', async () => {
  await using math = await legacy('math');
  const crm = await legacy('crm');
  let isDown = true;
  const { answer } = crm;
  crm.answer = (request, response) =>
    isDown ? void response.writeHead(503, { 'Content-Type': 'text/plain' }).end('down') : answer(request, response);
  await using several = await startSeveral({ math: math.url, crm: crm.url }, {}, SECRET);
  const { url } = several.proxy;
  const { session } = await post(url, 'initialize', INITIALIZE);
  isDown = false;
  expect(await textOf(url, 'crm___who', session ?? '')).toBe('crm-00000000-0000-4000-8000-000000000001 2025-11-25');
  expect(await textOf(url, 'crm___who', session ?? '')).toBe('crm-00000000-0000-4000-8000-000000000001 2025-11-25');
  expect(await textOf(url, 'math___who', session ?? '')).toBe('math-00000000-0000-4000-8000-000000000001 2025-11-25');
  await crm[Symbol.asyncDispose]();
});

it('gives an id of at most 2 KB for 20 upstreams, also if one of them speaks an earlier version', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `billing-eu-${i}`);
  const upstreams = await Promise.all(names.map((_, i) => legacy('5e1f2a3c', i === 7 ? '2025-03-26' : '2025-11-25')));
  const urls = Object.fromEntries(upstreams.map(({ url }, i) => [names[i] ?? '', url]));
  await using several = await startSeveral(urls);
  const { session, text } = await post(several.proxy.url, 'initialize', INITIALIZE);
  expect(text).toContain('2025-03-26');
  expect(session?.length).toBeLessThanOrEqual(2048);
  expect(session?.length).toBeGreaterThan(1000);
  for (const [i, version] of [
    [7, '2025-03-26'],
    [8, '2025-11-25'],
  ] as const)
    expect(await textOf(several.proxy.url, `${names[i]}___who`, session ?? '')).toContain(version);
  for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
});

it('ends the sessions of all upstreams with DELETE', async () => {
  await using math = await legacy('math');
  await using crm = await legacy('crm');
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  const { url } = several.proxy;
  const { session } = await post(url, 'initialize', INITIALIZE);
  const reply = await fetch(url, { method: 'DELETE', headers: { 'Mcp-Session-Id': session ?? '' } });
  const ended = [math, crm].map(({ received }) =>
    received.filter(({ method }) => method === 'DELETE').map((each) => each.header('mcp-session-id')),
  );
  expect([reply.status, ended]).toEqual([
    200,
    [['math-00000000-0000-4000-8000-000000000001'], ['crm-00000000-0000-4000-8000-000000000001']],
  ]);
  expect((await post(url, 'tools/call', { name: 'math___who' }, { 'Mcp-Session-Id': session ?? '' })).status).toBe(404);
});

it('keeps the sessions under the id of a platform in front', async () => {
  await using math = await legacy('math');
  await using crm = await legacy('crm');
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  const { url } = several.proxy;
  const platform = { 'Mcp-Session-Id': 'platform-session-0000000000000000000000001' };
  const { session } = await post(url, 'initialize', INITIALIZE, platform);
  expect(session).toBe(platform['Mcp-Session-Id']);
  expect(await textOf(url, 'crm___who', platform['Mcp-Session-Id'])).toBe(
    'crm-00000000-0000-4000-8000-000000000001 2025-11-25',
  );
});

it.each(['mcps1.{"i":"of another client"}', 'late-of-another-client'])(
  'takes no part of a session from a client that makes one up (%s)',
  async (made) => {
    await using math = await legacy('math');
    await using crm = await legacy('crm');
    await using several = await startSeveral({ math: math.url, crm: crm.url });
    const { url } = several.proxy;
    await post(url, 'initialize', INITIALIZE);
    for (const platform of [{}, { 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id': 'r'.repeat(40) }])
      await post(url, 'tools/call', { name: 'math___who' }, { 'Mcp-Session-Id': made, ...platform });
    const calls = math.received.filter(({ text }) => text.includes('tools/call'));
    expect(calls).toEqual([]);
  },
);
