/** The interface of a store of counts. */
import type { Charge } from './plan.ts';

/** A limit is exhausted. */
export class Full {
  readonly retryAfterMs: number;
  /** The name of the limit; contains no value of a call. */
  readonly limit: string;

  constructor(retryAfterMs: number, limit: string) {
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
    this.limit = limit;
  }
}

/** The slot of a concurrent call. */
export interface Slot {
  /** Releases it. Never throws. */
  release(): void;
}

export interface Store {
  /**
   * Charges a call to both its caller and its upstream, or to neither. Undefined: it is permitted. Rejects if the store
   * can't decide.
   * @param caller identifies the caller, in plain text
   */
  admit(caller: string, upstream: string, charge: Charge): Admission | Promise<Admission>;
}

export type Admission = Full | Slot | undefined;

/** The end of a running call is unknown, so clients retry after this time. */
export const SLOT_WAIT_MS = 1_000;
