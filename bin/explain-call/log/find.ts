/** Finds what a log has about a call: the lines with its id, what warned about the same thing, and how the proxy was configured. */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import { type Line, linesOf } from './entries.ts';

export interface FoundCall {
  readonly id: string | undefined;
  readonly entries: readonly JsonObject[];
  /** Lines that have the id, in a form that is not known here. */
  readonly others: readonly string[];
}

export interface Found {
  readonly calls: readonly FoundCall[];
  /** Warnings and errors without an id, newest last. */
  readonly warnings: readonly JsonObject[];
  /** Names of the controls, outermost first, as the last start before the call said. */
  readonly controls: readonly string[] | undefined;
  /** Names of calls that were not refused, by method. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Warnings that are kept, and lines of one call. */
const MOST = 1_000;

/** @param id of a refusal or a call, or a trace */
export async function findIn(file: string, id: string): Promise<Found> {
  const calls = new Map<string, { entries: JsonObject[]; others: string[] }>();
  const warnings: JsonObject[] = [];
  let controls: readonly string[] | undefined;
  let isFound = false;
  const names = new Map<string, Set<string>>();
  for await (const line of linesOf(file)) {
    const { entry } = line;
    noteName(entry, names);
    if (line.text.includes(id) && mentions(line, id)) {
      isFound = true;
      const key = textIn(entry, 'id') ?? textIn(entry, 'errorId') ?? id;
      const call = calls.get(key) ?? { entries: [], others: [] };
      calls.set(key, call);
      if (entry === undefined || !isOwn(entry)) call.others.push(line.text);
      else if (call.entries.length < MOST) call.entries.push(entry);
    } else if (entry !== undefined && (entry['level'] === 'warn' || entry['level'] === 'error')) {
      warnings.push(entry);
      if (warnings.length > MOST) warnings.shift();
    }
    if (entry?.['event'] === 'configuration' && (!isFound || controls === undefined))
      controls = namesIn(entry['controls']);
  }
  return { calls: [...calls].map(([key, call]) => ({ id: key, ...call })), warnings, controls, names };
}

function noteName(entry: JsonObject | undefined, names: Map<string, Set<string>>): void {
  if (entry?.['event'] !== 'call' || 'code' in entry) return;
  const [method, name] = [textIn(entry, 'method'), textIn(entry, 'name')];
  if (method === undefined || name === undefined) return;
  const known = names.get(method) ?? new Set<string>();
  names.set(method, known);
  if (known.size < MOST) known.add(name);
}

function mentions({ text, entry }: Line, id: string): boolean {
  if (entry === undefined || !isOwn(entry)) return text.includes(id);
  return entry['id'] === id || entry['errorId'] === id || entry['trace'] === id;
}

function isOwn(entry: JsonObject): boolean {
  return 'event' in entry || 'errorId' in entry || 'level' in entry;
}

function namesIn(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((one: JsonValue) => {
    const name: JsonValue | undefined = isObject(one) ? one['name'] : one;
    return typeof name === 'string' ? [name] : [];
  });
}

export function textIn(entry: JsonObject | undefined, name: string): string | undefined {
  const value = entry?.[name];
  return typeof value === 'string' ? value : undefined;
}
