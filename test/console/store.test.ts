import { describe, expect, it } from 'vitest';
import { Recording } from '../../console/record/recording.ts';
import { values } from '../../console/record/shape.ts';
import { Store } from '../../console/record/store.ts';
import { Copy } from '../../console/record/tap.ts';
import { Call } from '../../proxy/call/call.ts';
import { type Caller, callerOf, NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { readMessage } from '../../proxy/call/message.ts';

const VIEW = { name: 'default', tools: async () => [], tool: async () => undefined };

interface Given {
  readonly name?: string;
  readonly method?: string;
  readonly caller?: Caller;
}

function ended(
  store: Store,
  bytes: number,
  { name = 'add', method = 'tools/call', caller = NOBODY }: Given = {},
): Recording {
  const message = readMessage(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { name, arguments: { text: 'x'.repeat(bytes) } } }),
    50,
  );
  const call = new Call('request', method, message, VIEW, new Exchange(caller, 'modern', NO_HEADERS, 10));
  const setting = { controls: [], shown: values, showsValues: true };
  const recording = new Recording(store.nextId(), call, new Copy(), { setting, run: undefined, isOneOfSeveral: false });
  store.add(recording);
  recording.finished('ok');
  store.weigh(recording);
  return recording;
}

describe('the calls that the console remembers', () => {
  it('are at most as many as its bound, the newest', () => {
    const store = new Store({ calls: 100, bytes: 1e9 });
    for (let i = 0; i < 350; i++) ended(store, 10);
    expect(store.size).toBe(100);
    expect(
      store
        .newest()
        .map(({ id }) => id)
        .at(0),
    ).toBe(251);
    expect(store.newest(2).map(({ id }) => id)).toEqual([349, 350]);
    expect(store.newest(1_000)).toHaveLength(100);
  });

  it('lose their texts, the oldest first, before they take more memory than its bound', () => {
    const store = new Store({ calls: 1_000, bytes: 1024 * 1024 });
    const calls = Array.from({ length: 300 }, () => ended(store, 10_000));
    expect(store.size).toBe(300);
    expect(store.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(calls[0]?.detail.dropped).toBe(true);
    expect(calls[0]?.detail.request).toBeUndefined();
    expect(calls[0]?.summary).toMatchObject({ name: 'add', outcome: 'ok' });
    expect(calls.at(-1)?.detail.dropped).toBe(false);
    const whole = calls.findIndex(({ detail }) => !detail.dropped);
    expect(calls.slice(whole).every(({ detail }) => !detail.dropped)).toBe(true);
  });

  it('count what they weigh once, however often they are weighed', () => {
    const store = new Store({ calls: 10, bytes: 1e9 });
    const call = ended(store, 10_000);
    const { bytes } = store;
    for (let i = 0; i < 5; i++) store.weigh(call);
    expect(store.bytes).toBe(bytes);
    for (let i = 0; i < 40; i++) ended(store, 10_000);
    expect(store.bytes).toBe(bytes * 10);
  });

  it.each<readonly [string, Given]>([
    ['name', { name: 'n'.repeat(1_000_000) }],
    ['method', { method: 'm'.repeat(1_000_000) }],
    ['caller', { caller: callerOf({ sub: 's'.repeat(1_000_000) }) }],
  ])('keep only the beginning of a long %s once their texts are gone', (_, given) => {
    const store = new Store({ calls: 10, bytes: 1_000 });
    const call = ended(store, 10, given);
    expect(JSON.stringify(call.detail).length).toBeLessThan(2_000);
    expect(call.detail).toMatchObject({ dropped: true, claims: {} });
    expect(store.bytes).toBeLessThan(2_000);
  });
});
