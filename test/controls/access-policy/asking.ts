/** Asks a policy for decisions directly, without a proxy. */
import { callerOf } from '../../../proxy/call/caller.ts';
import type { CallerModel } from '../../../proxy/controls/access-policy/caller-entity.ts';
import type { Engine } from '../../../proxy/controls/access-policy/engine.ts';
import { loadEngine } from '../../../proxy/controls/access-policy/load.ts';
import type { PolicySource } from '../../../proxy/controls/access-policy/policies.ts';
import type { Decision, DecisionContext, ResourceRef } from '../../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

export const MODEL: CallerModel = { groups: ['groups', 'cognito:groups'], claims: {} };
export const upstream = { name: 'default' };

export interface Asking {
  readonly engine: Engine;
  readonly decide: (claims: JsonObject, action: string, resource: ResourceRef, context?: DecisionContext) => Decision;
  /** Whether a tool may be called with these arguments; if none are given, with any arguments. */
  readonly tool: (claims: JsonObject, name: string, given?: JsonObject) => Decision['verdict'];
}

export async function asking(policies: readonly PolicySource[], model: Partial<CallerModel> = {}): Promise<Asking> {
  const engine = await loadEngine(policies, { ...MODEL, ...model });
  const decide: Asking['decide'] = (claims, action, resource, context) =>
    engine.decide({ caller: callerOf(claims), upstream }, action, resource, context);
  return {
    engine,
    decide,
    tool: (claims, name, given) => decide(claims, 'tools/call', { type: 'Tool', name }, { arguments: given }).verdict,
  };
}

export const NONE: JsonObject = {};
