/** What differs between a record and a replay of it, and what can't be told. */
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { stepsOf } from '../../proxy/json/path.ts';
import type { JsonValue } from '../../proxy/json/value.ts';
import type { Decided, RecordedCall, TrafficRecord } from '../format.ts';
import { type Difference, differences } from './compare.ts';
import type { Played } from './engine.ts';

export interface Otherwise {
  readonly call: number;
  readonly method: string;
  readonly name: string | undefined;
  readonly caller: string;
  readonly difference: Difference;
}

export interface Undecided {
  readonly call: number;
  readonly method: string;
  readonly name: string | undefined;
  readonly why: string;
}

export interface Verdict {
  readonly calls: number;
  /** Calls of which something is otherwise. */
  readonly otherwise: readonly Otherwise[];
  /** Requests to upstreams that the record doesn't know, with the calls that made them. */
  readonly unknown: readonly { readonly call: number; readonly request: string }[];
  readonly undecided: readonly Undecided[];
  /** What this config decides by and this record doesn't have. */
  readonly warnings: readonly string[];
  /** What the record was compared with: a replay with the config it was made with, or only what was decided then. */
  readonly against: 'replay' | 'decisions';
}

export async function judge(record: TrafficRecord, played: readonly Played[], config: ProxyConfig): Promise<Verdict> {
  const otherwise: Otherwise[] = [];
  const unknown: { call: number; request: string }[] = [];
  const undecided: Undecided[] = [];
  for (const { recorded, decided, why, unknown: requests, tried } of played) {
    const about = { call: recorded.call, method: recorded.method, name: nameIn(recorded) };
    if (decided === undefined) {
      undecided.push({ ...about, why: why ?? 'it could not be played' });
      continue;
    }
    const expected = record.expected.get(recorded.call);
    for (const request of requests)
      if (expected?.unknown?.includes(request) !== true) unknown.push({ call: recorded.call, request });
    // Without a replay to compare with, what detectors find in the record may be what redaction made of it.
    const unsure = new Set(
      expected === undefined ? (recorded.decided.unsure === undefined ? [] : ['*']) : (expected.unsure ?? []),
    );
    const reached =
      tried.length === 0 ? undefined : `something asked for ${tried.join(', ')}, which a replay doesn't reach`;
    for (const difference of differences(expected ?? recorded.decided, decided, isExact(record, expected))) {
      if (unsure.has(difference.control) || unsure.has('*'))
        undecided.push({ ...about, why: `${difference.control}: this record can't tell (see --accept)` });
      else if (reached !== undefined) undecided.push({ ...about, why: `${difference.control}: ${reached}` });
      else otherwise.push({ ...about, caller: callerOf(recorded), difference });
    }
  }
  return {
    calls: played.length,
    otherwise,
    unknown,
    undecided,
    warnings: [...(record.head.values === 'redacted' ? await redactedArguments(record, config) : [])],
    against: record.expected.size > 0 ? 'replay' : 'decisions',
  };
}

/** Without a replay to compare with, the record of redacted values has only places. */
function isExact({ head }: TrafficRecord, expected: Decided | undefined): boolean {
  return expected !== undefined || head.values === 'clear';
}

/** Arguments by which the config decides, and of which the record has other values. */
async function redactedArguments({ calls, head }: TrafficRecord, { controls }: ProxyConfig): Promise<string[]> {
  const found = new Map<string, Set<string>>();
  for (const { name, builtIn, arguments: declared } of controls) {
    if (declared === undefined || (builtIn !== undefined && builtIn.stage !== 'permit')) continue;
    const scopes = typeof declared === 'function' ? await declared() : declared;
    for (const { tool, path } of scopes) {
      // Names of members, without indices.
      const names = path === undefined ? [] : (stepsOf(path) ?? []).filter((step) => typeof step === 'string');
      const last = names.at(-1);
      if (last === undefined || isKept(names, head.keeps)) continue;
      const uses = calls.some(
        (call) =>
          call.method === 'tools/call' &&
          (tool === undefined || tool.includes('*') || nameIn(call) === tool) &&
          (call.text ?? '').includes(`"${last}":`),
      );
      if (!uses) continue;
      found.set(name, (found.get(name) ?? new Set()).add(names.join('.')));
    }
  }
  return [...found].map(
    ([control, paths]) =>
      `${control} decides by arguments whose values this record has replaced: ${[...paths].join(', ')}. Record again with ${[...paths].map((path) => `--record-keep ${path}`).join(' ')}`,
  );
}

function isKept(names: readonly string[], keeps: readonly string[]): boolean {
  const path = `arguments.${names.join('.')}`;
  return keeps.some((kept) => path === kept || path.endsWith(`.${kept}`));
}

export function nameIn({ text }: RecordedCall): string | undefined {
  if (text === undefined) return undefined;
  const message: unknown = parsed(text);
  const params = isObject(message) ? message['params'] : undefined;
  if (!isObject(params)) return undefined;
  const name: JsonValue | undefined = params['name'] ?? params['uri'];
  return typeof name === 'string' ? name : undefined;
}

function callerOf({ claims }: RecordedCall): string {
  for (const name of ['sub', 'client_id', 'azp']) {
    const value = claims[name];
    if (typeof value === 'string') return value;
  }
  return 'anyone';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
