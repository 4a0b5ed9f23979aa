/**
 * Which policies can have a say in a question, by their heads alone: what a policy's head doesn't fit it neither permits nor forbids,
 * and can't fail at. Cedar looks at every policy it is given, so where each call is decided anew it is given no others.
 */
import type { CallerEntity } from './caller-entity.ts';
import { actionsOf, type EntityId, entityOf, type PolicyJson } from './expression.ts';
import type { Policies } from './policies.ts';
import { keyOf } from './reads.ts';

export interface Head {
  readonly caller: CallerEntity;
  readonly action: string;
  /** Without an id: any of that type. */
  readonly resource: { readonly type: string; readonly id: string | undefined };
}

/** The ids of those policies. */
export function relevantTo(policies: Policies, head: Head): string[] {
  const fitting: string[] = [];
  for (const [id, policy] of policies) if (fits(policy, head)) fitting.push(id);
  return fitting;
}

function fits(policy: PolicyJson, { caller, action, resource }: Head): boolean {
  if (!(actionsOf(policy)?.includes(action) ?? true)) return false;
  const of = policy.resource;
  if (of.op === 'is' && of.entity_type !== resource.type) return false;
  const named = of.op === '==' ? entityIn(of) : undefined;
  if (named !== undefined && (named.type !== resource.type || (resource.id !== undefined && named.id !== resource.id))) return false;
  const by = policy.principal;
  const group = by.op === '==' || by.op === 'in' ? entityIn(by) : undefined;
  if (group === undefined || keyOf(group) === keyOf(caller.uid)) return true;
  return by.op === 'in' && caller.memberships.includes(keyOf(group));
}

/** Undefined: a slot, or a form that is not known here, and may fit anything. */
function entityIn(constraint: object): EntityId | undefined {
  return 'entity' in constraint ? entityOf(constraint.entity) : undefined;
}
