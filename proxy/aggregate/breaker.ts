/**
 * A circuit breaker: an upstream that failed several times in a row is not asked for a while, so that it bills no
 * waiting. Then one call goes through as a probe. If it succeeds, all do again; if not, the pause doubles.
 */

/** Failures in a row that open the circuit. */
export const FAILURES = 5;
const FIRST_PAUSE_MS = 1_000;
/** The longest that an upstream that works again waits to be asked. */
export const LONGEST_PAUSE_MS = 30_000;
/** A probe without an outcome for that long is taken for lost, and another one may leave. */
const PROBE_MS = 60_000;

export type Passage =
  | { readonly passes: true }
  /** Milliseconds until the next probe may leave. */
  | { readonly passes: false; readonly waitMs: number };

const PASSES: Passage = { passes: true };

export class Breaker {
  readonly #onChange: (isOpen: boolean, pauseMs: number) => void;
  #failures = 0;
  #pauseMs = 0;
  #openUntil = 0;
  #probedAt = 0;

  /** @param onChange runs when the circuit opens, and when it closes again */
  constructor(onChange: (isOpen: boolean, pauseMs: number) => void = () => {}) {
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES;
  }

  /** Whether one more failure opens the circuit, or keeps it open. */
  get isDoubtful(): boolean {
    return this.#failures >= FAILURES - 1;
  }

  /** Whether a call may leave. The first one after the pause is the probe. */
  enter(now: number = Date.now()): Passage {
    const passage = this.look(now);
    if (passage.passes && this.isOpen) this.#probedAt = now;
    return passage;
  }

  /** Whether a call might leave, without being the probe. */
  look(now: number = Date.now()): Passage {
    if (!this.isOpen) return PASSES;
    // A clock that was set back must not lengthen a pause.
    if (this.#openUntil > now && this.#openUntil - now <= this.#pauseMs)
      return { passes: false, waitMs: this.#openUntil - now };
    if (this.#probedAt !== 0 && Math.abs(now - this.#probedAt) < PROBE_MS)
      return { passes: false, waitMs: this.#pauseMs };
    return PASSES;
  }

  succeeded(): void {
    const wasOpen = this.isOpen;
    this.#failures = 0;
    this.#pauseMs = 0;
    this.#probedAt = 0;
    if (wasOpen) this.#onChange(false, 0);
  }

  failed(now: number = Date.now()): void {
    this.#failures++;
    if (!this.isOpen) return;
    const isProbe = this.#probedAt !== 0;
    // Calls that were under way when the circuit opened say nothing new.
    if (this.#pauseMs !== 0 && !isProbe) return;
    this.#probedAt = 0;
    this.#pauseMs = this.#pauseMs === 0 ? FIRST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    this.#openUntil = now + this.#pauseMs;
    if (!isProbe) this.#onChange(true, this.#pauseMs);
  }

  /** A call that entered ended without saying anything about the upstream, such as one that its client cancelled. */
  left(): void {
    this.#probedAt = 0;
  }
}
