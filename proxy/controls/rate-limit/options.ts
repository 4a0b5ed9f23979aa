/** What a team says of its limits, and what is wrong with it. */
import { isKnownMethod } from '../methods.ts';

export interface Limit {
  /** Units per window; a call counts as many as it costs, which is one unless `costs` says otherwise. */
  readonly most: number;
  /** Length of a window, in seconds: from 1 to 604,800 (a week). */
  readonly seconds: number;
  /**
   * Whose calls are counted together: each `caller`'s own, or all that go to the `upstream`.
   * @default 'caller'
   */
  readonly of?: 'caller' | 'upstream';
  /**
   * Names of tools, or their beginnings (`search___*`). Each entry has a counter of its own.
   * @default - all calls, of whatever method, are counted together
   */
  readonly tools?: readonly string[];
}

/** Calls under way at once: from being let through to the last byte of the reply. */
export interface Concurrency {
  /** Of one caller; at most 200. @default - no limit */
  readonly perCaller?: number;
  /** Of all callers together; at most 200. @default - no limit */
  readonly perUpstream?: number;
  /**
   * Seconds after which the place of a call is free again though nobody gave it back, since its process ended. Renewed as long
   * as the call goes on.
   * @default 60
   */
  readonly leaseSeconds?: number;
}

export interface TableStore {
  /** The environment variable that holds the table's ARN. A table is created with the stack where none is bound. */
  readonly table: string;
  /** Milliseconds that a call waits for the table, at most (the first of a process: 3 s more). @default 500 */
  readonly timeLimitMs?: number;
  /**
   * When the table doesn't answer in time, or refuses: `deny` the call, or `count-here`, in this process's memory, where each
   * process permits the whole limit.
   * @default 'deny'
   */
  readonly onFailure?: 'deny' | 'count-here';
  /** Units that a process takes at once out of a limit `of: 'upstream'`, at most. @default 20 */
  readonly block?: number;
}

export interface RateLimitOptions {
  /** A call must have room in all that apply to it. @default none */
  readonly limits?: readonly Limit[];
  /** @default - any number at once */
  readonly concurrency?: Concurrency;
  /**
   * What a call costs, in whole units, by tool (a name, or a beginning with `*`: the longest that fits counts) and by method.
   * `initialize`, `server/discover`, `tasks/cancel`, `resources/unsubscribe`, notifications, responses, GET and DELETE cost nothing
   * unless they are named in `methods`.
   * @default - one each
   */
  readonly costs?: { readonly tools?: Readonly<Record<string, number>>; readonly methods?: Readonly<Record<string, number>> };
  /** Where is counted. Memory is for local use: on AgentCore each session has a process, hence a memory, of its own. @default 'memory' */
  readonly store?: 'memory' | TableStore;
}

/** Places of calls are held in the item that is written with each call: it must stay small. */
const MOST_PLACES = 200;
const WEEK = 604_800;

/** All that is wrong, in words. */
export function faultsOf({ limits = [], concurrency = {}, costs = {}, store = 'memory', ...unknown }: RateLimitOptions): string[] {
  const faults = [...strangers(unknown, 'options'), ...strangers(without(concurrency, ['perCaller', 'perUpstream', 'leaseSeconds']), 'concurrency'), ...strangers(without(costs, ['tools', 'methods']), 'costs')];
  const whole = (what: string, value: number | undefined, from: number, to: number): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= from && value <= to)) faults.push(`${what}: expected a whole number from ${from} to ${to}, got ${String(value)}`);
  };
  if (limits.length === 0 && concurrency.perCaller === undefined && concurrency.perUpstream === undefined) faults.push('expected limits, or a concurrency, got none');
  for (const [i, { most, seconds, of = 'caller', tools, ...more }] of limits.entries()) {
    const where = `limits[${i}]`;
    faults.push(...strangers(more, where));
    whole(`${where}.most`, most, 1, 1e9);
    whole(`${where}.seconds`, seconds, 1, WEEK);
    if (of !== 'caller' && of !== 'upstream') faults.push(`${where}.of: expected 'caller' or 'upstream', got ${JSON.stringify(of)}`);
    if (tools?.length === 0) faults.push(`${where}.tools: expected names of tools, got an empty list: leave it out to count all calls together`);
    for (const tool of tools ?? []) if (!isPattern(tool)) faults.push(`${where}.tools: expected a tool's name, or its beginning and a *, got ${JSON.stringify(tool)}`);
    for (const [name, cost] of Object.entries(costs.tools ?? {})) {
      if (cost > most && (tools === undefined || tools.some((tool) => overlap(tool, name)))) faults.push(`${where}.most: ${JSON.stringify(name)} costs ${cost}, more than the ${most} of a whole window: it would never be permitted`);
    }
  }
  whole('concurrency.perCaller', concurrency.perCaller, 1, MOST_PLACES);
  whole('concurrency.perUpstream', concurrency.perUpstream, 1, MOST_PLACES);
  whole('concurrency.leaseSeconds', concurrency.leaseSeconds, 10, 3_600);
  for (const [name, cost] of Object.entries(costs.tools ?? {})) {
    whole(`costs.tools[${JSON.stringify(name)}]`, cost, 0, 1e6);
    if (!isPattern(name)) faults.push(`costs.tools: expected a tool's name, or its beginning and a *, got ${JSON.stringify(name)}`);
  }
  for (const [method, cost] of Object.entries(costs.methods ?? {})) {
    whole(`costs.methods[${JSON.stringify(method)}]`, cost, 0, 1e6);
    if (!isKnownMethod(method)) faults.push(`costs.methods: expected a method of MCP, got ${JSON.stringify(method)}`);
    for (const [i, { most, tools }] of limits.entries()) {
      if (tools === undefined && cost > most) faults.push(`limits[${i}].most: ${method} costs ${cost}, more than the ${most} of a whole window: it would never be permitted`);
    }
  }
  if (store !== 'memory') {
    const { table, timeLimitMs, onFailure = 'deny', block, ...more } = store;
    faults.push(...strangers(more, 'store'));
    if (typeof table !== 'string') faults.push(`store.table: expected the name of the environment variable that holds the table's ARN, got ${typeof table}`);
    whole('store.timeLimitMs', timeLimitMs, 10, 60_000);
    whole('store.block', block, 1, 1e6);
    if (onFailure !== 'deny' && onFailure !== 'count-here') faults.push(`store.onFailure: expected 'deny' or 'count-here', got ${JSON.stringify(onFailure)}`);
  }
  return faults;
}

function strangers(more: object, where: string): string[] {
  return Object.keys(more).map((name) => `${where}: there is no ${JSON.stringify(name)}`);
}

function without(object: object, known: readonly string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !known.includes(name)));
}

function isPattern(tool: string): boolean {
  return tool !== '' && !tool.slice(0, -1).includes('*');
}

/** Whether one name may fit both patterns. */
function overlap(a: string, b: string): boolean {
  return fits(a, stem(b)) || fits(b, stem(a));
}

function stem(pattern: string): string {
  return pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
}

/** Whether a tool's name is the one, or begins as the pattern says. */
export function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
