/** The interface for evaluating policies: Cedar, or for one-line rules a part of it that needs no loading. */
import type { CedarValueJson, EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/web';
import type { CallerEntity } from './caller-entity.ts';
import type { EntityId } from './expression.ts';
import type { Policies } from './policies.ts';

export interface Question {
  readonly caller: CallerEntity;
  readonly action: string;
  readonly resource: EntityId;
  /** `name` or `uri`; empty for an upstream. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly upstream: string;
  readonly context: Record<string, CedarValueJson>;
}

export interface Answer {
  readonly decision: 'allow' | 'deny';
  /** The policies that decided. */
  readonly reason: readonly string[];
  /** Policies that could not be evaluated. */
  readonly failed: readonly string[];
}

export interface Evaluator {
  /** Registers a set of policies under a name. Throws `PolicyError`. */
  prepare(set: string, policies: Policies): void;
  /** Throws if the question itself is invalid. */
  answer(set: string, question: Question): Answer;
}

/** The resource of a question, as Cedar entities. */
export function resourcesOf({ resource, attributes, upstream }: Question): EntityJson[] {
  if (resource.type === 'Upstream') return [];
  const parents: EntityUidJson[] = [{ type: 'Upstream', id: upstream }];
  return [{ uid: resource, attrs: attributes, parents }];
}
