/** Resident memory at rest, with the same number of processes of both checkouts at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serve, type Server } from '../child.ts';
import type { Finding } from '../finding.ts';
import { firstAnswer } from '../first-answer.ts';
import { order } from '../order.ts';
import { resident, REST } from '../rows/memory.ts';
import { CACHED, proxyCase } from '../starts.ts';
import { before, upstream } from '../subjects.ts';
import { comparing, type Checkouts } from './checkouts.ts';
import { megabytes, versus } from './versus.ts';

const WHAT = 'resident after one call and 5 s';

export async function memoryOf(both: Checkouts): Promise<Finding[]> {
  return comparing('memory', WHAT, 'shipped', both, async () => {
    const up = await serve(upstream({}));
    const one = { name: 'shipped', config: 'shipped', env: { ...before(up.port), ...CACHED } };
    const cases = { new: proxyCase(one, both.new), old: proxyCase(one, both.old) };
    const servers: Record<'new' | 'old', Server[]> = { new: [], old: [] };
    const begin = async (side: 'new' | 'old'): Promise<Server> => {
      const server = await serve(cases[side].program);
      await firstAnswer(server.port, cases[side].answer);
      return server;
    };
    try {
      // As in the row `start`: the first starts fill the compile cache.
      for (const side of SIDES) await (await begin(side)).stop();
      for (let round = 0; round < (both.quick ? 7 : 15); round++)
        for (const side of order(SIDES, round)) servers[side].push(await begin(side));
      await sleep(REST);
      return [versus('memory', WHAT, { new: servers.new.map(resident), old: servers.old.map(resident) }, megabytes)];
    } finally {
      for (const server of [...servers.new, ...servers.old, up]) await server.stop();
    }
  });
}

const SIDES = ['new', 'old'] as const;
