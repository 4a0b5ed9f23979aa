/** The policies of one config, read on first use. */
import type { Decide } from '../shared/decide.ts';
import type { CallerModel } from './caller-entity.ts';
import type { Engine } from './engine.ts';
import type { PolicySource } from './policies.ts';

export interface PolicyHandle {
  readonly sources: readonly PolicySource[];
  readonly model: CallerModel;
  /** Synchronous once loaded. Rejects with `PolicyError` if a policy can't be read. */
  engine(): Engine | Promise<Engine>;
  readonly decide: Decide;
}

export function handleOf(sources: readonly PolicySource[], model: CallerModel): PolicyHandle {
  let engine: Engine | undefined;
  let loading: Promise<Engine> | undefined;
  const load = async (): Promise<Engine> => {
    const { loadEngine } = await import('./load.ts');
    return (engine = await loadEngine(sources, model));
  };
  const get = (): Engine | Promise<Engine> => engine ?? (loading ??= load());
  return {
    sources,
    model,
    engine: get,
    decide: (...question) => {
      const loaded = get();
      return loaded instanceof Promise ? loaded.then((it) => it.decide(...question)) : loaded.decide(...question);
    },
  };
}
