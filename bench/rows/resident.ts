/** Resident memory after 25 seconds of calls over 32 connections. V8 sizes its young generation by the load. */
import { Field, type Contenders } from '../contest.ts';
import type { Finding } from '../finding.ts';
import { order } from '../order.ts';
import { spread } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { withControl } from './controls.ts';

const MB = 2 ** 20;
const SECONDS = 25;
const LOAD = { kind: 'customer', era: 'modern', connections: 32 } as const;
/** Calls of a window: none takes longer than a second or two. */
const CALLS = 5_000;

const NAMES = ['pipe', 'shipped', 'set A'] as const;
const OVER: Readonly<Partial<Record<(typeof NAMES)[number], number>>> = { shipped: 12, 'set A': 25 };

export async function resident(programs: Programs, quick: boolean): Promise<Finding[]> {
  const contenders: Contenders<(typeof NAMES)[number]> = {
    pipe: { program: programs.pipe },
    shipped: { program: programs.proxy('shipped') },
    'set A': withControl({ config: 'set-a', what: 'set A', hides: true }, programs),
  };
  const held: Record<(typeof NAMES)[number], number[]> = { pipe: [], shipped: [], 'set A': [] };
  for (let set = 0; set < (quick ? 2 : 5); set++) {
    const field = await Field.open(contenders, LOAD.era);
    try {
      for (const name of order(NAMES, set)) held[name].push((await afterLoad(field, name)) / MB);
    } finally {
      await field.close();
    }
  }
  const pipe = spread(held.pipe).median;
  return NAMES.slice(1).map((name) => {
    const over = spread(held[name].map((value, set) => value - (held.pipe[set] ?? NaN)));
    const most = OVER[name];
    return {
      row: 'resident',
      what: `resident after ${SECONDS} s at 32 connections, over the pipe's: ${name}`,
      value: over.median,
      unit: 'MB',
      min: over.min,
      max: over.max,
      detail: `${spread(held[name]).median.toFixed(0)} MB, pipe ${pipe.toFixed(0)} MB`,
      ...(most === undefined ? {} : { bound: { atMost: most } }),
    };
  });
}

async function afterLoad<Name extends string>(field: Field<Name>, name: Name): Promise<number> {
  await field.connect(name, LOAD);
  const until = performance.now() + SECONDS * 1000;
  let rss = 0;
  while (performance.now() < until) ({ rss } = await field.run(name, CALLS));
  return rss;
}
