/** The list that clients see in place of all tools. */
import { expect, it, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import type { Call } from '../../proxy/call/call.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { Reply } from '../../proxy/reply/reply.ts';
import { ownTools } from '../../proxy/tool-search/own-tools.ts';
import { ShortList } from '../../proxy/tool-search/short-list.ts';
import { callOf, replyOf } from '../dispatch/fake.ts';

const SETTINGS = { pinned: ['get_*', 'a'], names: { search: 'search_tools', call: 'call_tool' }, limit: 5 };
const OWN = ownTools(SETTINGS);
const A = { name: 'a', title: 'A' };
const GET = { name: 'get_x' };

const listCall = (params: object = {}, more: object = { id: 1 }): Call =>
  callOf({ jsonrpc: '2.0', ...more, method: 'tools/list', params });

/** The reply to a call. */
function around(call: Call, list = new ShortList(SETTINGS)): Promise<Reply> {
  return list.around(() => Promise.resolve(replyOf()))(call);
}

/** What clients get of a result. */
async function shortened(result: object, params: object = {}, list = new ShortList(SETTINGS)): Promise<JsonObject> {
  const [transform, ...more] = (await around(listCall(params), list)).transforms;
  expect(more).toEqual([]);
  const mapped = await transform?.map({ jsonrpc: '2.0', id: 1, result: result as JsonObject }, undefined, () => {});
  return (mapped as { result: JsonObject }).result;
}

it('has its own tools, and those that are pinned, as the upstream lists them', async () => {
  const tools = [{ name: 'b' }, GET, A, { name: 1 }, { title: 'a' }, null, 'a'];
  expect(await shortened({ tools, ttlMs: 1 })).toEqual({ tools: [...OWN, GET, A], ttlMs: 1 });
});

it('is for one caller only', async () => {
  expect(await shortened({ tools: [], cacheScope: 'public' })).toEqual({ tools: OWN, cacheScope: 'private' });
});

it('has further pages only if a tool is pinned', async () => {
  const page = { tools: [A], nextCursor: 'c' };
  expect(await shortened(page)).toEqual({ tools: [...OWN, A], nextCursor: 'c' });
  const unpinned = new ShortList({ ...SETTINGS, pinned: [] });
  expect(await shortened(page, {}, unpinned)).toEqual({ tools: OWN });
  expect(Object.keys(await shortened({ tools: [] }))).toEqual(['tools']);
});

it.each([
  ['no cursor', {}, true],
  ['an empty cursor', { cursor: '' }, true],
  ['a cursor', { cursor: 'c' }, false],
])('has its own tools on the first page: %s', async (_, params, isFirst) => {
  expect(await shortened({ tools: [A] }, params)).toEqual({ tools: isFirst ? [...OWN, A] : [A] });
  const reply = await around(listCall(params));
  reply.seal();
  expect(reply.transforms.map(({ dependsOn }) => dependsOn)).toEqual([[[String(isFirst)]]]);
});

it.each([
  ['another method', callOf({ jsonrpc: '2.0', id: 1, method: 'prompts/list' })],
  ['a notification', listCall({}, {})],
  ['a request without parameters to another list', callOf({ jsonrpc: '2.0', id: 1, method: 'resources/list' })],
])('leaves %s alone', async (_, call) => {
  expect((await around(call)).transforms).toEqual([]);
});

it('is that of a request without parameters, too', async () => {
  expect((await around(callOf({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))).transforms).toHaveLength(1);
});

it('leaves a list whole if its exchange is exempt, and no other', async () => {
  const list = new ShortList(SETTINGS);
  const call = listCall();
  list.exempt(call.exchange);
  expect((await around(call, list)).transforms).toEqual([]);
  expect((await around(listCall(), list)).transforms).toHaveLength(1);
});

it('has no tool of an upstream that is named like its own, and says so once', async () => {
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
  const list = new ShortList({ ...SETTINGS, pinned: ['*'] });
  await shortened({ tools: [A] }, {}, list);
  expect(warned).not.toHaveBeenCalled();
  const tools = [{ name: 'call_tool' }, { name: 'Search-Tools' }, A];
  expect(await shortened({ tools }, {}, list)).toEqual({ tools: [...OWN, A] });
  await shortened({ tools }, {}, list);
  expect(warned.mock.calls).toEqual([
    [
      "an upstream has a tool that is named search_tools or call_tool, or looks so, as the tool search's own: expected other names in config.search.names; the upstream's tool can't be called",
      { event: 'name-collision', list: 'tools/list' },
    ],
  ]);
  warned.mockRestore();
});

it('refuses a list that is none', async () => {
  await expect(shortened({ tools: {} })).rejects.toMatchObject({ code: 'inspection-failed' });
});
