/**
 * The proxy itself answers calls to names that the upstream doesn't have, if a control asks for that; and how many
 * requests that costs.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { parsed } from './legacy-upstream.ts';
import { eras, send } from './messages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** Allows only names that exist upstream. The client says `my-…` for the upstream's `…`. */
const renaming = defineControl({
  name: 'renaming',
  setup: () => (call, next) => {
    call.exchange.channels.knownNamesOnly = true;
    const params = call.params ?? {};
    return next(
      typeof params['name'] === 'string' ? call.with({ ...params, name: params['name'].replace('my-', '') }) : call,
    );
  },
});

/** The listing is never cached. */
function start(names: { tools: string[]; prompts?: string[] }): Promise<Upstream> {
  return startUpstream((request, response) => {
    const { id, method } = parsed(request);
    if (method === 'prompts/list' && names.prompts === undefined)
      return respondJson(response, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    const entries = (list: readonly string[] = []) => list.map((name) => ({ name, inputSchema: { type: 'object' } }));
    respondJson(response, {
      jsonrpc: '2.0',
      id,
      result: { tools: entries(names.tools), prompts: entries(names.prompts), ttlMs: 0 },
    });
  });
}

const count = ({ received }: Upstream, method: string): number =>
  received.filter((request) => parsed(request)['method'] === method).length;

describe.each(eras)('in the %s era', (_era, message) => {
  it('an unknown name is reported as the client spelled it, and the call is not sent', async () => {
    await using upstream = await start({ tools: ['add'], prompts: ['ask'] });
    await using front = await startFront(upstream, { controls: [renaming] });
    expect((await send(front, message('tools/call', { name: 'my-add' }))).json()).toHaveProperty('result');
    expect((await send(front, message('prompts/get', { name: 'my-ask' }))).json()).toHaveProperty('result');
    expect((await send(front, message('tools/call', { name: 'my-ask' }))).json()).toMatchObject({
      error: { code: -32602, message: 'Unknown tool: my-ask' },
    });
    expect((await send(front, message('prompts/get', { name: 'my-add' }))).json()).toMatchObject({
      error: { code: -32602, message: 'Unknown prompt: my-add' },
    });
    expect([count(upstream, 'tools/call'), count(upstream, 'prompts/get')]).toEqual([1, 1]);
  });

  it('the list is fetched once, however short its lifetime, and unknown names cause at most one fetch in two seconds', async () => {
    const names = { tools: ['add'] };
    await using upstream = await start(names);
    await using front = await startFront(upstream, { controls: [renaming] });
    for (let i = 0; i < 5; i++) {
      await send(front, message('tools/call', { name: 'add' }));
      later(100_000);
    }
    expect(count(upstream, 'tools/list')).toBe(1);
    for (let i = 0; i < 20; i++) await send(front, message('tools/call', { name: `none-${i}` }));
    expect(count(upstream, 'tools/list')).toBeLessThanOrEqual(3);
    names.tools.push('late');
    later(2_001);
    expect((await send(front, message('tools/call', { name: 'late' }))).json()).toHaveProperty('result');
  });

  it('an upstream without prompts has no prompt of that name', async () => {
    await using upstream = await start({ tools: [] });
    await using front = await startFront(upstream, { controls: [renaming] });
    expect((await send(front, message('prompts/get', { name: 'ask' }))).json()).toMatchObject({
      error: { code: -32602, message: 'Unknown prompt: ask' },
    });
  });

  it("if the upstream's list cannot be fetched, no call is sent", async () => {
    await using upstream = await startUpstream((request, response) =>
      respondJson(response, { jsonrpc: '2.0', id: parsed(request)['id'], result: {} }),
    );
    await using front = await startFront(upstream, { controls: [renaming] });
    expect((await send(front, message('tools/call', { name: 'add' }))).json()).toMatchObject({
      error: { code: -32603, data: { reason: 'upstream-invalid' } },
    });
    expect(count(upstream, 'tools/call')).toBe(0);
  });
});
