/** Checks the options of `rate-limit`. */
import { isKnownMethod } from '../../call/methods.ts';
import { neverPermitted } from './costs.ts';
import type { RateLimitOptions } from './options.ts';

/** Slots are stored in the item that each call writes, so it must stay small. */
const MOST_PLACES = 200;
const WEEK = 604_800;

const OPTIONS = ['limits', 'concurrency', 'costs', 'store'];
const LIMIT = ['most', 'seconds', 'of', 'tools'];
const CONCURRENCY = ['perCaller', 'perUpstream', 'leaseSeconds'];
const COSTS = ['tools', 'methods'];
const STORE = ['table', 'timeLimitMs', 'onFailure', 'block'];

type Given = Readonly<Record<string, unknown>>;

/** Returns all faults. Checks types, too, because a config may come from a file without types. */
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
  if (
    Array.isArray(limits) &&
    limits.length === 0 &&
    concurrency?.['perCaller'] === undefined &&
    concurrency?.['perUpstream'] === undefined
  )
    faults.all.push('options: expected limits or concurrency, got neither');
  costFaults(given['costs'] ?? {}, faults);
  if (store !== 'memory') storeFaults(store, faults);
  // The values match their types from here on.
  if (faults.all.length === 0)
    options.limits?.forEach((limit, i) =>
      faults.all.push(...neverPermitted(limit, options.costs ?? {}).map((fault) => `limits[${i}].most: ${fault}`)),
    );
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
  if (tools.length === 0)
    faults.all.push(
      `${where}.tools: expected names of tools, got an empty list: leave it out to count all calls together`,
    );
  for (const tool of tools as readonly unknown[])
    if (typeof tool !== 'string' || tool === '')
      faults.add(`${where}.tools`, "a tool's name, in which * stands for any characters", tool);
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
  if (typeof store !== 'object' || store === null)
    return faults.add('store', "'memory' or { table: 'VARIABLE' }", store);
  const { table, timeLimitMs, onFailure = 'deny', block } = faults.objectAt('store', store, STORE) ?? {};
  if (typeof table !== 'string' || table === '')
    faults.add('store.table', "the name of the environment variable that holds the table's ARN", table);
  faults.wholeAt('store.timeLimitMs', timeLimitMs, 10, 60_000);
  faults.wholeAt('store.block', block, 1, 1e6);
  if (onFailure !== 'deny' && onFailure !== 'count-here')
    faults.add('store.onFailure', "'deny' or 'count-here'", onFailure);
}

class Faults {
  readonly all: string[] = [];

  add(where: string, expected: string, got: unknown): void {
    this.all.push(`${where}: expected ${expected}, got ${shown(got)}`);
  }

  /** Undefined if it is not an object. @param known the allowed members; any if left out */
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
    if (!(Number.isInteger(value) && (value as number) >= from && (value as number) <= to))
      this.add(where, `a whole number from ${from} to ${to}`, value);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(value) ?? typeof value;
}
