/** What a client takes back, or answers, at one upstream of several. */
import type http from 'node:http';
import { expect, it, vi } from 'vitest';
import { startUpstream } from '../support/upstream.ts';
import { legacy, LegacyClient, type Asked } from './legacy.ts';
import { post, postText, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

/** Calls that their upstream leaves unanswered until the test answers. */
function hanging(into: { response: http.ServerResponse; asked: Asked }[]) {
  return (response: http.ServerResponse, asked: Asked): boolean => {
    if (asked.method !== 'tools/call') return false;
    into.push({ response, asked });
    return true;
  };
}

const textsOf = ({ received }: { readonly received: readonly { readonly text: string }[] }, part: string): string[] =>
  received.map(({ text }) => text).filter((text) => text.includes(part));

it('a cancellation, and an answer, is heard by the upstream that it concerns alone', async () => {
  const open: { response: http.ServerResponse; asked: Asked }[] = [];
  await using math = await legacy('math', { handle: hanging(open) });
  await using crm = await legacy('crm', { handle: hanging(open) });
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  const client = await LegacyClient.open(several.proxy.url);
  const other = await LegacyClient.open(several.proxy.url);
  const calls = [client.call('math___who', 7), client.call('crm___who', 8), other.call('crm___who', 7)];
  await vi.waitFor(() => expect(open).toHaveLength(3));
  await client.post({ method: 'notifications/cancelled', params: { requestId: 7 } });
  await client.post({ method: 'notifications/progress', params: { progressToken: 'crm:5', progress: 1 } });
  for (const id of ['crm:5', 'crm:"5"', 'CRM:5', 'none:5', 'crm:', 'math:crm:5'])
    await client.post({ id, result: { action: 'accept' } });
  await vi.waitFor(() => {
    expect(textsOf(math, 'cancelled')).toHaveLength(1);
    expect(textsOf(crm, '"action"')).toHaveLength(2);
  });
  expect([textsOf(crm, 'cancelled'), textsOf(math, '"action"'), textsOf(math, 'progress')]).toEqual([[], [], []]);
  expect(textsOf(crm, '"action"').map((text) => (JSON.parse(text) as { id: unknown }).id)).toEqual([5, '5']);
  for (const { response, asked } of open)
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: { content: [] } }));
  await Promise.all(calls);
});

it('a client that goes away ends its call at that upstream alone, since 2026-07-28', async () => {
  const open: http.ServerResponse[] = [];
  const closed: string[] = [];
  const hangs = (name: string) =>
    startUpstream((request, response) => {
      const { id, method } = JSON.parse(request.text) as { id: number; method: string };
      if (method === 'tools/list')
        return void response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [tool('wait')] } }));
      open.push(response);
      response.on('close', () => closed.push(name));
    });
  await using math = await hangs('math');
  await using crm = await hangs('crm');
  await using several = await startSeveral({ math: math.url, crm: crm.url });
  const ask = (name: string, signal: AbortSignal): Promise<unknown> =>
    postText(several.proxy.url, 'tools/call', { name, arguments: {} }, {}, signal).catch(() => {});
  const [one, two] = [new AbortController(), new AbortController()];
  const calls = [ask('math___wait', one.signal), ask('crm___wait', two.signal)];
  await vi.waitFor(() => expect(open).toHaveLength(2));
  one.abort();
  await vi.waitFor(() => expect(closed).toEqual(['math']));
  two.abort();
  await vi.waitFor(() => expect(closed).toEqual(['math', 'crm']));
  await Promise.all(calls);
});

it('gives no upstream a request state on behalf of another tool or method of another upstream', async () => {
  const asking = { resultType: 'input_required', requestState: 'secret of one', inputRequests: {} };
  await using one = await scripted(({ method }) => (method === 'tools/list' ? { tools: [tool('a')] } : asking));
  await using two = await scripted(({ method }) =>
    method === 'tools/list' ? { tools: [tool('b')] } : { content: [] },
  );
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { url } = several.proxy;
  const { message } = await post(url, 'tools/call', { name: 'one___a', arguments: {} });
  const requestState = String(message.result?.['requestState']);
  expect(requestState).not.toContain('secret');
  for (const [method, params] of [
    ['tools/call', { name: 'two___b' }],
    ['prompts/get', { name: 'two___p' }],
    ['resources/read', { uri: 'two+a://1' }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'two___p' }, argument: { name: 'a', value: '' } }],
    ['acme/do', {}],
    ['tools/list', {}],
  ] as const) {
    const { error } = (await post(url, method, { ...params, requestState })).message;
    if (method !== 'tools/list' && method !== 'acme/do') expect(error?.message).toContain('that this proxy gave');
  }
  expect(textsOf(two, 'secret of one')).toEqual([]);
  expect(textsOf(two, requestState)).toEqual([]);
});
