/** Loads everything that decides. Only Cedar is loaded later: each start with a policy needs the rest. */
import type { CallerModel } from './caller-entity.ts';
import { Engine } from './engine.ts';
import { PlainEvaluator } from './plain-evaluator.ts';
import { type PolicySource, readPolicies, readRules } from './policies.ts';

/** Loads Cedar only if a policy is written in Cedar. Rejects with `PolicyError`. */
export async function loadEngine(sources: readonly PolicySource[], model: CallerModel): Promise<Engine> {
  const rules = sources.filter((source) => typeof source !== 'string');
  return rules.length === sources.length
    ? new Engine(new PlainEvaluator(), readRules(rules), model)
    : loadWithCedar(sources, model);
}

/** Always with Cedar. */
export async function loadWithCedar(sources: readonly PolicySource[], model: CallerModel): Promise<Engine> {
  const [{ loadCedar }, { CedarEvaluator }] = await Promise.all([import('./cedar.ts'), import('./cedar-evaluator.ts')]);
  const cedar = await loadCedar();
  return new Engine(new CedarEvaluator(cedar), readPolicies(sources, cedar), model);
}
