/**
 * `policy replay`: decides recorded calls by the current policy. The audit log holds no arguments, only the scheme of a
 * resource's URI, and at most the subject of a caller. Decisions that depend on more are reported as undecidable. Claims
 * can be supplied.
 */
import { type Caller, callerOf, NOBODY } from '../../proxy/call/caller.ts';
import { nameMember } from '../../proxy/call/name-member.ts';
import { DECIDED, SHARED } from '../../proxy/controls/access-policy/methods.ts';
import { idIn, readsOf } from '../../proxy/controls/access-policy/reads.ts';
import type { Decision, ResourceRef } from '../../proxy/controls/shared/decide.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { eachLine } from '../audit/lines.ts';
import { fromHere } from '../from-here.ts';
import { OptionError } from '../option-error.ts';
import { isFree } from './asked.ts';
import { aligned, readCallers, textIn } from './input.ts';
import type { Policy } from './policy-of.ts';

/** One kind of call, and how often it was recorded. */
interface Replayed {
  readonly who: string;
  readonly method: string;
  readonly name: string;
  readonly recorded: 'allow' | 'deny';
  readonly decision: Decision;
  count: number;
}

export async function replay(
  policy: Policy,
  file: string,
  callersFile: string | undefined,
  print: (line: string) => void,
): Promise<number> {
  const callers = callersFile === undefined ? new Map<string, Caller>() : bySubject(await readCallers(callersFile));
  const kinds = new Map<string, Replayed>();
  let [recorded, calls, others] = [0, 0, 0];
  await eachLine(fromHere(file), (bytes) => {
    const line = bytes?.toString() ?? 'too long';
    const call = callIn(line);
    if (call === undefined) {
      if (line.trim() !== '') others++;
      return;
    }
    recorded++;
    const subject = textIn(call, 'caller');
    const method = textIn(call, 'method') ?? 'unknown';
    if (textIn(call, 'kind') === 'stream' || textIn(call, 'kind') === 'end' || passesAlways(method)) return;
    calls++;
    const name = textIn(call, 'name') ?? '';
    const then = wasDenied(call) ? 'deny' : 'allow';
    const key = JSON.stringify([subject, textIn(call, 'kind'), method, name, then, textIn(call, 'upstream')]);
    const known = kinds.get(key);
    if (known !== undefined) known.count++;
    else
      kinds.set(key, {
        who: subject ?? UNNAMED,
        method,
        name,
        recorded: then,
        decision: decideAgain(policy, call, method, name, subject, callers),
        count: 1,
      });
  });
  if (recorded === 0)
    throw new OptionError([
      `${file}: expected lines that audit() wrote with format 'json', found no call in it${others === 0 ? '' : ` (${others} other lines: ocsf, cloudevents and cef can't be replayed)`}`,
    ]);
  report([...kinds.values()], calls, others, print);
  const unknown = unknownIn([...kinds.values()], callers);
  if (unknown !== '')
    print(`only the log's subject is known of ${unknown}: give their claims with --callers FILE to decide more`);
  return 0;
}

function decideAgain(
  { engine, upstreams }: Policy,
  call: JsonObject,
  method: string,
  name: string,
  subject: string | undefined,
  callers: ReadonlyMap<string, Caller>,
): Decision {
  const asked = resourceOf(method, name);
  if (asked === undefined) return UNDECIDABLE;
  const known = subject === undefined ? undefined : callers.get(subject);
  const unknown = { arguments: true, claims: known === undefined, resource: asked.unknown };
  const decide = (caller: Caller): Decision =>
    upstreams.decide(
      asked.resource,
      (name) => engine.decideKnowing(unknown, { caller, upstream: { name } }, asked.action, asked.resource),
      textIn(call, 'upstream'),
    );
  if (known !== undefined) return decide(known);
  if (subject === undefined || !FINGERPRINT.test(subject))
    return decide(subject === undefined ? NOBODY : callerOf({ sub: subject }));
  // The caller may be one that policies name, or any other.
  const decisions = [callerOf({ sub: subject }), ...namedCallers(engine)].map(decide);
  const [first = UNDECIDABLE] = decisions;
  if (decisions.every(({ verdict }) => verdict === first.verdict)) return first;
  return { verdict: 'undecidable', policies: [...new Set(decisions.flatMap(({ policies }) => policies))] };
}

const UNNAMED = '(unnamed)';
const UNDECIDABLE: Decision = { verdict: 'undecidable', policies: [] };

/** What `audit({ fingerprints: { caller: true } })` writes instead of a subject. */
const FINGERPRINT = /^[A-Za-z0-9]{1,8}\.[\w-]{16}$/;

function namedCallers(engine: Policy['engine']): Caller[] {
  return [...readsOf(engine.policies.values()).named]
    .map((key) => idIn(key, 'Caller'))
    .filter((sub) => sub !== undefined)
    .map((sub) => callerOf({ sub }));
}

/**
 * By subject, regardless of the name in the file. If two have the same subject, the log doesn't show which of them
 * called.
 */
function bySubject(callers: ReadonlyMap<string, Caller>): ReadonlyMap<string, Caller> {
  const found = new Map<string, Caller>();
  const doubtful = new Set<string>();
  for (const [name, caller] of callers) {
    const { subject } = caller;
    if (subject === undefined)
      console.error(
        `warning: callers.${name}: no recorded call can match, since they have no subject (sub, client_id or azp)`,
      );
    else if (found.has(subject)) doubtful.add(subject);
    else found.set(subject, caller);
  }
  for (const subject of doubtful) {
    found.delete(subject);
    console.error(
      `warning: callers: several have the subject ${subject}: decisions that depend on their claims are undecidable`,
    );
  }
  return found;
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

/** Lists pass and are filtered; calls about a task were decided with the call that created it. */
function passesAlways(method: string): boolean {
  return (
    isFree(method) ||
    method.startsWith('subscriptions/') ||
    (Object.hasOwn(SHARED, method) && (method.endsWith('/list') || method.startsWith('tasks/')))
  );
}

/** Undefined: the log doesn't say what the call was about. */
function resourceOf(
  method: string,
  name: string,
): { readonly action: string; readonly resource: ResourceRef; readonly unknown: boolean } | undefined {
  const unknown = name === '' || name.endsWith('…');
  if (method === 'tools/call') return { action: method, resource: { type: 'Tool', name }, unknown };
  if (method === 'prompts/get') return { action: method, resource: { type: 'Prompt', name }, unknown };
  if (nameMember(method) === 'uri')
    return { action: 'resources/read', resource: { type: 'Resource', uri: name }, unknown: true };
  if (Object.hasOwn(DECIDED, method)) return { action: method, resource: { type: 'Upstream' }, unknown: false };
  return undefined;
}

/** Whether an access policy refused the recorded call. */
function wasDenied(call: JsonObject): boolean {
  const decisions = Array.isArray(call['decisions']) ? (call['decisions'] as readonly JsonValue[]) : [];
  return decisions.some(
    (fact) =>
      isObject(fact) &&
      fact['control'] === 'access-policy' &&
      (fact['decision'] === 'unknown-name' || fact['decision'] === 'denied'),
  );
}

/** Whose calls can't be decided and who have no claims, at most five; '': nobody. */
function unknownIn(kinds: readonly Replayed[], callers: ReadonlyMap<string, Caller>): string {
  const isLacking = ({ who, decision }: Replayed): boolean =>
    decision.verdict === 'undecidable' && !callers.has(who) && who !== UNNAMED && !FINGERPRINT.test(who);
  const names = new Set(kinds.filter(isLacking).map(({ who }) => who));
  const shown = [...names].slice(0, 5).join(', ');
  return names.size > 5 ? `${shown} and ${names.size - 5} more` : shown;
}

function report(kinds: readonly Replayed[], calls: number, others: number, print: (line: string) => void): void {
  const differing = kinds
    .filter(({ recorded, decision }) => decision.verdict !== recorded)
    .sort((a, b) => b.count - a.count);
  const rows = differing.map(({ who, method, name, recorded, decision, count }) => {
    const by =
      decision.policies.length > 0
        ? `(${decision.policies.join(', ')})`
        : decision.verdict === 'deny'
          ? '(no policy permits it)'
          : '';
    return [
      decision.verdict === 'undecidable' ? 'undecidable' : `${recorded} → ${decision.verdict}`,
      `${count} ×`,
      who,
      method,
      name,
      by,
    ];
  });
  for (const line of aligned(rows)) print(line);
  const sum = (those: readonly Replayed[]): number => those.reduce((total, { count }) => total + count, 0);
  const undecidable = differing.filter(({ decision }) => decision.verdict === 'undecidable');
  const changed = sum(differing) - sum(undecidable);
  print(
    `${calls} calls that a policy decides: ${calls - sum(differing)} as recorded, ${changed} otherwise, ${sum(undecidable)} undecidable from the log${others === 0 ? '' : `; ${others} lines are not calls`}`,
  );
}
