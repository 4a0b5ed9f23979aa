/** Explains a row: the CPU time of each process under test by function, in microseconds per call. */
import type { Profiler } from 'node:inspector';
import { basename } from 'node:path';
import { ask } from './child.ts';
import { Field } from './contest.ts';
import { ROWS, type RowName } from './rows/rows.ts';
import type { Programs } from './subjects.ts';

const SHOWN = 40;

export async function profile(row: RowName, programs: Programs): Promise<void> {
  const load = ROWS[row].load?.(programs);
  if (load === undefined)
    throw new Error(
      `got --profile ${row}, expected a row with a load: ${Object.entries(ROWS)
        .filter(([, { load }]) => load !== undefined)
        .map(([name]) => name)
        .join(', ')}`,
    );
  const { contenders, shape: under } = load;
  const field = await Field.open(contenders, under.era);
  for (const subject of field.order(0)) {
    const child = field.process(subject);
    if (child === undefined) continue;
    await field.window(subject, { ...under, calls: under.warmUp });
    await ask(child, 'profile-start');
    const { cpu, ran } = await field.window(subject, { ...under, calls: under.calls * 4 });
    const found = await ask<Profiler.Profile>(child, 'profile-stop');
    console.log(`\n${subject}: ${(cpu / ran.calls).toFixed(1)} µs of CPU per call, all threads, profiler included`);
    const times = selfTimes(found);
    // Samples measure wall time, including waits for a busy core, so only their shares of the CPU time are comparable.
    const sampled = times.reduce((sum, { us }) => sum + us, 0);
    const line = (us: number, name: string): void =>
      console.log(`${((us / sampled) * (cpu / ran.calls)).toFixed(2).padStart(8)} µs  ${name}`);
    for (const [origin, us] of byOrigin(times)) line(us, `in all: ${origin}`);
    for (const { name, us } of times.slice(0, SHOWN)) line(us, name);
  }
  await field.close();
}

/** Self time per function, the most expensive first, without idle time and the profiler itself. */
export function selfTimes({ nodes, samples, timeDeltas }: Profiler.Profile): { name: string; us: number }[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, label(callFrame)]));
  const sums = new Map<string, number>();
  samples?.forEach((id, index) => {
    const name = names.get(id) ?? '(unknown)';
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas?.[index] ?? 0));
  });
  return [...sums]
    .filter(([name]) => name !== '(idle)' && !name.includes('node:inspector'))
    .map(([name, us]) => ({ name, us }))
    .sort((a, b) => b.us - a.us);
}

function byOrigin(times: readonly { name: string; us: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, us } of times) {
    const origin =
      name === '(garbage collector)'
        ? 'garbage collection'
        : name.includes(' node:')
          ? "Node's own JavaScript"
          : name.includes('.mjs:')
            ? 'the script'
            : 'native code';
    sums.set(origin, (sums.get(origin) ?? 0) + us);
  }
  return sums;
}

function label({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName || '(anonymous)';
  return `${functionName || '(anonymous)'} ${url.startsWith('node:') ? url : basename(url)}:${lineNumber + 1}`;
}
