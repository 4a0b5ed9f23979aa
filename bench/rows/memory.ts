/** Resident memory at rest, compared with a bare Node server, and its growth with calls. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type Server } from '../child.ts';
import { Field, type Contender } from '../contest.ts';
import type { Finding } from '../finding.ts';
import { firstAnswer, HELLO, LIST } from '../first-answer.ts';
import { CACHED } from '../starts.ts';
import { median, pairwise } from '../stats.ts';
import { before, upstream, type Programs } from '../subjects.ts';

const MB = 2 ** 20;
/** Milliseconds between the first answer and the measurement. */
export const REST = 5000;

/** Several processes of each at once: they are idle, so the wait of five seconds is the same for all. */
export async function memory(programs: Programs, quick: boolean): Promise<Finding[]> {
  const up = await serve(upstream({}));
  const answer = programs.selfCheck ? HELLO : LIST;
  const once = async (): Promise<{ bare: Server; proxy: Server }> => {
    const bare = await serve({ ...programs.hello, env: CACHED });
    await firstAnswer(bare.port, HELLO);
    const proxy = await serve({ ...programs.bare('shipped'), env: { ...before(up.port), ...CACHED } });
    await firstAnswer(proxy.port, answer);
    return { bare, proxy };
  };
  // As in the row `start`: the first start fills the compile cache.
  const { bare: first, proxy: second } = await once();
  await first.stop();
  await second.stop();
  const pairs = [];
  for (let i = 0; i < (quick ? 3 : 7); i++) pairs.push(await once());
  await sleep(REST);
  const bare = pairs.map((pair) => resident(pair.bare) / MB);
  const proxy = pairs.map((pair) => resident(pair.proxy) / MB);
  for (const pair of pairs) await Promise.all([pair.bare.stop(), pair.proxy.stop()]);
  await up.stop();
  const more = pairwise(proxy, bare, (a, b) => a - b);
  const detail = `${median(proxy).toFixed(1)} MB, bare node:http ${median(bare).toFixed(1)} MB`;
  return [
    {
      row: 'memory',
      what: 'resident after one call and 5 s, over a bare server',
      value: more.median,
      unit: 'MB',
      min: more.min,
      max: more.max,
      detail,
      bound: { atMost: 12 },
    },
  ];
}

/** Bytes, reported by the system, so that the process needs no probe. */
export function resident({ child }: Server): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024;
}

/**
 * Resident memory changes between levels several megabytes apart, because V8 keeps memory for its next collection. So
 * the peaks of the third and the fourth quarter are compared (2 MB are noise). Live memory after a full collection
 * hides nothing and varies little; its bound is low enough to detect a leak of one byte per call. After half of a run
 * V8 has settled on the size of its young generation; a pipe takes some 130,000 calls for that.
 */
export async function growth(programs: Programs, quick: boolean): Promise<Finding[]> {
  const calls = quick ? 300_000 : 1_000_000;
  const audit = await grow({ program: programs.proxy('shipped') }, calls);
  const pipe = await grow({ program: programs.pipe }, calls);
  const change = ([from, to]: readonly [number, number]): string => `${from.toFixed(2)} → ${to.toFixed(2)} MB`;
  const finding = (what: string, of: 'peaks' | 'live'): Finding => {
    return {
      row: 'growth',
      what: `${what}, ${calls.toLocaleString('en')} calls, audit`,
      value: audit[of][1] - audit[of][0],
      unit: 'MB',
      detail: `${change(audit[of])}, pipe ${change(pipe[of])}`,
    };
  };
  return [
    { ...finding('peak resident, last quarter over the one before', 'peaks'), bound: { atMost: 2 } },
    { ...finding('alive after a full collection, end over first quarter', 'live'), bound: { atMost: 0.5 } },
  ];
}

interface Growth {
  readonly peaks: readonly [number, number];
  readonly live: readonly [number, number];
}

/** Megabytes. */
async function grow(contender: Contender, calls: number): Promise<Growth> {
  const field = await Field.open({ it: contender }, 'modern');
  // The same connections throughout: what new ones leave until the next full collection is not growth by calls.
  await field.connect('it', { kind: 'small', era: 'modern', connections: 32 });
  const quarter = async (): Promise<number> => {
    let peak = 0;
    for (let window = 0; window < 50; window++) peak = Math.max(peak, (await field.run('it', calls / 200)).rss / MB);
    return peak;
  };
  await quarter();
  // Not in the middle: after a forced collection V8 sizes its young generation again, and that must be finished by
  // then.
  const early = await field.live('it');
  await quarter();
  const peaks = [await quarter(), await quarter()] as const;
  const end = await field.live('it');
  await field.close();
  return { peaks, live: [early / MB, end / MB] };
}
