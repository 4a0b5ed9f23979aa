/**
 * The DynamoDB store without a proxy: what it writes, when it permits, and what it does if the table doesn't answer.
 */
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MemoryStore } from '../../../proxy/controls/rate-limit/memory.ts';
import type { RateLimitOptions, TableStore as TableOptions } from '../../../proxy/controls/rate-limit/options.ts';
import { type Charge, Plan } from '../../../proxy/controls/rate-limit/plan.ts';
import { type Admission, Full, type Slot } from '../../../proxy/controls/rate-limit/store.ts';
import { TableClient, type Written } from '../../../proxy/controls/rate-limit/table-client.ts';
import { idOf, parseTable, TableStore, type TableStoreOptions } from '../../../proxy/controls/rate-limit/table.ts';
import { toolCall } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';
import { type Dynamo, startDynamo, TABLE_ARN } from './dynamo.ts';

let dynamo: Dynamo;
const lines = new Lines();
beforeEach(async () => {
  lines.start();
  dynamo = await startDynamo();
});
afterEach(async () => {
  vi.useRealTimers();
  lines.stop();
  await dynamo[Symbol.asyncDispose]();
});

const DAY = 86_400;

interface Instance {
  readonly call: (caller?: string, tool?: string) => Promise<Admission>;
}

/** An instance like a separate process: it knows nothing of the others. */
function instance(
  options: RateLimitOptions,
  store: Partial<TableOptions> = {},
  otherwise?: MemoryStore,
  connect: TableStoreOptions['connect'] = (region) => Promise.resolve(new TableClient(region)),
): Instance {
  const plan = new Plan(options, idOf);
  const table = parseTable(TABLE_ARN);
  if (table === undefined) throw new Error('no table');
  const counted = new TableStore({
    table,
    options: { table: 'RATE_LIMITS', timeLimitMs: 60_000, ...store },
    concurrency: options.concurrency ?? {},
    longestMs: plan.longestMs,
    prefix: 'rate-limit',
    otherwise,
    connect,
  });
  return {
    call(caller = 'alice', tool = 'x') {
      const charge: Charge = plan.chargeOf(toolCall({}, tool));
      return Promise.resolve(counted.admit(caller, 'default', charge));
    },
  };
}

/** A table that answers as a test says; at first it accepts every write. */
function faked(
  options: RateLimitOptions,
  store: Partial<TableOptions>,
): {
  readonly one: Instance;
  readonly table: { answers: (update: UpdateItemCommandInput) => Promise<Written>; writes: number };
} {
  const taken = ({ ExpressionAttributeValues: values = {} }: UpdateItemCommandInput): Promise<Written> =>
    Promise.resolve({
      done: true,
      item: Object.fromEntries(Object.entries(values).map(([name, value]) => [name.slice(1), value])),
    });
  const table = { answers: taken, writes: 0 };
  const write = (update: UpdateItemCommandInput): Promise<Written> => {
    table.writes++;
    return table.answers(update);
  };
  return { table, one: instance(options, store, undefined, () => Promise.resolve({ write })) };
}

async function permitted(calls: readonly Promise<Admission>[]): Promise<number> {
  return (await Promise.all(calls)).filter((admission) => !(admission instanceof Full)).length;
}

const times = (count: number, act: (i: number) => Promise<Admission>): Promise<Admission>[] =>
  Array.from({ length: count }, (_, i) => act(i));

describe('a limit per caller', () => {
  test('permits exactly its units on any number of instances, and says when to retry', async () => {
    const options = { limits: [{ most: 7, seconds: DAY }] };
    const instances = [instance(options), instance(options), instance(options)];
    expect(await permitted(times(30, (i) => instances[i % 3]!.call()))).toBe(7);
    const refused = await instance(options).call();
    expect(refused).toBeInstanceOf(Full);
    expect((refused as Full).retryAfterMs).toBeGreaterThan(0);
    expect((refused as Full).retryAfterMs).toBeLessThanOrEqual(DAY * 1000);
    expect(await instances[0]!.call('bob')).toBeUndefined();
  });

  test('costs one write per call, two for the first one, and none once it is known to be used up', async () => {
    const one = instance({
      limits: [
        { most: 3, seconds: DAY },
        { most: 100, seconds: DAY, tools: ['x'] },
      ],
    });
    const used: number[] = [];
    for (let i = 0; i < 5; i++) {
      const before = dynamo.writes();
      await one.call();
      used.push(dynamo.writes() - before);
    }
    expect(used).toEqual([2, 1, 1, 0, 0]);
  });

  test('permits exactly its units to concurrent calls on an item that does not exist yet', async () => {
    const one = instance({ limits: [{ most: 6, seconds: DAY }] });
    expect(await permitted(times(20, () => one.call()))).toBe(6);
  });

  test('costs a second write after a new window started, for an instance that did not know it', async () => {
    const options = { limits: [{ most: 100, seconds: 1 }] };
    const [one, other] = [instance(options), instance(options)];
    await one.call();
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    let before = dynamo.writes();
    await one.call();
    expect(dynamo.writes() - before).toBe(1); // starts the new window in the same write
    before = dynamo.writes();
    await other.call();
    expect(dynamo.writes() - before).toBeLessThanOrEqual(2);
  });

  test('permits again in the next window', async () => {
    const one = instance({ limits: [{ most: 2, seconds: 1 }] });
    const refused = [];
    for (let i = 0; i < 6; i++) refused.push(await one.call());
    const wait = refused.find((admission) => admission instanceof Full);
    expect(wait).toBeInstanceOf(Full);
    await new Promise((resolve) => setTimeout(resolve, (wait as Full).retryAfterMs + 20));
    expect(await one.call()).toBeUndefined();
  });

  test("counts a tool's cost, and each entry of tools separately", async () => {
    const one = instance({
      limits: [
        { most: 10, seconds: DAY },
        { most: 3, seconds: DAY, tools: ['mail_*', 'x'] },
      ],
      costs: { tools: { 'big_*': 4, big_free: 0 } },
    });
    expect(await permitted(times(4, () => one.call('alice', 'big_query')))).toBe(2);
    expect(await permitted(times(5, () => one.call('alice', 'big_free')))).toBe(5);
    expect(await permitted(times(5, () => one.call('alice', 'x')))).toBe(2);
    expect(await permitted(times(4, () => one.call('bob', 'mail_send')))).toBe(3);
    expect(await permitted(times(4, () => one.call('bob', 'x')))).toBe(3);
  });

  test('writes nothing of the caller into the table, and an expiry time with each item', async () => {
    await instance({ limits: [{ most: 2, seconds: 60 }], concurrency: { perCaller: 2 } }).call(
      '["https://issuer.example","sub","alice@example.com"]',
    );
    const items = await dynamo.items();
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toMatch(/alice|example|issuer/);
    const expiresAt = Number(items[0]!['expiresAt']?.N);
    expect(expiresAt).toBeGreaterThan(Date.now() / 1000 + 60);
    expect(expiresAt).toBeLessThan(Date.now() / 1000 + 2 * 3_600);
  });

  test('holds with different clocks: a slow one counts in the window that a fast one started', async () => {
    const options = { limits: [{ most: 5, seconds: 60 }] };
    const [fast, slow] = [instance(options), instance(options)];
    const now = Date.now();
    const at = async (time: number, calls: readonly (() => Promise<Admission>)[]): Promise<number> => {
      vi.useFakeTimers({ now: time, toFake: ['Date'] });
      let count = 0;
      for (const call of calls) if (!((await call()) instanceof Full)) count++;
      return count;
    };
    // A whole window ahead: the slow clock can't start that window again.
    expect(await at(now + 60_000, [fast.call, fast.call, fast.call])).toBe(3);
    expect(await at(now, [slow.call, slow.call, slow.call, slow.call])).toBe(2);
    expect(await at(now + 60_000, [fast.call])).toBe(0);
  });
});

describe('a limit across callers', () => {
  test('is never exceeded in a window, and taken in blocks', async () => {
    const options = { limits: [{ most: 100, seconds: DAY, of: 'upstream' as const }] };
    const instances = Array.from({ length: 4 }, () => instance(options, { block: 10 }));
    expect(await permitted(times(300, (i) => instances[i % 4]!.call(`caller ${i}`)))).toBeLessThanOrEqual(100);
    const alone = await permitted(times(100, () => instances[0]!.call()));
    expect(alone).toBeLessThanOrEqual(10);
    expect(dynamo.writes()).toBeLessThan(100);
  });

  test('can be used up to the last unit by one instance', async () => {
    const one = instance({ limits: [{ most: 57, seconds: DAY, of: 'upstream' }] }, { block: 10 });
    let count = 0;
    for (let i = 0; i < 70; i++) if (!((await one.call()) instanceof Full)) count++;
    expect(count).toBe(57);
    expect(dynamo.writes()).toBeLessThan(25);
  });

  test('is exceeded by at most a block per instance if clocks differ', async () => {
    const options = { limits: [{ most: 60, seconds: 60, of: 'upstream' as const }] };
    const block = 8;
    const slow = Array.from({ length: 3 }, () => instance(options, { block }));
    const fast = instance(options, { block });
    const now = Date.now();
    const count = async (time: number, one: Instance, calls: number): Promise<number> => {
      vi.useFakeTimers({ now: time, toFake: ['Date'] });
      let passed = 0;
      for (let i = 0; i < calls; i++) if (!((await one.call()) instanceof Full)) passed++;
      return passed;
    };
    // Each instance has used some units, and has some left.
    let before = 0;
    for (const one of slow) before += await count(now, one, 9);
    expect(before).toBe(27);
    // A fast clock starts the next window and uses it up; the slow ones may only use the units that they had left.
    expect(await count(now + 60_000, fast, 100)).toBe(60);
    let late = 0;
    for (const one of slow) late += await count(now, one, 100);
    expect(late).toBeLessThanOrEqual(slow.length * block);
    expect(late).toBeGreaterThan(0);
  });

  test('gets back the units of a call that its own limit refused', async () => {
    const options = {
      limits: [
        { most: 10, seconds: DAY, of: 'upstream' as const },
        { most: 3, seconds: DAY },
      ],
    };
    const one = instance(options);
    expect(await permitted(times(20, () => one.call('alice')))).toBe(3);
    expect(await permitted(times(3, () => one.call('bob')))).toBe(3);
    expect(await permitted(times(3, () => one.call('carol')))).toBe(3);
    expect(await permitted(times(3, () => one.call('dave')))).toBe(1);
  });
});

describe('concurrent calls', () => {
  const options = { concurrency: { perCaller: 2 } };

  test('are limited across all instances; a released slot is free', async () => {
    const [one, other] = [instance(options), instance(options)];
    const slots = [await one.call(), await other.call()] as Slot[];
    expect(await one.call()).toBeInstanceOf(Full);
    expect(await other.call()).toBeInstanceOf(Full);
    expect(await other.call('bob')).not.toBeInstanceOf(Full);
    slots[0]!.release();
    await vi.waitFor(async () => expect(await other.call()).not.toBeInstanceOf(Full));
    expect(await one.call()).toBeInstanceOf(Full);
  });

  test('cost one write before the call and one after it', async () => {
    const one = instance(options);
    ((await one.call()) as Slot).release();
    await vi.waitFor(() => expect(dynamo.writes()).toBe(3)); // the first call also makes the item
    ((await one.call()) as Slot).release();
    await vi.waitFor(() => expect(dynamo.writes()).toBe(5));
  });

  test('free the slot of a process that ended after its lease, but not a renewed one', async () => {
    const short = { concurrency: { perCaller: 1, leaseSeconds: 60 } };
    const [gone, other] = [instance(short), instance(short)];
    const now = Date.now();
    vi.useFakeTimers({ now, toFake: ['Date'] });
    expect(await gone.call()).not.toBeInstanceOf(Full);
    vi.setSystemTime(now + 64_000);
    expect(await other.call()).toBeInstanceOf(Full);
    vi.setSystemTime(now + 66_000);
    expect(await other.call()).not.toBeInstanceOf(Full);
  });

  test('renew their slot while they run', async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'setInterval', 'clearInterval'] });
    const short = { concurrency: { perCaller: 1, leaseSeconds: 60 } };
    const [one, other] = [instance(short), instance(short)];
    const slot = (await one.call()) as Slot;
    for (let minute = 0; minute < 3; minute++) {
      const before = dynamo.writes();
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(dynamo.writes()).toBe(before + 3));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await other.call()).toBeInstanceOf(Full);
    slot.release();
    const released = dynamo.writes();
    vi.advanceTimersByTime(120_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await vi.waitFor(() => expect(dynamo.writes()).toBe(released + 1));
    expect(await other.call()).not.toBeInstanceOf(Full);
  });

  test('are also counted for all callers together', async () => {
    const one = instance({ concurrency: { perUpstream: 2, perCaller: 1 } });
    const slot = (await one.call('a')) as Slot;
    expect(await one.call('a')).toBeInstanceOf(Full);
    await vi.waitFor(async () => expect(await one.call('b')).not.toBeInstanceOf(Full));
    expect(await one.call('c')).toBeInstanceOf(Full);
    slot.release();
    await vi.waitFor(async () => expect(await one.call('c')).not.toBeInstanceOf(Full));
  });
});

describe('a table', () => {
  const options = { limits: [{ most: 3, seconds: DAY }] };

  test('that is slow denies after the time limit, and permits again when it answers', async () => {
    const one = instance({ limits: [{ most: 1_000_000, seconds: DAY }] }, { timeLimitMs: 300 });
    await vi.waitFor(async () => expect(await one.call()).toBeUndefined());
    // It would answer, and the call would be permitted.
    dynamo.trouble.delayMs = 1_000;
    expect(await one.call()).toBeInstanceOf(Full);
    dynamo.trouble.delayMs = 0;
    await vi.waitFor(async () => expect(await one.call()).toBeUndefined());
    expect(lines.all).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'rate-limit',
        message: expect.stringContaining('calls are denied'),
      }),
    );
    expect(lines.text).not.toContain('alice');
  });

  const all = { limits: [{ most: 1_000, seconds: DAY, of: 'upstream' as const }] };
  /** The results of calls after this many milliseconds of the test's own clock; all calls must have ended. */
  const after = async (ms: number, calls: readonly Promise<Admission>[]): Promise<readonly Admission[]> => {
    const ended: Admission[] = [];
    for (const call of calls) void call.then((admission) => ended.push(admission));
    await vi.advanceTimersByTimeAsync(ms);
    expect(ended).toHaveLength(calls.length);
    return ended;
  };
  const ownClock = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

  test('that hangs keeps no call longer than the time limit, however many wait for one write of a limit across callers', async () => {
    ownClock();
    const { one, table } = faked(all, { timeLimitMs: 200 });
    await one.call();
    table.answers = () => new Promise(() => {});
    const admissions = await after(
      200,
      times(32, (i) => one.call(`caller ${i}`)),
    );
    expect(admissions.every((admission) => admission instanceof Full)).toBe(true);
    // They shared the one write, and its failure.
    expect(table.writes).toBeLessThanOrEqual(3);
  });

  test('that is slow keeps no call longer than the time limit, however many writes it needs', async () => {
    const slowly = async (done: boolean): Promise<Written> => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      return { done, item: {} };
    };
    ownClock();
    const busy = faked({ limits: [{ most: 10, seconds: DAY }], concurrency: { perCaller: 2 } }, { timeLimitMs: 200 });
    await busy.one.call();
    busy.table.answers = () => slowly(false);
    await after(200, [busy.one.call('bob')]);
    const many = faked(
      {
        limits: [...all.limits, { most: 100, seconds: 60, of: 'upstream' }, { most: 5, seconds: 60 }],
        concurrency: { perUpstream: 9 },
      },
      { timeLimitMs: 200 },
    );
    await many.one.call();
    many.table.answers = () => slowly(true);
    await vi.advanceTimersByTimeAsync(10);
    const admissions = await after(
      200,
      times(8, (i) => many.one.call(`caller ${i}`)),
    );
    expect(admissions.every((admission) => admission instanceof Full)).toBe(true);
  });

  test('that answers slowly serves all calls that still wait', async () => {
    ownClock();
    const { one, table } = faked(all, { timeLimitMs: 300 });
    await one.call();
    const answer = table.answers;
    table.answers = async (update) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return answer(update);
    };
    const admissions = await after(
      299,
      times(5, (i) => one.call(`caller ${i}`)),
    );
    expect(admissions).toEqual(admissions.map(() => undefined));
  });

  test('that fails denies, and from the fourth call on without waiting', async () => {
    const one = instance(options);
    dynamo.trouble.status = 500;
    for (let i = 0; i < 3; i++) expect(await one.call()).toBeInstanceOf(Full);
    const before = dynamo.writes();
    expect(await one.call()).toBeInstanceOf(Full);
    expect(dynamo.writes()).toBe(before);
  });

  test("that fails is replaced by this process's memory with onFailure: count-here", async () => {
    const one = instance(options, {}, new MemoryStore());
    dynamo.trouble.status = 500;
    expect(await permitted(times(5, () => one.call()))).toBe(3);
    expect(await permitted(times(5, () => one.call('bob')))).toBe(3);
  });
});

describe('a cost above a whole window', () => {
  test('is never permitted, even by the write that starts the window', async () => {
    for (const of of ['caller', 'upstream'] as const) {
      const one = instance({
        limits: [{ most: 2, seconds: DAY, of, tools: ['x'] }],
        costs: { methods: { 'tools/call': 5 } },
      });
      for (let i = 0; i < 3; i++) expect(await one.call()).toBeInstanceOf(Full);
    }
    expect(dynamo.writes()).toBe(0);
  });
});
