/**
 * Loads what watches calls from outside the controls: the part of each that is bound, in a chunk of its own; else
 * nothing.
 */
import type { Observed, Observer } from '../pipeline/observer.ts';
import type { TelemetryBindings } from './bindings.ts';

/** Loads what is bound. */
export async function loadObservers({ metrics, traces }: TelemetryBindings, observed: Observed): Promise<Observer[]> {
  const observers: Observer[] = [];
  if (traces !== undefined) observers.push(new (await import('./traces/traces.ts')).Traces(traces, observed));
  if (metrics !== undefined)
    observers.push(new (await import('./metrics.ts')).Metrics({ ...metrics, controls: observed.controls }));
  return observers;
}
