/** Loads the observers of metrics and traces: each only if it is bound, from its own chunk. */
import type { Observed, Observer } from '../pipeline/observer.ts';
import type { TelemetryBindings } from './bindings.ts';

/** Loads the observers that are bound. */
export async function loadObservers(
  { metrics, durations, traces }: TelemetryBindings,
  observed: Observed,
): Promise<Observer[]> {
  const observers: Observer[] = [];
  if (traces !== undefined) observers.push(new (await import('./traces/traces.ts')).Traces(traces, observed));
  if (metrics !== undefined)
    observers.push(new (await import('./metrics.ts')).Metrics({ ...metrics, controls: observed.controls }));
  if (durations !== undefined) observers.push(new (await import('./durations.ts')).Durations(durations, observed));
  return observers;
}
