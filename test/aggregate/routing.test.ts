import { describe, expect, it } from 'vitest';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { keysIn, post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const ECHO = { content: [{ type: 'text', text: 'ok' }] };

describe('a call', () => {
  it('has the name of the upstream in its body and in its mirrored header', async () => {
    await using one = await scripted({ 'tools/call': ECHO });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    await post(several.proxy.url, 'tools/call', { arguments: { name: 'x' }, name: 'one___a' });
    const [received] = one.received;
    const { params } = JSON.parse(received?.text ?? '') as { params: object };
    expect([received?.header('mcp-name'), params]).toMatchObject(['a', { arguments: { name: 'x' }, name: 'a' }]);
  });

  it('with a shortened name finds its tool by the list', async () => {
    const long = 'x'.repeat(64);
    await using one = await scripted({ 'tools/list': { tools: [tool(long)] }, 'tools/call': ECHO });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { message } = await post(several.proxy.url, 'tools/list');
    const name = String(keysIn(message)[0]);
    await post(several.proxy.url, 'tools/call', { name });
    expect([name.length, one.received.at(-1)?.header('mcp-name')]).toEqual([64, long]);
  });

  it('for an upstream without a prefix keeps its name', async () => {
    await using one = await scripted({ 'tools/call': ECHO });
    await using two = await scripted({});
    await using several = await startSeveral(
      { one: one.url, two: two.url },
      { upstreams: { one: { prefix: false }, two: { prefix: true } } },
    );
    await post(several.proxy.url, 'tools/call', { name: 'a' });
    expect(one.received.at(-1)?.header('mcp-name')).toBe('a');
  });

  it.each(['two___pay', 'TWO___pay', 'two_\u200b__pay', 'ｔwo___pay', 'twо___pay'])(
    'by a name that looks like one of another upstream (%j) never reaches an upstream without a prefix',
    async (name) => {
      await using one = await scripted({ 'tools/list': { tools: [tool(name), tool('own')] }, 'tools/call': ECHO });
      await using two = await scripted({ 'tools/list': { tools: [tool('pay')] }, 'tools/call': ECHO });
      await using several = await startSeveral(
        { one: one.url, two: two.url },
        { upstreams: { one: { prefix: false }, two: { prefix: true } } },
      );
      const { message } = await post(several.proxy.url, 'tools/list');
      expect(keysIn(message)).toEqual(['own', 'two___pay']);
      await post(
        several.proxy.url,
        'tools/call',
        { name },
        { 'Mcp-Name': `=?base64?${Buffer.from(name).toString('base64')}?=` },
      );
      expect(one.received.filter(({ text }) => text.includes('tools/call'))).toEqual([]);
    },
  );

  it('by a name that two upstreams without a prefix list goes to neither', async () => {
    await using one = await scripted({ 'tools/list': { tools: [tool('a'), tool('same')] }, 'tools/call': ECHO });
    await using two = await scripted({ 'tools/list': { tools: [tool('b'), tool('SAME')] }, 'tools/call': ECHO });
    const bare = { prefix: false };
    await using several = await startSeveral({ one: one.url, two: two.url }, { upstreams: { one: bare, two: bare } });
    const { message } = await post(several.proxy.url, 'tools/list');
    expect(keysIn(message)).toEqual(['a', 'b']);
    const replies = [];
    for (const name of ['a', 'b', 'same', 'SAME', 'none'])
      replies.push((await post(several.proxy.url, 'tools/call', { name })).message.error?.message ?? 'ok');
    expect(replies).toEqual(['ok', 'ok', 'Unknown tool: same', 'Unknown tool: SAME', 'Unknown tool: none']);
    expect([one, two].map(({ received }) => received.at(-1)?.header('mcp-name'))).toEqual(['a', 'b']);
  });

  it('returns the request state to the upstream that gave it, and to no other', async () => {
    const states: unknown[] = [];
    const asking = { resultType: 'input_required', inputRequests: {}, requestState: 'their own' };
    await using one = await scripted(({ params }) => {
      if (params?.['requestState'] === undefined) return asking;
      states.push(params['requestState']);
      return ECHO;
    });
    await using two = await scripted(({ params }) => (states.push(params?.['requestState']), ECHO));
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { url } = several.proxy;
    const { message } = await post(url, 'tools/call', { name: 'one___a' });
    const requestState: unknown = message.result?.['requestState'];
    expect(requestState).not.toContain('their own');
    await post(url, 'tools/call', { name: 'one___a', requestState });
    const stolen = await post(url, 'tools/call', { name: 'two___a', requestState });
    expect([states, stolen.message.error?.code]).toEqual([['their own'], -32602]);
  });

  it('about a task goes to the upstream that began it', async () => {
    const ids: unknown[] = [];
    await using one = await scripted(({ method, params }) => {
      if (method === 'tools/call') return { resultType: 'task', taskId: 't-1', status: 'working' };
      ids.push(params?.['taskId']);
      return { taskId: params?.['taskId'], status: 'completed', result: ECHO };
    });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { url } = several.proxy;
    const { message } = await post(url, 'tools/call', { name: 'one___a' });
    const taskId: unknown = message.result?.['taskId'];
    const got = await post(url, 'tasks/get', { taskId });
    expect([ids, got.message.result?.['taskId']]).toEqual([['t-1'], taskId]);
    expect((await post(url, 'tasks/get', { taskId: 't-1' })).message.error?.code).toBe(-32021);
  });

  it('of an extension goes to the first upstream that knows its method', async () => {
    await using one = await scripted({});
    await using two = await scripted({ 'acme/do': { done: true } });
    await using several = await startSeveral({ one: one.url, two: two.url });
    const replies = [await post(several.proxy.url, 'acme/do'), await post(several.proxy.url, 'acme/do')];
    expect(replies.map(({ message }) => message.result)).toEqual([{ done: true }, { done: true }]);
    expect([one.received.length, two.received.length]).toEqual([1, 2]);
    expect((await post(several.proxy.url, 'acme/none')).message.error?.code).toBe(-32601);
  });

  it("finds tools through a gateway's search under the names that can be called", async () => {
    const found = { tools: [{ name: 'x___refund', description: 'd' }] };
    await using one = await scripted({
      'tools/call': { structuredContent: found, content: [{ type: 'text', text: JSON.stringify(found) }] },
    });
    await using two = await scripted({});
    await using several = await startSeveral({ one: one.url, two: two.url });
    const { message } = await post(several.proxy.url, 'tools/call', {
      name: 'one___x_amz_bedrock_agentcore_search',
      arguments: { query: 'refund' },
    });
    const shown = { tools: [{ name: 'one___x___refund', description: 'd' }] };
    expect(message.result).toEqual({
      structuredContent: shown,
      content: [{ type: 'text', text: JSON.stringify(shown) }],
    });
  });
});

describe('a control', () => {
  it('sees which upstream a call goes to, under whichever form of its name or URI', async () => {
    const seen: string[] = [];
    const watch = defineControl({
      name: 'watch',
      setup: () => (call, next) => {
        if (call.kind === 'request') seen.push(`${call.method} ${call.name ?? ''}: ${call.upstream.name}`);
        return next(call);
      },
    });
    const resources = { 'resources/templates/list': { resourceTemplates: [] }, 'resources/read': { contents: [] } };
    await using one = await scripted({
      'tools/list': { tools: [tool('a')] },
      'tools/call': ECHO,
      'resources/list': { resources: [{ uri: 'a://1', name: '1' }] },
      ...resources,
    });
    await using two = await scripted({
      'tools/list': { tools: [] },
      'resources/list': { resources: [{ uri: 'b://1', name: '1' }] },
      ...resources,
    });
    await using several = await startSeveral({ one: one.url, two: two.url }, { controls: [watch] });
    const { url } = several.proxy;
    await post(url, 'tools/call', { name: 'one___a' });
    await post(url, 'resources/read', { uri: 'b://1' });
    await post(url, 'resources/read', { uri: 'two+b://1' });
    await post(url, 'tools/list');
    await post(url, 'tools/call', { name: 'three___a' });
    expect(seen).toEqual([
      'tools/call one___a: one',
      'resources/read b://1: two',
      'resources/read two+b://1: two',
      'tools/list : *',
      'tools/call three___a: *',
    ]);
  });

  it('finds a tool by the name that its client uses', async () => {
    const found: unknown[] = [];
    const look = defineControl({
      name: 'look',
      setup: () => async (call, next) => {
        if (call.is('tools/call')) found.push((await call.upstream.tool(call.params.name))?.name);
        return next(call);
      },
    });
    await using one = await scripted({ 'tools/list': { tools: [tool('a')] }, 'tools/call': ECHO });
    await using two = await scripted({ 'tools/list': { tools: [tool('a')] } });
    await using several = await startSeveral({ one: one.url, two: two.url }, { controls: [look] });
    await post(several.proxy.url, 'tools/call', { name: 'one___a' });
    await post(several.proxy.url, 'tools/call', { name: 'one___b' });
    expect(found).toEqual(['one___a', undefined]);
  });
});

describe('while one upstream is down, a control', () => {
  const CLOSED = 'http://127.0.0.1:1/mcp';

  it('is shown the tools of the others', async () => {
    const found: unknown[] = [];
    const look = defineControl({
      name: 'look',
      setup: () => async (call, next) => {
        found.push((await call.upstream.tools()).map(({ name }) => name));
        return next(call);
      },
    });
    await using one = await scripted({ 'tools/list': { tools: [tool('a')] }, 'tools/call': ECHO });
    await using several = await startSeveral({ one: one.url, two: CLOSED }, { controls: [look] });
    const { status } = await post(several.proxy.url, 'tools/call', { name: 'one___a' });
    expect([found, status]).toEqual([[['one___a']], 200]);
  });

  it('that looks up a tool there does not ask it once the circuit is open', async () => {
    const messages: string[] = [];
    const look = defineControl({
      name: 'look',
      setup: () => async (call, next) => {
        await call.upstream.tool(call.name ?? '').catch((error: Error) => messages.push(error.message));
        return next(call);
      },
    });
    await using one = await scripted({});
    await using several = await startSeveral({ one: one.url, two: CLOSED }, { controls: [look] });
    for (let i = 0; i < 4; i++) await post(several.proxy.url, 'tools/call', { name: 'two___a' });
    expect(messages.at(-1)).toContain('the upstream two failed several times in a row: it is asked again in');
  });
});

it('a call that a control answers has the name of the upstream that it would have gone to', async () => {
  await using one = await scripted({ 'tools/call': ECHO });
  await using two = await scripted({ 'tools/call': ECHO });
  const names: string[] = [];
  const canned = defineControl({
    name: 'canned',
    replies: 'ignores',
    setup: () => (call, next) => {
      if (!call.is('tools/call')) return next(call);
      names.push(call.upstream.name);
      return call.answer({ content: [{ type: 'text', text: 'canned' }] });
    },
  });
  await using several = await startSeveral({ one: one.url, two: two.url }, { controls: [canned] });
  for (const name of ['one___a', 'two___a']) {
    const { message } = await post(several.proxy.url, 'tools/call', { name });
    expect(message.result).toMatchObject({ content: [{ text: 'canned' }] });
  }
  expect(names).toEqual(['one', 'two']);
  for (const { received } of [one, two]) expect(received.filter(({ text }) => text.includes('tools/call'))).toEqual([]);
});

it.each([{ type: 'ref/prompt' }, { type: 'ref/resource', name: 'p' }, { type: 'ref/other', name: 'one___p' }, {}])(
  'a completion of what is neither a prompt nor a template is refused in words (%j)',
  async (ref) => {
    await using one = await scripted({ 'completion/complete': { completion: { values: [] } } });
    await using several = await startSeveral({ one: one.url });
    const { message } = await post(several.proxy.url, 'completion/complete', {
      ref,
      argument: { name: 'a', value: '' },
    });
    expect(message.error).toMatchObject({ code: -32602, message: expect.stringContaining('params.ref') as string });
    expect(one.received).toEqual([]);
  },
);
