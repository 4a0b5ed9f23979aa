/** `npm run bench -- --peers`: this proxy beside other MCP proxies. Prints Markdown; `--chart FILE` also draws. */
import { writeFileSync } from 'node:fs';
import type { Programs } from '../subjects.ts';
import { chart, type Panel } from './chart.ts';
import { contest, OURS, ROWS, type Scores, type Timing } from './contest.ts';
import { contextForge } from './contextforge.ts';
import { GO } from './go.ts';
import { installed } from './install.ts';
import type { Asked } from './judge.ts';
import { npmMcpProxy } from './node.ts';
import { Missing, type Peer } from './peer.ts';
import { PYTHON } from './python.ts';
import { overPipe, ranked, report } from './report.ts';

const PEERS: readonly Peer[] = [...PYTHON, contextForge, npmMcpProxy, ...GO];

const FULL: Timing = { sets: 2, rounds: 5, turn: 2_000 };
const QUICK: Timing = { sets: 1, rounds: 3, turn: 1_000 };

export const PEER_ROWS = Object.keys(ROWS) as Asked[];

export interface PeersWanted {
  readonly quick: boolean;
  readonly rows: readonly Asked[];
  /** Where to draw. @default nowhere */
  readonly chart: string | undefined;
  readonly say: (line: string) => void;
}

/** @returns the report, and whether one of this project's programs answered wrongly */
export async function measurePeers(
  programs: Programs,
  { quick, rows, chart: file, say }: PeersWanted,
): Promise<{ text: string; failed: boolean }> {
  const folders = new Map<Peer, string>();
  const missing = new Map<Peer, string | undefined>();
  for (const peer of PEERS) {
    try {
      folders.set(peer, await installed(peer));
      missing.set(peer, undefined);
      say(`${peer.name}: ${peer.from}`);
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      missing.set(peer, error.message);
      say(`SKIPPED ${peer.name} (${peer.from}): ${error.message}`);
    }
  }
  const scores = await contest(programs, folders, rows, quick ? QUICK : FULL, say);
  if (file !== undefined) writeFileSync(file, drawn(scores, rows));
  const failed = OURS.some((name) =>
    rows.some((row) => {
      const score = scores[row].get(name);
      return score !== undefined && (score.right === 0 || score.wrong + score.failed > 0);
    }),
  );
  return { text: report(scores, rows, missing), failed };
}

function drawn(scores: Scores, rows: readonly Asked[]): string {
  const names = ranked(scores, rows).filter((name) => name !== 'pipe');
  const own = new Set<string>(OURS.filter((name) => name !== 'nginx'));
  const panels = rows.map((row): Panel => ({
    title: ROWS[row].what,
    bars: names.map((name) => ({
      name: own.has(name) ? `this proxy, ${name}` : name,
      ratio: overPipe(scores[row], name),
      own: own.has(name),
    })),
  }));
  return chart(
    panels,
    'CPU per call, as a multiple of a byte pipe in Node',
    `For each contestant the median of all rounds, with the range as a line, on a logarithmic scale: ${panels.map(({ title }) => title).join('; ')}. The table on the page has the same numbers.`,
  );
}
