/** What the console records of calls, and that nobody notices. */
import { describe, expect, it } from 'vitest';
import type { Charts } from '../../console/record/charts.ts';
import type { Detail, Summary } from '../../console/record/records.ts';
import { accessPolicy, allow } from '../../proxy/controls/index.ts';
import { Denied, defineControl, defineProxy, fixed } from '../../proxy/index.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { post, startWatched, type Watched } from './consoles.ts';

const stamps = defineControl({
  name: 'stamps',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': (call, next) =>
      next(call.with({ ...call.params, arguments: { ...call.params.arguments, stamp: 1 } })),
  }),
});

const shouts = defineControl({
  name: 'shouts',
  setup: () => async (call, next) =>
    (await next(call)).mapResult((result) => ('word' in result ? { ...result, word: 'LOUD' } : result)),
});

const forbids = defineControl({
  name: 'forbids',
  replies: 'ignores',
  setup: () => (call, next) => {
    if (call.name !== 'secret') return next(call);
    call.note({ control: 'forbids', policy: 'no secrets' });
    throw new Denied();
  },
});

const RESULT = { word: 'quiet', big: 'BIG' };

/** Answers with a number that a double does not hold. */
async function upstreamOf(type: 'json' | 'events') {
  return startUpstream((request, response) => {
    const { id } = JSON.parse(request.text) as { readonly id: number };
    const text = JSON.stringify({ jsonrpc: '2.0', id, result: RESULT }).replace('"BIG"', '12345678901234567890');
    if (type === 'json') respondJson(response, text);
    else {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        `event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}\n\nevent: message\ndata: ${text}\n\n`,
      );
    }
  });
}

async function lastOf(watched: Watched): Promise<Detail> {
  await expect.poll(async () => (await watched.get<Summary[]>('/api/calls')).at(-1)?.outcome).not.toBe('open');
  const id = (await watched.get<Summary[]>('/api/calls')).at(-1)?.id;
  return watched.get<Detail>(`/api/call?id=${id}`);
}

describe('a recorded call', () => {
  it.each([
    ['a text', 503, 'busy', 'http-error', 1],
    ['an empty reply', 500, '', 'http-error', 1],
    ['a text', 404, 'no such page', 'http-error', 0],
    ['an error', 500, '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"m"}}', 'rpc-error', 1],
  ])('with %s and status %i blames the upstream for its own faults', async (_what, status, text, outcome, failures) => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(status, { 'content-type': text.startsWith('{') ? 'application/json' : 'text/plain' });
      response.end(text);
    });
    await using watched = await startWatched(defineProxy({ controls: [] }), upstream.url);
    await watched.call('tools/call', { name: 'echo', arguments: {} });
    expect(await lastOf(watched)).toMatchObject({ outcome, status });
    const { failed, upstreams } = await watched.get<Charts>('/api/charts');
    expect(failed.at(-1)).toBe(1);
    expect(upstreams.failures[0]?.values.at(-1) ?? 0).toBe(failures);
  });

  it.each(['json', 'events'] as const)('shows what each control did to request and reply (%s)', async (type) => {
    await using upstream = await upstreamOf(type);
    await using watched = await startWatched(defineProxy({ controls: [shouts, stamps] }), upstream.url);
    const got = await watched.call('tools/call', { name: 'echo', arguments: { a: 1 } });
    const call = await lastOf(watched);
    expect(call).toMatchObject({ method: 'tools/call', name: 'echo', outcome: 'ok', status: 200, caller: 'anyone' });
    expect(call.changed).toEqual({ request: true, reply: true });
    expect(call.steps.map(({ control, decision }) => [control, decision])).toEqual([
      ['shouts', 'pass'],
      ['stamps', 'pass'],
    ]);
    expect(call.steps[0]?.passed).toBeUndefined();
    expect(call.request?.text).toContain('"arguments":{"a":1}');
    expect(call.steps[1]?.passed?.text).toContain('"arguments":{"a":1,"stamp":1}');
    expect(call.sent?.text).toBe(call.steps[1]?.passed?.text);
    expect(call.sent?.text).toBe(upstream.received.at(-1)?.text);
    expect(call.changes).toHaveLength(1);
    expect(call.changes[0]?.upstream.text).toContain('"word":"quiet","big":12345678901234567890');
    expect(call.changes[0]?.steps[0]?.control).toBe('shouts');
    expect(call.changes[0]?.steps[0]?.after?.text).toContain('"word":"LOUD","big":12345678901234567890');
    expect(call.reply?.body.text).toBe(got);
  });

  it.each(['json', 'events'] as const)(
    'goes to client and upstream with the same bytes as without the console (%s)',
    async (type) => {
      await using upstream = await upstreamOf(type);
      const config = defineProxy({ controls: [shouts, stamps] });
      await using watched = await startWatched(config, upstream.url);
      const bare = await startProxy(config, { UPSTREAM_URL: upstream.url, HOST: '127.0.0.1', PORT: '0' });
      try {
        for (const method of ['tools/call', 'tools/list', 'unheard/of']) {
          const params = method === 'tools/call' ? { name: 'echo', arguments: { a: 1 } } : {};
          const [one, other] = [await post(watched.url, method, params), await post(bare.url, method, params)];
          expect(await one.text()).toBe(await other.text());
          expect([...one.headers].filter(([name]) => name !== 'date')).toEqual(
            [...other.headers].filter(([name]) => name !== 'date'),
          );
          expect(one.status).toBe(other.status);
          const [sent, sentBare] = upstream.received
            .flatMap(({ text }) => (text.includes('"id":7') ? [text] : []))
            .slice(-2);
          expect(sent).toBe(sentBare);
          expect(sent).toContain(method);
        }
      } finally {
        await bare.close(0);
      }
    },
  );

  it('says which control refused it, by which rule, and that the upstream got nothing', async () => {
    await using upstream = await startUpstream();
    await using watched = await startWatched(defineProxy({ controls: [stamps, forbids, shouts] }), upstream.url);
    await watched.call('tools/call', { name: 'secret', arguments: {} });
    const call = await lastOf(watched);
    expect(call).toMatchObject({ outcome: 'denied', refusedBy: 'forbids', rule: 'no secrets' });
    expect(call.sent).toBeUndefined();
    expect(call.steps.map(({ decision }) => decision)).toEqual(['pass', 'denied', undefined]);
    expect(upstream.received).toHaveLength(0);
  });

  it('names the rule of an access policy', async () => {
    await using upstream = await startUpstream();
    const policy = accessPolicy({ policies: [allow({ tools: ['add'] })] });
    await using watched = await startWatched(
      defineProxy({ controls: [policy], caller: fixed({ sub: 'ann' }) }),
      upstream.url,
    );
    await watched.call('tools/call', { name: 'secret', arguments: {} });
    expect(await lastOf(watched)).toMatchObject({ outcome: 'unknown-name', refusedBy: 'access-policy' });
    await watched.call('tools/call', { name: 'add', arguments: {} });
    expect((await lastOf(watched)).steps[0]?.facts).toEqual([{ policy: 'policies[0].tools' }]);
  });

  it('shows a reply that a control refused, as the upstream sent it', async () => {
    await using upstream = await upstreamOf('json');
    const refuses = defineControl({
      name: 'refuses',
      setup: () => async (call, next) =>
        (await next(call)).mapResult(() => {
          throw new Denied('no such words');
        }),
    });
    await using watched = await startWatched(defineProxy({ controls: [refuses] }), upstream.url);
    const got = await watched.call('tools/list');
    const call = await lastOf(watched);
    expect(call).toMatchObject({ outcome: 'denied', refusedBy: 'refuses' });
    expect(call.changes[0]?.upstream.text).toContain('"word":"quiet"');
    expect(call.changes[0]?.steps).toEqual([{ control: 'refuses', refused: 'denied' }]);
    expect(call.reply?.body.text).toBe(got);
    expect(got).not.toContain('quiet');
  });

  it('of a proxy without controls is recorded as well', async () => {
    await using upstream = await startUpstream();
    await using watched = await startWatched(defineProxy({ controls: [] }), upstream.url);
    const got = await watched.call('tools/list');
    expect(await lastOf(watched)).toMatchObject({
      method: 'tools/list',
      outcome: 'ok',
      steps: [],
      reply: { body: { text: got } },
    });
  });

  it('holds no value with --no-values, and shows what changed all the same', async () => {
    await using upstream = await upstreamOf('events');
    await using watched = await startWatched(defineProxy({ controls: [shouts, stamps] }), upstream.url, {
      showsValues: false,
    });
    await watched.call('tools/call', { name: 'echo', arguments: { phone: '+49 30 1234567', nested: ['deep', 4711] } });
    const call = await lastOf(watched);
    const all = JSON.stringify([call, await watched.get<Summary[]>('/api/calls')]);
    for (const value of ['1234567', 'deep', '4711', 'quiet', 'LOUD', '12345678901234567890'])
      expect(all).not.toContain(value);
    expect(call.request?.text).toContain('"phone":"‹text 14 ·');
    expect(call.changes[0]?.upstream.text).not.toBe(call.changes[0]?.steps[0]?.after?.text);
  });
});
