/**
 * What the charts show: the last hour, in steps of half a minute. Bounded: a fixed number of steps, of tools, controls
 * and rules in each; what is beyond is counted together.
 */
import type { Charts, Series } from './charts.ts';
import { isFailure, isUpstreamFailure } from './outcomes.ts';
import type { Recording } from './recording.ts';
import type { Summary } from './records.ts';

export const STEP_MS = 30_000;
export const STEPS = 120;
const MOST_NAMES = 12;
const OTHERS = 'others';

/** Milliseconds are counted in classes, each a fifth longer than the one before, from 0.05 ms to 15 minutes. */
const FIRST_MS = 0.05;
const GROWTH = 1.2;
const CLASSES = 92;

/** As much of a recording as is counted. */
export type Counted = Pick<Recording, 'hasDuration' | 'upstream' | 'times'> & {
  readonly summary: Pick<Summary, 'method' | 'name' | 'outcome' | 'status' | 'ms' | 'upstreamMs' | 'refusedBy'>;
};

interface Step {
  total: number;
  failed: number;
  refused: number;
}

/** Counts by name and step. */
class Counts {
  readonly #rows = new Map<string, Float64Array>();

  add(name: string, step: number, value: number): void {
    const known = this.#rows.has(name) || this.#rows.size < MOST_NAMES ? name : OTHERS;
    let row = this.#rows.get(known);
    if (row === undefined) this.#rows.set(known, (row = new Float64Array(STEPS)));
    row[step] = (row[step] ?? 0) + value;
  }

  clear(step: number): void {
    for (const [name, row] of this.#rows) {
      row[step] = 0;
      // A name that was not seen for an hour makes room for another.
      if (row.every((value) => value === 0)) this.#rows.delete(name);
    }
  }

  /** Oldest step first; the greatest name first. */
  series(order: readonly number[]): Series[] {
    return Array.from(this.#rows, ([name, row]) => ({ name, values: order.map((step) => row[step] ?? 0) })).toSorted(
      (one, other) => sum(other.values) - sum(one.values),
    );
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export class Statistics {
  readonly #steps: Step[] = Array.from({ length: STEPS }, emptyStep);
  /** By tool: durations, as counts in classes by step. */
  readonly #durations = new Map<string, Uint32Array[]>();
  readonly #byTool = new Counts();
  readonly #controlMs = new Counts();
  readonly #refusals = new Counts();
  readonly #upstreamCalls = new Counts();
  readonly #upstreamFailures = new Counts();
  readonly #upstreamMs = new Counts();
  readonly #memory = new Float64Array(STEPS);
  /** Number of the current step since 1970. */
  #now: number;
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
    this.#now = Math.floor(clock() / STEP_MS);
  }

  /** A call has ended. */
  add(call: Counted): void {
    const step = this.#advance();
    const { method, name, outcome, status, ms, upstreamMs, refusedBy } = call.summary;
    const current = this.#steps[step];
    if (current === undefined) return;
    current.total++;
    if (isFailure(outcome)) current.failed++;
    if (refusedBy !== undefined) current.refused++;
    const tool = method === 'tools/call' ? (name ?? '?') : method;
    this.#byTool.add(tool, step, 1);
    if (ms !== undefined && call.hasDuration) this.#addDuration(tool, step, ms);
    for (const { control, ms: took, refused } of call.times()) {
      this.#controlMs.add(control, step, took);
      if (refused !== undefined) this.#refusals.add(`${control}: ${refused}`, step, 1);
    }
    const upstream = call.upstream;
    if (upstreamMs === undefined || upstream === undefined) return;
    this.#upstreamCalls.add(upstream, step, 1);
    this.#upstreamMs.add(upstream, step, upstreamMs);
    if (isUpstreamFailure(outcome, status)) this.#upstreamFailures.add(upstream, step, 1);
  }

  sampleMemory(bytes: number): void {
    this.#memory[this.#advance()] = bytes;
  }

  /** @param tool whose durations; undefined: of all calls */
  charts(tool?: string): Charts {
    const current = this.#advance();
    const order = Array.from({ length: STEPS }, (_, i) => (current + 1 + i) % STEPS);
    const durations = order.map((step) => this.#durationsAt(step, tool));
    const percentile = (share: number): (number | null)[] => durations.map((counts) => percentileOf(counts, share));
    return {
      times: order.map((_, i) => ((this.#now - STEPS + 1 + i) * STEP_MS) / 1000),
      stepSeconds: STEP_MS / 1000,
      tools: [...this.#durations.keys()].toSorted(),
      latency: { p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99) },
      byTool: this.#byTool.series(order),
      failed: order.map((step) => this.#steps[step]?.failed ?? 0),
      refused: order.map((step) => this.#steps[step]?.refused ?? 0),
      controlMs: this.#controlMs.series(order),
      refusals: this.#refusals.series(order),
      upstreams: {
        calls: this.#upstreamCalls.series(order),
        failures: this.#upstreamFailures.series(order),
        ms: this.#upstreamMs.series(order),
      },
      memory: order.map((step) => this.#memory[step] || null),
    };
  }

  #addDuration(tool: string, step: number, ms: number): void {
    const known = this.#durations.has(tool) || this.#durations.size < MOST_NAMES ? tool : OTHERS;
    let steps = this.#durations.get(known);
    if (steps === undefined) this.#durations.set(known, (steps = []));
    const counts = (steps[step] ??= new Uint32Array(CLASSES));
    const at = Math.min(CLASSES - 1, Math.max(0, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH))));
    counts[at] = (counts[at] ?? 0) + 1;
  }

  #durationsAt(step: number, tool: string | undefined): Uint32Array {
    const all = new Uint32Array(CLASSES);
    for (const [name, steps] of this.#durations)
      if (tool === undefined || tool === name) steps[step]?.forEach((count, i) => (all[i] = (all[i] ?? 0) + count));
    return all;
  }

  /** Clears the steps that have begun since the last time. Returns the index of the current one. */
  #advance(): number {
    const now = Math.floor(this.#clock() / STEP_MS);
    // A clock that was set back changes nothing.
    for (let step = Math.max(this.#now + 1, now - STEPS + 1); step <= now; step++) this.#clear(step % STEPS);
    this.#now = Math.max(this.#now, now);
    return this.#now % STEPS;
  }

  #clear(step: number): void {
    this.#steps[step] = emptyStep();
    for (const [name, steps] of this.#durations) {
      steps[step]?.fill(0);
      if (steps.every((counts) => counts.every((count) => count === 0))) this.#durations.delete(name);
    }
    for (const counts of [
      this.#byTool,
      this.#controlMs,
      this.#refusals,
      this.#upstreamCalls,
      this.#upstreamFailures,
      this.#upstreamMs,
    ])
      counts.clear(step);
    this.#memory[step] = 0;
  }
}

function emptyStep(): Step {
  return { total: 0, failed: 0, refused: 0 };
}

/** Null: there was no call. */
function percentileOf(counts: Uint32Array, share: number): number | null {
  const total = counts.reduce((all, count) => all + count, 0);
  if (total === 0) return null;
  let left = Math.ceil(total * share);
  for (const [i, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return FIRST_MS * GROWTH ** i;
  }
  return null;
}
