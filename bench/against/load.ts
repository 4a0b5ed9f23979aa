/** Measures each proxy of a row in both checkouts, in turns under the row's load. */
import { contest, type Contender, type Shape } from '../contest.ts';
import type { Finding } from '../finding.ts';
import { SETTINGS, withControl, controlShape, type ControlLoad, type Measured } from '../rows/controls.ts';
import { latencyShape } from '../rows/latency.ts';
import { MEASURED, type StreamLoad, streamShape, WRITTEN } from '../rows/streams.ts';
import { PROXIES, shape as hopShape, WHAT, type Load } from '../rows/throughput.ts';
import type { Programs } from '../subjects.ts';
import { comparing, type Checkouts } from './checkouts.ts';
import { startOf } from './start.ts';
import { underLoad } from './versus.ts';

interface Subject {
  readonly what: string;
  readonly config: string;
  readonly contender: (programs: Programs) => Contender;
}

export const hopLoad =
  (load: Load) =>
  (both: Checkouts): Promise<Finding[]> =>
    compare(load, hops(WHAT[load]), hopShape(load, both.quick), both);

export const latencyLoad = (both: Checkouts): Promise<Finding[]> =>
  compare('latency', hops('300 B, 1 connection'), latencyShape(both.quick), both);

export const controlLoad =
  (row: ControlLoad) =>
  (both: Checkouts): Promise<Finding[]> => {
    const { what: load, measured } = SETTINGS[row];
    return compare(row, controlled(measured, load), controlShape(row, both.quick), both);
  };

export const streamLoad =
  (row: StreamLoad) =>
  (both: Checkouts): Promise<Finding[]> =>
    compare(row, controlled(MEASURED, `100 events, ${WRITTEN[row]}`), streamShape(row, both.quick), both);

function controlled(measured: readonly Measured[], load: string): Subject[] {
  return measured.map((one) => ({
    what: `${one.what}: ${load}`,
    config: one.config,
    contender: (programs) => withControl(one, programs),
  }));
}

function hops(load: string): Subject[] {
  return Object.entries(PROXIES).map(([name, config]) => ({
    what: `${name}: ${load}`,
    config,
    contender: ({ proxy }) => ({ program: proxy(config) }),
  }));
}

async function compare(row: string, subjects: readonly Subject[], under: Shape, both: Checkouts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { what, config, contender } of subjects) {
    const measured = await comparing(row, what, config, both, async () => {
      const shape = paired(under, both.quick);
      const scores = await contest({ new: contender(both.new), old: contender(both.old) }, shape);
      return [...underLoad(row, what, scores, shape.rounds), await startOf(row, what, config, both)];
    });
    findings.push(...measured);
  }
  return findings;
}

/**
 * More and shorter windows. One round varies by a tenth, with windows of 500 calls as with 2,500, so in the same time
 * many short rounds bring the median closer to the true value. Processes differ too, mainly in memory, so there are
 * several sets.
 */
function paired(under: Shape, quick: boolean): Shape {
  return {
    ...under,
    calls: Math.max(under.calls / 10, under.connections * 4),
    warmUp: under.warmUp / 2,
    sets: quick ? 3 : 8,
    rounds: quick ? 32 : 48,
  };
}
