/** Tool search through a whole proxy, in front of an upstream that a test scripts. */
import { expect, it, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { accessPolicy, allow, audit } from '../../proxy/controls/index.ts';
import { defineControl } from '../../proxy/index.ts';
import { keysIn, type Message, post, scripted, tool } from '../aggregate/scripted.ts';
import { startSeveral } from '../aggregate/servers.ts';
import { Lines } from '../dispatch/lines.ts';
import type { Upstream } from '../support/upstream.ts';

const REFUND = tool('refund_payment', {
  description: 'Gives money back for a card payment.',
  inputSchema: { type: 'object', properties: { amount: { type: 'number' } } },
});
const WEATHER = tool('get_forecast', { description: 'The weather of the next days.' });
const TOOLS = { tools: [REFUND, WEATHER], ttlMs: 5000, cacheScope: 'public' };

function upstreamOf(list: object = TOOLS): Promise<Upstream> {
  return scripted({ 'tools/list': list, 'tools/call': { content: [{ type: 'text', text: 'done' }] } });
}

const before = (upstream: Upstream, config: Partial<ProxyConfig> = {}): ReturnType<typeof startSeveral> =>
  startSeveral({ one: upstream.url }, { upstreams: { one: {} }, search: true, ...config });

async function found(url: string, query: string, more: object = {}): Promise<string[]> {
  const { message } = await post(url, 'tools/call', { name: 'search_tools', arguments: { query, ...more } });
  return (JSON.parse(textOf(message)) as { tools: { name: string }[] }).tools.map(({ name }) => name);
}

async function listed(url: string, params: object = {}): Promise<unknown[]> {
  return keysIn((await post(url, 'tools/list', { ...params })).message);
}

function textOf({ result }: Message): string {
  const [{ text }] = (result ?? {})['content'] as [{ text: string }];
  return text;
}

const AUDIT = { control: 'audit', decision: 'pass' };

const bodies = (upstream: Upstream, method: string): string[] =>
  upstream.received.map(({ text }) => text).filter((text) => text.includes(`"method":"${method}"`));

it('lists the search, the call and pinned tools only, privately, for as long as the upstream says', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream, { search: { pinned: ['get_*'] } });
  const { message } = await post(proxy.proxy.url, 'tools/list');
  expect(message.result).toMatchObject({ ttlMs: 5000, cacheScope: 'private' });
  expect(await listed(proxy.proxy.url)).toEqual(['search_tools', 'call_tool', 'get_forecast']);
});

it('finds tools by words of their descriptions and arguments, with their schemas as the upstream wrote them', async () => {
  await using upstream = await upstreamOf();
  const item = `{ "name":"bill", "description":"Sends an invoice", "x-secret": 1, "inputSchema":{"type":"object","maximum":12345678901234567890.50} }`;
  upstream.answer = (request, response) => {
    const { id } = JSON.parse(request.text) as { id: string };
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(`{"jsonrpc":"2.0","id":"${id}","result":{"tools":[${item}]}}`);
  };
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', {
    name: 'search_tools',
    arguments: { query: 'invoices' },
  });
  expect(textOf(message)).toBe(
    '{"tools":[{"name":"bill","description":"Sends an invoice","inputSchema":{"type":"object","maximum":12345678901234567890.50}}]}',
  );
  expect(message.result?.['resultType']).toBe('complete');
});

it('says that nothing was found, and how to go on', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', {
    name: 'search_tools',
    arguments: { query: 'zebra' },
  });
  expect(textOf(message)).toBe('{"tools":[],"hint":"no tool fits these words: search again with other words"}');
});

it('returns as many tools as asked for', async () => {
  await using upstream = await upstreamOf({ tools: Array.from({ length: 30 }, (_, i) => tool(`report_${i}`)) });
  await using proxy = await before(upstream, { search: { limit: 3 } });
  expect(await found(proxy.proxy.url, 'report')).toHaveLength(3);
  expect(await found(proxy.proxy.url, 'report', { limit: 20 })).toHaveLength(20);
});

it.each([
  ['no query', {}, 'expected query to be some words, got none'],
  ['an empty query', { query: ' ' }, 'expected query to be some words, got none'],
  ['a query that is no string', { query: 1 }, 'expected query to be some words, got none'],
  ['a long query', { query: 'x'.repeat(1001) }, 'expected a query of at most 1000 characters, got a longer one'],
  ['a very long query', { query: 'x'.repeat(9000) }, 'expected a query of at most 1000 characters, got a longer one'],
  ['another member', { query: 'a', name: 'b' }, 'expected only query and limit, got another member'],
  ['a limit of 0', { query: 'a', limit: 0 }, 'expected limit to be a whole number from 1 to 20, got another value'],
  ['a limit of 21', { query: 'a', limit: 21 }, 'expected limit to be a whole number from 1 to 20, got another value'],
])('refuses a search with %s in a way that a model can read, and asks no upstream', async (_, args, words) => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'search_tools', arguments: args });
  expect(message.result).toMatchObject({ isError: true, content: [{ type: 'text', text: `search_tools: ${words}` }] });
  expect(upstream.received).toHaveLength(0);
});

it('sends the call that is meant, with the text of its arguments and everything else byte for byte', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const args = '{ "amount" : 1.50, "id": 12345678901234567890, "t":"\\u00e9" }';
  const meta =
    '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":7,"x":[1.0]},"requestState":"s","inputResponses":{}';
  await fetch(proxy.proxy.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': 'call_tool',
    },
    body: `{"jsonrpc":"2.0","id":"a\\u0062","method":"tools/call","params":{"name":"call_tool","arguments":{"arguments":${args}, "name" : "refund\\u005fpayment"},${meta}}}`,
  });
  const request = upstream.received.at(-1);
  expect(request?.text).toBe(
    `{"jsonrpc":"2.0","id":"a\\u0062","method":"tools/call","params":{"name":"refund\\u005fpayment","arguments":${args},${meta}}}`,
  );
  expect(request?.header('mcp-name')).toBe('refund_payment');
  expect(request?.header('mcp-method')).toBe('tools/call');
});

it('mirrors arguments in headers as the schema of the tool says', async () => {
  const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
  await using upstream = await scripted(({ method }) =>
    method === 'tools/list' ? { tools: [tool('deploy', { inputSchema: schema })] } : { content: [] },
  );
  const answer = upstream.answer;
  upstream.answer = (request, response) => {
    if (request.text.includes('"tools/call"') && request.header('mcp-param-region') === undefined) {
      response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"header mismatch"}}');
    } else void answer(request, response);
  };
  await using proxy = await before(upstream);
  const { status } = await post(
    proxy.proxy.url,
    'tools/call',
    { name: 'call_tool', arguments: { name: 'deploy', arguments: { region: 'eu' } } },
    { 'Mcp-Param-Other': 'x' },
  );
  expect(status).toBe(200);
  expect(upstream.received.at(-1)?.header('mcp-param-region')).toBe('eu');
  expect(upstream.received.at(-1)?.header('mcp-param-other')).toBeUndefined();
});

it.each(['one', 'several'])('sends them with the first call, before %s upstream', async (which) => {
  const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
  await using upstream = await scripted(({ method }) =>
    method === 'tools/list' ? { tools: [tool('deploy', { inputSchema: schema })] } : { content: [] },
  );
  await using other = await scripted({ 'tools/list': { tools: [] } });
  const urls = { crm: upstream.url, other: other.url };
  await using proxy = which === 'one' ? await before(upstream) : await startSeveral(urls, { search: true });
  const name = which === 'one' ? 'deploy' : 'crm___deploy';
  for (let i = 0; i < 3; i++)
    await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name, arguments: { region: 'eu' } } });
  const calls = upstream.received.filter(({ text }) => text.includes('tools/call'));
  expect(calls.map((call) => call.header('mcp-param-region'))).toEqual(['eu', 'eu', 'eu']);
  expect(upstream.received).toHaveLength(4);
});

it('calls a tool also if the upstream does not list its tools', async () => {
  await using upstream = await scripted({ 'tools/call': { content: [] } });
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'a' } });
  expect(message.result).toEqual({ content: [] });
});

it.each([
  ['no arguments', undefined, 'expected an object with the name of a tool and its arguments, got none'],
  ['arguments of null', null, 'expected an object with the name of a tool and its arguments, got none'],
  ['no name', { arguments: {} }, 'expected name to be the name of a tool, got none'],
  ['a name that is no string', { name: 1 }, 'expected name to be the name of a tool, got no string'],
  ['arguments as a string', { name: 'a', arguments: '{}' }, 'expected arguments to be an object, got a string'],
  ['arguments as a list', { name: 'a', arguments: [] }, 'expected arguments to be an object, got another value'],
  ['a member that is not known', { name: 'a', Arguments: {} }, 'expected only name and arguments, got another member'],
  [
    'its own name',
    { name: 'call_tool', arguments: {} },
    'expected the name of a tool that search_tools found, got its own name or that of the search',
  ],
  [
    'the name of the search',
    { name: 'search_tools', arguments: { query: 'a' } },
    'expected the name of a tool that search_tools found, got its own name or that of the search',
  ],
])('refuses a call with %s in a way that a model can read, and sends nothing', async (_, args, words) => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: args });
  expect(message.result).toMatchObject({ isError: true, content: [{ type: 'text', text: `call_tool: ${words}` }] });
  expect(upstream.received).toHaveLength(0);
});

it('sends no arguments as an empty object, and null as null', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'a' } });
  await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'a', arguments: null } });
  expect(bodies(upstream, 'tools/call').map((text) => text.slice(0, 85))).toEqual([
    expect.stringContaining('"name":"a","arguments":{},'),
    expect.stringContaining('"name":"a","arguments":null'),
  ]);
});

it('shows each control the real call, never the one that it was wrapped in', async () => {
  await using upstream = await upstreamOf();
  const seen: unknown[] = [];
  const watch = defineControl({
    name: 'watch',
    setup: () => (call, next) => {
      seen.push([call.method, call.name, call.params?.['arguments'], call.facts[0]]);
      return next(call);
    },
  });
  await using proxy = await before(upstream, { controls: [watch] });
  await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'x', arguments: { a: 1 } } });
  await found(proxy.proxy.url, 'refund');
  expect(seen).toEqual([
    ['tools/call', 'x', { a: 1 }, { toolSearch: 'call' }],
    ['tools/list', undefined, undefined, { toolSearch: 'search' }],
  ]);
});

it('finds and calls no tool that the policy withholds from this caller', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream, {
    caller: fixed({ subject: 'ann' }),
    controls: [accessPolicy({ policies: [allow({ tools: ['get_*'] })] })],
  });
  expect(await found(proxy.proxy.url, 'refund_payment money back weather forecast')).toEqual(['get_forecast']);
  const { message } = await post(proxy.proxy.url, 'tools/call', {
    name: 'call_tool',
    arguments: { name: 'refund_payment', arguments: {} },
  });
  const direct = await post(proxy.proxy.url, 'tools/call', { name: 'refund_payment', arguments: {} });
  expect(message.error).toEqual(direct.message.error);
  expect(message.error?.code).toBe(-32602);
  expect(bodies(upstream, 'tools/call')).toEqual([]);
});

it('finds tools under the names and descriptions that controls give them', async () => {
  await using upstream = await upstreamOf();
  const renaming = defineControl({
    name: 'renaming',
    setup: () => async (call, next) => {
      const reply = await next(call);
      if (call.method !== 'tools/list') return reply;
      return reply.mapResult((result) => ({
        ...result,
        tools: (result['tools'] as { name: string }[]).map((each) => ({ ...each, name: `our_${each.name}` })),
      }));
    },
  });
  await using proxy = await before(upstream, { controls: [renaming], search: { pinned: ['our_get_*'] } });
  expect(await found(proxy.proxy.url, 'refund')).toEqual(['our_refund_payment']);
  expect(await listed(proxy.proxy.url)).toEqual(['search_tools', 'call_tool', 'our_get_forecast']);
});

it('asks for the list again at each search, so a change is found at once', async () => {
  let tools = [REFUND];
  await using upstream = await scripted(({ method }) => (method === 'tools/list' ? { tools } : undefined));
  await using proxy = await before(upstream);
  expect(await found(proxy.proxy.url, 'weather')).toEqual([]);
  tools = [REFUND, WEATHER];
  expect(await found(proxy.proxy.url, 'weather')).toEqual(['get_forecast']);
  expect(upstream.received).toHaveLength(2);
});

it('searches all pages, shows pinned tools of each, and no pages if nothing is pinned', async () => {
  await using upstream = await scripted(({ method, params }) => {
    if (method !== 'tools/list') return undefined;
    return params?.['cursor'] === 'p2' ? { tools: [WEATHER] } : { tools: [REFUND], nextCursor: 'p2' };
  });
  await using proxy = await before(upstream);
  expect(await found(proxy.proxy.url, 'weather')).toEqual(['get_forecast']);
  const { message } = await post(proxy.proxy.url, 'tools/list');
  expect(message.result?.['nextCursor']).toBeUndefined();
  await using pinned = await before(upstream, { search: { pinned: ['get_forecast'] } });
  const first = await post(pinned.proxy.url, 'tools/list');
  expect(first.message.result?.['nextCursor']).toBe('p2');
  expect(await listed(pinned.proxy.url, { cursor: 'p2' })).toEqual(['get_forecast']);
});

it('ends a list that goes in a circle, and says so', async () => {
  await using upstream = await scripted({ 'tools/list': { tools: [WEATHER], nextCursor: 'same' } });
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', {
    name: 'search_tools',
    arguments: { query: 'weather' },
  });
  expect(message.error?.message).toContain('the list of tools has no end');
});

it('reads and shortens a list that comes as an event stream', async () => {
  await using upstream = await upstreamOf();
  upstream.answer = (request, response) => {
    const { id } = JSON.parse(request.text) as { id: string | number };
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}\n\n');
    response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: TOOLS })}\n\n`);
  };
  await using proxy = await before(upstream);
  expect(await found(proxy.proxy.url, 'weather')).toEqual(['get_forecast']);
  const reply = await fetch(proxy.proxy.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}',
  });
  const text = await reply.text();
  expect(text).toContain('notifications/message');
  expect(text).toContain('search_tools');
  expect(text).not.toContain('get_forecast');
});

it('refuses a search as its list is refused, with the id of the search', async () => {
  await using upstream = await scripted({
    'tools/list': { error: { code: -31429, message: 'too many', data: { n: 1 } } },
  });
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', {
    name: 'search_tools',
    arguments: { query: 'weather' },
  });
  expect(message).toMatchObject({ id: 1, error: { code: -31429, message: 'too many', data: { n: 1 } } });
});

it('refuses a search with JSON if the list is refused in an event stream', async () => {
  await using upstream = await upstreamOf();
  upstream.answer = (request, response) => {
    const { id } = JSON.parse(request.text) as { id: string };
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: 'no' } })}\n\n`);
  };
  await using proxy = await before(upstream);
  const reply = await fetch(proxy.proxy.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_tools","arguments":{"query":"x"}}}',
  });
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(await reply.json()).toEqual({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'no' } });
});

it('keeps its own tools if an upstream has one of their names, and says so in the log once', async () => {
  await using upstream = await upstreamOf({ tools: [tool('search_tools', { description: 'theirs' }), WEATHER] });
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
  await using proxy = await before(upstream, { search: { pinned: ['*'] } });
  expect(await listed(proxy.proxy.url)).toEqual(['search_tools', 'call_tool', 'get_forecast']);
  await listed(proxy.proxy.url);
  expect(await found(proxy.proxy.url, 'theirs')).toEqual([]);
  const [said, ...more] = warned.mock.calls.filter(([, fields]) => fields?.['event'] === 'name-collision');
  warned.mockRestore();
  expect(said?.[0]).toContain('expected other names in config.search.names');
  expect(more).toEqual([]);
});

it('shows no tool of an upstream whose name looks like one of the search', async () => {
  const alike = ['Call_Tool', 'call_tооl', 'call\u200b_tool', 'call-tool', 'search_tools '];
  await using upstream = await upstreamOf({
    tools: [...alike.map((name) => tool(name, { description: 'theirs' })), WEATHER],
  });
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
  await using proxy = await before(upstream, { search: { pinned: ['*'] } });
  expect(await listed(proxy.proxy.url)).toEqual(['search_tools', 'call_tool', 'get_forecast']);
  expect(await found(proxy.proxy.url, 'theirs')).toEqual([]);
  expect(warned.mock.calls.filter(([, fields]) => fields?.['event'] === 'name-collision')).toHaveLength(1);
  warned.mockRestore();
});

it('takes other names from the config', async () => {
  await using upstream = await upstreamOf({ tools: [tool('search_tools'), WEATHER] });
  await using proxy = await before(upstream, {
    search: { names: { search: 'find', call: 'use' }, pinned: ['search_tools'] },
  });
  expect(await listed(proxy.proxy.url)).toEqual(['find', 'use', 'search_tools']);
  await post(proxy.proxy.url, 'tools/call', { name: 'use', arguments: { name: 'call_tool' } });
  expect(bodies(upstream, 'tools/call')[0]).toContain('"name":"call_tool"');
});

it('passes calls of tools that are not listed, as the client sent them', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'refund_payment', arguments: { amount: 1 } });
  expect(message.result).toMatchObject({ content: [{ text: 'done' }] });
});

it('searches the tools of several upstreams by the names that clients know', async () => {
  await using one = await upstreamOf({ tools: [REFUND] });
  await using two = await upstreamOf({ tools: [WEATHER] });
  await using proxy = await startSeveral({ pay: one.url, sky: two.url }, { search: { pinned: ['sky___*'] } });
  expect(await listed(proxy.proxy.url)).toEqual(['search_tools', 'call_tool', 'sky___get_forecast']);
  expect(await found(proxy.proxy.url, 'refund')).toEqual(['pay___refund_payment']);
  await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'pay___refund_payment' } });
  expect(bodies(one, 'tools/call')[0]).toContain('"name":"refund_payment"');
  expect(one.received.at(-1)?.header('mcp-name')).toBe('refund_payment');
});

it('answers a search and a call in one batch of 2025-03-26', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const request = (id: number, name: string, args: object): object => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  });
  const reply = await fetch(proxy.proxy.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-03-26',
    },
    body: JSON.stringify([
      request(1, 'search_tools', { query: 'weather' }),
      request(2, 'call_tool', { name: 'get_forecast' }),
    ]),
  });
  const answers = (await reply.json()) as (Message & { readonly id: number })[];
  const byId = new Map(answers.map((answer) => [answer.id, textOf(answer)]));
  expect(byId.get(1)).toContain('get_forecast');
  expect(byId.get(1)).not.toContain('refund');
  expect(byId.get(2)).toBe('done');
});

it('refuses a page of a list that is larger than what is inspected', async () => {
  await using upstream = await upstreamOf({ tools: [tool('a', { description: 'x'.repeat(20_000) })] });
  await using proxy = await before(upstream, { limits: { maxInspectedReply: 10_000 } });
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'search_tools', arguments: { query: 'x' } });
  expect(message.error?.message).toContain('a list of tools of more than 10000 bytes');
});

it('refuses a search if the upstream is down, and finds tools when it is back', async () => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const answer = upstream.answer;
  upstream.answer = (_, response) => void response.destroy();
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'search_tools', arguments: { query: 'x' } });
  expect(message.error?.code).toBe(-32603);
  upstream.answer = answer;
  expect(await found(proxy.proxy.url, 'weather')).toEqual(['get_forecast']);
});

it('notes in the audit what was a search, and the real name of a call', async () => {
  await using upstream = await upstreamOf();
  const lines = new Lines();
  lines.start();
  try {
    await using proxy = await before(upstream, { controls: [audit()] });
    await found(proxy.proxy.url, 'a secret question');
    await post(proxy.proxy.url, 'tools/call', { name: 'call_tool', arguments: { name: 'get_forecast' } });
    await expect.poll(() => lines.all.filter(({ event }) => event === 'call')).toHaveLength(2);
  } finally {
    lines.stop();
  }
  const [search, call] = lines.all.filter(({ event }) => event === 'call');
  expect(search).toMatchObject({ method: 'tools/list', decisions: [{ toolSearch: 'search' }, AUDIT] });
  expect(call).toMatchObject({
    method: 'tools/call',
    name: 'get_forecast',
    decisions: [{ toolSearch: 'call' }, AUDIT],
  });
  expect(JSON.stringify(lines.all)).not.toContain('secret question');
});

it.each([
  ['an empty result', {}],
  ['a question to the client', { resultType: 'input_required', inputRequests: {} }],
])('refuses a search with the id of the search if the list is %s', async (_, result) => {
  await using upstream = await scripted({ 'tools/list': result });
  await using proxy = await before(upstream);
  const { message } = await post(proxy.proxy.url, 'tools/call', { name: 'search_tools', arguments: { query: 'x' } });
  expect(message).toMatchObject({ id: 1, error: { data: { reason: 'upstream-invalid' } } });
});

it.each(['call_tool', 'search_tools'])('refuses %s as a notification, and sends nothing', async (name) => {
  await using upstream = await upstreamOf();
  await using proxy = await before(upstream);
  const version = '2026-07-28';
  const reply = await fetch(proxy.proxy.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': version,
      'Mcp-Method': 'tools/call',
      'Mcp-Name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      method: 'tools/call',
      params: { name, arguments: { name: 'x' }, _meta: { 'io.modelcontextprotocol/protocolVersion': version } },
    }),
  });
  expect(reply.status).toBe(400);
  expect(upstream.received).toHaveLength(0);
});
