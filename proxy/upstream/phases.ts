/** The time limits of one exchange with an upstream: one for each phase, none for the whole. */
import { UpstreamFailure } from '../base/errors.ts';
import { type Deadline, unwatch, watch } from './deadlines.ts';
import type { Connection } from './http/connection.ts';

/** Milliseconds. */
export interface PhaseLimits {
  /** Until there is a connection, with TLS, including the wait for a free one. */
  readonly connectMs: number;
  /** Until the response headers arrive. Both limits run from the moment of sending. */
  readonly firstByteMs: number;
  /** Between two chunks of one reply. */
  readonly idleMs: number;
}

/** What is timed. */
export interface Timed {
  /** Undefined while it waits for one. */
  readonly connection: Connection | undefined;
  /** Gives it up, with its connection; a reply that has begun ends with the error. */
  cancel(error: Error): void;
}

/** Ends a request whose phase takes too long; an idle one is noticed at most a quarter of its limit late. */
export class Phases implements Deadline {
  at: number;
  slot = -1;
  readonly #startedAt = performance.now();
  #bytesRead = 0;
  #lastByteAt = 0;
  #isHeaded = false;
  readonly #request: Timed;
  readonly #url: URL;
  readonly #limits: PhaseLimits;
  readonly #reject: (error: Error) => void;

  constructor(request: Timed, url: URL, limits: PhaseLimits, reject: (error: Error) => void) {
    this.#request = request;
    this.#url = url;
    this.#limits = limits;
    this.#reject = reject;
    this.at = this.#startedAt + Math.min(limits.connectMs, limits.firstByteMs);
    watch(this);
  }

  headed(): void {
    this.#isHeaded = true;
    this.#bytesRead = this.#request.connection?.socket.bytesRead ?? 0;
    this.#lastByteAt = performance.now();
    this.at = this.#lastByteAt + this.#limits.idleMs / 4;
  }

  ended(): void {
    unwatch(this);
  }

  expired(now: number): number | undefined {
    const next = !this.#isHeaded ? this.#nextBeforeHead(now) : this.#nextByte(now);
    if (typeof next === 'number') return next;
    const clientMessage = `the upstream is slow: expected ${next}, got none`;
    const failure = new UpstreamFailure('upstream-timeout', `${this.#url.host}: ${clientMessage}`, { clientMessage });
    this.#reject(failure);
    this.#request.cancel(failure);
    return undefined;
  }

  /**
   * Returns when to check again, or what should have happened by now. Polling is cheaper than listening to events:
   * nearly every call is over by then.
   */
  #nextBeforeHead(now: number): number | string {
    const { connectMs, firstByteMs } = this.#limits;
    const waited = now - this.#startedAt;
    if (this.#request.connection?.isOpen !== true && waited >= connectMs) return `a connection within ${connectMs} ms`;
    if (waited >= firstByteMs) return `an answer within ${firstByteMs} ms`;
    return this.#startedAt + (waited < connectMs ? Math.min(connectMs, firstByteMs) : firstByteMs);
  }

  #nextByte(now: number): number | string {
    const { idleMs } = this.#limits;
    const bytesRead = this.#request.connection?.socket.bytesRead ?? 0;
    if (bytesRead !== this.#bytesRead) {
      this.#bytesRead = bytesRead;
      this.#lastByteAt = now;
    }
    if (now - this.#lastByteAt < idleMs) return Math.min(now + idleMs / 4, this.#lastByteAt + idleMs);
    return `more of the reply within ${idleMs} ms`;
  }
}
