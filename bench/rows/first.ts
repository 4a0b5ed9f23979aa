/**
 * The first answer of a process that already listens: what a session waits for whose process is restored from a snapshot.
 * Once with everything loaded before (`WARM_UP=start`), once as it comes. Without a compile cache, as in the image.
 */
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
    for (const one of cases) await measured(one);
    for (const one of cases) one.ms.length = 0;
    for (let round = 0; round < (quick ? 11 : 31); round++) for (const one of order(cases, round)) await measured(one);
    for (const { cold, warm } of pairs) {
      const { median: value, min, max } = spread(warm.ms);
      findings.push({
        row: 'first',
        what: `first tools/list of a process that was warmed up, ${warm.name}`,
        value,
        unit: 'ms',
        min,
        max,
        detail: `not warmed up ${median(cold.ms).toFixed(1)} ms, bare node:http ${median(bare.ms).toFixed(1)} ms`,
      });
    }
  } catch (error) {
    findings.push(failed('first', 'first answers', error));
  } finally {
    await around.close();
  }
  return findings;
}

/** Milliseconds from the request to the last byte of its answer. */
async function measured({ program, answer, ms }: Case): Promise<void> {
  const server = await serve(program);
  try {
    const begin = performance.now();
    await firstAnswer(server.port, answer);
    ms.push(performance.now() - begin);
  } finally {
    await server.stop();
  }
}
