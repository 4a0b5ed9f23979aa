/** What a person's words, or a log's, come to in a decision: by the very tables that the control goes by. */
import type { Caller } from '../../proxy/call/caller.ts';
import { DECIDED, FREE, SHARED } from '../../proxy/controls/access-policy/methods.ts';
import type { Decision, DecisionContext, ResourceRef } from '../../proxy/controls/shared/decide.ts';
import type { Policy } from './policy-of.ts';

type About = ResourceRef['type'];

/** What is decided of a message. */
export interface Asked {
  readonly action: string;
  readonly resource: ResourceRef;
  /**
   * `given`: those of the call count. `none`: it has none. `any`: it passes where it may be permitted for some, as the
   * entry of a list.
   */
  readonly arguments: 'given' | 'none' | 'any';
}

/** Using a thing, by what it is; all else that is about it shares that decision. */
const USE = { Tool: 'tools/call', Prompt: 'prompts/get', Resource: 'resources/read' } as const;
const WORD: Readonly<Record<About, string>> = {
  Tool: '"tool"',
  Prompt: '"prompt"',
  Resource: '"resource"',
  Upstream: 'nothing but the method',
};
/** HTTP's own, in the legacy era: a stream that listens, a session that ends. */
const NO_MESSAGE: ReadonlySet<string> = new Set(['GET', 'DELETE']);

export const ALWAYS: Decision = Object.freeze({ verdict: 'allow', policies: Object.freeze([]) });

/**
 * What a message of this method about this thing is decided as. `always`: it isn't; a list about nothing in particular
 * is among that, since its entries are. Throws a `TypeError` for what the control never decides, a misspelt method for
 * one.
 * @param method undefined: the use of the thing
 * @param extensions methods that MCP doesn't have, and policies name
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

/** Undefined: a method that nobody knows. */
function aboutOf(
  method: string,
  shared: string | undefined,
  extensions: ReadonlySet<string>,
): readonly About[] | undefined {
  if (Object.hasOwn(DECIDED, method)) return DECIDED[method];
  if (isFree(method) || extensions.has(method)) return ['Upstream'];
  if (shared === undefined) return undefined;
  // A task is of whatever call began it; only tools have them so far.
  const uses = shared.split(', ');
  const things = (Object.keys(USE) as (keyof typeof USE)[]).filter((type) => uses.includes(USE[type]));
  return method.endsWith('/list') || method === 'subscriptions/listen' ? [...things, 'Upstream'] : things;
}

export function isFree(method: string): boolean {
  return FREE.has(method) || NO_MESSAGE.has(method);
}

/** As the control decides it. */
export function decided(
  { engine, upstream }: Policy,
  caller: Caller,
  asked: Asked | 'always',
  context: DecisionContext,
): Decision {
  if (asked === 'always') return ALWAYS;
  const given = asked.arguments === 'given' ? context.arguments : asked.arguments === 'none' ? {} : undefined;
  const decision = engine.decide({ caller, upstream: { name: upstream } }, asked.action, asked.resource, {
    ...context,
    arguments: given,
  });
  return asked.arguments === 'any' && decision.verdict === 'undecidable' ? { ...decision, verdict: 'allow' } : decision;
}
