import { expect, it, vi } from 'vitest';
import { startProxy } from '../../proxy/start-proxy.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { LegacyClient } from './legacy.ts';
import { startSeveral } from './servers.ts';

vi.stubEnv('OF_SESSIONS', 'a secret that all processes have');
const SECRET = { SESSION_SECRET: 'env:OF_SESSIONS' };

/** An upstream that answers with the session id of each request, also if it did not give that id. */
function saying(name: string, open: string[] = []): Promise<Upstream> {
  return startUpstream((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    const { id, method } = JSON.parse(request.text) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') {
      open.push(name);
      response.setHeader('Mcp-Session-Id', `${name}-${open.length}`);
    }
    const result =
      method === 'initialize'
        ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name, version: '1' } }
        : method === 'tools/list'
          ? { tools: [{ name: 'who', inputSchema: { type: 'object' } }] }
          : { content: [{ type: 'text', text: `${name} in ${request.header('mcp-session-id')}` }] };
    respondJson(response, { jsonrpc: '2.0', id, result });
  });
}

/** An upstream that fails until it is told to work. */
async function failing(name: string): Promise<Upstream & { works: boolean }> {
  const upstream = Object.assign(await saying(name), { works: false });
  const { answer } = upstream;
  upstream.answer = (request, response) =>
    upstream.works
      ? answer(request, response)
      : void response.writeHead(503, { 'Content-Type': 'text/plain' }).end('down');
  return upstream;
}

function sessionsAt({ received }: Upstream): (string | undefined)[] {
  return received.map((each) => each.header('mcp-session-id'));
}

/** The same client at another process. */
function at(url: string, { session }: LegacyClient): LegacyClient {
  return Object.assign(new LegacyClient(url), { session });
}

it('shows a session to no other server: not where an upstream has another address, not to one of the same name', async () => {
  await using math = await saying('math');
  await using crm = await saying('crm');
  await using other = await saying('other');
  await using one = await startSeveral({ math: math.url, crm: crm.url }, {}, SECRET);
  const client = await LegacyClient.open(one.proxy.url);
  for (const urls of [
    { math: math.url, crm: other.url },
    { math: other.url, crm: crm.url },
    { math: other.url, crm: other.url },
  ]) {
    await using elsewhere = await startSeveral(urls, {}, SECRET);
    for (const tool of ['math___who', 'crm___who'])
      expect((await at(elsewhere.proxy.url, client).call(tool)).status).toBe(404);
  }
  expect(sessionsAt(other)).toEqual([]);
  expect((await client.call('crm___who')).text).toContain('crm in crm-1');
});

it('shows a session to no other server, with one upstream', async () => {
  await using math = await saying('math');
  await using other = await saying('other');
  const start = (url: string) =>
    startProxy({ controls: [] }, { HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: url, ...SECRET });
  const [one, same, elsewhere] = [await start(math.url), await start(math.url), await start(other.url)];
  const client = await LegacyClient.open(one.url);
  expect((await at(same.url, client).call('who')).text).toContain('math in math-1');
  expect((await at(elsewhere.url, client).call('who')).status).toBe(404);
  expect(sessionsAt(other)).toEqual([]);
  for (const proxy of [one, same, elsewhere]) await proxy.close(0);
});

it('keeps a session where an upstream was added, removed or renamed, and opens one for those that are new', async () => {
  await using math = await saying('math');
  await using crm = await saying('crm');
  await using one = await startSeveral({ math: math.url, crm: crm.url }, {}, SECRET);
  const client = await LegacyClient.open(one.proxy.url);
  await using added = await startSeveral({ math: math.url, crm: crm.url, more: crm.url }, {}, SECRET);
  await using renamed = await startSeveral({ sales: crm.url, math: math.url }, {}, SECRET);
  const asked: [string, string][] = [
    [added.proxy.url, 'math___who'],
    [added.proxy.url, 'crm___who'],
    [added.proxy.url, 'more___who'],
    [renamed.proxy.url, 'math___who'],
    [renamed.proxy.url, 'sales___who'],
  ];
  const texts = [];
  for (const [url, tool] of asked) texts.push(/\w+ in [\w-]+/.exec((await at(url, client).call(tool)).text)?.[0]);
  expect(texts).toEqual(['math in math-1', 'crm in crm-1', 'crm in crm-2', 'math in math-1', 'crm in crm-3']);
});

it('takes no part of one id within another, nor the id of a proxy with one upstream', async () => {
  await using i = await saying('i');
  await using math = await saying('math');
  await using several = await startSeveral({ i: i.url, math: math.url }, {}, SECRET);
  const only = await startProxy(
    { controls: [], upstreams: { several: {} } },
    { HOST: '127.0.0.1', PORT: '0', UPSTREAM_SEVERAL_URL: i.url, ...SECRET },
  );
  const [one, two] = [await LegacyClient.open(several.proxy.url), await LegacyClient.open(several.proxy.url)];
  const ofOne = await LegacyClient.open(only.url);
  const half = Math.floor(one.session.length / 2);
  const made = [
    one.session.slice(0, half) + two.session.slice(half),
    one.session.slice(0, -4),
    `${one.session}AAAA`,
    one.session.slice(0, 10),
    'mcps1.',
    one.session.replace('mcps1', 'MCPS1'),
    `${one.session}, ${two.session}`,
    ofOne.session,
  ];
  for (const session of made) {
    const client = Object.assign(new LegacyClient(several.proxy.url), { session });
    const { status } = await client.call('i___who');
    using stream = await client.get();
    const listed = await client.post({ id: 2, method: 'tools/list' });
    const ended = await fetch(client.url, { method: 'DELETE', headers: { 'Mcp-Session-Id': session } });
    expect([status, listed.status, stream.status, ended.status]).toEqual([404, 404, 404, 404]);
  }
  expect((await at(only.url, one).call('who')).status).toBe(404);
  await only.close(0);
});

it('opens nothing in a session that its client ended, also at upstreams that had no part in it', async () => {
  await using math = await saying('math');
  await using crm = await failing('crm');
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  for (const session of ['', 'platform-session-0000000000000000000000001']) {
    crm.works = false;
    const client = Object.assign(new LegacyClient(several.proxy.url), { session });
    client.session = (await client.post({ id: 0, method: 'initialize', params: INITIALIZE })).session ?? '';
    crm.works = true;
    const opened = crm.received.length;
    await client.post({ id: 1, method: 'tools/list' });
    const ended = await fetch(client.url, { method: 'DELETE', headers: { 'Mcp-Session-Id': client.session } });
    const before = crm.received.length;
    expect([ended.status, before > opened]).toEqual([200, true]);
    const after = [
      await client.call('crm___who'),
      await client.call('math___who'),
      await client.post({ id: 2, method: 'tools/list' }),
    ];
    expect(after.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(crm.received.length).toBe(before);
  }
});

const INITIALIZE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

it('opens the session of an upstream that was down at initialize under the id of a platform, too', async () => {
  await using math = await saying('math');
  await using crm = await failing('crm');
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  for (const headers of [
    { 'Mcp-Session-Id': 'platform-session-0000000000000000000000001' },
    { 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id': 'platform-session-0000000000000000000000002' },
  ]) {
    crm.works = false;
    const ask = (id: number, method: string, params: object = {}) =>
      fetch(several.proxy.url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
          'MCP-Protocol-Version': '2025-11-25',
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      });
    await ask(0, 'initialize', INITIALIZE);
    expect(await (await ask(1, 'tools/call', { name: 'math___who' })).text()).toContain('math in math-');
    crm.works = true;
    const listed = await ask(2, 'tools/list');
    expect([listed.status, await listed.text()]).toEqual([200, expect.stringContaining('crm___who')]);
    const texts = [];
    for (const tool of ['crm___who', 'math___who', 'crm___who'])
      texts.push(/\w+ in [\w-]+/.exec(await (await ask(3, 'tools/call', { name: tool })).text())?.[0]);
    expect(texts[0]).toMatch(/^crm in crm-/);
    expect(texts).toEqual([texts[0], expect.stringMatching(/^math in math-/), texts[0]]);
  }
});
