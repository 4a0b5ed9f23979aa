/** Keys that some readers take for others (Go's `encoding/json` reads `ID` as `id`) must not carry another upstream's names. */
import { expect, it } from 'vitest';
import { startUpstream } from '../support/upstream.ts';
import { keysIn, type Message, post, postText, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const LINK = '{"type":"resource_link","name":"n","uri":"x://a"';

it.each([
  '{"jsonrpc":"2.0","id":1,"Id":2,"result":{"content":[]}}',
  '{"jsonrpc":"2.0","id":1,"\u0130d":2,"result":{"content":[]}}',
  '{"jsonrpc":"2.0","id":1,"result":{"content":[]},"Result":{}}',
  '{"jsonrpc":"2.0","id":1,"re\u017fult":{},"result":{"content":[]}}',
  '{"Method":"notifications/progress","jsonrpc":"2.0","id":1,"result":{"content":[]}}',
  `{"jsonrpc":"2.0","id":1,"result":{"content":[${LINK},"URI":"two+x://b"}]}}`,
  `{"jsonrpc":"2.0","id":1,"result":{"content":[],"Content":[${LINK}}]}}`,
  '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"resource","resource":{"uri":"x://a","Uri":"two+x://b","text":""}}]}}',
  '{"jsonrpc":"2.0","id":1,"result":{"content":[],"requestState":"a","RequestState":"b"}}',
  '{"jsonrpc":"2.0","id":1,"result":{"task":{"taskId":"a","TaskID":"b"}}}',
])('a reply with one is refused: %s', async (body) => {
  await using one = await startUpstream((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  });
  await using two = await scripted({});
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { text } = await postText(several.proxy.url, 'tools/call', { name: 'one___a' });
  expect((JSON.parse(text) as Message).error?.message).toContain('that readers take for different ones');
});

it('a list leaves them out', async () => {
  const tools = [
    { ...tool('a'), Name: 'two___b', InputSchema: {}, other: 1, Other: 2 },
    { ...tool('c'), annotations: { readOnlyHint: false, ReadOnlyHint: true } },
  ];
  await using one = await scripted({ 'tools/list': { tools, Tools: [tool('two___b')], NextCursor: 'x', x: 1 } });
  await using two = await scripted({ 'tools/list': { tools: [tool('b')] } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/list');
  expect(message.result).toEqual({
    tools: [
      { ...tool('one___a'), other: 1, Other: 2 },
      { ...tool('one___c'), annotations: { readOnlyHint: false } },
      tool('two___b'),
    ],
    x: 1,
  });
});

it.each(['RequestState', 'Cursor', 'INPUTRESPONSES', 'Task'])('a call with %s is refused', async (key) => {
  await using one = await scripted({ 'tools/call': { content: [] } });
  await using two = await scripted({});
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/call', { name: 'one___a', [key]: 'x' });
  expect(message.error?.message).toContain('differs from a known one only in case');
  expect(one.received).toEqual([]);
});

it('what only looks like one elsewhere is passed on', async () => {
  const result = { content: [{ type: 'text', text: '"Id"' }], structuredContent: { ID: 1, Result: 2, Uri: 'x' } };
  await using one = await scripted({ 'tools/call': result });
  await using two = await scripted({ 'tools/list': { tools: [] } });
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { message } = await post(several.proxy.url, 'tools/call', { name: 'one___a' });
  expect(message.result).toEqual(result);
  expect(keysIn(message, 'content', 'text')).toEqual(['"Id"']);
});
