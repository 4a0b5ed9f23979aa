/** CPU time and memory of a process with all that it started, as Linux reports them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Usage } from '../probe.ts';

/** Microseconds in a clock tick: 100 a second on every Linux that Node runs on. */
const TICK = 10_000;
const PAGE = 4096;

interface Stat {
  readonly parent: number;
  /** Its own, and that of children that have ended. */
  readonly ticks: number;
  readonly pages: number;
}

/** Undefined if the process has ended. */
function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may contain anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { parent, ticks, pages: fields[21] ?? 0 };
  } catch {
    return undefined;
  }
}

/** The process and all below it. */
export function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const id = Number(name);
    const parent = Number.isInteger(id) ? stat(id)?.parent : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const all = [pid];
  for (const one of all) all.push(...(children.get(one) ?? []));
  return all;
}

export function usageOf(pid: number): Usage {
  let [cpu, rss] = [0, 0];
  for (const one of family(pid)) {
    const now = stat(one);
    cpu += (now?.ticks ?? 0) * TICK;
    rss += (now?.pages ?? 0) * PAGE;
  }
  return { cpu, rss };
}
