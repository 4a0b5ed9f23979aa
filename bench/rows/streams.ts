/**
 * Event streams of a hundred progress events and a result, compared with the pipe: without controls, as shipped, and with
 * controls that must look at each event.
 */
import { contest, type Contenders, type Shape } from '../contest.ts';
import { ratio, type Finding } from '../finding.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import type { Kind } from '../wire.ts';
import { type Measured, withControl } from './controls.ts';

export type StreamLoad = Extract<Kind, 'stream' | 'stream-whole' | 'stream-slow'>;

/** How the events are written. */
export const WRITTEN: Record<StreamLoad, string> = {
  stream: 'a chunk for each event',
  'stream-whole': 'all events in one chunk',
  'stream-slow': 'one event at a time',
};

/** `atMost` is the maximum ratio of CPU to the pipe. */
export const MEASURED: readonly Measured[] = [
  { config: 'no-control', what: 'no control', atMost: 1 },
  { config: 'shipped', what: 'audit', atMost: 1.15 },
  { config: 'redaction', what: 'redaction', atMost: 2.5 },
  { config: 'set-a', what: 'set A', atMost: 3 },
];

export function streamShape(row: StreamLoad, quick: boolean): Shape {
  const calls = row === 'stream-whole' ? 600 : 300;
  return {
    kind: row,
    era: 'modern',
    connections: 32,
    calls,
    warmUp: calls * 3,
    sets: quick ? 2 : 4,
    rounds: quick ? 6 : 8,
  };
}

export function streamed(programs: Programs): Contenders<string> {
  return {
    pipe: { program: programs.pipe },
    ...Object.fromEntries(MEASURED.map((measured) => [measured.what, withControl(measured, programs)])),
  };
}

export async function streams(row: StreamLoad, programs: Programs, quick: boolean): Promise<Finding[]> {
  const scores = await contest(streamed(programs), streamShape(row, quick));
  const { pipe } = scores;
  if (pipe === undefined) throw new Error('expected the pipe among the contenders');
  return MEASURED.flatMap(({ what, atMost }): Finding[] => {
    const score = scores[what];
    if (score === undefined) return [];
    const own = `${median(score.cpu).toFixed(0)} µs`;
    const beside = `pipe ${median(pipe.cpu).toFixed(0)} µs`;
    const found = ratio(
      row,
      `CPU per stream, ${what}: 100 events, ${WRITTEN[row]}`,
      pairwise(score.cpu, pipe.cpu, (a, b) => a / b),
      `${own}, ${beside}`,
      atMost === undefined ? undefined : { atMost },
    );
    return [{ ...found, at: [`${WRITTEN[row]} (${beside})`, what], amount: own }];
  });
}
