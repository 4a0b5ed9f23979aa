/**
 * `policy replay`: recorded calls, decided by the policy at hand. The audit log holds no arguments, of a resource's URI only the
 * scheme, and of a caller only the subject: what depends on any of that comes out as undecidable. Claims may be given.
 */
import { type Caller, callerOf, NOBODY } from '../../proxy/caller.ts';
import type { Decision, ResourceRef } from '../../proxy/controls/access-policy/decide.ts';
import { DECIDED, FREE, QUESTIONS, SHARED } from '../../proxy/controls/access-policy/methods.ts';
import { isObject, type JsonObject, type JsonValue } from '../../proxy/json/lossless.ts';
import { aligned, readCallers, readInput, textIn } from './input.ts';
import type { Policy } from './policy-of.ts';

/** One kind of call, as often as it was recorded. */
interface Replayed {
  readonly who: string;
  readonly method: string;
  readonly name: string;
  readonly recorded: 'allow' | 'deny';
  readonly decision: Decision;
  count: number;
}

export async function replay({ engine }: Policy, file: string, callersFile: string | undefined, print: (line: string) => void): Promise<number> {
  const callers = callersFile === undefined ? new Map<string, Caller>() : bySubject(await readCallers(callersFile));
  const kinds = new Map<string, Replayed>();
  let [calls, others] = [0, 0];
  for (const line of (await readInput(file)).split('\n')) {
    const call = callIn(line);
    if (call === undefined) {
      if (line.trim() !== '') others++;
      continue;
    }
    const subject = textIn(call, 'caller');
    const method = textIn(call, 'method') ?? 'unknown';
    if (textIn(call, 'kind') === 'stream' || textIn(call, 'kind') === 'end' || passesAlways(method)) continue;
    calls++;
    const name = textIn(call, 'name') ?? '';
    const recorded = wasDenied(call) ? 'deny' : 'allow';
    const key = JSON.stringify([subject, textIn(call, 'kind'), method, name, recorded, textIn(call, 'upstream')]);
    const known = kinds.get(key);
    if (known !== undefined) known.count++;
    else kinds.set(key, { who: subject ?? 'nobody', method, name, recorded, decision: decideAgain(engine, call, method, name, subject, callers), count: 1 });
  }
  report([...kinds.values()], calls, others, print);
  return 0;
}

function decideAgain(engine: Policy['engine'], call: JsonObject, method: string, name: string, subject: string | undefined, callers: ReadonlyMap<string, Caller>): Decision {
  const asked = resourceOf(method, name);
  if (asked === undefined) return { verdict: 'undecidable', policies: [] };
  const known = subject === undefined ? undefined : callers.get(subject);
  const caller = known ?? (subject === undefined ? NOBODY : callerOf({ sub: subject }));
  const unknown = { arguments: true, claims: known === undefined && subject !== undefined, resource: asked.unknown };
  return engine.decideKnowing(unknown, { caller, upstream: { name: textIn(call, 'upstream') ?? 'default' } }, asked.action, asked.resource);
}

/** By subject, whatever they are called in the file. */
function bySubject(callers: ReadonlyMap<string, Caller>): ReadonlyMap<string, Caller> {
  return new Map([...callers].map(([name, caller]) => [caller.subject ?? name, caller]));
}

function callIn(line: string): JsonObject | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isObject(value) && value['event'] === 'call' ? value : undefined;
}

/** Lists pass and are filtered; what is about a task was decided when its call was. */
function passesAlways(method: string): boolean {
  return FREE.has(method) || method.startsWith('subscriptions/') || (Object.hasOwn(SHARED, method) && (method.endsWith('/list') || method.startsWith('tasks/')));
}

/** Undefined: the log doesn't say what it was about. */
function resourceOf(method: string, name: string): { readonly action: string; readonly resource: ResourceRef; readonly unknown: boolean } | undefined {
  const unknown = name === '' || name.endsWith('…');
  if (method === 'tools/call') return { action: method, resource: { type: 'Tool', name }, unknown };
  if (method === 'prompts/get') return { action: method, resource: { type: 'Prompt', name }, unknown };
  if (method.startsWith('resources/')) return { action: 'resources/read', resource: { type: 'Resource', uri: name }, unknown: true };
  if (method in QUESTIONS || method in DECIDED) return { action: method, resource: { type: 'Upstream' }, unknown: false };
  return undefined;
}

/** Whether it was an access policy that refused it then. */
function wasDenied(call: JsonObject): boolean {
  const decisions = Array.isArray(call['decisions']) ? (call['decisions'] as readonly JsonValue[]) : [];
  return decisions.some((fact) => isObject(fact) && fact['control'] === 'access-policy' && (fact['decision'] === 'unknown-name' || fact['decision'] === 'denied'));
}

function report(kinds: readonly Replayed[], calls: number, others: number, print: (line: string) => void): void {
  const differing = kinds.filter(({ recorded, decision }) => decision.verdict !== recorded).sort((a, b) => b.count - a.count);
  const rows = differing.map(({ who, method, name, recorded, decision, count }) => {
    const by = decision.policies.length > 0 ? `(${decision.policies.join(', ')})` : decision.verdict === 'deny' ? '(no policy permits it)' : '';
    return [decision.verdict === 'undecidable' ? 'undecidable' : `${recorded} → ${decision.verdict}`, `${count} ×`, who, method, name, by];
  });
  for (const line of aligned(rows)) print(line);
  const sum = (those: readonly Replayed[]): number => those.reduce((total, { count }) => total + count, 0);
  const undecidable = differing.filter(({ decision }) => decision.verdict === 'undecidable');
  const changed = sum(differing) - sum(undecidable);
  print(`${calls} calls that a policy decides: ${calls - sum(differing)} as recorded, ${changed} otherwise, ${sum(undecidable)} undecidable from the log${others === 0 ? '' : `; ${others} lines are no calls`}`);
}
