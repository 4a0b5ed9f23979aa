/** Everything that decides, in a chunk of its own: a proxy without policies holds none of it. */
import type { CallerModel } from './caller-entity.ts';
import { Engine } from './engine.ts';
import { PlainEvaluator } from './plain-evaluator.ts';
import { type PolicySource, readPolicies, readRules } from './policies.ts';

/** Cedar is loaded where anything is written in it. Rejects with `PolicyError`. */
export async function loadEngine(sources: readonly PolicySource[], model: CallerModel): Promise<Engine> {
  const rules = sources.filter((source) => typeof source !== 'string');
  return rules.length === sources.length
    ? new Engine(new PlainEvaluator(), readRules(rules), model)
    : loadWithCedar(sources, model);
}

/** By Cedar, whether it is needed or not. */
export async function loadWithCedar(sources: readonly PolicySource[], model: CallerModel): Promise<Engine> {
  const [{ loadCedar }, { CedarEvaluator }] = await Promise.all([import('./cedar.ts'), import('./cedar-evaluator.ts')]);
  const cedar = await loadCedar();
  return new Engine(new CedarEvaluator(cedar), readPolicies(sources, cedar), model);
}
