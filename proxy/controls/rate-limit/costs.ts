/** What tools cost, by pattern: which of several counts, and what never fits into a limit. */
import { globOf } from '../shared/glob.ts';
import type { Limit, RateLimitOptions } from './options.ts';

type Costs = NonNullable<RateLimitOptions['costs']>;

/** A whole name is the closest to it; of patterns the one that says the most of a name. */
export function closestFirst(tools: Costs['tools'] = {}): (readonly [pattern: string, cost: number])[] {
  return Object.entries(tools).sort(([a], [b]) => closeness(b) - closeness(a));
}

function closeness(pattern: string): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : Infinity;
}

/**
 * What may be called under a limit and costs more than its whole window has: it would never be permitted. In words,
 * each once.
 */
export function neverPermitted({ most, tools }: Limit, { tools: byTool, methods = {} }: Costs): string[] {
  const faults = new Set<string>();
  const costs = closestFirst(byTool).map(([pattern, cost]) => ({ pattern, cost, what: JSON.stringify(pattern) }));
  // Where no pattern fits, a tool costs what its method does.
  costs.push({ pattern: '*', cost: methods['tools/call'] ?? 1, what: 'tools/call' });
  for (const limited of tools ?? ['*']) {
    for (const { pattern, cost, what } of costs) {
      if (cost > most && meet(limited, pattern)) faults.add(`${what} costs ${cost}`);
      // What comes after it counts for none of these.
      if (covers(pattern, limited)) break;
    }
  }
  if (tools === undefined)
    for (const [method, cost] of Object.entries(methods))
      if (method !== 'tools/call' && cost > most) faults.add(`${method} costs ${cost}`);
  return [...faults].map((fault) => `${fault}, more than the ${most} of a whole window: it would never be permitted`);
}

/** Whether all names that fit the one fit the other: what a star stands for, only a star takes in. */
function covers(pattern: string, other: string): boolean {
  return globOf(pattern)(other.replaceAll('*', '\0'));
}

/** Whether some name fits both. */
function meet(a: string, b: string): boolean {
  // By beginnings of the one, then of the other: whether the rest of both may be the same name.
  let row = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(j)));
  for (let i = a.length - 1; i >= 0; i--) {
    const next = row.map(() => false);
    for (let j = b.length; j >= 0; j--) {
      next[j] =
        a[i] === '*' || b[j] === '*' ? row[j] === true || next[j + 1] === true : a[i] === b[j] && row[j + 1] === true;
    }
    row = next;
  }
  return row[0] === true;
}
