/** Costs of tools by pattern: which pattern counts, and which calls never fit into a limit. */
import { globOf } from '../shared/glob.ts';
import type { Limit, RateLimitOptions } from './options.ts';

type Costs = NonNullable<RateLimitOptions['costs']>;

/** Whole names first, then the patterns with the most characters. */
export function closestFirst(tools: Costs['tools'] = {}): (readonly [pattern: string, cost: number])[] {
  return Object.entries(tools).sort(([a], [b]) => closeness(b) - closeness(a));
}

function closeness(pattern: string): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : Infinity;
}

/**
 * Calls under a limit that cost more than its whole window allows, so that they would never be permitted. Each is
 * reported once.
 */
export function neverPermitted({ most, tools }: Limit, { tools: byTool, methods = {} }: Costs): string[] {
  const faults = new Set<string>();
  const costs = closestFirst(byTool).map(([pattern, cost]) => ({ pattern, cost, what: JSON.stringify(pattern) }));
  // Tools that match no pattern cost what their method costs.
  costs.push({ pattern: '*', cost: methods['tools/call'] ?? 1, what: 'tools/call' });
  for (const limited of tools ?? ['*']) {
    for (const { pattern, cost, what } of costs) {
      if (cost > most && meet(limited, pattern)) faults.add(tooLittle(what, cost, most));
      // All names under this limit are now covered, so later patterns count for none of them.
      if (covers(pattern, limited)) break;
    }
  }
  if (tools === undefined)
    for (const [method, cost] of Object.entries(methods))
      if (method !== 'tools/call' && cost > most) faults.add(tooLittle(method, cost, most));
  return [...faults];
}

function tooLittle(what: string, cost: number, most: number): string {
  return `expected at least ${cost}, since ${what} costs that much, got ${most}: such a call would never be permitted`;
}

/** Whether every name that matches `other` matches `pattern`: only a star covers what a star stands for. */
function covers(pattern: string, other: string): boolean {
  return globOf(pattern)(other.replaceAll('*', '\0'));
}

/** Whether some name matches both. */
function meet(a: string, b: string): boolean {
  // By prefixes of `a`, then of `b`: whether the rest of both can be the same name.
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
