/** A check of what only a deployment can show. */
import type { Live } from './live.ts';

export interface LiveCheck {
  /** Stable: `docs/unproven.md` and pipelines use it. */
  readonly id: string;
  /** What is expected, in a few words. */
  readonly expected: string;
  /** Waits for delays of the service; runs after the others. */
  readonly slow?: true;
  readonly run: (live: Live) => Promise<Seen>;
}

export interface Seen {
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was found, with figures. */
  readonly got: string;
}

export const ok = (got: string): Seen => ({ state: 'ok', got });
export const failed = (got: string): Seen => ({ state: 'failed', got });
export const skipped = (got: string): Seen => ({ state: 'skipped', got });
export const either = (good: boolean, got: string): Seen => (good ? ok(got) : failed(got));
