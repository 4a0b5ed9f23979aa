/**
 * Tools and prompts that rules name, to check whether any list shows them. A rule for a missing name usually has a
 * typo.
 */
import { isObject } from '../../json/lossless.ts';
import type { Named as NamedInConfig } from '../shared/name-watch.ts';
import {
  conditionsOf,
  type EntityId,
  entityOf,
  type Expression,
  literalOf,
  operandsOf,
  pathOf,
  type PolicyJson,
} from './expression.ts';
import { matcherOf, type Pattern, piecesOf } from './pattern.ts';
import type { Policies } from './policies.ts';

export interface Named extends NamedInConfig {
  readonly policy: string;
  /** As written in the rule, with stars. */
  readonly name: string;
}

/** The names and patterns in the policies. */
export function namedBy(policies: Policies): Named[] {
  return [...policies].flatMap(([id, policy]) => namesIn(policy).map((named) => ({ ...named, policy: id })));
}

function namesIn(policy: PolicyJson): Omit<Named, 'policy'>[] {
  const found: Omit<Named, 'policy'>[] = [];
  const { resource } = policy;
  const literal = literalIn(policy);
  if (literal !== undefined) collectLiteral(literal, found);
  const types = resource.op === 'is' ? typesOf(resource.entity_type) : (['Tool', 'Prompt'] as const);
  for (const condition of conditionsOf(policy)) collect(condition, types, found);
  return found;
}

/** What the scope of a policy names, if that is one. */
function literalIn({ resource }: PolicyJson): EntityId | undefined {
  const scope = resource.op === 'is' ? resource.in : resource;
  return scope !== undefined && 'entity' in scope ? entityOf(scope.entity) : undefined;
}

/** The upstreams that a policy names. */
export function upstreamsIn(policy: PolicyJson): string[] {
  const literal = literalIn(policy);
  const named = (expression: Expression): string[] => {
    const own = literalOf(expression);
    return [...(own?.type === 'Upstream' ? [own.id] : []), ...operandsOf(expression).flatMap(named)];
  };
  return [...(literal?.type === 'Upstream' ? [literal.id] : []), ...conditionsOf(policy).flatMap(named)];
}

function typesOf(type: string): readonly ('Tool' | 'Prompt')[] {
  return type === 'Tool' || type === 'Prompt' ? [type] : [];
}

function collect(expression: Expression, types: readonly ('Tool' | 'Prompt')[], found: Omit<Named, 'policy'>[]): void {
  const literal = literalOf(expression);
  if (literal !== undefined) collectLiteral(literal, found);
  const name = patternOf(expression);
  // A rule without a type may mean several, so it is unclear which list should show it.
  const [type, ...others] = types;
  if (name !== undefined && type !== undefined && others.length === 0) found.push({ type, ...name });
  for (const operand of operandsOf(expression)) collect(operand, types, found);
}

function collectLiteral(
  { type, id }: { readonly type: string; readonly id: string },
  found: Omit<Named, 'policy'>[],
): void {
  if (type === 'Tool' || type === 'Prompt') found.push({ type, name: id, matches: (name) => name === id });
}

/** `resource.name == "…"` or `resource.name like "…"`. */
function patternOf(expression: Expression): Pick<Named, 'name' | 'matches'> | undefined {
  const equal = expression['=='] as { readonly left: unknown; readonly right: unknown } | undefined;
  if (equal !== undefined && isName(equal.left) && isObject(equal.right) && typeof equal.right['Value'] === 'string') {
    const name = equal.right['Value'];
    return { name, matches: (other) => other === name };
  }
  const like = expression['like'] as { readonly left: unknown; readonly pattern: Pattern } | undefined;
  if (like === undefined || !isName(like.left)) return undefined;
  return { name: piecesOf(like.pattern).join('*'), matches: matcherOf(like.pattern) };
}

function isName(expression: unknown): boolean {
  return pathOf(expression, 'resource')?.join('.') === 'name';
}
