/** The control through the whole proxy, and its options. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallKind } from '../../../proxy/call/call.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { header } from '../../../proxy/callers/header.ts';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { neverPermitted } from '../../../proxy/controls/rate-limit/costs.ts';
import { rateLimit } from '../../../proxy/controls/rate-limit/index.ts';
import { MemoryStore } from '../../../proxy/controls/rate-limit/memory.ts';
import { Plan } from '../../../proxy/controls/rate-limit/plan.ts';
import { Full, type Slot } from '../../../proxy/controls/rate-limit/store.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { callOf, toolCall } from '../../dispatch/fake.ts';
import { callTool, responseOf, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { connect, type RawReply } from '../../support/raw.ts';
import { idOf, openEvents, startUpstream } from '../../support/upstream.ts';
import { bytesOf, modern, send } from '../../upstream/messages.ts';
import { startDynamo, TABLE_ARN } from './dynamo.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const caller = fixed({ sub: 'alice', iss: 'https://issuer.example' });
const HOUR = 3_600;
const limits = [{ most: 2, seconds: HOUR }];

const isThrottled = (reply: RawReply): boolean => responseOf(reply).error?.data?.['reason'] === 'throttled';

describe.each(ways)('%s', (_name, way) => {
  test('passes a call within its limit, and refuses the next one with the time to wait', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await startFront(upstream, { controls: [audit(), rateLimit({ limits })], caller });
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    const refused = await callTool(front, way);
    expect(refused.status).toBe(way.era === 'modern' ? 429 : 200);
    const { retryAfterMs } = responseOf(refused).error!.data as { readonly retryAfterMs: number };
    expect(responseOf(refused)).toMatchObject({ error: { code: -31429, data: { reason: 'throttled' } } });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(HOUR * 1000);
    expect(refused.header('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)));
    const record = await lines.find(({ code }) => code === 'throttled');
    expect(record['decisions']).toContainEqual({
      control: 'rate-limit',
      full: '2 in 3600 s of the caller',
      retryAfterMs,
    });
  });

  test('permits and refuses with a table as with memory', async () => {
    await using dynamo = await startDynamo();
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const controls = [
      rateLimit({ limits, concurrency: { perCaller: 5 }, store: { table: 'RATE_LIMITS', timeLimitMs: 5_000 } }),
    ];
    const environment = { RATE_LIMITS: TABLE_ARN };
    await using one = await startFront(upstream, { controls, caller, environment });
    await using other = await startFront(upstream, { controls, caller, environment });
    expect(isThrottled(await callTool(one, way))).toBe(false);
    expect(isThrottled(await callTool(other, way))).toBe(false);
    expect(isThrottled(await callTool(one, way))).toBe(true);
    expect(isThrottled(await callTool(other, way))).toBe(true);
    await vi.waitFor(async () => expect((await dynamo.items())[0]?.['places']).toEqual({ M: {} }));
    dynamo.trouble.status = 500;
    expect(isThrottled(await callTool(other, way))).toBe(true);
  });

  test('holds a slot until the last byte of the reply, and releases it however the call ends', async () => {
    let finish: (() => void) | undefined;
    const answer = withSessions((request, response) => {
      if (request.text.includes('"break"')) return void response.destroy();
      if (!request.text.includes('"hold"')) return way.result('{}')(request, response);
      openEvents(response);
      finish = () => response.end(`data: {"jsonrpc":"2.0","id":${idOf(request)},"result":{}}\n\n`);
    });
    await using upstream = await startUpstream(answer);
    await using front = await startFront(upstream, {
      controls: [rateLimit({ concurrency: { perCaller: 1 } })],
      caller,
    });
    const call = (name: string) => send(front, way.call('tools/call', { name, arguments: {} }));
    await call('x'); // opens the session, in the legacy era
    const held = call('hold');
    await vi.waitFor(() => expect(finish).toBeDefined());
    expect(isThrottled(await call('x'))).toBe(true);
    finish?.();
    expect(responseOf(await held)).toHaveProperty('result');
    await vi.waitFor(async () => expect(responseOf(await call('x'))).toHaveProperty('result'));
    await call('break').catch(() => undefined);
    expect(responseOf(await call('x'))).toHaveProperty('result');
  });
});

test('releases a slot when the client disconnects', async () => {
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

test("counts each caller's limits separately, and limits across callers together", async () => {
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  await using front = await startFront(upstream, {
    controls: [rateLimit({ limits: [...limits, { most: 3, seconds: HOUR, of: 'upstream' }] })],
    caller: header('X-Caller'),
  });
  const call = async (who: string) =>
    (await send(front, modern('tools/call', { name: 'x', arguments: {} }), [`X-Caller: ${who}`])).status;
  expect([await call('ann'), await call('ann'), await call('ann'), await call('bob'), await call('bob')]).toEqual([
    200, 200, 429, 200, 429,
  ]);
});

test('charges nothing for methods that start, end or cancel, unless the config says so', async () => {
  const rpc = (method: string, id: number | undefined = 1) =>
    callOf({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params: {} });
  const plan = new Plan({
    limits,
    costs: {
      methods: { 'tools/list': 0, 'resources/read': 5 },
      tools: { 'a*': 2, 'ab*': 3, abc: 4, '*_x': 6, 'z*_x*': 7 },
    },
  });
  const free = [
    rpc('initialize'),
    rpc('server/discover'),
    rpc('tasks/cancel'),
    rpc('resources/unsubscribe'),
    rpc('tools/list'),
    callOf({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    callOf({ jsonrpc: '2.0', id: 1, result: {} }),
  ];
  expect(free.map((call) => plan.chargeOf(call).cost)).toEqual(free.map(() => 0));
  expect(
    ['resources/list', 'tasks/get', 'completion/complete', 'no/such'].map((method) => plan.chargeOf(rpc(method)).cost),
  ).toEqual([1, 1, 1, 1]);
  expect(plan.chargeOf(rpc('resources/read')).cost).toBe(5);
  expect(['x', 'a', 'ax', 'abx', 'abc', 'abcd'].map((name) => plan.chargeOf(toolCall({}, name)).cost)).toEqual([
    1, 2, 2, 3, 4, 3,
  ]);
  expect(['a_x', 'b_x', 'z1_x', 'z_x_y', 'abc_x'].map((name) => plan.chargeOf(toolCall({}, name)).cost)).toEqual([
    6, 6, 7, 7, 3,
  ]);
});

describe('the charge', () => {
  const said = {
    limits: [
      { most: 9, seconds: HOUR },
      { most: 9, seconds: HOUR, tools: ['a*'] },
    ],
    costs: { methods: { 'resources/read': 5, 'notifications/progress': 3, GET: 2 }, tools: { a: 4 } },
  };

  test('does not depend on earlier messages of another kind with the same method or name', () => {
    const method = fc.constantFrom(
      'tools/call',
      'tools/list',
      'resources/read',
      'initialize',
      'notifications/progress',
      'notifications/initialized',
      'GET',
      'DELETE',
      'response',
      'elicitation/create',
      'a',
      'ab',
      '__proto__',
    );
    const message = fc.record({
      kind: fc.constantFrom<CallKind>('request', 'notification', 'response', 'stream', 'end'),
      method,
      name: fc.option(method, { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 2, maxLength: 8 }), (messages) => {
        const plan = new Plan(said);
        for (const { kind, method, name } of messages) {
          const call = { kind, method, name };
          expect(plan.chargeOf(call)).toEqual(new Plan(said).chargeOf(call));
        }
      }),
    );
  });

  test("is the same with and without an id, except for the protocol's notifications", () => {
    const plan = new Plan(said);
    const without = (method: string, params: object = {}) => plan.chargeOf(callOf({ jsonrpc: '2.0', method, params }));
    expect([
      without('tools/call', { name: 'a' }).cost,
      without('tools/call', { name: 'x' }).cost,
      without('tools/list').cost,
      without('resources/read', { uri: 'x:1' }).cost,
      without('no/such').cost,
    ]).toEqual([4, 1, 1, 5, 1]);
    expect(without('tools/call', { name: 'ab' })).toEqual(plan.chargeOf(toolCall({}, 'ab')));
    expect([
      without('notifications/progress').cost,
      without('notifications/initialized').cost,
      without('initialize').cost,
    ]).toEqual([3, 0, 0]);
  });

  test('of an answer is the cost of the method that it answers', () => {
    const plan = new Plan({ limits, costs: { methods: { 'elicitation/create': 2 } } });
    const answer = (method: string) => plan.chargeOf({ kind: 'response', method, name: undefined }).cost;
    expect([answer('elicitation/create'), answer('roots/list'), answer('tools/call')]).toEqual([2, 0, 0]);
  });

  test("can't be avoided in the whole proxy by a message without an id", async () => {
    await using upstream = await startUpstream((request, response) =>
      request.text.includes('"id"') ? ways[0]![1].result('{}')(request, response) : void response.writeHead(202).end(),
    );
    await using front = await startFront(upstream, {
      controls: [rateLimit({ limits: [{ most: 3, seconds: HOUR }] })],
      caller,
    });
    const post = (body: object) =>
      send(front, { body: JSON.stringify({ jsonrpc: '2.0', ...body }), headers: ['MCP-Protocol-Version: 2025-11-25'] });
    expect((await post({ method: 'resources/read', params: { uri: 'x://1' } })).status).toBe(202);
    const throttled = [];
    for (let id = 1; id <= 4; id++)
      throttled.push(isThrottled(await post({ id, method: 'resources/read', params: { uri: 'x://1' } })));
    expect(throttled).toEqual([false, false, true, true]);
    expect((await post({ method: 'tools/call', params: { name: 'x', arguments: {} } })).status).toBe(429);
    expect((await post({ method: 'notifications/initialized' })).status).toBe(202);
  });

  test('of a message without an id holds a slot until the upstream has accepted it', async () => {
    await using upstream = await startUpstream((_request, response) => void response.writeHead(202).end());
    await using front = await startFront(upstream, {
      controls: [rateLimit({ concurrency: { perCaller: 1 } })],
      caller,
    });
    for (let i = 0; i < 3; i++)
      expect(
        (
          await send(front, {
            body: '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}',
            headers: ['MCP-Protocol-Version: 2025-11-25'],
          })
        ).status,
      ).toBe(202);
  });
});

test('in audit-only mode passes everything, notes what it would refuse, and uses up no enforced limit', async () => {
  await using dynamo = await startDynamo();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  const control = rateLimit({ limits, store: { table: 'RATE_LIMITS', timeLimitMs: 5_000 } });
  const environment = { RATE_LIMITS: TABLE_ARN };
  await using watching = await startFront(upstream, { controls: [audit(), auditOnly(control)], caller, environment });
  await using enforcing = await startFront(upstream, { controls: [control], caller, environment });
  for (let i = 0; i < 3; i++) expect((await callTool(watching, ways[0]![1])).status).toBe(200);
  expect(
    lines.all.filter(({ decisions }) => JSON.stringify(decisions).includes('"wouldDeny":"throttled"')),
  ).toHaveLength(1);
  expect((await callTool(enforcing, ways[0]![1])).status).toBe(200);
  expect(new Set((await dynamo.items()).map(({ pk }) => pk?.S?.split('#')[0]))).toEqual(
    new Set(['rate-limit', 'rate-limit-watched']),
  );
});

describe('memory', () => {
  test('warns that limits have no effect across sessions: when it is built, and once behind the platform', async () => {
    const control = rateLimit({ limits });
    expect((await control.check()).warnings).toEqual([expect.stringContaining('no effect across sessions')]);
    expect((await rateLimit({ limits, store: { table: 'T' } }).check()).warnings).toEqual([]);
    await using upstream = await startUpstream(ways[0]![1].result('{}'));
    await using front = await startFront(upstream, { controls: [control], caller });
    const warnings = () => lines.all.filter(({ level, event }) => level === 'warn' && event === 'rate-limit').length;
    await send(front, modern('tools/list'));
    expect(warnings()).toBe(0);
    for (let i = 0; i < 2; i++)
      await send(front, modern('tools/list'), [
        'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: session-of-the-platform-0123456789',
      ]);
    expect(warnings()).toBe(1);
  });

  test('is bounded: it keeps counted callers and refuses new ones', () => {
    const store = new MemoryStore({}, 3);
    const charge = new Plan({ limits: [{ most: 1, seconds: HOUR }] }).chargeOf(toolCall());
    for (const who of ['a', 'b', 'c']) expect(store.admit(who, 'u', charge)).toBeUndefined();
    expect(store.admit('d', 'u', charge)).toBeInstanceOf(Full);
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    expect(store.size).toBe(3);
    // A caller without its own limits takes no room.
    const shared = new Plan({ limits: [{ most: 1, seconds: HOUR, of: 'upstream' }] }).chargeOf(toolCall());
    const all = new MemoryStore({}, 3);
    expect(all.admit('a', 'u', shared)).toBeUndefined();
    for (const who of ['b', 'c', 'd', 'e'])
      expect(all.admit(who, 'u', shared)).toHaveProperty('limit', '1 in 3600 s of all');
    vi.useFakeTimers({ now: Date.now() + 2 * HOUR * 1000, toFake: ['Date'] });
    expect(store.admit('d', 'u', charge)).toBeUndefined();
    vi.useRealTimers();
  });

  test('has room for 10,000 callers with the longest keys', () => {
    const store = new MemoryStore();
    const charge = new Plan({ limits: [{ most: 1, seconds: HOUR }] }).chargeOf(toolCall());
    // The longest subject that is its own key; a longer one has a digest as its key.
    const { length } = callerOf({ sub: 'x'.repeat(200) }).key;
    const keyOf = (i: number): string => callerOf({ sub: String(i).padEnd(200 + 256 - length, 'x') }).key;
    expect(keyOf(0)).toHaveLength(256);
    expect(callerOf({ sub: 'x'.repeat(200 + 257 - length) }).key.length).toBeLessThan(256);
    for (let i = 0; i < 10_000; i++) expect(store.admit(keyOf(i), 'u', charge)).toBeUndefined();
    expect(store.admit(keyOf(10_000), 'u', charge)).toHaveProperty('limit', 'callers counted in this process');
  });

  test('starts no window twice if its clock is set back, and releases a slot only once', () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    const store = new MemoryStore({ perCaller: 1 });
    const charge = new Plan({ limits: [{ most: 1, seconds: HOUR }] }).chargeOf(toolCall());
    const slot = store.admit('a', 'u', charge) as Slot;
    vi.setSystemTime(Date.now() - 3 * HOUR * 1000);
    slot.release();
    slot.release();
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    vi.setSystemTime(Date.now() + 5 * HOUR * 1000);
    expect(store.admit('a', 'u', charge)).not.toBeInstanceOf(Full);
    expect(store.admit('a', 'u', charge)).toBeInstanceOf(Full);
    vi.useRealTimers();
  });
});

test('reports all invalid options at once', async () => {
  const faults = (options: unknown): string => {
    try {
      rateLimit(options as Parameters<typeof rateLimit>[0]);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(faults({})).toBe('rate-limit: options: expected limits or concurrency, got neither');
  expect(faults(undefined)).toBe('rate-limit: options: expected an object, got none');
  const all = faults({
    limits: [
      { most: 0, seconds: 0.5, of: 'tool' },
      { most: '1', seconds: 1, tools: ['', 7] },
      { most: 3, seconds: 1, tool: 'x' },
      null,
      { most: 1 },
    ],
    costs: { tools: { y: -1 }, methods: { 'no/such': 1 } },
    concurrency: { perCaller: 1e6 },
    store: { onFailure: 'allow' },
  });
  for (const part of [
    'limits[0].most: expected a whole number from 1 to 1000000000, got 0',
    'limits[0].seconds',
    "limits[0].of: expected 'caller' or 'upstream', got \"tool\"",
    'limits[1].most: expected a whole number from 1 to 1000000000, got "1"',
    'limits[1].tools: expected a tool\'s name, in which * stands for any characters, got ""',
    "limits[1].tools: expected a tool's name, in which * stands for any characters, got 7",
    'limits[2]: expected most, seconds, of, tools, got "tool"',
    'limits[3]: expected an object, got null',
    'limits[4].seconds: expected a whole number from 1 to 604800, got none',
    'costs.tools["y"]',
    'costs.methods: expected a method of MCP, got "no/such"',
    'concurrency.perCaller: expected a whole number from 1 to 200, got 1000000',
    "store.table: expected the name of the environment variable that holds the table's ARN, got none",
    'store.onFailure',
  ])
    expect(all).toContain(part);
  expect(faults({ limit: [] })).toContain('options: expected limits, concurrency, costs, store, got "limit"');
  expect(faults({ limits: {}, concurrency: 4, costs: [], store: 'disk' })).toMatch(
    /limits: expected a list, got an object.*concurrency: expected an object, got 4.*costs: expected an object, got a list.*store: expected 'memory' or \{ table: 'VARIABLE' \}, got "disk"/,
  );
  expect(faults({ limits, store: { table: 'T' } })).toBe('');
  await expect(rateLimit({ limits, store: { table: 'T' } }).setup({ bindings: { T: 'limits' } })).rejects.toThrow(
    'T: expected arn:aws:dynamodb',
  );
});

test.each([
  [
    { most: 3, seconds: 1, tools: ['a*b'] },
    { tools: { '*xb': 9 } },
    'expected at least 9, since "*xb" costs that much, got 3: such a call would never be permitted',
  ],
  [{ most: 3, seconds: 1, tools: ['a*b'] }, { tools: { '*x': 9, 'c*': 9 } }, ''],
  [
    { most: 3, seconds: 1, tools: ['x'] },
    { methods: { 'tools/call': 5 } },
    'expected at least 5, since tools/call costs that much, got 3',
  ],
  [{ most: 3, seconds: 1, tools: ['x'] }, { methods: { 'tools/call': 5 }, tools: { x: 2 } }, ''],
  [
    { most: 3, seconds: 1, tools: ['x*'] },
    { methods: { 'tools/call': 5 }, tools: { 'x1*': 2 } },
    'since tools/call costs that much',
  ],
  [{ most: 3, seconds: 1, tools: ['x*'] }, { methods: { 'tools/call': 5 }, tools: { '*': 2 } }, ''],
  [{ most: 3, seconds: 1 }, { methods: { 'tools/call': 5 }, tools: { '*': 2 } }, ''],
  [{ most: 3, seconds: 1 }, { methods: { 'tools/list': 5 } }, 'since tools/list costs that much'],
  [{ most: 3, seconds: 1, tools: ['report_day'] }, { tools: { 'report_*': 10, report_day: 1 } }, ''],
])('reports a cost that never fits into the window of %j, with costs %j: %s', (limit, costs, fault) => {
  const make = (): unknown => rateLimit({ limits: [limit], costs });
  if (fault === '') expect(make).not.toThrow();
  else expect(make).toThrow(fault);
});

test('finds for all patterns whether a cost may apply under a limit', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(pattern, pattern, (limited, priced) => {
      const plan = new Plan({ limits: [{ most: 1, seconds: 1, tools: [limited] }], costs: { tools: { [priced]: 2 } } });
      const charges = NAMES.map((name) => plan.chargeOf({ kind: 'request', method: 'tools/call', name }));
      expect(neverPermitted({ most: 1, seconds: 1, tools: [limited] }, { tools: { [priced]: 2 } }).length > 0).toBe(
        charges.some(({ cost, own }) => cost === 2 && own.length === 1),
      );
    }),
    { numRuns: 500 },
  );
});

/**
 * All names of up to six of two letters. If two patterns of four characters share any name, they share one of these.
 */
const NAMES = Array.from({ length: 6 }, (_, n) =>
  Array.from({ length: 2 ** (n + 1) }, (_name, i) =>
    i
      .toString(2)
      .padStart(n + 1, '0')
      .replaceAll('0', 'a')
      .replaceAll('1', 'b'),
  ),
).flat();
