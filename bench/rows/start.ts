/**
 * Cold start: from spawning node to the first answered request. The upstream is up; the bare server is what Node itself takes.
 * The image ships no compile cache: the row without one is what it pays. With one means that earlier starts have filled it,
 * for both sides alike.
 */
import { bench, work } from '../build.ts';
import { serve, type Program } from '../child.ts';
import { failed, ratio, type Finding } from '../finding.ts';
import { firstAnswer, HELLO, LIST, OWN_LIST } from '../first-answer.ts';
import { median, pairwise } from '../stats.ts';
import { before, upstream, type Programs } from '../subjects.ts';
import { BINDINGS } from './controls.ts';

interface Case {
  readonly name: string;
  readonly program: Program;
  readonly answer: Buffer;
  readonly ms: number[];
}

export const CACHED = { NODE_COMPILE_CACHE: `${work}/compile-cache` };
const UNCACHED = { NODE_DISABLE_COMPILE_CACHE: '1' };
/** AWS's own example credentials: the upstream looks at the scheme, not at the signature. */
const IAM = { UPSTREAM_AUTH: 'iam', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

export async function start(programs: Programs, quick: boolean): Promise<Finding[]> {
  const open = await serve(upstream({}));
  const signed = await serve(upstream({ REQUIRE_AUTH: 'AWS4-HMAC-SHA256 ' }));
  const bearer = await serve(upstream({ REQUIRE_AUTH: 'Bearer bench-token' }));
  const tokens = await serve({ args: [bench('token-endpoint.ts')] });
  const oauth = { UPSTREAM_AUTH: 'oauth', UPSTREAM_TOKEN_URL: `http://127.0.0.1:${tokens.port}/token`, UPSTREAM_CLIENT_ID: 'bench', UPSTREAM_SECRET: 'env:BENCH_SECRET', BENCH_SECRET: 'bench' };

  const hello = (name: string, cache: Record<string, string>): Case => ({ name, program: { ...programs.hello, env: cache }, answer: HELLO, ms: [] });
  const answer = programs.selfCheck ? HELLO : LIST;
  const proxy = (name: string, env: Record<string, string>, config = 'shipped'): Case => ({ name, program: { ...programs.bare(config), env }, answer, ms: [] });
  const bare = hello('bare', CACHED);
  const bareUncached = hello('bare, no compile cache', UNCACHED);
  const none = proxy('auth none', { ...before(open.port), ...CACHED });
  const noneUncached = proxy('auth none, no compile cache', { ...before(open.port), ...UNCACHED });
  const iam = proxy('auth iam', { ...before(signed.port, IAM), ...CACHED });
  const client = proxy('auth oauth', { ...before(bearer.port, oauth), ...CACHED });

  const without = proxy('no control', { ...before(open.port), ...CACHED }, 'no-control');
  const withSetA = (name: string, cache: Record<string, string>): Case => ({ ...proxy(name, { ...before(open.port), ...cache, ...BINDINGS }, 'set-a'), ...(programs.selfCheck ? {} : { answer: OWN_LIST }) });
  const setA = withSetA('set A', CACHED);
  const withoutUncached = proxy('no control, no compile cache', { ...before(open.port), ...UNCACHED }, 'no-control');
  const setAUncached = withSetA('set A, no compile cache', UNCACHED);

  let cases = [bare, none, bareUncached, noneUncached, iam, client, without, setA, withoutUncached, setAUncached];
  const broken = new Map<Case, unknown>();
  // The first starts fill the compile cache, and the page cache of the machine. What fails here is out of the contest.
  for (let i = 0; i < 2; i++) for (const one of cases) await time(one).catch((error: unknown) => broken.set(one, error));
  cases = cases.filter((one) => !broken.has(one));
  for (let round = 0; round < (quick ? 21 : 41); round++) for (const one of round % 2 === 0 ? cases : cases.toReversed()) one.ms.push(await time(one));
  for (const server of [open, signed, bearer, tokens]) await server.stop();

  const against = (it: Case, reference: Case, of: string, bound?: Finding['bound']): Finding => {
    const what = `spawn to first tools/list answered, ${it.name}`;
    if (broken.has(it)) return failed('start', what, broken.get(it));
    return ratio('start', what, pairwise(it.ms, reference.ms, (a, b) => a / b), `${median(it.ms).toFixed(1)} ms, ${of} ${median(reference.ms).toFixed(1)} ms`, bound);
  };
  const BARE = 'bare node:http';
  return [
    against(none, bare, BARE, { atMost: 1.5 }),
    against(noneUncached, bareUncached, BARE, { atMost: 1.5 }),
    against(iam, bare, BARE),
    against(client, bare, BARE),
    against(setA, without, 'no control', { atMost: 1.6 }),
    against(setAUncached, withoutUncached, 'no control', { atMost: 1.6 }),
  ];
}

async function time({ name, program, answer }: Case): Promise<number> {
  const begin = performance.now();
  const server = await serve(program);
  let took: number;
  try {
    await firstAnswer(server.port, answer);
    took = performance.now() - begin;
  } finally {
    await server.stop();
  }
  const code = server.child.exitCode;
  if (code !== 0) throw new Error(`${name}: expected exit 0 on SIGTERM, got ${code}`);
  return took;
}
