/** One thing that only a deployment can show. */
import type { Live } from './live.ts';

export interface LiveCheck {
  /** Stable: `docs/unproven.md` and pipelines go by it. */
  readonly id: string;
  /** What is assumed, in a few words. */
  readonly expected: string;
  /** Waits for the service's own delays; run after the others. */
  readonly slow?: true;
  readonly run: (live: Live) => Promise<Seen>;
}

export interface Seen {
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was found, with its figures. */
  readonly got: string;
}

export const ok = (got: string): Seen => ({ state: 'ok', got });
export const failed = (got: string): Seen => ({ state: 'failed', got });
export const skipped = (got: string): Seen => ({ state: 'skipped', got });
export const either = (good: boolean, got: string): Seen => (good ? ok(got) : failed(got));
