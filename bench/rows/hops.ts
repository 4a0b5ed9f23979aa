/**
 * A call of 300 B over 1, 32 and 256 connections, as it is really used: the shipped config, signed for AWS, and under
 * the controls of set A; and over TLS. Compared with the pipe, and with nginx as the least that a hop can cost.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '../../test/support/certificate.ts';
import { bench, work } from '../build.ts';
import { contest, type Contender, type Contenders, type Score, type Shape } from '../contest.ts';
import { type Finding, ratio, skipped } from '../finding.ts';
import { IAM } from '../starts.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { withControl } from './controls.ts';

const CONNECTIONS = [1, 32, 256] as const;
const NGINX = 'nginx';

interface Hop {
  readonly what: string;
  /** The maximum ratio of CPU to the pipe. */
  readonly atMost?: number;
  readonly contender: (programs: Programs) => Contender;
}

const HOPS: readonly Hop[] = [
  { what: 'shipped', atMost: 1.1, contender: ({ proxy }) => ({ program: proxy('shipped') }) },
  {
    what: 'shipped, signed (iam)',
    atMost: 1.25,
    contender: ({ proxy, selfCheck }) => ({
      program: { ...proxy('shipped'), env: IAM },
      ...(selfCheck ? {} : { serves: { REQUIRE_AUTH: 'AWS4-HMAC-SHA256 ' } }),
    }),
  },
  {
    what: 'set A',
    atMost: 1.45,
    contender: (programs) => withControl({ config: 'set-a', what: 'set A', hides: true }, programs),
  },
  { what: NGINX, contender: () => ({ program: { args: [bench('nginx.ts')] } }) },
];

/** Debian's, or any other. */
export const hasNginx = (): boolean => spawnSync('nginx', ['-v']).status === 0;

export function hopShape(connections: number, quick: boolean): Shape {
  const calls = connections === 1 ? 1500 : 4000;
  return {
    kind: 'customer',
    era: 'modern',
    connections,
    calls,
    warmUp: calls * 4,
    sets: quick ? 2 : 4,
    rounds: quick ? 5 : 8,
  };
}

/** @param native nginx, too, which has no profile */
export function hopped(programs: Programs, native: boolean): Contenders<string> {
  const contenders: Record<string, Contender> = { pipe: { program: programs.pipe } };
  for (const { what, contender } of HOPS)
    if (what !== NGINX || (native && hasNginx())) contenders[what] = contender(programs);
  return contenders;
}

export async function calls(programs: Programs, quick: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const connections of CONNECTIONS) {
    const { pipe, ...scores } = await contest(hopped(programs, true), hopShape(connections, quick));
    if (pipe === undefined) throw new Error('expected the pipe among the contenders');
    const load = `300 B, ${connections} connection${connections === 1 ? '' : 's'}`;
    for (const { what, atMost } of HOPS)
      findings.push(
        inGrid(compared('calls', `${what}: ${load}`, scores[what], pipe, atMost), load, what, pipe, scores[what]),
      );
  }
  return findings;
}

/** The pipe and the proxy before an upstream that speaks TLS. */
export function encrypted({ pipe, proxy }: Programs): Contenders<'pipe' | 'shipped'> {
  const { key, cert } = selfSigned();
  const trusted = join(work, 'upstream.pem');
  writeFileSync(trusted, cert);
  const over = {
    serves: { TLS_KEY: key, TLS_CERT: cert },
    bindings: (port: number) => ({ UPSTREAM_URL: `https://127.0.0.1:${port}/mcp`, NODE_EXTRA_CA_CERTS: trusted }),
  };
  return { pipe: { program: pipe, ...over }, shipped: { program: proxy('shipped'), ...over } };
}

export async function tls(programs: Programs, quick: boolean): Promise<Finding[]> {
  const { pipe, shipped } = await contest(encrypted(programs), hopShape(32, quick));
  return [compared('tls', 'shipped: 300 B, 32 connections, upstream over TLS', shipped, pipe, 1.1)];
}

/** The same finding with its place in a grid of loads and contenders. */
export function inGrid(found: Finding, load: string, what: string, pipe: Score, own: Score | undefined): Finding {
  const amount = own === undefined ? {} : { amount: `${median(own.cpu).toFixed(1)} µs` };
  return { ...found, at: [`${load} (pipe ${median(pipe.cpu).toFixed(1)} µs)`, what], ...amount };
}

function compared(
  row: string,
  what: string,
  score: Score | undefined,
  pipe: Score | undefined,
  atMost?: number,
): Finding {
  if (score === undefined || pipe === undefined)
    return skipped(row, `CPU per call, ${what}`, 'no nginx is installed (apt-get install nginx-light)');
  return ratio(
    row,
    `CPU per call, ${what}`,
    pairwise(score.cpu, pipe.cpu, (a, b) => a / b),
    `${median(score.cpu).toFixed(1)} µs, pipe ${median(pipe.cpu).toFixed(1)} µs`,
    atMost === undefined ? undefined : { atMost },
  );
}
