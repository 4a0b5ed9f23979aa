/** What a team says of its limits, and what is wrong with it. */
import { isKnownMethod } from '../../call/methods.ts';
import { neverPermitted } from './costs.ts';

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
   * Names of tools; `*` stands for any characters (`search___*`). Each entry has a counter of its own, whatever the others take in.
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
   * What a call costs, in whole units, by tool and by method. Of tools a whole name counts before any pattern, and of patterns the one
   * with the most characters beside `*`. `initialize`, `server/discover`, `tasks/cancel`, `resources/unsubscribe`, notifications
   * (`notifications/…`), responses, GET and DELETE cost nothing unless they are named in `methods`; a response has the method that it
   * answers. Any other message costs the same with an id and without.
   * @default - one each
   */
  readonly costs?: { readonly tools?: Readonly<Record<string, number>>; readonly methods?: Readonly<Record<string, number>> };
  /** Where is counted. Memory is for local use: on AgentCore each session has a process, hence a memory, of its own. @default 'memory' */
  readonly store?: 'memory' | TableStore;
}

/** Places of calls are held in the item that is written with each call: it must stay small. */
const MOST_PLACES = 200;
const WEEK = 604_800;

const OPTIONS = ['limits', 'concurrency', 'costs', 'store'];
const LIMIT = ['most', 'seconds', 'of', 'tools'];
const CONCURRENCY = ['perCaller', 'perUpstream', 'leaseSeconds'];
const COSTS = ['tools', 'methods'];
const STORE = ['table', 'timeLimitMs', 'onFailure', 'block'];

type Given = Readonly<Record<string, unknown>>;

/** All that is wrong, in words. A config may come from a file without types. */
export function faultsOf(options: RateLimitOptions): string[] {
  const faults = new Faults();
  const given = faults.objectAt('options', options, OPTIONS);
  if (given === undefined) return faults.all;
  const { limits = [], store = 'memory' } = given;
  if (!Array.isArray(limits)) faults.add('limits', 'a list', limits);
  else limits.forEach((limit: unknown, i) => limitFaults(limit, `limits[${i}]`, faults));
  const concurrency = faults.objectAt('concurrency', given['concurrency'] ?? {}, CONCURRENCY);
  faults.wholeAt('concurrency.perCaller', concurrency?.['perCaller'], 1, MOST_PLACES);
  faults.wholeAt('concurrency.perUpstream', concurrency?.['perUpstream'], 1, MOST_PLACES);
  faults.wholeAt('concurrency.leaseSeconds', concurrency?.['leaseSeconds'], 10, 3_600);
  if (Array.isArray(limits) && limits.length === 0 && concurrency?.['perCaller'] === undefined && concurrency?.['perUpstream'] === undefined) faults.add('options', 'limits, or a concurrency', undefined);
  costFaults(given['costs'] ?? {}, faults);
  if (store !== 'memory') storeFaults(store, faults);
  // By now they are what their types say.
  if (faults.all.length === 0) options.limits?.forEach((limit, i) => faults.all.push(...neverPermitted(limit, options.costs ?? {}).map((fault) => `limits[${i}].most: ${fault}`)));
  return faults.all;
}

function limitFaults(limit: unknown, where: string, faults: Faults): void {
  const given = faults.objectAt(where, limit, LIMIT);
  if (given === undefined) return;
  const { most, seconds, of = 'caller', tools } = given;
  faults.wholeAt(`${where}.most`, most, 1, 1e9, true);
  faults.wholeAt(`${where}.seconds`, seconds, 1, WEEK, true);
  if (of !== 'caller' && of !== 'upstream') faults.add(`${where}.of`, "'caller' or 'upstream'", of);
  if (tools === undefined) return;
  if (!Array.isArray(tools)) return faults.add(`${where}.tools`, 'a list of names of tools', tools);
  if (tools.length === 0) faults.all.push(`${where}.tools: expected names of tools, got an empty list: leave it out to count all calls together`);
  for (const tool of tools as readonly unknown[]) if (typeof tool !== 'string' || tool === '') faults.add(`${where}.tools`, "a tool's name, in which * stands for any characters", tool);
}

function costFaults(costs: unknown, faults: Faults): void {
  const given = faults.objectAt('costs', costs, COSTS);
  for (const [name, cost] of Object.entries(faults.objectAt('costs.tools', given?.['tools'] ?? {}) ?? {})) {
    faults.wholeAt(`costs.tools[${JSON.stringify(name)}]`, cost, 0, 1e6, true);
    if (name === '') faults.add('costs.tools', "a tool's name, in which * stands for any characters", name);
  }
  for (const [method, cost] of Object.entries(faults.objectAt('costs.methods', given?.['methods'] ?? {}) ?? {})) {
    faults.wholeAt(`costs.methods[${JSON.stringify(method)}]`, cost, 0, 1e6, true);
    if (!isKnownMethod(method)) faults.add('costs.methods', 'a method of MCP', method);
  }
}

function storeFaults(store: unknown, faults: Faults): void {
  if (typeof store !== 'object' || store === null) return faults.add('store', "'memory', or an object with a table", store);
  const { table, timeLimitMs, onFailure = 'deny', block } = faults.objectAt('store', store, STORE) ?? {};
  if (typeof table !== 'string' || table === '') faults.add('store.table', "the name of the environment variable that holds the table's ARN", table);
  faults.wholeAt('store.timeLimitMs', timeLimitMs, 10, 60_000);
  faults.wholeAt('store.block', block, 1, 1e6);
  if (onFailure !== 'deny' && onFailure !== 'count-here') faults.add('store.onFailure', "'deny' or 'count-here'", onFailure);
}

class Faults {
  readonly all: string[] = [];

  add(where: string, expected: string, got: unknown): void {
    this.all.push(`${where}: expected ${expected}, got ${shown(got)}`);
  }

  /** Undefined where it is none. @param known the members that it may have; any where it is left out */
  objectAt(where: string, value: unknown, known?: readonly string[]): Given | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(where, 'an object', value);
      return undefined;
    }
    const given: Given = { ...value };
    for (const name of Object.keys(given)) if (known?.includes(name) === false) this.add(where, known.join(', '), name);
    return given;
  }

  wholeAt(where: string, value: unknown, from: number, to: number, needed = false): void {
    if (value === undefined && !needed) return;
    if (!(Number.isInteger(value) && (value as number) >= from && (value as number) <= to)) this.add(where, `a whole number from ${from} to ${to}`, value);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value) ?? typeof value;
}
