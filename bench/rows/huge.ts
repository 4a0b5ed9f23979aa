/**
 * A reply of 10 MB, one at a time: the time and CPU that it takes, and the memory. Compared with the pipe: without
 * controls, and with redaction, which has to search all of it.
 */
import { readFileSync } from 'node:fs';
import { contest, type Contenders, Field, type Score, type Shape } from '../contest.ts';
import { type Finding, ratio, skipped } from '../finding.ts';
import { median, pairwise, type Spread } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { withControl } from './controls.ts';

const MB = 2 ** 20;
/** Megabytes of a reply. */
const SIZE = 10;
const NAMES = ['no control', 'redaction'] as const;

export function hugeShape(quick: boolean): Shape {
  return {
    kind: 'huge',
    era: 'modern',
    connections: 1,
    calls: 6,
    warmUp: 20,
    sets: quick ? 2 : 4,
    rounds: quick ? 6 : 10,
  };
}

export function hugeContenders(programs: Programs): Contenders<'pipe' | (typeof NAMES)[number]> {
  return {
    pipe: { program: programs.pipe },
    'no control': withControl({ config: 'no-control', what: 'no control' }, programs),
    redaction: withControl({ config: 'redaction', what: 'redaction' }, programs),
  };
}

export async function huge(programs: Programs, quick: boolean): Promise<Finding[]> {
  const contenders = hugeContenders(programs);
  const scores = await contest(contenders, hugeShape(quick));
  const findings: Finding[] = [];
  for (const name of NAMES) {
    const over = (of: 'p50' | 'cpu'): Spread => pairwise(scores[name][of], scores.pipe[of], (a, b) => a / b);
    const beside = (of: 'p50' | 'cpu', thousandths: number): string => {
      const ms = (score: Score): string => (median(score[of]) / thousandths).toFixed(1);
      return `${ms(scores[name])} ms, pipe ${ms(scores.pipe)} ms`;
    };
    const bound = { atMost: name === 'redaction' ? 2 : 1.1 };
    findings.push(
      ratio('huge', `time of a reply of ${SIZE} MB, ${name}`, over('p50'), beside('p50', 1), bound),
      ratio('huge', `CPU for a reply of ${SIZE} MB, ${name}`, over('cpu'), beside('cpu', 1000)),
    );
  }
  for (const name of NAMES) findings.push(await peak(contenders[name], name));
  return findings;
}

/** How much more memory a process has at most than after a short call, in replies. */
async function peak(contender: Contenders<string>[string], name: string): Promise<Finding> {
  const what = `peak resident memory over that after a call of 300 B, in replies of ${SIZE} MB, ${name}`;
  const field = await Field.open({ it: contender }, 'modern');
  try {
    await field.window('it', { kind: 'small', era: 'modern', connections: 1, calls: 1 });
    const before = (await field.usage('it')).rss / MB;
    await field.window('it', { kind: 'huge', era: 'modern', connections: 1, calls: 20 });
    const most = highest(field.process('it')?.pid);
    if (most === undefined) return skipped('huge', what, 'the highest resident memory is known only on Linux');
    const bound = name === 'redaction' ? { bound: { atMost: 2.5 } } : {};
    const detail = `${most.toFixed(0)} MB, ${before.toFixed(0)} MB before`;
    return { row: 'huge', what, value: (most - before) / SIZE, unit: '×', detail, ...bound };
  } finally {
    await field.close();
  }
}

/** In megabytes. */
function highest(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
