/** What a store of counts gives, wherever it keeps them. */
import type { Charge } from './plan.ts';

/** There is no room. */
export class Full {
  readonly retryAfterMs: number;
  /** Which limit, in words without a value. */
  readonly limit: string;

  constructor(retryAfterMs: number, limit: string) {
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
    this.limit = limit;
  }
}

/** The place of a call under way. */
export interface Place {
  /** Gives it back. Never throws. */
  release(): void;
}

export interface Store {
  /**
   * Charges a call to its caller and its upstream, or to neither. Undefined: it is permitted. Rejects where that can't
   * be told.
   * @param caller tells callers apart, in the clear
   */
  admit(caller: string, upstream: string, charge: Charge): Admission | Promise<Admission>;
}

export type Admission = Full | Place | undefined;

/** Nobody knows when a call will end: clients ask again after so long. */
export const PLACE_WAIT_MS = 1_000;
