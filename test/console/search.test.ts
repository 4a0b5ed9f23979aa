/** Searches for tools are calls of clients, too, though the proxy answers them outside all controls. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Detail, Summary } from '../../console/record/records.ts';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import { defineControl, defineProxy, Denied } from '../../proxy/index.ts';
import { startWatched, type Watched } from './consoles.ts';

let calculator: Listening;

beforeAll(async () => {
  calculator = await startCalculator();
});

afterAll(() => calculator.close());

const QUERY = { name: 'search_tools', arguments: { query: 'multiplication of two numbers' } };

async function searched(watched: Watched): Promise<{ summary: Summary | undefined; detail: Detail }> {
  const summary = (await watched.get<Summary[]>('/api/calls')).find(({ name }) => name === 'search_tools');
  return { summary, detail: await watched.get<Detail>(`/api/call?id=${summary?.id}`) };
}

it('a search is in the list of calls, beside the list that it asked for and the call of a found tool', async () => {
  await using watched = await startWatched(defineProxy({ controls: [], search: true }), calculator.url);
  const reply = await watched.call('tools/call', QUERY);
  await watched.call('tools/call', { name: 'call_tool', arguments: { name: 'multiply', arguments: { a: 2, b: 3 } } });
  const { summary, detail } = await searched(watched);
  expect(summary).toMatchObject({ kind: 'search', method: 'tools/call', outcome: 'ok', status: 200, tried: false });
  expect(summary?.ms).toBeGreaterThan(0);
  expect(detail.request?.text).toContain('multiplication of two numbers');
  expect(detail.reply?.body.text).toBe(reply);
  const calls = await watched.get<Summary[]>('/api/calls');
  expect(calls.map(({ method, name }) => name ?? method).toSorted()).toEqual([
    'multiply',
    'search_tools',
    'tools/list',
  ]);
});

it('a search whose list a control refuses has that refusal', async () => {
  const closed = defineControl({
    name: 'closed',
    setup: () => ({
      otherwise: 'pass',
      'tools/list': () => {
        throw new Denied('no lists today');
      },
    }),
  });
  await using watched = await startWatched(defineProxy({ controls: [closed], search: true }), calculator.url);
  await watched.call('tools/call', QUERY);
  const { summary, detail } = await searched(watched);
  expect(summary).toMatchObject({ kind: 'search', outcome: 'rpc-error', status: 200 });
  expect(detail.reply?.body.text).toContain('no lists today');
});

it('without values, what was searched and found is a shape', async () => {
  const config = defineProxy({ controls: [], search: true });
  await using watched = await startWatched(config, calculator.url, { showsValues: false });
  await watched.call('tools/call', QUERY);
  const { detail } = await searched(watched);
  expect(detail.outcome).toBe('ok');
  expect(JSON.stringify(detail)).not.toMatch(/multipl/i);
});
