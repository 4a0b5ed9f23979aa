import { describe, expect, it } from 'vitest';
import { fixed } from '../../proxy/callers/fixed.ts';
import { accessPolicy, allow, deny } from '../../proxy/controls/index.ts';
import { post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const OK = { content: [{ type: 'text', text: 'done' }] };
const TEMPLATES = { 'resources/templates/list': { resourceTemplates: [] } };

function by(...policies: Parameters<typeof accessPolicy>[0]['policies']) {
  return { caller: fixed({ sub: 'ann' }), controls: [accessPolicy({ policies })] };
}

describe('a policy about an upstream', () => {
  const permitsOne = 'permit(principal, action == Action::"tools/call", resource in Upstream::"one");';
  const forbidsTwo =
    'permit(principal, action, resource); forbid(principal, action, resource in Upstream::"two"); forbid(principal, action, resource == Upstream::"two");';

  it.each([permitsOne, forbidsTwo])('decides what lists show as it decides calls (%s)', async (policy) => {
    await using one = await scripted({ 'tools/list': { tools: [tool('a')] }, 'tools/call': OK });
    await using two = await scripted({ 'tools/list': { tools: [tool('b')] }, 'tools/call': OK });
    await using several = await startSeveral({ one: one.url, two: two.url }, by(policy));
    const { url } = several.proxy;
    const { message } = await post(url, 'tools/list');
    expect(((message.result?.['tools'] ?? []) as { name: string }[]).map(({ name }) => name)).toEqual(['one___a']);
    const calls = [
      await post(url, 'tools/call', { name: 'one___a' }),
      await post(url, 'tools/call', { name: 'two___b' }),
    ];
    expect(calls.map(({ text }) => text.includes('done'))).toEqual([true, false]);
  });

  it('holds for a method of an extension before it is known who answers it', async () => {
    await using one = await scripted({});
    await using two = await scripted({ 'acme/do': { done: true } });
    await using several = await startSeveral({ one: one.url, two: two.url }, by(forbidsTwo));
    for (let i = 0; i < 2; i++) expect((await post(several.proxy.url, 'acme/do')).message.error?.code).toBe(-32601);
    expect(two.received.filter(({ text }) => text.includes('acme/do'))).toEqual([]);
  });

  it('holds if the lists change while a call is checked', async () => {
    let lists = 0;
    await using one = await scripted(({ method }) =>
      method === 'resources/list'
        ? { resources: lists++ === 0 ? [{ uri: 'a://1', name: 'x' }] : [], ttlMs: 0 }
        : method === 'resources/templates/list'
          ? { resourceTemplates: [], ttlMs: 0 }
          : { contents: [] },
    );
    await using two = await scripted({
      'resources/list': { resources: [{ uri: 'a://1', name: 'x' }] },
      ...TEMPLATES,
      'resources/read': { contents: [{ uri: 'a://1', text: 'done' }] },
    });
    await using several = await startSeveral({ one: one.url, two: two.url }, by(forbidsTwo));
    for (let i = 0; i < 2; i++)
      expect((await post(several.proxy.url, 'resources/read', { uri: 'a://1' })).text).not.toContain('done');
  });

  it('holds for a reference of a completion', async () => {
    const completion = { completion: { values: ['done'] } };
    const lists = { 'resources/list': { resources: [] }, 'resources/templates/list': { resourceTemplates: [] } };
    await using one = await scripted({ 'completion/complete': completion, ...lists });
    await using two = await scripted({ 'completion/complete': completion, ...lists });
    await using several = await startSeveral({ one: one.url, two: two.url }, by(forbidsTwo));
    const shown = [];
    for (const ref of [
      { type: 'ref/prompt', name: 'one___p' },
      { type: 'ref/prompt', name: 'two___p' },
      { type: 'ref/resource', uri: 'one+x://1' },
      { type: 'ref/resource', uri: 'two+x://1' },
    ]) {
      const { text } = await post(several.proxy.url, 'completion/complete', {
        ref,
        argument: { name: 'a', value: '' },
      });
      shown.push(text.includes('done'));
    }
    expect(shown).toEqual([true, false, true, false]);
  });
});

it.each([
  [
    'file:///closed/*',
    ['file:///closed/1', 'one+file:///closed/1', 'one+FILE:///x/../closed/1', 'one+file://h/%63losed/1'],
  ],
  ['one+file:///closed/*', ['file:///closed/1', 'one+file:///closed/1']],
  // The upstream may be such a proxy itself, before upstreams with any names.
  [
    'file:///closed/*',
    ['one+one+file:///closed/1', 'one+in-2+one+FILE:///closed/1', `${'one+'.repeat(9)}file:///closed/1`],
  ],
  ['one+file:///closed/*', ['one+inner+file:///closed/1']],
])('a policy that forbids %s forbids the other form of the URI as well', async (pattern, uris) => {
  await using one = await scripted({
    'resources/list': { resources: [{ uri: 'file:///closed/1', name: 's' }] },
    ...TEMPLATES,
    'resources/read': { contents: [{ uri: 'file:///closed/1', text: 'done' }] },
  });
  await using two = await scripted({ 'resources/list': { resources: [] }, ...TEMPLATES });
  await using several = await startSeveral(
    { one: one.url, two: two.url },
    by(allow({ resources: ['*'] }), deny({ resources: [pattern] })),
  );
  const { url } = several.proxy;
  for (const uri of uris) expect((await post(url, 'resources/read', { uri })).text).not.toContain('done');
  expect((await post(url, 'resources/list')).message.result?.['resources']).toEqual([]);
  for (const uri of ['one+file:///open', 'one+one+file:///open', 'one+in-2+file:///open'])
    expect((await post(url, 'resources/read', { uri })).text).toContain('done');
});

it("a gateway's search finds only what the policy permits", async () => {
  const found = { tools: [{ name: 'ok' }, { name: 'closed' }] };
  const search = 'x_amz_bedrock_agentcore_search';
  await using one = await scripted({
    'tools/list': { tools: [tool('ok'), tool('closed'), tool(search)] },
    'tools/call': { structuredContent: found, content: [{ type: 'text', text: JSON.stringify(found) }] },
  });
  await using two = await scripted({});
  await using several = await startSeveral(
    { one: one.url, two: two.url },
    by(allow({ tools: ['one___ok', `one___${search}`] })),
  );
  const { message } = await post(several.proxy.url, 'tools/call', { name: `one___${search}` });
  const shown = { tools: [{ name: 'one___ok' }] };
  expect(message.result).toEqual({
    structuredContent: shown,
    content: [{ type: 'text', text: JSON.stringify(shown) }],
  });
});

it('a tool with a long name has one name, so that no policy about it is missed', async () => {
  const long = 'x'.repeat(64);
  await using one = await scripted({ 'tools/list': { tools: [tool(long)] }, 'tools/call': OK });
  await using two = await scripted({});
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/call', { name: `one___${long}` });
  expect(message.error?.message).toBe(`Unknown tool: one___${long}`);
});
