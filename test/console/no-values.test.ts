/** With --no-values, no value of a call is in anything that the console answers. */
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../console/record/records.ts';
import { shapes } from '../../console/record/shape.ts';
import { defineProxy, header } from '../../proxy/index.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { post, startWatched, type Watched } from './consoles.ts';

/** Wherever a client or an upstream can put one. */
const VALUE = 'Quetzalcoatl';
/** As part of a number and of an address. */
const NUMBER = 804_719_553;
const NAME = `${VALUE}@example.com`;

/** Its lists, errors, progress and event streams have values in every place that is no name of a tool. */
function upstream() {
  return startUpstream((request, response) => {
    const { id, method, params } = JSON.parse(request.text) as {
      readonly id: number;
      readonly method: string;
      readonly params?: { readonly name?: string; readonly _meta?: { readonly progressToken?: string } };
    };
    const cached = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    const result = (value: object): void =>
      respondJson(response, { jsonrpc: '2.0', id, result: { ...cached, ...value } });
    switch (method) {
      case 'server/discover':
        return result({
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {}, resources: {}, prompts: {} },
          serverInfo: { name: 'up', version: '1' },
        });
      case 'tools/list':
        return result({ tools: [{ name: 'look_up', inputSchema: { type: 'object' } }] });
      case 'resources/list':
        return result({ resources: [{ uri: `crm://${NAME}`, name: VALUE, description: VALUE }] });
      case 'tools/call': {
        if (params?.name === 'fail')
          return respondJson(response, {
            jsonrpc: '2.0',
            id,
            error: { code: NUMBER, message: VALUE, data: { type: VALUE } },
          });
        const progress = { progressToken: params?._meta?.progressToken ?? 0, progress: 1, message: VALUE };
        const data = {
          content: [{ type: 'text', text: VALUE, _meta: { type: VALUE } }],
          structuredContent: { [NAME]: NUMBER, code: NUMBER, ill: true },
        };
        response.writeHead(200, { 'content-type': `text/event-stream; charset=${VALUE}` });
        response.end(
          [
            `: ${VALUE}`,
            `id: ${VALUE}`,
            `event: ${VALUE}`,
            `${VALUE}: ${VALUE}`,
            `data:  {"jsonrpc":"2.0","method":"notifications/progress","params":${JSON.stringify(progress)}}`,
            '',
            `data: {"jsonrpc":"2.0","id":${id},`,
            `data: "result":${JSON.stringify({ ...cached, ...data })}}`,
            '',
            '',
          ].join('\n'),
        );
        return undefined;
      }
      default:
        return respondJson(response, { jsonrpc: '2.0', id, error: { code: -32_601, message: VALUE } });
    }
  });
}

async function act(watched: Watched, path: string, body: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${watched.key}`, 'content-type': 'application/json' };
  return (await fetch(`${watched.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).text();
}

/** What the page is told as calls pass. */
async function live(watched: Watched, during: () => Promise<unknown>): Promise<string> {
  const ended = new AbortController();
  const response = await fetch(`${watched.origin}/api/live`, {
    headers: { authorization: `Bearer ${watched.key}` },
    signal: ended.signal,
  });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
  })().catch(() => {});
  await during();
  await expect.poll(() => text).toContain('"outcome"');
  ended.abort();
  await reading;
  return text;
}

describe('with --no-values', () => {
  it('no value of a call is in anything that the console answers', async () => {
    await using up = await upstream();
    const config = defineProxy({ controls: [], caller: header('x-user') });
    await using watched = await startWatched(config, up.url, {
      showsValues: false,
      callers: { ann: { sub: NAME, groups: [VALUE] } },
    });
    const headers = { 'x-user': NAME };
    const sent = {
      type: VALUE,
      method: VALUE,
      code: NUMBER,
      isError: true,
      [NAME]: 1,
      [VALUE.repeat(6)]: [VALUE, NUMBER, null],
    };
    const told = await live(watched, async () => {
      for (const name of ['look_up', 'fail', `${VALUE} ${VALUE}`])
        await (await post(watched.url, 'tools/call', { name, arguments: sent, [NAME]: VALUE }, headers)).text();
      for (const method of ['resources/read', `about/${VALUE}`])
        await (await post(watched.url, method, { uri: `crm://${NAME}` }, headers)).text();
      // Refused before any control.
      await (await post(watched.url, `about/${VALUE}`, {})).text();
    });
    const tried = await act(watched, '/api/try', { caller: { name: 'ann' }, tool: 'look_up', arguments: sent });
    const failed = await act(watched, '/api/try', { caller: { name: 'ann' }, tool: 'fail', arguments: sent });
    const lists = [
      await act(watched, '/api/catalogue', { caller: { name: 'ann' } }),
      await act(watched, '/api/matrix', {}),
      await act(watched, '/api/drift', {}),
    ];
    const calls = await watched.get<Summary[]>('/api/calls');
    const details = await Promise.all(calls.map(({ id }) => watched.get<object>(`/api/call?id=${id}`)));
    const rest = [await watched.get('/api/charts'), await watched.get('/api/about')];
    expect(calls.length).toBeGreaterThan(6);
    expect(tried).toContain('"type":"result"');
    expect(failed).toContain('"type":"error"');
    const all = JSON.stringify([told, tried, failed, lists, calls, details, rest]);
    expect(all).not.toContain(VALUE);
    expect(all).not.toContain(String(NUMBER));
    expect(all).toContain('look_up');
  });

  it('what the envelope says stays, and nothing else by the same name', () => {
    const show = shapes();
    const text = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      result: {
        resultType: 'complete',
        isError: false,
        content: [{ type: 'text', text: 'abc' }],
        structuredContent: { type: 'text' },
      },
    });
    const shown = show(text);
    expect(shown).toContain('{"jsonrpc":"2.0","id":"‹number · ');
    expect(shown).toContain(
      '"result":{"resultType":"complete","isError":false,"content":[{"type":"text","text":"‹text 3 · ',
    );
    expect(shown).toContain('"structuredContent":{"type":"‹text 4 · ');
    expect(show('{"a":true}')).not.toBe(show('{"a":false}'));
    expect(show('{"method":"tools/call"}')).toBe('{"method":"tools/call"}');
    expect(show('not JSON')).toBe('‹8 characters that are not JSON›');
  });
});
