/**
 * Selects the policies that may apply to a question, by their heads: a policy whose head does not match neither permits
 * nor forbids, and can't fail. Cedar evaluates every policy it gets, so for decisions that are made with each call it
 * gets only these, and only their unknown conditions.
 */
import type { CallerEntity } from './caller-entity.ts';
import { actionsOf, type EntityId, entityOf, type PolicyJson } from './expression.ts';
import type { Policies } from './policies.ts';
import { keyOf } from './reads.ts';

export interface Head {
  readonly caller: CallerEntity;
  readonly action: string;
  /** Without an id: any resource of that type. */
  readonly resource: { readonly type: string; readonly id: string | undefined };
}

const ALL = { op: 'All' } as const;

/** The selected policies, without the parts of their heads that certainly match. */
export function relevantTo(policies: Policies, head: Head): Map<string, PolicyJson> {
  const fitting = new Map<string, PolicyJson>();
  for (const [id, policy] of policies) {
    const { principal, resource } = policy;
    if (actionsOf(policy)?.includes(head.action) === false) continue;
    const [by, to] = [ofPrincipal(principal, head), ofResource(resource, head)];
    if (by === 'never' || to === 'never') continue;
    fitting.set(id, {
      ...policy,
      principal: by === 'always' ? ALL : principal,
      action: ALL,
      resource: to === 'always' ? ALL : resource,
    });
  }
  return fitting;
}

type Fit = 'always' | 'never' | 'unknown';

function ofResource(constraint: PolicyJson['resource'], { resource: { type, id } }: Head): Fit {
  if (constraint.op === 'is') {
    if (constraint.entity_type !== type) return 'never';
    return constraint.in === undefined ? 'always' : 'unknown';
  }
  const named = constraint.op === '==' ? entityIn(constraint) : undefined;
  if (named === undefined) return 'unknown';
  if (named.type !== type) return 'never';
  if (id === undefined) return 'unknown';
  return named.id === id ? 'always' : 'never';
}

function ofPrincipal(constraint: PolicyJson['principal'], { caller }: Head): Fit {
  const named = entityIn(constraint);
  if (named === undefined) return 'unknown';
  if (keyOf(named) === keyOf(caller.uid)) return 'always';
  return constraint.op === 'in' && caller.memberships.includes(keyOf(named)) ? 'always' : 'never';
}

/** Undefined: anything, a type, a slot or an unknown form: the constraint stays as it is. */
function entityIn(constraint: object): EntityId | undefined {
  return 'entity' in constraint ? entityOf(constraint.entity) : undefined;
}
