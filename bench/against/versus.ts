/** Results of two checkouts in the same rounds, as ratios new/old with their bounds. */
import type { Score, Scores } from '../contest.ts';
import { ratio, TIMES_OLD, type Finding } from '../finding.ts';
import { halfInterval, median, pairwise } from '../stats.ts';

/** A change may cost 3 %, which is more than the noise of a median. */
export const LESS_IS_BETTER = { atMost: 1.03 } as const;
export const MORE_IS_BETTER = { atLeast: 0.97 } as const;

/** Values with the same index are from the same round. */
export interface Sides {
  readonly new: readonly number[];
  readonly old: readonly number[];
}

/**
 * The detail contains the noise of the median and the number of rounds.
 * @param show formats a value with its unit
 * @throws Error unless both have a value in each round
 */
export function versus(
  row: string,
  what: string,
  sides: Sides,
  show: (value: number) => string,
  bound: Finding['bound'] = LESS_IS_BETTER,
): Finding {
  if (sides.new.length === 0 || sides.new.length !== sides.old.length)
    throw new Error(
      `${what}: got ${sides.new.length} new values and ${sides.old.length} old ones, expected one of each in every round`,
    );
  const noise =
    sides.new.length === 1
      ? ''
      : `; ± ${halfInterval(sides.new.map((value, round) => value / (sides.old[round] ?? NaN))).toFixed(3)} of ${sides.new.length}`;
  const detail = `${show(median(sides.new))}, old ${show(median(sides.old))}${noise}`;
  return {
    ...ratio(
      row,
      what,
      pairwise(sides.new, sides.old, (a, b) => a / b),
      detail,
      bound,
    ),
    unit: TIMES_OLD,
  };
}

/**
 * The findings of a row for one proxy under load.
 * @param rounds how many rounds each pair of processes ran: a process's memory stays at one level for long, so each
 * pair counts once
 */
export function underLoad(
  row: string,
  what: string,
  { new: now, old }: Scores<'new' | 'old'>,
  rounds: number,
): Finding[] {
  const levels = ({ rss }: Score): number[] =>
    Array.from({ length: Math.ceil(rss.length / rounds) }, (_, set) =>
      median(rss.slice(set * rounds, (set + 1) * rounds)),
    );
  return [
    versus(row, `CPU per call, ${what}`, { new: now.cpu, old: old.cpu }, microseconds),
    versus(
      row,
      `calls per second, ${what}`,
      { new: now.perSecond, old: old.perSecond },
      (value) => `${value.toFixed(0)}/s`,
      MORE_IS_BETTER,
    ),
    versus(row, `p50, ${what}`, { new: now.p50, old: old.p50 }, milliseconds),
    versus(row, `resident memory, ${what}`, { new: levels(now), old: levels(old) }, megabytes),
  ];
}

const microseconds = (value: number): string => `${value.toFixed(1)} µs`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 3 : 1)} ms`;
/** @param value bytes */
export const megabytes = (value: number): string => `${(value / 2 ** 20).toFixed(1)} MB`;
/** @param value bytes; kilobytes of 1,000, as in the row `loaded` */
export const kilobytes = (value: number): string => `${(value / 1000).toFixed(0)} KB`;
