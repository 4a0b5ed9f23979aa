import { log } from '../base/log.ts';

/** Runs telemetry's own code. An error in it must not fail the call. */
export function unharmed<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    log.error('tracing failed', { event: 'span-broke', error });
    return undefined;
  }
}
