/** What the log says while one of several upstreams does not work: one line for each change, however many clients connect. */
import { expect, it, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import type { Answer } from '../support/upstream.ts';
import { respondJson } from '../support/upstream.ts';
import { legacy, LegacyClient } from './legacy.ts';
import { post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

const DISCOVERED = { supportedVersions: ['2026-07-28'], capabilities: {}, serverInfo: { name: 'x', version: '1' } };
const MODERN = { 'server/discover': DISCOVERED, 'tools/list': { tools: [tool('a')], ttlMs: 0 } };

/** Collects the lines about upstreams, without those of single refusals. */
function lines() {
  const said: Readonly<Record<string, unknown>>[] = [];
  const note = (_: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (typeof fields['event'] === 'string' && fields['event'] !== 'refused') said.push(fields);
  };
  const spies = [vi.spyOn(log, 'warn').mockImplementation(note), vi.spyOn(log, 'info').mockImplementation(note)];
  return { said, [Symbol.dispose]: () => spies.forEach((spy) => spy.mockRestore()) };
}

it('has one line when an upstream stops working, and one when it works again, for any number of clients', async () => {
  using logged = lines();
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    await using one = await legacy('one');
    await using two = await legacy('two');
    const { answer } = two;
    two.answer = (_, response) => void response.destroy();
    await using several = await startSeveral({ one: one.url, two: two.url });
    for (let i = 0; i < 4; i++) {
      const client = await LegacyClient.open(several.proxy.url);
      await client.post({ method: 'notifications/initialized' });
      await client.post({ id: 1, method: 'tools/list' });
      await client.post({ id: 2, method: 'prompts/list' });
      using stream = await client.get();
      expect(stream.status).toBeGreaterThan(0);
    }
    two.answer = answer;
    vi.setSystemTime(Date.now() + 1_000);
    await LegacyClient.open(several.proxy.url);
  } finally {
    vi.useRealTimers();
  }
  expect(logged.said.map(({ event, upstream }) => [event, upstream])).toEqual([
    ['upstream-down', 'two'],
    ['circuit-open', 'two'],
    ['circuit-closed', 'two'],
  ]);
  expect(logged.said[0]).toMatchObject({
    code: 'upstream-unreachable',
    why: expect.stringMatching(/: the upstream two can't be reached: ECONNRESET/) as string,
  });
});

it('counts the failures of one that works again before its circuit opens', async () => {
  using logged = lines();
  await using one = await scripted(MODERN);
  await using two = await scripted(MODERN);
  const { answer } = two;
  two.answer = (_, response) => void response.destroy();
  await using several = await startSeveral({ one: one.url, two: two.url });
  for (let i = 0; i < 3; i++) await post(several.proxy.url, 'server/discover');
  two.answer = answer;
  await post(several.proxy.url, 'server/discover');
  expect(logged.said).toMatchObject([
    { event: 'upstream-down', upstream: 'two' },
    { event: 'upstream-up', upstream: 'two', furtherFailures: 2 },
  ]);
});

it.each<[string, Answer, string]>([
  [
    'speaks only the other era',
    (_, response) =>
      respondJson(response, { jsonrpc: '2.0', error: { code: -32000, message: 'no' }, id: null }, { status: 400 }),
    'the upstream two answered server/discover with the error -32000 (HTTP 400): expected a result',
  ],
  [
    'is at another path',
    (_, response) => void response.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>'),
    'the upstream two answered HTTP 404 without a JSON-RPC response: check its address',
  ],
  [
    'does not take the method',
    (_, response) => void response.writeHead(405).end(),
    'the upstream two answered HTTP 405 without a JSON-RPC response: check its address',
  ],
])('has one line for each list that lacks an upstream which %s, with the status of HTTP', async (_, answer, why) => {
  using logged = lines();
  await using one = await scripted(MODERN);
  await using two = await scripted(MODERN);
  const works = two.answer;
  two.answer = answer;
  await using several = await startSeveral({ one: one.url, two: two.url });
  for (let i = 0; i < 3; i++) {
    await post(several.proxy.url, 'server/discover');
    await post(several.proxy.url, 'tools/list');
  }
  expect(logged.said).toMatchObject([
    { event: 'upstream-missing', upstream: 'two', era: 'modern', why },
    { event: 'upstream-missing', upstream: 'two', list: 'tools/list' },
  ]);
  two.answer = works;
  await post(several.proxy.url, 'tools/list');
  expect(logged.said.slice(2)).toEqual([
    { event: 'upstream-up', upstream: 'two', part: 'tools/list', era: 'modern', furtherFailures: 2 },
  ]);
});
