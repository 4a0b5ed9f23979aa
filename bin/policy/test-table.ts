/** `policy test`: runs a table of cases, each with its expected decision. */
import type { Caller } from '../../proxy/call/caller.ts';
import type { Decision, DecisionContext, ResourceRef } from '../../proxy/controls/shared/decide.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { OptionError } from '../option-error.ts';
import { type Asked, askedAs, decided } from './asked.ts';
import { aligned, callersIn, readJson, textIn } from './input.ts';
import type { Policy } from './policy-of.ts';

interface Case {
  readonly who: string;
  readonly caller: Caller;
  readonly method: string;
  readonly resource: ResourceRef;
  readonly asked: Asked | 'always';
  readonly context: DecisionContext;
  readonly expect: Decision['verdict'];
  readonly policy: string | undefined;
  readonly upstream: string | undefined;
}

/** Members that must be strings. */
const TEXTS: readonly string[] = [
  'caller',
  'tool',
  'prompt',
  'resource',
  'method',
  'upstream',
  'field',
  'to',
  'kind',
  'expect',
  'policy',
  'why',
];
const KNOWN: readonly string[] = [...TEXTS, 'arguments'];
const VERDICTS: readonly unknown[] = ['allow', 'deny', 'undecidable'] satisfies Decision['verdict'][];

/** Returns the exit code: 1 if a decision isn't the expected one. */
export async function testTable(policies: Policy, file: string, print: (line: string) => void): Promise<number> {
  const cases = readCases(await readJson(file), file, policies);
  let wrong = 0;
  const rows = cases.map(({ who, caller, method, resource, asked, context, expect, policy, upstream }) => {
    const decision = decided(policies, caller, asked, context, upstream);
    const by =
      decision.policies.length > 0
        ? decision.policies.join(', ')
        : asked === 'always'
          ? 'always permitted'
          : 'no policy permits it';
    const right = decision.verdict === expect && (policy === undefined || decision.policies.includes(policy));
    if (!right) wrong++;
    const wanted = right ? '' : `expected ${expect}${policy === undefined ? '' : ` by ${policy}`}, got`;
    return [
      right ? 'ok' : 'WRONG',
      who,
      method,
      nameOf(resource),
      `${wanted === '' ? '' : `${wanted} `}${decision.verdict}`,
      `(${by})`,
    ];
  });
  for (const line of aligned(rows)) print(line);
  print(`${cases.length} cases, ${wrong === 0 ? 'all as expected' : `${wrong} wrong`}`);
  return wrong === 0 ? 0 : 1;
}

function nameOf(resource: ResourceRef): string {
  return resource.type === 'Upstream' ? '' : resource.type === 'Resource' ? resource.uri : resource.name;
}

function readCases(table: JsonValue, file: string, policies: Policy): Case[] {
  const faults: string[] = [];
  if (!isObject(table) || !Array.isArray(table['cases']))
    throw new OptionError([`${file}: expected { "callers": { … }, "cases": [ … ] }`]);
  for (const key of Object.keys(table))
    if (key !== 'callers' && key !== 'cases')
      faults.push(`${file}: expected callers and cases, got ${JSON.stringify(key)}`);
  const callers = callersIn(table['callers'], file);
  const cases = (table['cases'] as readonly JsonValue[]).map((entry, i) =>
    readCase(entry, `${file}: cases[${i}]`, callers, policies, faults),
  );
  if (cases.length === 0) faults.push(`${file}: expected at least one case`);
  if (faults.length > 0) throw new OptionError(faults);
  return cases.filter((read) => read !== undefined);
}

/** Undefined if it has faults. */
function readCase(
  entry: JsonValue,
  where: string,
  callers: ReadonlyMap<string, Caller>,
  { actions, upstreams }: Policy,
  faults: string[],
): Case | undefined {
  if (!isObject(entry)) {
    faults.push(`${where}: expected an object`);
    return undefined;
  }
  const before = faults.length;
  for (const key of Object.keys(entry))
    if (!KNOWN.includes(key)) faults.push(`${where}: expected ${KNOWN.join(', ')}, got ${JSON.stringify(key)}`);
  for (const key of TEXTS)
    if (entry[key] !== undefined && typeof entry[key] !== 'string')
      faults.push(`${where}.${key}: expected a text, got ${JSON.stringify(entry[key])}`);
  const given = entry['arguments'];
  if (given !== undefined && !isObject(given)) faults.push(`${where}.arguments: expected an object`);
  const { expect } = entry;
  if (!isVerdict(expect))
    faults.push(`${where}.expect: expected ${VERDICTS.join(', ')}, got ${JSON.stringify(expect)}`);
  const who = textIn(entry, 'caller') ?? '';
  const caller = callers.get(who);
  if (caller === undefined)
    faults.push(
      `${where}.caller: expected one of ${[...callers.keys()].join(', ')}, got ${JSON.stringify(entry['caller'])}`,
    );
  const upstream = textIn(entry, 'upstream');
  if (upstream !== undefined && !upstreams.names.includes(upstream))
    faults.push(`${where}.upstream: expected one of ${upstreams.names.join(', ')}, got ${JSON.stringify(upstream)}`);
  if (faults.length > before || caller === undefined || !isVerdict(expect)) return undefined;
  try {
    const resource = resourceIn(entry);
    const asked = askedAs(textIn(entry, 'method'), resource, actions);
    const method = textIn(entry, 'method') ?? (asked === 'always' ? '' : asked.action);
    return {
      who,
      caller,
      method,
      resource,
      asked,
      context: contextIn(entry, method, asked),
      expect,
      policy: textIn(entry, 'policy'),
      upstream,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    faults.push(`${where}: ${error.message}`);
    return undefined;
  }
}

function isVerdict(value: JsonValue | undefined): value is Decision['verdict'] {
  return VERDICTS.includes(value);
}

/** Throws a `TypeError` if it is about several things. */
function resourceIn(entry: JsonObject): ResourceRef {
  const [tool, prompt, uri] = ['tool', 'prompt', 'resource'].map((key) => textIn(entry, key));
  if ([tool, prompt, uri].filter((name) => name !== undefined).length > 1)
    throw new TypeError('expected one of tool, prompt, resource, got several');
  if (tool !== undefined) return { type: 'Tool', name: tool };
  if (prompt !== undefined) return { type: 'Prompt', name: prompt };
  return uri === undefined ? { type: 'Upstream' } : { type: 'Resource', uri };
}

/** Throws a `TypeError` for members that would have no effect. */
function contextIn(entry: JsonObject, method: string, asked: Asked | 'always'): DecisionContext {
  const { arguments: given, to } = entry;
  if (given !== undefined && (asked === 'always' || asked.arguments !== 'given'))
    throw new TypeError(`arguments: ${method} is decided without any`);
  for (const key of ['field', 'to', 'kind'])
    if (entry[key] !== undefined && method !== 'detokenize')
      throw new TypeError(`${key}: expected with the method detokenize only`);
  if (to !== undefined && to !== 'client' && to !== 'upstream')
    throw new TypeError(`to: expected client or upstream, got ${JSON.stringify(to)}`);
  return {
    ...(isObject(given) ? { arguments: given } : {}),
    field: textIn(entry, 'field'),
    to,
    kind: textIn(entry, 'kind'),
  };
}
