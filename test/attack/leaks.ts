/**
 * The leak hunt: marked values on every surface of calls and replies, through controls that fail on them and quote
 * them.
 */
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { startUpstream } from '../support/upstream.ts';
import type { Attack, Attacking } from './attack.ts';
import { answering, leaksIn, type Running, runProxy, type Sent, sendMarked, sent } from './leak-scenarios.ts';

const ROUND = 100;
const MAIN = fileURLToPath(new URL('../controls/breaking-proxy.ts', import.meta.url));

export const leaks: Attacking = {
  name: 'leaks',
  prepare: async (): Promise<Attack> => {
    let now: Sent | undefined;
    const upstream = await startUpstream(answering(() => now));
    let proxy: Running | undefined;
    return {
      with: 'a proxy whose controls fail, refuse and quote',
      async round(random) {
        proxy ??= await runProxy(MAIN, upstream.url);
        for (const scenario of fc.sample(sent, { numRuns: ROUND, seed: random.below(2 ** 31) })) {
          now = scenario;
          await sendMarked(proxy.port, scenario);
        }
        // All its lines are written once it has ended.
        const out = await proxy.end();
        proxy = undefined;
        return { tried: ROUND, faults: leaksIn(out) };
      },
      async [Symbol.asyncDispose]() {
        await proxy?.end();
        await upstream[Symbol.asyncDispose]();
      },
    };
  },
};
