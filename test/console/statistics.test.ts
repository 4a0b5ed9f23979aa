import { describe, expect, it } from 'vitest';
import { type Counted, Statistics, STEP_MS, STEPS } from '../../console/record/statistics.ts';

interface Given {
  readonly name?: string;
  readonly ms?: number;
  readonly outcome?: string;
  readonly status?: number;
  readonly refused?: string;
}

function call({ name = 'add', ms = 10, outcome = 'ok', status, refused }: Given): Counted {
  const times = [{ control: 'gate', ms: 2, refused }];
  const summary = {
    method: 'tools/call',
    name,
    outcome,
    status,
    ms,
    upstreamMs: 5,
    refusedBy: refused === undefined ? undefined : 'gate',
  };
  return { summary, hasDuration: true, upstream: 'crm', times: () => times };
}

describe('the charts', () => {
  it('show percentiles, calls, refusals by rule and failures of upstreams', () => {
    const statistics = new Statistics();
    for (let i = 1; i <= 100; i++) statistics.add(call({ ms: i }));
    statistics.add(call({ outcome: 'denied', refused: 'no secrets', ms: 1 }));
    statistics.add(call({ name: 'look_up', outcome: 'upstream-timeout', ms: 1 }));
    const { latency, byTool, refusals, controlMs, upstreams, refused, failed } = statistics.charts();
    // Each class is a fifth longer than the one before it.
    for (const [share, ms] of [
      ['p50', 49],
      ['p90', 88],
      ['p99', 98],
    ] as const) {
      expect(latency[share].at(-1)).toBeGreaterThanOrEqual(ms);
      expect(latency[share].at(-1)).toBeLessThanOrEqual(ms * 1.2 * 1.05);
    }
    expect(byTool.map(({ name, values }) => [name, values.at(-1)])).toEqual([
      ['add', 101],
      ['look_up', 1],
    ]);
    expect(refusals.map(({ name, values }) => [name, values.at(-1)])).toEqual([['gate: no secrets', 1]]);
    expect(controlMs[0]?.values.at(-1)).toBe(204);
    expect(upstreams.failures).toEqual([{ name: 'crm', values: expect.arrayContaining([1]) }]);
    expect([refused.at(-1), failed.at(-1)]).toEqual([1, 1]);
    expect(statistics.charts('look_up').latency.p50.at(-1)).toBeLessThan(1.3);
    expect(statistics.charts('nothing').latency.p50.at(-1)).toBeNull();
  });

  it.each([
    [{ outcome: 'http-error', status: 503 }, 1, 1],
    [{ outcome: 'rpc-error', status: 500 }, 1, 1],
    [{ outcome: 'tool-error', status: 502 }, 1, 1],
    [{ outcome: 'upstream-unreachable', status: 502 }, 1, 1],
    [{ outcome: 'http-error', status: 404 }, 1, 0],
    [{ outcome: 'rpc-error', status: 200 }, 1, 0],
    [{ outcome: 'ok', status: 200 }, 0, 0],
    // By the proxy.
    [{ outcome: 'inspection-failed', status: 500 }, 0, 0],
  ])('count %j as failed %i time, by the upstream %i', (given, failed, byUpstream) => {
    const statistics = new Statistics();
    statistics.add(call(given));
    const { failed: all, upstreams } = statistics.charts();
    expect(all.at(-1)).toBe(failed);
    expect(upstreams.failures[0]?.values.at(-1) ?? 0).toBe(byUpstream);
  });

  it('forget what is older than an hour', () => {
    let now = 1_000 * STEP_MS;
    const statistics = new Statistics(() => now);
    statistics.add(call({}));
    now += (STEPS - 1) * STEP_MS;
    expect(statistics.charts().byTool[0]?.values[0]).toBe(1);
    expect(statistics.charts().times).toHaveLength(STEPS);
    now += STEP_MS;
    expect(statistics.charts()).toMatchObject({ byTool: [], tools: [], controlMs: [] });
    statistics.add(call({}));
    // Longer than all steps, and back.
    now += 5 * STEPS * STEP_MS;
    expect(statistics.charts().byTool).toEqual([]);
    now -= 100 * STEP_MS;
    statistics.add(call({}));
    expect(statistics.charts().byTool[0]?.values.at(-1)).toBe(1);
  });

  it('take no more room however many tools and rules there are', () => {
    const statistics = new Statistics();
    for (let i = 0; i < 1_000; i++) statistics.add(call({ name: `tool ${i}`, refused: `rule ${i}` }));
    const { byTool, tools, refusals } = statistics.charts();
    for (const list of [byTool, tools, refusals]) expect(list.length).toBeLessThanOrEqual(13);
    expect(byTool.find(({ name }) => name === 'others')?.values.at(-1)).toBe(988);
  });
});
