/** The last hour in charts. */
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Charts as Data, Series } from '../../record/charts.ts';
import { get } from '../api.ts';
import { duration, size } from '../parts/format.ts';
import { about, connection, view } from '../state.ts';
import { Bars } from './bars.tsx';
import { Health } from './health.tsx';
import { Plot } from './plot.tsx';

const EVERY_MS = 5_000;

const data = signal<Data | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
/** Empty: all. */
const tool = signal('');

async function load(): Promise<void> {
  try {
    data.value = await get<Data>(
      tool.value === '' ? '/api/charts' : `/api/charts?tool=${encodeURIComponent(tool.value)}`,
    );
    failure.value = undefined;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
}

effect(() => {
  if (view.value !== 'charts' || connection.value !== 'open') return undefined;
  void load();
  const timer = setInterval(() => void load(), EVERY_MS);
  return () => clearInterval(timer);
});

export function Charts(): JSX.Element {
  const known = data.value;
  if (known === undefined) return <p class="hint page">{failure.value ?? '…'}</p>;
  const { times, latency, byTool, controlMs, refusals, upstreams, memory, tools, stepSeconds } = sinceStart(known);
  const calls = total(byTool);
  return (
    <div class="charts">
      <ul class="numbers" aria-label="The last hour in numbers">
        <Figure value={String(calls)} words="calls" />
        <Figure value={String(known.refused.reduce(add, 0))} words="refused by a control" tone="refused" />
        <Figure value={String(known.failed.reduce(add, 0))} words="failed" tone="bad" />
        <Figure value={duration(last(latency.p50)) || '–'} words="median, now" />
        <Figure value={size(last(memory) ?? 0)} words="memory of the process" />
      </ul>
      <div class="cards">
        <Plot
          title="Latency"
          hint="half of the calls, 90 and 99 % are faster"
          times={times}
          lines={[
            { name: '99 %', values: latency.p99 },
            { name: '90 %', values: latency.p90 },
            { name: 'median', values: latency.p50 },
          ]}
          kind="lines"
          isLogarithmic
          format={duration}
          controls={
            <select
              aria-label="Latency of"
              value={tool.value}
              onChange={({ currentTarget }) => {
                tool.value = currentTarget.value;
              }}
            >
              <option value="">all calls</option>
              {tools.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          }
        />
        <Plot
          title="Throughput"
          hint={`calls in ${stepSeconds} s, by tool`}
          times={times}
          lines={byTool}
          kind="stack"
          format={String}
        />
        <Plot
          title="Time in controls"
          hint="milliseconds for each call"
          times={times}
          lines={perCall(controlMs, byTool)}
          kind="stack"
          format={duration}
        />
        <figure class="card">
          <figcaption>
            <h2>Refusals by rule</h2> <small>in the last hour</small>
          </figcaption>
          <Bars series={refusals} empty="No control refused a call." />
        </figure>
        <figure class="card">
          <figcaption>
            <h2>Upstreams</h2> <small>each mark is {stepSeconds} s</small>
          </figcaption>
          <Health {...upstreams} names={about.value?.upstreams ?? []} />
        </figure>
        <Plot
          title="Memory"
          hint="of the process: the proxy, this console and an embedded upstream"
          times={times}
          lines={[{ name: 'resident', values: memory }]}
          kind="lines"
          format={size}
        />
      </div>
    </div>
  );
}

/** Steps that are shown at least: ten minutes. */
const LEAST = 20;

/** Without the steps before the proxy started, of which there is nothing to see. */
function sinceStart(all: Data): Data {
  const first = all.memory.findIndex((value) => value !== null);
  const from = Math.max(0, Math.min(first, all.times.length - LEAST));
  const cut = <T,>(values: readonly T[]): readonly T[] => values.slice(from);
  const each = (series: readonly Series[]): Series[] =>
    series.map(({ name, values }) => ({ name, values: cut(values) }));
  return {
    ...all,
    times: cut(all.times),
    latency: { p50: cut(all.latency.p50), p90: cut(all.latency.p90), p99: cut(all.latency.p99) },
    byTool: each(all.byTool),
    failed: cut(all.failed),
    refused: cut(all.refused),
    controlMs: each(all.controlMs),
    refusals: each(all.refusals),
    memory: cut(all.memory),
  };
}

function Figure({
  value,
  words,
  tone = '',
}: {
  readonly value: string;
  readonly words: string;
  readonly tone?: string;
}): JSX.Element {
  return (
    <li class={value === '0' ? '' : tone}>
      <b>{value}</b> <span>{words}</span>
    </li>
  );
}

function add(one: number, other: number): number {
  return one + other;
}

function total(series: readonly Series[]): number {
  return series.reduce((all, { values }) => all + values.reduce(add, 0), 0);
}

function last(values: readonly (number | null)[]): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}

function perCall(controlMs: readonly Series[], byTool: readonly Series[]): Series[] {
  return controlMs.map(({ name, values }) => ({
    name,
    values: values.map((ms, i) => {
      const calls = byTool.reduce((all, each) => all + (each.values[i] ?? 0), 0);
      return calls === 0 ? 0 : ms / calls;
    }),
  }));
}
