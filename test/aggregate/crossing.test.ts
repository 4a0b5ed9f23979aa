/** Eras, sessions and ids where they cross: each pairing of client and upstream, and what one proxy gave, given to another. */
import { describe, expect, it, vi } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
import type { Answer, Upstream } from '../support/upstream.ts';
import { respondJson } from '../support/upstream.ts';
import { type Handle, legacy, LegacyClient } from './legacy.ts';
import { keysIn, type Message, post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

vi.stubEnv('OF_CROSSING', 'a secret that all processes have');
const SECRET = { SESSION_SECRET: 'env:OF_CROSSING' };
const UNAVAILABLE = 'agentcore-mcp-proxy/unavailable';
const MODERN = '2026-07-28';

/** A server of one era, which refuses the other as the official servers do. */
async function only(era: 'legacy' | 'modern', name: string): Promise<Upstream> {
  const upstream =
    era === 'legacy'
      ? await legacy(name)
      : await scripted({
          'server/discover': {
            supportedVersions: [MODERN],
            capabilities: { tools: {} },
            serverInfo: { name, version: '1' },
          },
          'tools/list': { tools: [tool('who')], resultType: 'complete' },
          'tools/call': { content: [{ type: 'text', text: `ok of ${name}` }], resultType: 'complete' },
        });
  const { answer } = upstream;
  const strict: Answer = (request, response) => {
    const isModern = request.header('mcp-protocol-version') === MODERN;
    if (isModern === (era === 'modern')) return answer(request, response);
    const error = { code: -32000, message: 'Bad Request: Unsupported protocol version' };
    return respondJson(response, { jsonrpc: '2.0', error, id: null }, { status: 400 });
  };
  upstream.answer = strict;
  return upstream;
}

describe.each(['legacy', 'modern'] as const)('a client of the %s era before upstreams of both', (era) => {
  it('lists and calls the one of its era, and reads why the other one does not answer', async () => {
    await using old = await only('legacy', 'old');
    await using young = await only('modern', 'young');
    await using several = await startSeveral({ old: old.url, young: young.url });
    const { url } = several.proxy;
    const client = era === 'legacy' ? await LegacyClient.open(url) : undefined;
    const ask = async (
      method: string,
      params: Readonly<Record<string, unknown>> = {},
    ): Promise<Message & { id?: unknown }> =>
      client === undefined
        ? (await post(url, method, params)).message
        : (JSON.parse((await client.post({ id: 1, method, params })).text) as Message);
    const [own, other] = era === 'legacy' ? ['old', 'young'] : ['young', 'old'];
    const listed = await ask('tools/list');
    expect([keysIn(listed), listed.result?.['_meta']]).toEqual([[`${own}___who`], { [UNAVAILABLE]: [other] }]);
    expect(JSON.stringify(await ask('tools/call', { name: `${own}___who` }))).toContain(`ok of ${own}`);
    expect(await ask('tools/call', { name: `${other}___who` })).toMatchObject({
      id: 1,
      error: { message: expect.stringMatching(`^the upstream ${other} `) as string },
    });
    expect(await ask('tools/call', { name: 'none___who' })).toMatchObject({
      id: 1,
      error: { message: 'Unknown tool: none___who' },
    });
  });
});

it.each([true, false])(
  'a session that one upstream lost is opened again only if it may be (reopen: %j)',
  async (reopen) => {
    let lost = false;
    const handle: Handle = (response, { method }) => {
      if (method === 'initialize') lost = false;
      const error = { code: -32001, message: 'Session not found' };
      if (lost) respondJson(response, { jsonrpc: '2.0', error, id: null }, { status: 404 });
      return lost;
    };
    await using one = await legacy('one', { handle });
    await using two = await legacy('two');
    const urls = { one: one.url, two: two.url };
    const config = { upstreams: { one: { prefix: true, reopen }, two: { prefix: true } } };
    await using first = await startSeveral(urls, config, SECRET);
    await using second = await startSeveral(urls, config, SECRET);
    const client = await LegacyClient.open(first.proxy.url);
    const elsewhere = new LegacyClient(second.proxy.url);
    elsewhere.session = client.session;
    const statuses: unknown[] = [];
    for (const each of [client, elsewhere]) {
      lost = true;
      const { status, text } = await each.call('one___who');
      statuses.push(status === 200 ? text.includes('ok of one') : status);
      lost = false;
    }
    expect(statuses).toEqual(reopen ? [true, true] : [404, 404]);
  },
);

it('a private list is only for the caller that asked for it, a public one for all', async () => {
  let lists = 0;
  const of = (cacheScope: string) =>
    scripted(({ method }) =>
      method === 'tools/list' ? { tools: [tool(`v${++lists}`)], ttlMs: 60_000, cacheScope } : undefined,
    );
  await using one = await of('private');
  await using two = await of('public');
  await using several = await startSeveral({ one: one.url, two: two.url }, { caller: header('x-user') });
  const scopes = new Set<unknown>();
  const seen: unknown[] = [];
  for (const user of ['ann', 'bob', 'ann', 'bob']) {
    const { message } = await post(several.proxy.url, 'tools/list', {}, { 'x-user': user });
    seen.push(keysIn(message).length);
    scopes.add(message.result?.['cacheScope']);
  }
  expect([seen, [...scopes], one.received.length, two.received.length]).toEqual([[2, 2, 2, 2], ['private'], 2, 1]);
});

describe('what one proxy gave is refused by another one', () => {
  it('if it is a session of one upstream or of several', async () => {
    await using one = await legacy('one');
    await using two = await legacy('two');
    const single = await startProxy(
      { controls: [], upstreams: { one: {} } },
      { HOST: '127.0.0.1', PORT: '0', UPSTREAM_ONE_URL: one.url, ...SECRET },
    );
    await using several = await startSeveral({ one: one.url, two: two.url }, {}, SECRET);
    try {
      const ofOne = await LegacyClient.open(single.url);
      const ofSeveral = await LegacyClient.open(several.proxy.url);
      [ofOne.session, ofSeveral.session] = [ofSeveral.session, ofOne.session];
      const calls = one.received.length;
      const replies = [
        await ofOne.call('who'),
        await ofSeveral.call('one___who'),
        await ofSeveral.post({ id: 2, method: 'tools/list' }),
      ];
      expect(replies.map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(one.received).toHaveLength(calls);
    } finally {
      await single.close(0);
    }
  });

  it.each(['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'skills/list', 'tasks/list'])(
    'if it is a cursor of %s',
    async (method) => {
      await using one = await scripted(() => ({
        tools: [],
        prompts: [],
        resources: [],
        resourceTemplates: [],
        skills: [],
      }));
      await using two = await scripted({});
      await using several = await startSeveral({ one: one.url, two: two.url });
      const client = method === 'tasks/list' ? await LegacyClient.open(several.proxy.url) : undefined;
      const params = { cursor: 'of another proxy' };
      const { error } =
        client === undefined
          ? (await post(several.proxy.url, method, params)).message
          : (JSON.parse((await client.post({ id: 1, method, params })).text) as Message);
      expect(error).toMatchObject({
        code: -32602,
        message: 'expected a cursor that this proxy gave to this caller, got another one',
      });
      expect(one.received.filter(({ text }) => text.includes('"cursor"'))).toEqual([]);
    },
  );

  it('if it is a task, a state of a question, or either of another caller', async () => {
    const asking = { resultType: 'input_required', inputRequests: {}, requestState: 'raw' };
    await using one = await scripted(({ params, method }) =>
      method !== 'tools/call'
        ? { taskId: 't-1', status: 'working' }
        : params?.['name'] === 'ask'
          ? asking
          : { resultType: 'task', taskId: 't-1', status: 'working' },
    );
    await using two = await scripted({});
    const config = { caller: header('x-user') };
    await using several = await startSeveral({ one: one.url, two: two.url }, config, SECRET);
    await using other = await startSeveral({ one: one.url, two: two.url }, config);
    const ann = { 'x-user': 'ann' };
    const { url } = several.proxy;
    const begun = await post(url, 'tools/call', { name: 'one___begin' }, ann);
    const asked = await post(url, 'tools/call', { name: 'one___ask' }, ann);
    const taskId = begun.message.result?.['taskId'];
    const requestState = asked.message.result?.['requestState'];
    const arrived = one.received.length;
    const replies = [
      await post(other.proxy.url, 'tasks/get', { taskId }, ann),
      await post(url, 'tasks/get', { taskId }, { 'x-user': 'bob' }),
      await post(url, 'tasks/get', { taskId: requestState }, ann),
      await post(other.proxy.url, 'tools/call', { name: 'one___ask', requestState }, ann),
      await post(url, 'tools/call', { name: 'one___ask', requestState }, { 'x-user': 'bob' }),
      await post(url, 'tools/call', { name: 'one___ask', requestState: 'raw' }, ann),
      await post(url, 'tools/call', { name: 'one___ask', requestState: taskId }, ann),
    ];
    expect(replies.map(({ message }) => message.error === undefined)).toEqual(replies.map(() => false));
    expect(one.received).toHaveLength(arrived);
  });
});
