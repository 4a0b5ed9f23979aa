/**
 * Peers and this proxy take turns before the same upstream, in windows of the same time. All processes of a set run at
 * once, and are idle while it is another's turn.
 */
import { bench } from '../build.ts';
import { ask, attend, serve, stop } from '../child.ts';
import { order } from '../order.ts';
import { BINDINGS } from '../rows/controls.ts';
import { hasNginx } from '../rows/hops.ts';
import { IAM } from '../starts.ts';
import { before, type Programs, upstream } from '../subjects.ts';
import { type Asked, LISTED } from './judge.ts';
import type { Ask, Asking, Begin } from './load.ts';
import type { Door, Peer } from './peer.ts';
import { runOurs, runPeer, type Running } from './running.ts';
import { usageOf } from './tree.ts';

/** What is asked, over how many connections. */
export const ROWS: Readonly<Record<Asked, { readonly what: string; readonly connections: number }>> = {
  small: { what: '300 B, 32 connections', connections: 32 },
  large: { what: '100 KB, 32 connections', connections: 32 },
  list: { what: `a list of ${LISTED.toLocaleString('en')} tools, 1 connection`, connections: 1 },
};
/** Rows with the same upstream: peers may ask it for its tools at each call. */
const FIELDS: readonly { readonly rows: readonly Asked[]; readonly tools: number }[] = [
  { rows: ['small', 'large'], tools: 31 },
  { rows: ['list'], tools: LISTED },
];
const SESSIONS = 32;

/** One contestant in one row. Values with the same index are from the same round. */
export interface Score {
  /** Microseconds per right answer, of the process and all that it started. */
  readonly cpu: number[];
  readonly perSecond: number[];
  /** Milliseconds. */
  readonly p50: number[];
  /** Bytes, of all its processes. */
  readonly rss: number[];
  right: number;
  changed: number;
  wrong: number;
  failed: number;
  /** The first wrong or failed answer, or why it didn't run. */
  fault: string | undefined;
}

export type Scores = Readonly<Record<Asked, ReadonlyMap<string, Score>>>;

export interface Timing {
  readonly sets: number;
  readonly rounds: number;
  /** Milliseconds of a turn. */
  readonly turn: number;
}

type Starter = (
  upstreamPort: number,
  reach: (at: { port: number; door: Door }) => Promise<unknown>,
) => Promise<Running>;

/** The pipe, nginx and this proxy, as in the other rows. */
export const OURS = ['pipe', 'nginx', 'shipped', 'shipped, signed (iam)', 'set A'] as const;

function ours({ pipe, bare }: Programs): Map<string, Starter> {
  const starters = new Map<string, Starter>();
  const add = (name: (typeof OURS)[number], program: Programs['pipe'], env: Record<string, string> = {}): void =>
    void starters.set(name, (port) => runOurs({ ...program, env: { ...before(port), ...env } }));
  add('pipe', pipe);
  if (hasNginx()) add('nginx', { args: [bench('nginx.ts')] });
  add('shipped', bare('shipped'));
  add('shipped, signed (iam)', bare('shipped'), IAM);
  add('set A', bare('set-a'), BINDINGS);
  return starters;
}

/**
 * @param peers with the folders they are installed in
 * @param rows to measure
 */
export async function contest(
  programs: Programs,
  peers: ReadonlyMap<Peer, string>,
  rows: readonly Asked[],
  timing: Timing,
  say: (line: string) => void,
): Promise<Scores> {
  const starters = ours(programs);
  for (const [peer, folder] of peers)
    starters.set(peer.name, (port, reach) => runPeer(peer, folder, `http://127.0.0.1:${port}/mcp`, reach));
  // Nothing but the pipe: every ratio must be 1.
  const pipe = starters.get('pipe');
  if (programs.selfCheck && pipe !== undefined) for (const name of starters.keys()) starters.set(name, pipe);
  const fresh = (): Map<string, Score> => new Map([...starters.keys()].map((name) => [name, emptyScore()]));
  const scores = { small: fresh(), large: fresh(), list: fresh() };
  for (let set = 0; set < timing.sets; set++)
    for (const field of FIELDS) {
      const wanted = field.rows.filter((row) => rows.includes(row));
      if (wanted.length > 0) await play(field.tools, wanted, set, starters, scores, timing, say);
    }
  return scores;
}

async function play(
  tools: number,
  rows: readonly Asked[],
  set: number,
  starters: ReadonlyMap<string, Starter>,
  scores: Scores,
  { rounds, turn }: Timing,
  say: (line: string) => void,
): Promise<void> {
  const up = await serve(upstream({ ERA: 'legacy', TOOLS: String(tools) }));
  const load = attend({ args: [bench('peers/load.ts')] });
  const running = new Map<string, Running>();
  try {
    for (const [name, start] of starters) {
      const begin = ({ port, door }: { port: number; door: Door }): Promise<unknown> =>
        ask(load, { do: 'begin', name, sessions: SESSIONS, port, ...door } satisfies Begin);
      try {
        const one = await start(up.port, begin);
        running.set(name, one);
        await begin(one);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        for (const row of rows) scoreOf(scores, row, name).fault ??= why;
        say(`${name}: ${why}`);
        await running.get(name)?.stop();
        running.delete(name);
      }
    }
    const names = [...running.keys()];
    for (const row of rows) {
      const { connections } = ROWS[row];
      const asked = (name: string, ms: number): Promise<Asking> =>
        ask<Asking>(load, { do: 'ask', name, asked: row, connections, ms } satisfies Ask);
      // What is compiled while it runs, is compiled after this.
      for (const name of names) await asked(name, turn * 2);
      for (let round = 0; round < rounds; round++)
        for (const name of order(names, set * rounds + round)) {
          const pid = running.get(name)?.pid ?? NaN;
          const before = usageOf(pid);
          const ran = await asked(name, turn);
          const after = usageOf(pid);
          note(scoreOf(scores, row, name), ran, after.cpu - before.cpu, after.rss);
        }
      say(`set ${set + 1}, ${ROWS[row].what}: ${rounds} rounds`);
    }
  } finally {
    await stop(load);
    for (const one of running.values()) await one.stop();
    await up.stop();
  }
}

function note(
  score: Score,
  { right, changed, wrong, broken, ms, p50, example }: Asking,
  cpu: number,
  rss: number,
): void {
  score.cpu.push(cpu / right);
  score.perSecond.push((right / ms) * 1000);
  score.p50.push(p50);
  score.rss.push(rss);
  score.right += right;
  score.changed += changed;
  score.wrong += wrong;
  score.failed += broken;
  if (example !== undefined) score.fault ??= example;
}

const emptyScore = (): Score => ({
  cpu: [],
  perSecond: [],
  p50: [],
  rss: [],
  right: 0,
  changed: 0,
  wrong: 0,
  failed: 0,
  fault: undefined,
});

function scoreOf(scores: Scores, row: Asked, name: string): Score {
  const score = scores[row].get(name);
  if (score === undefined) throw new Error(`got ${name}, expected one of ${[...scores[row].keys()].join(', ')}`);
  return score;
}
