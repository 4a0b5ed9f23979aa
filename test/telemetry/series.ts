/** The series that CloudWatch would make from embedded-metric lines: every value under its name and dimensions. */
import type { Line } from '../dispatch/lines.ts';

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

/** `Calls{Proxy=p,Method=tools/call}` → its values. */
export type Series = Readonly<Record<string, readonly number[]>>;

export function isEmf(line: Line): boolean {
  return '_aws' in line;
}

export function seriesOf(lines: readonly Line[]): Series {
  const series: Record<string, number[]> = {};
  for (const line of lines.filter(isEmf)) {
    const { CloudWatchMetrics } = line['_aws'] as { readonly CloudWatchMetrics: readonly Directive[] };
    for (const { Dimensions, Metrics } of CloudWatchMetrics) {
      for (const set of Dimensions) {
        for (const { Name } of Metrics) {
          const key = `${Name}{${set.map((name) => `${name}=${String(line[name])}`).join()}}`;
          (series[key] ??= []).push(...([line[Name]].flat() as number[]));
        }
      }
    }
  }
  return series;
}

/** The sums of series that are counts; of the others, the number of values. */
export function sumsOf(lines: readonly Line[]): Readonly<Record<string, number>> {
  const timed = /^(?:Latency|UpstreamLatency|Overhead|StartMs)\{/;
  return Object.fromEntries(
    Object.entries(seriesOf(lines)).map(([key, values]) => [
      key,
      timed.test(key) ? values.length : values.reduce((sum, value) => sum + value, 0),
    ]),
  );
}
