import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { MAX_ITEMS } from '../../proxy/aggregate/listed.ts';
import { Naming } from '../../proxy/aggregate/naming.ts';
import { log } from '../../proxy/base/log.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { keysIn, post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const OTHER = { 'tools/list': { tools: [tool('b')] } };

async function namesOf(url: string): Promise<unknown[]> {
  const { message } = await post(url, 'tools/list');
  return keysIn(message);
}

it('keeps every other byte of an item, numbers and unknown members included', async () => {
  await using one = await scripted({});
  const item = `{ "x":1.50, "name":"a\\u0062", "big":12345678901234567890, "inputSchema":{"type":"object"} }`;
  one.answer = (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const { id } = JSON.parse(_.text) as { id: string };
    response.end(`{"jsonrpc":"2.0","id":"${id}","result":{"tools":[${item}],"extra":{"y":1}}}`);
  };
  await using two = await scripted(OTHER);
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { text } = await post(several.proxy.url, 'tools/list');
  expect(text).toBe(
    `{"jsonrpc":"2.0","id":1,"result":{"tools":[${item.replace('"a\\u0062"', '"one___ab"')},{"name":"two___b","inputSchema":{"type":"object"}}],"extra":{"y":1}}}`,
  );
});

it('follows the pages of all upstreams', async () => {
  await using one = await scripted(({ method, params }) =>
    method === 'tools/list'
      ? params?.['cursor'] === 'next'
        ? { tools: [tool('second')] }
        : { tools: [tool('first')], nextCursor: 'next' }
      : undefined,
  );
  await using two = await scripted(OTHER);
  await using several = await startSeveral({ one: one.url, two: two.url });
  expect(await namesOf(several.proxy.url)).toEqual(['one___first', 'one___second', 'two___b']);
});

it.each([
  ['for ever with new cursors', (n: number) => ({ tools: [tool(`t${n}`)], nextCursor: `c${n}` })],
  ['in a circle', (n: number) => ({ tools: [tool(`t${n}`)], nextCursor: 'same' })],
  ['more than the limit', () => ({ tools: Array.from({ length: MAX_ITEMS + 1 }, (_, i) => tool(`t${i}`)) })],
])('leaves out an upstream that lists %s, and says so', async (_, page) => {
  let pages = 0;
  await using one = await scripted(({ method }) => (method === 'tools/list' ? page(++pages) : undefined));
  await using two = await scripted(OTHER);
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/list');
  expect(message.result).toMatchObject({
    tools: [{ name: 'two___b' }],
    _meta: { 'agentcore-mcp-proxy/unavailable': ['one'] },
  });
});

it('shows exactly as many tools as the limit allows', async () => {
  await using one = await scripted({
    'tools/list': { tools: Array.from({ length: MAX_ITEMS }, (_, i) => tool(`t${i}`)) },
  });
  await using two = await scripted(OTHER);
  await using several = await startSeveral({ one: one.url, two: two.url });
  expect(await namesOf(several.proxy.url)).toHaveLength(MAX_ITEMS + 1);
});

it('gives the shortest time to live and the most private scope', async () => {
  await using one = await scripted({ 'tools/list': { tools: [tool('a')], ttlMs: 9000, cacheScope: 'public' } });
  await using two = await scripted({ 'tools/list': { tools: [tool('b')], ttlMs: 500, cacheScope: 'private' } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/list');
  expect(message.result).toMatchObject({ ttlMs: 500, cacheScope: 'private' });
});

it('asks again when the time to live is over, or was none', async () => {
  let lists = 0;
  await using one = await scripted(({ method }) =>
    method === 'tools/list' ? { tools: [tool(`a${++lists}`)], ttlMs: 0 } : undefined,
  );
  await using two = await scripted({ 'tools/list': { tools: [tool('b')], ttlMs: 60_000 } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  expect(await namesOf(several.proxy.url)).toEqual(['one___a1', 'two___b']);
  expect(await namesOf(several.proxy.url)).toEqual(['one___a2', 'two___b']);
  expect(two.received).toHaveLength(1);
});

it('is an error if no upstream has such a list, and no error if one has', async () => {
  await using one = await scripted({ 'prompts/list': { prompts: [{ name: 'p' }] } });
  await using two = await scripted({});
  await using several = await startSeveral({ one: one.url, two: two.url });
  const prompts = await post(several.proxy.url, 'prompts/list');
  const resources = await post(several.proxy.url, 'resources/list');
  expect([prompts.message.result?.['prompts'], resources.message.error?.code]).toEqual([[{ name: 'one___p' }], -32601]);
});

it("is an upstream's own error if none has a list", async () => {
  await using one = await scripted({ 'tools/list': { error: { code: -32000, message: 'no' } } });
  await using two = await scripted({ 'tools/list': { tools: 'none' } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { status, message } = await post(several.proxy.url, 'tools/list');
  expect([status, message.error]).toEqual([200, { code: -32000, message: 'no' }]);
});

it('does not wait for an upstream that a call does not concern', async () => {
  await using one = await scripted({ 'tools/call': { content: [] } });
  await using two = await scripted({});
  two.answer = () => {}; // hangs
  await using several = await startSeveral({ one: one.url, two: two.url });
  expect((await post(several.proxy.url, 'tools/call', { name: 'one___x' })).status).toBe(200);
  expect(two.received).toHaveLength(0);
});

it('leaves out an upstream that does not answer its list in time', async () => {
  await using one = await scripted({ 'tools/list': { tools: [tool('b')], ttlMs: 60_000 } });
  await using two = await scripted({ 'tools/list': { tools: [tool('c')], ttlMs: 0 } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  expect(await namesOf(several.proxy.url)).toEqual(['one___b', 'two___c']);
  two.answer = () => {}; // hangs
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const listed = post(several.proxy.url, 'tools/list');
    await two.arrival(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await listed).message.result).toMatchObject({
      tools: [{ name: 'one___b' }],
      _meta: { 'agentcore-mcp-proxy/unavailable': ['two'] },
    });
  } finally {
    vi.useRealTimers();
  }
});

it.each([
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
  ['skills/list', 'skills'],
])('waits only once for an upstream that has never answered (%s)', async (method, member) => {
  await using one = await scripted({ [method]: { [member]: [] } });
  await using two = await scripted({});
  two.answer = () => {}; // hangs
  await using several = await startSeveral({ one: one.url, two: two.url });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let text = 'nothing yet';
    void post(several.proxy.url, method).then(
      (reply) => (text = reply.text),
      (error: unknown) => (text = String(error)),
    );
    await Promise.all([one.arrival(0), two.arrival(0)]);
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    await vi.advanceTimersByTimeAsync(10_000);
    for (let turn = 0; turn < 1_000 && text === 'nothing yet'; turn++) await setImmediate();
    expect(text).toContain('"agentcore-mcp-proxy/unavailable":["two"]');
  } finally {
    vi.useRealTimers();
  }
});

it('shows no two tools of one name: of two with one short form neither, of one that is listed twice the first', async () => {
  // The digests of these two begin with the same eight digits.
  const [long, other] = ['00059373', '00077077'].map((end) => 'x'.repeat(60) + end);
  const tools = [tool(long ?? ''), tool('twice', { title: '1' }), tool(other ?? ''), tool('twice', { title: '2' })];
  const shown = new Naming('one').shown(long ?? '');
  expect(new Naming('one').shown(other ?? '')).toBe(shown);
  await using one = await scripted({ 'tools/list': { tools, ttlMs: 0 }, 'tools/call': { content: [] } });
  await using two = await scripted({
    'tools/list': { tools: [tool('b'), tool('b'), tool('one___x'), tool('ONE___y')] },
  });
  let seen: unknown[] = [];
  const look = defineControl({
    name: 'look',
    setup: () => async (call, next) => {
      seen = (await call.upstream.tools()).map(({ name, title }) => [name, title]);
      return next(call);
    },
  });
  await using several = await startSeveral(
    { one: one.url, two: two.url },
    { upstreams: { one: { prefix: true }, two: { prefix: false } }, controls: [look] },
  );
  using warned = vi.spyOn(log, 'warn');
  const { url } = several.proxy;
  const { message } = await post(url, 'tools/list');
  expect(message.result?.['tools']).toEqual([tool('one___twice', { title: '1' }), tool('b')]);
  expect(seen).toEqual([
    ['one___twice', '1'],
    ['b', undefined],
  ]);
  expect((await post(url, 'tools/call', { name: shown })).message.error?.message).toBe(`Unknown tool: ${shown}`);
  await post(url, 'tools/list');
  const said = warned.mock.calls.flatMap(([, fields]) => (fields?.['names'] === undefined ? [] : [fields['names']]));
  expect(said).toEqual([
    [long, other],
    ['twice', 'twice'],
    ['b', 'b'],
  ]);
});
