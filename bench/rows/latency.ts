/** The latency that the hop adds if there are no other calls. */
import { contest, type Shape } from '../contest.ts';
import { ratio, type Finding } from '../finding.ts';
import { median, pairwise, type Spread } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { hops } from './throughput.ts';

export function latencyShape(quick: boolean): Shape {
  return {
    kind: 'small',
    era: 'modern',
    connections: 1,
    calls: 1500,
    warmUp: 8000,
    sets: quick ? 2 : 6,
    rounds: quick ? 5 : 8,
  };
}

export async function latency(programs: Programs, quick: boolean): Promise<Finding[]> {
  const { direct, pipe, ...proxies } = await contest(hops(programs), latencyShape(quick));
  return Object.entries(proxies).flatMap(([name, proxy]) => {
    const more = (of: 'p50' | 'p99'): Spread => pairwise(proxy[of], pipe[of], (a, b) => a - b);
    const finding = (of: 'p50' | 'p99', bound?: Finding['bound']): Finding => {
      const { median: value, min, max } = more(of);
      const detail = `${median(proxy[of]).toFixed(3)} ms, pipe ${median(pipe[of]).toFixed(3)} ms, direct ${median(direct[of]).toFixed(3)} ms`;
      return {
        row: 'latency',
        what: `${of} over the pipe's, ${name}: 300 B, 1 connection`,
        value,
        unit: 'ms',
        min,
        max,
        detail,
        ...(bound === undefined ? {} : { bound }),
      };
    };
    const cpu = `${median(proxy.cpu).toFixed(1)} µs, pipe ${median(pipe.cpu).toFixed(1)} µs`;
    return [
      finding('p50', { atMost: 0.05 }),
      finding('p99'),
      ratio(
        'latency',
        `CPU per call, ${name}: 300 B, 1 connection`,
        pairwise(proxy.cpu, pipe.cpu, (a, b) => a / b),
        cpu,
      ),
    ];
  });
}
