import { expect, it } from 'vitest';
import { respondJson, type Upstream } from '../support/upstream.ts';
import { legacy, LegacyClient } from './legacy.ts';
import { startSeveral } from './servers.ts';

function task(taskId: string) {
  const at = '2026-01-01T00:00:00Z';
  return { taskId, status: 'working', ttl: null, createdAt: at, lastUpdatedAt: at };
}

interface Page {
  readonly tasks: readonly { readonly taskId: string }[];
  readonly nextCursor?: string;
}

/** An upstream whose list of tasks has pages, and which says which task it was asked for. */
function listing(name: string, pages: readonly Page[], asked: string[]): Promise<Upstream> {
  return legacy(name, {
    handle: (response, { id, method }, { text }) => {
      if (method?.startsWith('tasks/') !== true) return false;
      const { params = {} } = JSON.parse(text) as { params?: { cursor?: string; taskId?: string } };
      const { taskId } = params;
      if (taskId !== undefined) asked.push(taskId);
      const result = taskId === undefined ? pages[Number(params.cursor ?? 0)] : { taskId, status: 'working' };
      respondJson(response, { jsonrpc: '2.0', id, result });
      return true;
    },
  });
}

async function pageOf(client: LegacyClient, cursor?: string): Promise<Page> {
  const { text } = await client.post({ id: 1, method: 'tasks/list', params: cursor === undefined ? {} : { cursor } });
  return (JSON.parse(text) as { result: Page }).result;
}

it('lists the tasks of all upstreams page by page, each under an id that leads back', async () => {
  const asked: string[] = [];
  await using one = await listing('one', [{ tasks: [task('1-a')], nextCursor: '1' }, { tasks: [task('1-b')] }], asked);
  await using none = await legacy('none', {
    handle: (response, { id, method }) => {
      if (method !== 'tasks/list') return false;
      respondJson(response, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
      return true;
    },
  });
  await using two = await listing('two', [{ tasks: [task('2-a')] }], asked);
  await using several = await startSeveral({ one: one.url, none: none.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  const first = await pageOf(client);
  const second = await pageOf(client, first.nextCursor);
  expect([first.tasks.length, second.tasks.length, second.nextCursor]).toEqual([2, 1, undefined]);
  for (const { taskId } of [...first.tasks, ...second.tasks])
    await client.post({ id: 2, method: 'tasks/get', params: { taskId } });
  expect(asked).toEqual(['1-a', '2-a', '1-b']);
});

it('asks all upstreams for their tasks at the same time', async () => {
  const waiting: (() => void)[] = [];
  const listed = (name: string): Promise<Upstream> =>
    legacy(name, {
      handle: (response, { id, method }) => {
        if (method !== 'tasks/list') return false;
        waiting.push(() => respondJson(response, { jsonrpc: '2.0', id, result: { tasks: [task(name)] } }));
        if (waiting.length === 2) for (const answer of waiting) answer();
        return true;
      },
    });
  await using one = await listed('one');
  await using two = await listed('two');
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  expect((await pageOf(client)).tasks).toHaveLength(2);
});

it('takes no cursor of tasks that it did not give', async () => {
  await using one = await listing('one', [{ tasks: [] }], []);
  await using two = await listing('two', [{ tasks: [] }], []);
  await using several = await startSeveral({ one: one.url, two: two.url });
  const client = await LegacyClient.open(several.proxy.url);
  const { text } = await client.post({ id: 1, method: 'tasks/list', params: { cursor: '0' } });
  expect(text).toContain('expected a cursor that this proxy gave');
});
