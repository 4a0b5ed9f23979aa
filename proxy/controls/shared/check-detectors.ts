/** Loads detectors at start-up, so that an invalid pattern is reported as a fault of the config. */
import type { Checked } from '../../pipeline/control.ts';
import type { Detector } from './detectors/index.ts';

/** @param control named in the faults */
export async function checkDetectors(control: string, detectors: readonly Detector[]): Promise<Checked> {
  const loaded = await Promise.allSettled(detectors.map(async (detector) => detector.load?.()));
  const faults = loaded.flatMap((one) =>
    one.status === 'fulfilled'
      ? []
      : [`${control}: ${one.reason instanceof Error ? one.reason.message : String(one.reason)}`],
  );
  return { faults: [...new Set(faults)], warnings: [] };
}
