/** What the proxy knows of its upstream's tools: it fetches all of them on first use and caches them for a while. */
import type { Tool } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../proxy/json/value.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { Catalogue, TOOLS } from '../../proxy/upstream/catalogue.ts';
import { startFront } from '../support/front.ts';
import { event, openEvents, type Received, respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { parsed, startLegacyUpstream } from './legacy-upstream.ts';
import { eras, initialize, legacy, modern, send } from './messages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** Looks tools up before it passes a call on, and keeps what it saw. */
function looking(): { readonly control: DefinedControl; readonly seen: (readonly (string | undefined)[])[] } {
  const seen: (readonly (string | undefined)[])[] = [];
  const control = defineControl({
    name: 'looking',
    replies: 'ignores',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': async (call, next) => {
        const tool = await call.upstream.tool(call.name ?? '');
        const tools = await call.upstream.tools();
        seen.push([tool?.name, String(tools.length)]);
        return next(call);
      },
    }),
  });
  return { control, seen };
}

const tool = (name: string): Tool => ({ name, inputSchema: { type: 'object' } });

/** Answers tools/list in pages of 30 and everything else with an empty result. */
async function startListing(
  tools: Tool[],
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Upstream & { readonly tools: Tool[]; lists(): readonly Received[] }> {
  const upstream = await startUpstream((request, response) => {
    const message = parsed(request);
    if (message['method'] !== 'tools/list') {
      respondJson(response, { jsonrpc: '2.0', id: message['id'], result: {} });
      return;
    }
    const params: unknown = message['params'];
    const cursor = typeof params === 'object' && params !== null && 'cursor' in params ? Number(params.cursor) : 0;
    const next = cursor + 30 < tools.length ? { nextCursor: String(cursor + 30) } : {};
    respondJson(response, {
      jsonrpc: '2.0',
      id: message['id'],
      result: { resultType: 'complete', tools: tools.slice(cursor, cursor + 30), ...next, ...extra },
    });
  });
  return Object.assign(upstream, {
    tools,
    lists: () => upstream.received.filter(({ text }) => text.includes('"method":"tools/list"')),
  });
}

const use = (name: string) => modern('tools/call', { name, arguments: {} });

describe.each(eras)('in the %s era', (_era, message) => {
  test('nothing is fetched before a control looks a tool up; then all 34 pages are', async () => {
    const { control, seen } = looking();
    await using upstream = await startListing(Array.from({ length: 1_000 }, (_, i) => tool(`tool-${i}`)));
    await using front = await startFront(upstream, { controls: [control] });
    await send(front, message('prompts/list'));
    expect(upstream.lists()).toHaveLength(0);
    await send(front, message('tools/call', { name: 'tool-999', arguments: {} }));
    expect(upstream.lists()).toHaveLength(34);
    expect(seen).toEqual([['tool-999', '1000']]);
  });
});

test('twenty calls at once cause one fetch', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  await Promise.all(Array.from({ length: 20 }, () => send(front, use('a'))));
  expect([upstream.lists().length, seen.length]).toEqual([1, 20]);
});

test('the list is cached for a minute', async () => {
  const { control } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  later(59_000);
  await send(front, use('a'));
  expect(upstream.lists()).toHaveLength(1);
  later(2_000);
  await send(front, use('a'));
  expect(upstream.lists()).toHaveLength(2);
});

test('the list is not cached longer than the upstream allows (ttlMs)', async () => {
  const { control } = looking();
  await using upstream = await startListing([tool('a')], { ttlMs: 5_000 });
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  later(4_000);
  await send(front, use('a'));
  expect(upstream.lists()).toHaveLength(1);
  later(2_000);
  await send(front, use('a'));
  expect(upstream.lists()).toHaveLength(2);
});

test('an unknown name causes one new fetch for all calls that look it up', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  upstream.tools.push(tool('new'));
  later(3_000);
  await Promise.all(Array.from({ length: 20 }, () => send(front, use('new'))));
  expect(upstream.lists()).toHaveLength(2);
  expect(seen.slice(1)).toEqual(Array.from({ length: 20 }, () => ['new', '2']));
});

test('a name that does not exist does not cause a fetch at every call', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  for (let i = 0; i < 10; i++) await send(front, use('nowhere'));
  expect(upstream.lists().length).toBeLessThanOrEqual(2);
  expect(seen.every(([name]) => name === undefined)).toBe(true);
});

test('a tool added right after a fetch is found, and unknown names cause at most one fetch in two seconds', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  upstream.tools.push(tool('b'));
  await Promise.all([send(front, use('b')), send(front, use('b')), send(front, use('b'))]);
  expect(seen.slice(1).map(([name]) => name)).toEqual(['b', 'b', 'b']);
  for (let i = 0; i < 5; i++) await send(front, use(`none${i}`));
  expect(upstream.lists()).toHaveLength(2);
});

test('all calls that miss a name at once wait for the same fetch', async () => {
  const tools = [tool('a')];
  let asked = 0;
  const ask = (): Promise<JsonObject> => {
    asked++;
    return Promise.resolve({ tools: [...tools] } as JsonObject);
  };
  const catalogue = new Catalogue(TOOLS);
  await catalogue.tools(ask);
  tools.push(tool('b'));
  expect(
    (await Promise.all(Array.from({ length: 5 }, () => catalogue.tool('b', ask)))).map((found) => found?.name),
  ).toEqual(Array.from({ length: 5 }, () => 'b'));
  expect(
    (await Promise.all(['c', 'd'].map((name) => Promise.resolve(catalogue.has(name, () => ask))))).concat(
      await catalogue.has('a', () => ask),
    ),
  ).toEqual([false, false, true]);
  expect(asked).toBe(2);
});

test('list_changed on any stream makes the next call fetch again', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a'), tool('grows')]);
  const { answer } = upstream;
  upstream.answer = (request, response) => {
    if (!request.text.includes('"name":"grows"')) return answer(request, response);
    upstream.tools.push(tool('b'));
    openEvents(response);
    response.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    response.end(event({ jsonrpc: '2.0', id: 1, result: {} }));
  };
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  await send(front, use('grows'));
  await send(front, use('b'));
  expect(seen.at(-1)).toEqual(['b', '3']);
  expect(upstream.lists()).toHaveLength(2);
});

test('a change announced during a fetch is not missed by a lookup that comes later', async () => {
  const { control, seen } = looking();
  let release: (() => void) | undefined;
  await using upstream = await startListing([tool('a')]);
  const { answer } = upstream;
  let held = false;
  upstream.answer = async (request, response) => {
    if (request.text.includes('"name":"grows"')) {
      openEvents(response);
      response.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
      response.end(event({ jsonrpc: '2.0', id: 1, result: {} }));
      return;
    }
    if (!request.text.includes('"method":"tools/list"') || held) return answer(request, response);
    held = true;
    const stale = [...upstream.tools];
    await new Promise<void>((resolve) => (release = resolve));
    respondJson(response, { jsonrpc: '2.0', id: parsed(request)['id'], result: { tools: stale } });
  };
  await using front = await startFront(upstream, { controls: [control] });
  const early = send(front, use('a'));
  await upstream.arrival(0);
  upstream.tools.push(tool('b'));
  front.proxy.upstream.notified('notifications/tools/list_changed');
  const late = send(front, use('b'));
  await upstream.arrival(1);
  release?.();
  await Promise.all([early, late]);
  expect(seen).toContainEqual(['b', '2']);
});

test('however often changes are announced, no third list is fetched while two are under way', async () => {
  const catalogue = new Catalogue<Tool>(TOOLS);
  const waiting: (() => void)[] = [];
  let changes = 0;
  const ask = (): Promise<JsonObject> => {
    const list: JsonObject = { tools: [{ name: 'a', inputSchema: { type: 'object' }, description: String(changes) }] };
    return new Promise((resolve) => waiting.push(() => resolve(list)));
  };
  const asked = Array.from({ length: 100 }, () => {
    catalogue.changed();
    changes++;
    return catalogue.tool('a', ask);
  });
  expect(waiting).toHaveLength(2);
  let answered = 0;
  const all = Promise.all(asked).finally(() => (answered = -1));
  while (answered >= 0) {
    waiting[answered]?.();
    if (waiting.length > answered) answered++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await all).map((found) => found?.description)).toEqual(['1', '2', ...asked.slice(2).map(() => '100')]);
  expect(waiting).toHaveLength(3);
});

test("the proxy's own request uses the session of the client that it serves", async () => {
  const { control, seen } = looking();
  await using upstream = await startLegacyUpstream();
  upstream.call = (request, response) =>
    respondJson(response, { jsonrpc: '2.0', id: parsed(request)['id'], result: { tools: [tool('a')] } });
  await using front = await startFront(upstream, { controls: [control] });
  const session = (await send(front, initialize())).header('mcp-session-id');
  expect((await send(front, legacy('tools/call', { name: 'a', arguments: {} }, { session }))).status).toBe(200);
  expect(upstream.calls().map((request) => request.header('mcp-session-id'))).toEqual([
    'upstream-session-1',
    'upstream-session-1',
  ]);
  expect(seen).toEqual([['a', '1']]);
});

test("the proxy's own request has a new id each time, which no client can guess", async () => {
  await using upstream = await startListing([tool('a')]);
  const { control } = looking();
  for (let i = 0; i < 2; i++) {
    await using front = await startFront(upstream, { controls: [control] });
    await send(front, use('a'));
  }
  const ids = upstream.lists().map(({ text }) => (JSON.parse(text) as { id: string }).id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^proxy-[0-9a-f]{24}-\d+$/);
});

test("the proxy's own request asks for a coding that the proxy can read, whatever the client accepts", async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')]);
  await using front = await startFront(upstream, { controls: [control] });
  expect((await send(front, use('a'), ['Accept-Encoding: gzip, br', 'Accept: application/json'])).status).toBe(200);
  expect(upstream.lists()[0]?.header('accept-encoding')).toBe('identity');
  expect(upstream.lists()[0]?.header('accept')).toBe('application/json, text/event-stream');
  expect(seen).toEqual([['a', '1']]);
});

test('a list that arrives as an event stream is read as well', async () => {
  const { control, seen } = looking();
  await using upstream = await startUpstream((request, response) => {
    const { id, method } = parsed(request);
    openEvents(response);
    response.end(
      `: hello\r\n\r\n${event({ jsonrpc: '2.0', id, result: method === 'tools/list' ? { tools: [tool('a')] } : {} })}`,
    );
  });
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  expect(seen).toEqual([['a', '1']]);
});

test("pages that arrive as event streams don't use a connection each", async () => {
  const { control, seen } = looking();
  const sockets = new Set<unknown>();
  await using upstream = await startUpstream((request, response) => {
    const { id, method, params } = parsed(request);
    sockets.add(response.socket);
    const page = typeof params === 'object' && params !== null && 'cursor' in params ? Number(params.cursor) : 0;
    const listed = { tools: [tool(`tool-${page}`)], ...(page < 9 ? { nextCursor: String(page + 1) } : {}) };
    openEvents(response);
    response.write(event({ jsonrpc: '2.0', id, result: method === 'tools/list' ? listed : {} }));
    response.end(': bye\n\n');
  });
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('tool-9'));
  expect(seen).toEqual([['tool-9', '10']]);
  // The proxy requests the next page when the one before ends, so it uses one connection, or two in turn.
  expect(sockets.size).toBeLessThanOrEqual(2);
});

test('if the stream ends before the answer, the call gets a 502', async () => {
  const { control } = looking();
  await using upstream = await startUpstream((_request, response) => {
    openEvents(response);
    response.write(': hello\n\n', () => response.socket?.destroy());
  });
  await using front = await startFront(upstream, { controls: [control] });
  const reply = await send(front, use('a'));
  expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([502, 'upstream-unreachable']);
});

test.each([
  ['an error', '{"jsonrpc":"2.0","id":"proxy-tools/list","error":{"code":-32601,"message":"no"}}'],
  ['no list', '{"jsonrpc":"2.0","id":"proxy-tools/list","result":{}}'],
  ['no JSON', '<html>'],
])('if the upstream answers with %s, the call gets a 502 and is not sent on', async (_what, body) => {
  const { control } = looking();
  await using upstream = await startUpstream((_request, response) => respondJson(response, body));
  await using front = await startFront(upstream, { controls: [control] });
  expect((await send(front, use('a'))).status).toBe(502);
  expect(upstream.received).toHaveLength(1);
});

test('a cursor that repeats ends the fetch', async () => {
  const { control, seen } = looking();
  await using upstream = await startListing([tool('a')], { nextCursor: '0' });
  await using front = await startFront(upstream, { controls: [control] });
  await send(front, use('a'));
  expect(upstream.lists().length).toBeLessThanOrEqual(3);
  expect(seen[0]?.[0]).toBe('a');
});
