/** Calls of 300 B over 1 to 1,000 connections, and of 100 KB over 32, as shipped and under set A, compared with the pipe. */
import { contest, type Shape } from '../contest.ts';
import { type Finding, ratio } from '../finding.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { hopped, hopShape, inGrid } from './hops.ts';

const CONNECTIONS = [1, 10, 100, 1000] as const;

export async function connections(programs: Programs, quick: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const count of CONNECTIONS)
    findings.push(
      ...(await compared(
        'connections',
        programs,
        hopShape(count, quick),
        `300 B, ${count.toLocaleString('en')} connection${count === 1 ? '' : 's'}`,
      )),
    );
  return findings;
}

/** The maximum ratios of CPU to the pipe. */
const LARGE = { shipped: 0.75, 'set A': 1 };

export function largeShape(quick: boolean): Shape {
  return { ...hopShape(32, quick), kind: 'customer-large', calls: 2000, warmUp: 8000 };
}

export async function largeCalls(programs: Programs, quick: boolean): Promise<Finding[]> {
  return compared('calls-large', programs, largeShape(quick), '100 KB, 32 connections', LARGE);
}

async function compared(
  row: string,
  programs: Programs,
  shape: Shape,
  what: string,
  bounds: Readonly<Record<string, number>> = {},
): Promise<Finding[]> {
  const { pipe, ...others } = await contest(hopped(programs, true), shape);
  if (pipe === undefined) throw new Error('expected the pipe among the contenders');
  return Object.entries(others).map(([name, score]) => {
    const found = ratio(
      row,
      `CPU per call, ${name}: ${what}`,
      pairwise(score.cpu, pipe.cpu, (a, b) => a / b),
      `${median(score.cpu).toFixed(1)} µs, pipe ${median(pipe.cpu).toFixed(1)} µs`,
      bounds[name] === undefined ? undefined : { atMost: bounds[name] },
    );
    return inGrid(found, what, name, pipe, score);
  });
}
