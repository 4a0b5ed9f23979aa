/**
 * Cold start: from spawning node to the first answered request. The upstream is already running; the bare server shows
 * the share of Node itself. The image ships no compile cache, so the row without one is what it pays. With a cache,
 * earlier starts have filled it, for both sides.
 */
import { failed, ratio, type Finding } from '../finding.ts';
import { HELLO } from '../first-answer.ts';
import { CACHED, proxyCase, Surroundings, time, UNCACHED, type Case } from '../starts.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';

export async function start(programs: Programs, quick: boolean): Promise<Finding[]> {
  const around = await Surroundings.open();
  const hello = (name: string, cache: Record<string, string>): Case => ({
    name,
    program: { ...programs.hello, env: cache },
    answer: HELLO,
    ms: [],
  });
  const bare = hello('bare', CACHED);
  const bareUncached = hello('bare, no compile cache', UNCACHED);
  const plain = (name: string, config: string, cache: Record<string, string>): Case =>
    proxyCase(around.plain(name, config, cache), programs);
  const none = plain('auth none', 'shipped', CACHED);
  const noneUncached = plain('auth none, no compile cache', 'shipped', UNCACHED);
  const iam = proxyCase(around.iam('auth iam'), programs);
  const client = proxyCase(around.oauth('auth oauth'), programs);
  const without = plain('no control', 'no-control', CACHED);
  const setA = plain('set A', 'set-a', CACHED);
  const withoutUncached = plain('no control, no compile cache', 'no-control', UNCACHED);
  const setAUncached = plain('set A, no compile cache', 'set-a', UNCACHED);

  let cases = [bare, none, bareUncached, noneUncached, iam, client, without, setA, withoutUncached, setAUncached];
  const broken = new Map<Case, unknown>();
  // The first starts fill the compile cache and the machine's page cache. A failure here excludes the contender.
  for (let i = 0; i < 2; i++)
    for (const one of cases) await time(one).catch((error: unknown) => broken.set(one, error));
  cases = cases.filter((one) => !broken.has(one));
  for (let round = 0; round < (quick ? 21 : 41); round++)
    for (const one of round % 2 === 0 ? cases : cases.toReversed()) one.ms.push(await time(one));
  await around.close();

  const against = (it: Case, reference: Case, of: string, bound?: Finding['bound']): Finding => {
    const what = `spawn to first tools/list answered, ${it.name}`;
    if (broken.has(it)) return failed('start', what, broken.get(it));
    return ratio(
      'start',
      what,
      pairwise(it.ms, reference.ms, (a, b) => a / b),
      `${median(it.ms).toFixed(1)} ms, ${of} ${median(reference.ms).toFixed(1)} ms`,
      bound,
    );
  };
  const BARE = 'bare node:http';
  return [
    against(none, bare, BARE, { atMost: 1.5 }),
    against(noneUncached, bareUncached, BARE, { atMost: 1.5 }),
    against(iam, bare, BARE),
    against(iam, without, 'no control', { atMost: 1.3 }),
    against(client, bare, BARE),
    against(setA, without, 'no control', { atMost: 1.25 }),
    against(setAUncached, withoutUncached, 'no control', { atMost: 1.25 }),
  ];
}
