/** `policy test`: a table of cases, each with the decision that is expected of it. */
import type { Caller } from '../../proxy/caller.ts';
import type { Decision, DecisionContext, ResourceRef } from '../../proxy/controls/access-policy/decide.ts';
import { isObject, type JsonObject, type JsonValue } from '../../proxy/json/lossless.ts';
import { ConfigError } from '../../proxy/proxy.ts';
import { aligned, callersIn, readJson, textIn } from './input.ts';
import type { Policy } from './policy-of.ts';

interface Case {
  readonly who: string;
  readonly caller: Caller;
  readonly action: string;
  readonly resource: ResourceRef;
  readonly context: DecisionContext;
  readonly expect: Decision['verdict'];
  readonly policy: string | undefined;
}

const KNOWN: readonly string[] = ['caller', 'tool', 'prompt', 'resource', 'method', 'arguments', 'field', 'to', 'kind', 'expect', 'policy', 'why'];
const VERDICTS: readonly unknown[] = ['allow', 'deny', 'undecidable'] satisfies Decision['verdict'][];

/** The exit code: 1 where a decision isn't the expected one. */
export async function testTable({ engine }: Policy, file: string, print: (line: string) => void): Promise<number> {
  const cases = readCases(await readJson(file), file);
  let wrong = 0;
  const rows = cases.map(({ who, caller, action, resource, context, expect, policy }) => {
    const decision = engine.decide({ caller, upstream: { name: 'default' } }, action, resource, context);
    const by = decision.policies.length > 0 ? decision.policies.join(', ') : 'no policy permits it';
    const right = decision.verdict === expect && (policy === undefined || decision.policies.includes(policy));
    if (!right) wrong++;
    const wanted = right ? '' : `expected ${expect}${policy === undefined ? '' : ` by ${policy}`}, got`;
    return [right ? 'ok' : 'WRONG', who, action, nameOf(resource), `${wanted === '' ? '' : `${wanted} `}${decision.verdict}`, `(${by})`];
  });
  for (const line of aligned(rows)) print(line);
  print(`${cases.length} cases, ${wrong === 0 ? 'all as expected' : `${wrong} wrong`}`);
  return wrong === 0 ? 0 : 1;
}

export function nameOf(resource: ResourceRef): string {
  return resource.type === 'Upstream' ? '' : resource.type === 'Resource' ? resource.uri : resource.name;
}

function readCases(table: JsonValue, file: string): Case[] {
  const faults: string[] = [];
  if (!isObject(table) || !Array.isArray(table['cases'])) throw new ConfigError([`${file}: expected { "callers": { … }, "cases": [ … ] }`]);
  const callers = callersIn(table['callers'], file);
  const cases = (table['cases'] as readonly JsonValue[]).map((entry, i) => readCase(entry, `${file}: cases[${i}]`, callers, faults));
  if (cases.length === 0) faults.push(`${file}: expected at least one case`);
  if (faults.length > 0) throw new ConfigError(faults);
  return cases.filter((read) => read !== undefined);
}

function readCase(entry: JsonValue, where: string, callers: ReadonlyMap<string, Caller>, faults: string[]): Case | undefined {
  if (!isObject(entry)) {
    faults.push(`${where}: expected an object`);
    return undefined;
  }
  const before = faults.length;
  for (const key of Object.keys(entry)) if (!KNOWN.includes(key)) faults.push(`${where}: expected ${KNOWN.join(', ')}, got ${JSON.stringify(key)}`);
  const who = textIn(entry, 'caller') ?? '';
  const caller = callers.get(who);
  if (caller === undefined) faults.push(`${where}.caller: expected one of ${[...callers.keys()].join(', ')}, got ${JSON.stringify(entry['caller'])}`);
  const { expect } = entry;
  if (!VERDICTS.includes(expect)) faults.push(`${where}.expect: expected allow, deny or undecidable, got ${JSON.stringify(expect)}`);
  const asked = resourceIn(entry);
  if (asked === undefined) faults.push(`${where}: expected one of tool, prompt, resource, or else a method`);
  const given = entry['arguments'];
  if (given !== undefined && !isObject(given)) faults.push(`${where}.arguments: expected an object`);
  if (faults.length > before || caller === undefined || asked === undefined) return undefined;
  const to = textIn(entry, 'to');
  const context: DecisionContext = {
    ...(isObject(given) ? { arguments: given } : {}),
    field: textIn(entry, 'field'),
    to: to === 'client' || to === 'upstream' ? to : undefined,
    kind: textIn(entry, 'kind'),
  };
  return { who, caller, ...asked, context, expect: expect as Decision['verdict'], policy: textIn(entry, 'policy') };
}

function resourceIn(entry: JsonObject): { readonly action: string; readonly resource: ResourceRef } | undefined {
  const [tool, prompt, uri, method] = ['tool', 'prompt', 'resource', 'method'].map((key) => textIn(entry, key));
  if ([tool, prompt, uri].filter((name) => name !== undefined).length > 1) return undefined;
  if (tool !== undefined) return { action: method ?? 'tools/call', resource: { type: 'Tool', name: tool } };
  if (prompt !== undefined) return { action: method ?? 'prompts/get', resource: { type: 'Prompt', name: prompt } };
  if (uri !== undefined) return { action: method ?? 'resources/read', resource: { type: 'Resource', uri } };
  return method === undefined ? undefined : { action: method, resource: { type: 'Upstream' } };
}
