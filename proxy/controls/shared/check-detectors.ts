/**
 * Loads detectors before a call needs them, where that may take its time: a pattern that isn't one is then a fault of
 * the config.
 */
import type { Checked } from '../../pipeline/control.ts';
import type { Detector } from './detectors/index.ts';

/** @param control whose they are, for what is wrong with them */
export async function checkDetectors(control: string, detectors: readonly Detector[]): Promise<Checked> {
  const loaded = await Promise.allSettled(detectors.map(async (detector) => detector.load?.()));
  const faults = loaded.flatMap((one) =>
    one.status === 'fulfilled'
      ? []
      : [`${control}: ${one.reason instanceof Error ? one.reason.message : String(one.reason)}`],
  );
  return { faults: [...new Set(faults)], warnings: [] };
}
