/** How much of each built folder is loaded before the first `tools/list` is answered. */
import type { Finding } from '../finding.ts';
import { sizes } from '../rows/loaded.ts';
import { comparing, type Checkouts } from './checkouts.ts';
import { kilobytes, versus } from './versus.ts';

export async function loadedOf(both: Checkouts): Promise<Finding[]> {
  if (both.new.selfCheck) return [];
  return comparing('loaded', 'bundle loaded before the first answer', 'shipped', both, async () => {
    const [now, old] = [await sizes(both.new), await sizes(both.old)];
    const { bound: _, ...whole } = versus('loaded', 'the whole folder', { new: [now.all], old: [old.all] }, kilobytes);
    return [
      versus('loaded', 'bundle loaded before the first answer', { new: [now.loaded], old: [old.loaded] }, kilobytes),
      whole,
    ];
  });
}
