import type http from 'node:http';
import { expect, it, vi } from 'vitest';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { event, respondJson } from '../support/upstream.ts';
import { LegacyClient, legacy, type LegacyStream, streaming } from './legacy.ts';
import { startSeveral } from './servers.ts';

const CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };

/** An upstream whose lists wait until the test answers them. Each names how many changes there were when it was asked for. */
async function changing() {
  const streams: http.ServerResponse[] = [];
  const waiting: (() => void)[] = [];
  let changes = 0;
  let most = 0;
  let isHeld = false;
  const upstream = await legacy('math', {
    handle: (response, asked, request) => {
      if (asked.method !== 'tools/list') return streaming(streams)(response, asked, request);
      const tools = [{ name: 'who', description: `after ${changes}`, inputSchema: { type: 'object' } }];
      const answer = () => respondJson(response, { jsonrpc: '2.0', id: asked.id, result: { tools } });
      if (!isHeld) answer();
      else most = Math.max(most, waiting.push(answer));
      return true;
    },
  });
  return {
    upstream,
    waiting,
    get most() {
      return most;
    },
    hold: () => (isHeld = true),
    /** Announces a change, and waits until the client saw it. */
    change: async (stream: LegacyStream) => {
      changes++;
      for (const each of streams) each.write(event({ ...CHANGED, params: { _meta: { change: changes } } }));
      // Not `vi.waitFor`, which moves a clock that stands still.
      while (!stream.text.includes(`"change":${changes}}`)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

const listed = (text: string): number => Number(/after (\d+)/.exec(text)?.[1]);
const asksForLists = ({ received }: { readonly received: readonly { readonly text: string }[] }): number =>
  received.filter(({ text }) => text.includes('tools/list')).length;

const BARE: Partial<ProxyConfig> = { upstreams: { math: { prefix: false }, crm: { prefix: false } } };

it('asks for no third list while two are under way, however often an upstream says that it changed', async () => {
  const math = await changing();
  await using crm = await legacy('crm');
  await using several = await startSeveral({ math: math.upstream.url, crm: crm.url });
  const client = await LegacyClient.open(several.proxy.url);
  using stream = await client.get();
  await vi.waitFor(() => expect(stream.status).toBe(200));
  math.hold();
  const asked: Promise<{ text: string }>[] = [];
  for (let i = 1; i <= 8; i++) {
    await math.change(stream);
    asked.push(client.post({ id: i, method: 'tools/list' }));
    await vi.waitFor(() => expect(asksForLists(math.upstream)).toBeGreaterThanOrEqual(Math.min(i, 2)));
  }
  const replies = Promise.all(asked);
  let isDone = false;
  void replies.finally(() => (isDone = true));
  while (!isDone) {
    math.waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const seen = (await replies).map(({ text }) => listed(text));
  expect(math.most).toBe(2);
  // Each has what was announced before it was asked for.
  for (const [i, changes] of seen.entries()) expect(changes).toBeGreaterThan(i);
  await math.upstream[Symbol.asyncDispose]();
});

it('asks no more than once a second for lists by which calls of others are placed', async () => {
  const math = await changing();
  await using crm = await legacy('crm', {
    handle: (response, { id, method }) => {
      if (method !== 'tools/list') return false;
      const tools = [{ name: 'pay', inputSchema: { type: 'object' } }];
      respondJson(response, { jsonrpc: '2.0', id, result: { tools } });
      return true;
    },
  });
  await using several = await startSeveral({ math: math.upstream.url, crm: crm.url }, BARE);
  const client = await LegacyClient.open(several.proxy.url);
  using stream = await client.get();
  using _ = clock();
  await client.post({ id: 1, method: 'tools/list' });
  const before = asksForLists(math.upstream);
  for (let i = 2; i < 12; i++) {
    await math.change(stream);
    expect((await client.call('pay', i)).text).toContain('ok of crm');
  }
  expect(asksForLists(math.upstream) - before).toBe(0);
  vi.setSystemTime(Date.now() + 2_000);
  expect((await client.call('pay', 12)).text).toContain('ok of crm');
  expect(asksForLists(math.upstream) - before).toBe(1);
  await math.upstream[Symbol.asyncDispose]();
});

/** Time stands still but for what the test sets. */
function clock(): Disposable {
  vi.useFakeTimers({ toFake: ['Date'] });
  return { [Symbol.dispose]: () => vi.useRealTimers() };
}
