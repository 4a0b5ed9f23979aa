/**
 * The first answer of a process that already listens: what a session waits for whose process is restored from a snapshot.
 * Once with everything loaded before (`WARM_UP=start`), once as it comes. Without a compile cache, as in the image.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { serve } from '../child.ts';
import { failed, type Finding } from '../finding.ts';
import { firstAnswer, HELLO } from '../first-answer.ts';
import { order } from '../order.ts';
import { type Case, proxyCase, type Start, Surroundings, UNCACHED } from '../starts.ts';
import { median, spread } from '../stats.ts';
import type { Programs } from '../subjects.ts';

const WARM = { WARM_UP: 'start' };

export async function first(programs: Programs, quick: boolean): Promise<Finding[]> {
  const around = await Surroundings.open();
  const bare: Case = { name: 'bare', program: { ...programs.hello, env: UNCACHED }, answer: HELLO, ms: [] };
  const iam = around.iam('iam');
  const starts: readonly Start[] = [
    around.plain('no control', 'no-control', UNCACHED),
    { ...iam, env: { ...iam.env, ...UNCACHED, NODE_COMPILE_CACHE: '' } },
    around.plain('set A', 'set-a', UNCACHED),
    around.plain('policies in Cedar', 'policy-cedar', UNCACHED),
  ];
  const pairs = starts.map((start) => ({
    cold: proxyCase(start, programs),
    warm: proxyCase({ ...start, env: { ...start.env, ...WARM } }, programs),
  }));
  const findings: Finding[] = [];
  try {
    const cases = [bare, ...pairs.flatMap(({ cold, warm }) => [cold, warm])];
    const cpu = new Map(cases.map((one) => [one, [] as number[]]));
    // The first starts fill the machine's page cache.
    for (const one of cases) await measured(one);
    for (const one of cases) one.ms.length = 0;
    for (let round = 0; round < (quick ? 11 : 31); round++)
      for (const one of order(cases, round)) cpu.get(one)?.push(await measured(one));
    for (const { cold, warm } of pairs) {
      findings.push(
        found('CPU of', warm.name, (one) => cpu.get(one) ?? [], { bare, cold, warm }),
        found('time to', warm.name, ({ ms }) => ms, { bare, cold, warm }),
      );
    }
  } catch (error) {
    findings.push(failed('first', 'first answers', error));
  } finally {
    await around.close();
  }
  return findings;
}

function found(
  measure: string,
  name: string,
  of: (one: Case) => readonly number[],
  { bare, cold, warm }: Readonly<Record<'bare' | 'cold' | 'warm', Case>>,
): Finding {
  const { median: value, min, max } = spread(of(warm));
  return {
    row: 'first',
    what: `${measure} the first tools/list of a process that was warmed up, ${name}`,
    value,
    unit: 'ms',
    min,
    max,
    detail: `not warmed up ${median(of(cold)).toFixed(1)} ms, bare node:http ${median(of(bare)).toFixed(1)} ms`,
  };
}

/** Notes the milliseconds from the request to the last byte of its answer. @returns those on a CPU meanwhile */
async function measured({ program, answer, ms }: Case): Promise<number> {
  const server = await serve(program);
  try {
    const before = onCpu(server.child.pid);
    const begin = performance.now();
    await firstAnswer(server.port, answer);
    ms.push(performance.now() - begin);
    return onCpu(server.child.pid) - before;
  } finally {
    await server.stop();
  }
}

/** Milliseconds on a CPU, of all threads, as Linux counts them. */
function onCpu(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
    0,
  );
}
