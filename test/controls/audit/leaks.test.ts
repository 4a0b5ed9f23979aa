import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answering, leaksIn, runProxy, type Sent, sendMarked, sent } from '../../attack/leak-scenarios.ts';
import { startUpstream } from '../../support/upstream.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe.each([
  ['the shipped proxy', '../../../proxy/main.ts', 60],
  ['a proxy with a control that throws and quotes values', '../breaking-proxy.ts', 120],
])('%s', (_name, main, numRuns) => {
  test('writes no value of a call into any line, on any surface', async () => {
    let now: Sent | undefined;
    await using upstream = await startUpstream(answering(() => now));
    await using proxy = await runProxy(file(main), upstream.url);
    await fc.assert(
      fc.asyncProperty(sent, async (scenario) => {
        now = scenario;
        await sendMarked(proxy.port, scenario);
      }),
      { numRuns },
    );
    const out = await proxy.end();
    expect(leaksIn(out)).toEqual([]);
    expect(out.split('\n').filter((line) => line.includes('"event":"call"')).length).toBeGreaterThan(numRuns / 3);
  });
});
