/** Cold starts of both checkouts, in turns. */
import type { Finding } from '../finding.ts';
import { order } from '../order.ts';
import { CACHED, proxyCase, Surroundings, time, UNCACHED, type Start } from '../starts.ts';
import { comparing, type Checkouts } from './checkouts.ts';
import { milliseconds, versus, type Sides } from './versus.ts';

/** With and without a compile cache, and with heavier configs, as in the row without `--against`. */
export async function starts(both: Checkouts): Promise<Finding[]> {
  const around = await Surroundings.open();
  const wanted = [
    around.plain('auth none', 'shipped', CACHED),
    around.plain('auth none, no compile cache', 'shipped', UNCACHED),
    around.iam('auth iam'),
    around.oauth('auth oauth'),
    around.plain('no control', 'no-control', CACHED),
    around.plain('no control, no compile cache', 'no-control', UNCACHED),
    around.plain('set A', 'set-a', CACHED),
    around.plain('set A, no compile cache', 'set-a', UNCACHED),
  ];
  const findings: Finding[] = [];
  try {
    for (const one of wanted) {
      const what = `spawn to first tools/list answered, ${one.name}`;
      findings.push(
        ...(await comparing('start', what, one.config, both, async () => [
          versus('start', what, await inTurns(one, both), milliseconds),
        ])),
      );
    }
  } finally {
    await around.close();
  }
  return findings;
}

const known = new Map<string, Sides>();

/** The start of a row's proxy as in the image, without a compile cache. Measured once for all rows with that config. */
export async function startOf(row: string, what: string, config: string, both: Checkouts): Promise<Finding> {
  const sides = known.get(config) ?? (await measured(config, both));
  known.set(config, sides);
  return versus(row, `start, ${what}`, sides, milliseconds);
}

async function measured(config: string, both: Checkouts): Promise<Sides> {
  const around = await Surroundings.open();
  try {
    return await inTurns(around.plain(config, config, UNCACHED), both);
  } finally {
    await around.close();
  }
}

async function inTurns(one: Start, both: Checkouts): Promise<Sides> {
  const cases = { new: proxyCase(one, both.new), old: proxyCase(one, both.old) };
  // The first starts fill the compile cache and the machine's page cache.
  for (let i = 0; i < 2; i++) for (const side of SIDES) await time(cases[side]);
  for (let round = 0; round < (both.quick ? 30 : 120); round++)
    for (const side of order(SIDES, round)) cases[side].ms.push(await time(cases[side]));
  return { new: cases.new.ms, old: cases.old.ms };
}

const SIDES = ['new', 'old'] as const;
