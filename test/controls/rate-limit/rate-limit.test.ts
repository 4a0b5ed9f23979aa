/** The control through the whole proxy, and its options. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixed, header } from '../../../proxy/caller.ts';
import { auditOnly } from '../../../proxy/control.ts';
import { audit } from '../../../proxy/controls/audit.ts';
import { MemoryStore } from '../../../proxy/controls/rate-limit/memory.ts';
import { Plan } from '../../../proxy/controls/rate-limit/plan.ts';
import { Full, type Place } from '../../../proxy/controls/rate-limit/store.ts';
import { rateLimit } from '../../../proxy/controls/rate-limit.ts';
import { callOf, toolCall } from '../../dispatch/fake.ts';
import { callTool, responseOf, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { connect } from '../../support/raw.ts';
import { idOf, openEvents, startUpstream } from '../../support/upstream.ts';
import { bytesOf, modern, send } from '../../upstream/messages.ts';
import { startDynamo, TABLE_ARN } from './dynamo.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const caller = fixed({ sub: 'alice', iss: 'https://issuer.example' });
const HOUR = 3_600;
const limits = [{ most: 2, seconds: HOUR }];

describe.each(ways)('%s', (_name, way) => {
  test('a call within its limit passes, and the one beyond it is told when to come back', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await startFront(upstream, { controls: [audit(), rateLimit({ limits })], caller });
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    const refused = await callTool(front, way);
    expect(refused.status).toBe(429);
    const { retryAfterMs } = responseOf(refused).error!.data as { readonly retryAfterMs: number };
    expect(responseOf(refused)).toMatchObject({ error: { code: -31429, data: { reason: 'throttled' } } });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(HOUR * 1000);
    expect(refused.header('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)));
    const record = await lines.find(({ code }) => code === 'throttled');
    expect(record['decisions']).toContainEqual({ control: 'rate-limit', full: '2 in 3600 s of the caller', retryAfterMs });
  });

  test('a table permits and refuses as memory does', async () => {
    await using dynamo = await startDynamo();
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const controls = [rateLimit({ limits, concurrency: { perCaller: 5 }, store: { table: 'RATE_LIMITS', timeLimitMs: 5_000 } })];
    const environment = { RATE_LIMITS: TABLE_ARN };
    await using one = await startFront(upstream, { controls, caller, environment });
    await using other = await startFront(upstream, { controls, caller, environment });
    expect((await callTool(one, way)).status).toBe(200);
    expect((await callTool(other, way)).status).toBe(200);
    expect((await callTool(one, way)).status).toBe(429);
    expect((await callTool(other, way)).status).toBe(429);
    await vi.waitFor(async () => expect((await dynamo.items())[0]?.['places']).toEqual({ M: {} }));
    dynamo.trouble.status = 500;
    expect((await callTool(other, way)).status).toBe(429);
  });

  test('a place is held until the last byte of the reply, and given back whatever becomes of the call', async () => {
    let finish: (() => void) | undefined;
    const answer = withSessions((request, response) => {
      if (request.text.includes('"break"')) return void response.destroy();
      if (!request.text.includes('"hold"')) return way.result('{}')(request, response);
      openEvents(response);
      finish = () => response.end(`data: {"jsonrpc":"2.0","id":${idOf(request)},"result":{}}\n\n`);
    });
    await using upstream = await startUpstream(answer);
    await using front = await startFront(upstream, { controls: [rateLimit({ concurrency: { perCaller: 1 } })], caller });
    const call = (name: string) => send(front, way.call('tools/call', { name, arguments: {} }));
    await call('x'); // the session, where there is one
    const held = call('hold');
    await vi.waitFor(() => expect(finish).toBeDefined());
    expect((await call('x')).status).toBe(429);
    finish?.();
    expect((await held).status).toBe(200);
    await vi.waitFor(async () => expect((await call('x')).status).toBe(200));
    await call('break').catch(() => undefined);
    expect((await call('x')).status).toBe(200);
  });
});

test('a place is given back when the client goes away', async () => {
  const upstream = await startUpstream((_request, response) => openEvents(response));
  await using _ = upstream;
  await using front = await startFront(upstream, { controls: [rateLimit({ concurrency: { perCaller: 1 } })], caller });
  for (let i = 0; i < 3; i++) {
    const client = await connect(front.port);
    client.send(bytesOf(modern('tools/call', { name: 'x', arguments: {} })));
    const arrived = await upstream.arrival(i);
    client.destroy();
    await arrived.gone;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(upstream.received).toHaveLength(3);
});

test('callers have limits of their own; those of all they share', async () => {
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  await using front = await startFront(upstream, { controls: [rateLimit({ limits: [...limits, { most: 3, seconds: HOUR, of: 'upstream' }] })], caller: header('X-Caller') });
  const call = async (who: string) => (await send(front, modern('tools/call', { name: 'x', arguments: {} }), [`X-Caller: ${who}`])).status;
  expect([await call('ann'), await call('ann'), await call('ann'), await call('bob'), await call('bob')]).toEqual([200, 200, 429, 200, 429]);
});

test('what begins, ends and cancels costs nothing unless the config says so', async () => {
  const rpc = (method: string, id: number | undefined = 1) => callOf({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params: {} });
  const plan = new Plan({ limits, costs: { methods: { 'tools/list': 0, 'resources/read': 5 }, tools: { 'a*': 2, 'ab*': 3, abc: 4 } } });
  const free = [rpc('initialize'), rpc('server/discover'), rpc('tasks/cancel'), rpc('resources/unsubscribe'), rpc('tools/list'), callOf({ jsonrpc: '2.0', method: 'notifications/initialized' }), callOf({ jsonrpc: '2.0', id: 1, result: {} })];
  expect(free.map((call) => plan.chargeOf(call).cost)).toEqual(free.map(() => 0));
  expect(['resources/list', 'tasks/get', 'completion/complete', 'no/such'].map((method) => plan.chargeOf(rpc(method)).cost)).toEqual([1, 1, 1, 1]);
  expect(plan.chargeOf(rpc('resources/read')).cost).toBe(5);
  expect(['x', 'a', 'ax', 'abx', 'abc', 'abcd'].map((name) => plan.chargeOf(toolCall({}, name)).cost)).toEqual([1, 2, 2, 3, 4, 3]);
});

test('where it only watches, everything passes, what would be refused is noted, and nothing is used up of what others enforce', async () => {
  await using dynamo = await startDynamo();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  const control = rateLimit({ limits, store: { table: 'RATE_LIMITS', timeLimitMs: 5_000 } });
  const environment = { RATE_LIMITS: TABLE_ARN };
  await using watching = await startFront(upstream, { controls: [audit(), auditOnly(control)], caller, environment });
  await using enforcing = await startFront(upstream, { controls: [control], caller, environment });
  for (let i = 0; i < 3; i++) expect((await callTool(watching, ways[0]![1])).status).toBe(200);
  expect(lines.all.filter(({ decisions }) => JSON.stringify(decisions).includes('"wouldDeny":"throttled"'))).toHaveLength(1);
  expect((await callTool(enforcing, ways[0]![1])).status).toBe(200);
  expect(new Set((await dynamo.items()).map(({ pk }) => pk?.S?.split('#')[0]))).toEqual(new Set(['rate-limit', 'rate-limit-watched']));
});

describe('memory', () => {
  test('warns where it limits nobody: when it is built, and behind the platform, once', async () => {
    const control = rateLimit({ limits });
    expect((await control.check()).warnings).toEqual([expect.stringContaining('limits nobody')]);
    expect((await rateLimit({ limits, store: { table: 'T' } }).check()).warnings).toEqual([]);
    await using upstream = await startUpstream(ways[0]![1].result('{}'));
    await using front = await startFront(upstream, { controls: [control], caller });
    const told = () => lines.all.filter(({ level, event }) => level === 'warn' && event === 'rate-limit').length;
    await send(front, modern('tools/list'));
    expect(told()).toBe(0);
    for (let i = 0; i < 2; i++) await send(front, modern('tools/list'), ['X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: session-of-the-platform-0123456789']);
    expect(told()).toBe(1);
  });

  test('is bounded: who is counted is not forgotten, who is new is refused', () => {
    const store = new MemoryStore({}, 3);
    const charge = new Plan({ limits: [{ most: 1, seconds: HOUR }] }).chargeOf(toolCall());
    for (const who of ['a', 'b', 'c']) expect(store.admit(who, 'u', charge)).toBeUndefined();
    expect(store.admit('d', 'u', charge)).toBeInstanceOf(Full);
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    expect(store.size).toBe(3);
    vi.useFakeTimers({ now: Date.now() + 2 * HOUR * 1000, toFake: ['Date'] });
    expect(store.admit('d', 'u', charge)).toBeUndefined();
    vi.useRealTimers();
  });

  test('opens no window twice when its clock is set back, and gives a place back once', () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    const store = new MemoryStore({ perCaller: 1 });
    const charge = new Plan({ limits: [{ most: 1, seconds: HOUR }] }).chargeOf(toolCall());
    const place = store.admit('a', 'u', charge) as Place;
    vi.setSystemTime(Date.now() - 3 * HOUR * 1000);
    place.release();
    place.release();
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    vi.setSystemTime(Date.now() + 5 * HOUR * 1000);
    expect(store.admit('a', 'u', charge)).not.toBeInstanceOf(Full);
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    vi.useRealTimers();
  });
});

test('options that cannot be meant are all told of at once', async () => {
  const faults = (options: unknown): string => {
    try {
      rateLimit(options as Parameters<typeof rateLimit>[0]);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(faults({})).toContain('expected limits, or a concurrency, got none');
  const all = faults({ limits: [{ most: 0, seconds: 0.5, of: 'tool' }, { most: 3, seconds: 1, tools: ['a*b'] }, { most: 3, seconds: 1, tool: 'x' }], costs: { tools: { x: 9, y: -1 }, methods: { 'no/such': 1 } }, concurrency: { perCaller: 1e6 }, store: { onFailure: 'allow' } });
  for (const part of ['limits[0].most', 'limits[0].seconds', 'limits[0].of', 'limits[1].tools', 'limits[2]: there is no "tool"', '"x" costs 9', 'costs.tools["y"]', '"no/such"', 'concurrency.perCaller', 'store.table', 'store.onFailure']) expect(all).toContain(part);
  expect(faults({ limits, store: { table: 'T' } })).toBe('');
  await expect(rateLimit({ limits, store: { table: 'T' } }).setup({ bindings: { T: 'limits' } })).rejects.toThrow('T: expected arn:aws:dynamodb');
});
