/** CPU per call and calls per second under load: 300 B and 100 KB replies, and a legacy session. */
import { contest, type Contenders, type Score, type Shape } from '../contest.ts';
import { ratio, type Finding } from '../finding.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';

export type Load = 'small' | 'large' | 'legacy';

export const WHAT: Record<Load, string> = {
  small: '300 B, 32 connections',
  large: '100 KB, 32 connections',
  legacy: '300 B in legacy sessions, 32 connections',
};
/** The maximum ratio of CPU to the pipe. */
const BOUND: Partial<Record<Load, { noControl: number; audit: number }>> = {
  small: { noControl: 1.1, audit: 1.25 },
  large: { noControl: 1.05, audit: 1.15 },
};

export function shape(load: Load, quick: boolean): Shape {
  const kind = load === 'legacy' ? 'small' : load;
  const era = load === 'legacy' ? 'legacy' : 'modern';
  const calls = load === 'large' ? 2000 : 5000;
  // A row without a bound takes less time.
  const sets = quick ? 2 : BOUND[load] === undefined ? 3 : 6;
  return { kind, era, connections: 32, calls, warmUp: calls * 4, sets, rounds: quick ? 6 : 8 };
}

/** The proxies among {@link hops}, with their configs. */
export const PROXIES = { 'no control': 'no-control', audit: 'shipped' } as const;

/** The proxy without controls and as shipped, compared with a byte pipe and with no hop. */
export function hops({ pipe, proxy }: Programs): Contenders<'direct' | 'pipe' | 'no control' | 'audit'> {
  return {
    direct: {},
    pipe: { program: pipe },
    'no control': { program: proxy(PROXIES['no control']) },
    audit: { program: proxy(PROXIES.audit) },
  };
}

export async function throughput(load: Load, programs: Programs, quick: boolean): Promise<Finding[]> {
  const { direct, pipe, 'no control': noControl, audit } = await contest(hops(programs), shape(load, quick));
  const what = WHAT[load];
  const cpu = (score: Score): string => `${median(score.cpu).toFixed(1)} µs, pipe ${median(pipe.cpu).toFixed(1)} µs`;
  const rate = (score: Score): string =>
    `${median(score.perSecond).toFixed(0)}/s, pipe ${median(pipe.perSecond).toFixed(0)}/s, direct ${median(direct.perSecond).toFixed(0)}/s`;
  const over = (a: number, b: number): number => a / b;
  const bound = BOUND[load];
  return [
    ratio(
      load,
      `CPU per call, no control: ${what}`,
      pairwise(noControl.cpu, pipe.cpu, over),
      cpu(noControl),
      bound && { atMost: bound.noControl },
    ),
    ratio(
      load,
      `calls per second, no control: ${what}`,
      pairwise(noControl.perSecond, pipe.perSecond, over),
      rate(noControl),
      load === 'small' ? { atLeast: 0.9 } : undefined,
    ),
    ratio(
      load,
      `CPU per call, audit: ${what}`,
      pairwise(audit.cpu, pipe.cpu, over),
      cpu(audit),
      bound && { atMost: bound.audit },
    ),
    ratio(load, `calls per second, audit: ${what}`, pairwise(audit.perSecond, pipe.perSecond, over), rate(audit)),
  ];
}
