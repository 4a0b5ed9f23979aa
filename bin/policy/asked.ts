/** Turns a person's words, or a log line, into the question that the policy decides, using the control's own tables. */
import type { Caller } from '../../proxy/call/caller.ts';
import { DECIDED, FREE, SHARED } from '../../proxy/controls/access-policy/methods.ts';
import type { Decision, DecisionContext, ResourceRef } from '../../proxy/controls/shared/decide.ts';
import type { Policy } from './policy-of.ts';

type About = ResourceRef['type'];

/** The question that a message stands for. */
export interface Asked {
  readonly action: string;
  readonly resource: ResourceRef;
  /**
   * `given`: the call's arguments count. `none`: it has none. `any`: it passes if it may be permitted for some
   * arguments, like an entry of a list.
   */
  readonly arguments: 'given' | 'none' | 'any';
}

/** The method that uses a thing, by its type; other methods about the thing share its decision. */
const USE = { Tool: 'tools/call', Prompt: 'prompts/get', Resource: 'resources/read' } as const;
const WORD: Readonly<Record<About, string>> = {
  Tool: '"tool"',
  Prompt: '"prompt"',
  Resource: '"resource"',
  Upstream: 'only the method',
};
/** HTTP methods of the legacy era: a GET stream, and a DELETE that ends a session. */
const NO_MESSAGE: ReadonlySet<string> = new Set(['GET', 'DELETE']);

export const ALWAYS: Decision = Object.freeze({ verdict: 'allow', policies: Object.freeze([]) });

/**
 * The question that a message of this method about this thing stands for. `always`: it is not decided; this includes
 * lists that are about nothing in particular, since their entries are decided. Throws a `TypeError` for anything that
 * the control never decides, such as a misspelt method.
 * @param method undefined: the use of the thing
 * @param extensions methods outside of MCP that policies name
 */
export function askedAs(
  method: string | undefined,
  resource: ResourceRef,
  extensions: ReadonlySet<string>,
): Asked | 'always' {
  const about = resource.type;
  if (method === undefined) {
    if (about === 'Upstream') throw new TypeError('expected one of tool, prompt, resource, or else a method');
    return askedAs(USE[about], resource, extensions);
  }
  const shared = Object.hasOwn(SHARED, method) ? SHARED[method] : undefined;
  const expected = aboutOf(method, shared, extensions);
  if (expected === undefined)
    throw new TypeError(`method: expected one that MCP has, or that a policy names, got ${JSON.stringify(method)}`);
  if (!expected.includes(about))
    throw new TypeError(`${method}: expected ${expected.map((type) => WORD[type]).join(' or ')}, got ${WORD[about]}`);
  if (isFree(method)) return 'always';
  if (shared === undefined)
    return { action: method, resource, arguments: method === 'resources/read' ? 'none' : 'given' };
  if (about === 'Upstream') return 'always';
  return {
    action: USE[about],
    resource,
    arguments: about === 'Resource' ? 'none' : method.startsWith('tasks/') ? 'given' : 'any',
  };
}

/** Undefined: an unknown method. */
function aboutOf(
  method: string,
  shared: string | undefined,
  extensions: ReadonlySet<string>,
): readonly About[] | undefined {
  if (Object.hasOwn(DECIDED, method)) return DECIDED[method];
  if (isFree(method) || extensions.has(method)) return ['Upstream'];
  if (shared === undefined) return undefined;
  // A task is decided like the call that created it; so far only tools create tasks.
  const uses = shared.split(', ');
  const things = (Object.keys(USE) as (keyof typeof USE)[]).filter((type) => uses.includes(USE[type]));
  return method.endsWith('/list') || method === 'subscriptions/listen' ? [...things, 'Upstream'] : things;
}

export function isFree(method: string): boolean {
  return FREE.has(method) || NO_MESSAGE.has(method);
}

/**
 * The decision, as the control makes it.
 * @param upstream the one that is asked, if that is known
 */
export function decided(
  { engine, upstreams }: Policy,
  caller: Caller,
  asked: Asked | 'always',
  context: DecisionContext,
  upstream?: string,
): Decision {
  if (asked === 'always') return ALWAYS;
  const given = asked.arguments === 'given' ? context.arguments : asked.arguments === 'none' ? {} : undefined;
  const decision = upstreams.decide(
    asked.resource,
    (name) =>
      engine.decide({ caller, upstream: { name } }, asked.action, asked.resource, { ...context, arguments: given }),
    upstream,
  );
  return asked.arguments === 'any' && decision.verdict === 'undecidable' ? { ...decision, verdict: 'allow' } : decision;
}
