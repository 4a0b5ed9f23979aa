/** The policies of one config, read on first use. */
import { loadedOnce } from '../../base/loaded.ts';
import type { Decide } from '../shared/decide.ts';
import type { CallerModel } from './caller-entity.ts';
import type { Engine } from './engine.ts';
import { loadEngine } from './load.ts';
import type { PolicySource } from './policies.ts';

export interface PolicyHandle {
  readonly sources: readonly PolicySource[];
  readonly model: CallerModel;
  /** Synchronous once loaded. Rejects with `PolicyError` if a policy can't be read. */
  engine(): Engine | Promise<Engine>;
  readonly decide: Decide;
}

/** The faults of a `PolicyError`, whose class is loaded with the policies. Undefined: another error. */
export function faultsIn(error: unknown): unknown {
  return error instanceof Error && 'faults' in error ? error.faults : undefined;
}

/** Policies with faults have the same ones the next time. */
export function isFinal(error: unknown): boolean {
  return faultsIn(error) !== undefined;
}

export function handleOf(sources: readonly PolicySource[], model: CallerModel): PolicyHandle {
  const get = loadedOnce(async () => loadEngine(sources, model), isFinal);
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
