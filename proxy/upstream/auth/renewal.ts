/**
 * A credential that expires. It is kept, and renewed ahead of time while calls use the old one; one fetch runs at a
 * time. There are no timers: calls start the renewal, so an idle proxy costs nothing. A process restored from a snapshot
 * after hours sees the expiry by the wall clock (the monotonic one was cloned with it).
 */
import { hash } from 'node:crypto';
import { UpstreamFailure } from '../../base/errors.ts';

/** A credential and how long it may be used. */
export interface Lease<T> {
  readonly value: T;
  /** Identifies this credential. May be secret: it is used only here. */
  readonly id: string;
  /** Epoch milliseconds; Infinity if it doesn't expire. */
  readonly expiresAt: number;
  /** No later one can be got, so it isn't renewed ahead of time. @default false */
  readonly isLast?: boolean;
}

/** Time limit of one fetch, from whatever source. */
const FLIGHT_LIMIT_MS = 15_000;
/** After a refusal, a new credential is fetched at most this often: an upstream that refuses all must not cost a token a call. */
const REFUSAL_WINDOW_MS = 10_000;
/** Wait after a failed fetch, doubled each time up to the maximum. */
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;

/** `By` is what a fetch needs from the call that starts it, and that must not be kept. */
export class Renewal<T, By = void> {
  readonly #what: string;
  readonly #obtain: (by: By) => Promise<Lease<T>>;
  #held: Lease<T> | undefined;
  #renewAt = Infinity;
  #flight: Promise<Lease<T>> | undefined;
  #failure: { readonly error: unknown; readonly at: number; readonly backoff: number } | undefined;
  #refusedAt = -Infinity;

  /** `what` names the credential in the error of a fetch that takes too long. */
  constructor(what: string, obtain: (by: By) => Promise<Lease<T>>) {
    this.#what = what;
    this.#obtain = obtain;
  }

  /** Returns the credential: synchronously if one is kept, else when it has been fetched. */
  current(by: By): T | Promise<T> {
    const now = Date.now();
    const held = this.#held;
    if (held !== undefined && now < held.expiresAt) {
      // Ignore a failure here: the old credential still works, and once it doesn't, the next fetch reports its own error.
      if (now >= this.#renewAt && this.#flight === undefined && !this.#backingOff()) this.#fly(by).catch(() => {});
      return held.value;
    }
    return this.#next(by).then((lease) => lease.value);
  }

  /** What is kept and can be used. Unlike {@link current}, it renews nothing: for a call that can't fetch another one. */
  get kept(): T | undefined {
    return this.#held !== undefined && Date.now() < this.#held.expiresAt ? this.#held.value : undefined;
  }

  /** Nothing is kept that could still be used, and nothing is being fetched. */
  get isSpent(): boolean {
    return this.#flight === undefined && !this.#backingOff() && (this.#held?.expiresAt ?? 0) <= Date.now();
  }

  /**
   * The upstream refused the credential with this id. Resolves to true if there is another one to try; rejects if none
   * could be fetched. Without an id, the kept credential was refused, or, if that is young, perhaps the one before it:
   * then a retry is worth it, and no fetch.
   */
  async refused(id: string | undefined, by: By): Promise<boolean> {
    const refused = id ?? this.#held?.id;
    if (this.#held !== undefined && this.#held.id !== refused) return true; // renewed while that call was under way
    if (this.#flight === undefined) {
      const now = performance.now();
      if (now - this.#refusedAt < REFUSAL_WINDOW_MS) return id === undefined && this.#held !== undefined;
      this.#refusedAt = now;
    }
    this.#held = undefined;
    const lease = await this.#next(by);
    return lease.id !== refused;
  }

  #next(by: By): Promise<Lease<T>> {
    if (this.#flight !== undefined) return this.#flight;
    if (this.#backingOff()) return Promise.reject(this.#failure?.error);
    return this.#fly(by);
  }

  #backingOff(): boolean {
    return this.#failure !== undefined && performance.now() - this.#failure.at < this.#failure.backoff;
  }

  #fly(by: By): Promise<Lease<T>> {
    this.#flight = within(FLIGHT_LIMIT_MS, this.#what, () => this.#obtain(by))
      .then(
        (lease) => {
          this.#held = lease;
          this.#renewAt = lease.isLast === true ? Infinity : renewalTime(lease, Date.now());
          this.#failure = undefined;
          return lease;
        },
        (error: unknown) => {
          const backoff = Math.min(MAX_BACKOFF_MS, (this.#failure?.backoff ?? FIRST_BACKOFF_MS / 2) * 2);
          this.#failure = { error, at: performance.now(), backoff };
          throw error;
        },
      )
      .finally(() => {
        this.#flight = undefined;
      });
    return this.#flight;
  }
}

/**
 * Between 75 and 90 % of the time left, so that many proxies don't fetch at the same moment. The spread is derived from
 * the credential: the state of a random generator is cloned with a snapshot, and all clones would get the same value.
 */
export function renewalTime(lease: Lease<unknown>, now: number): number {
  const spread = Number.parseInt(hash('sha256', lease.id, 'hex').slice(0, 8), 16) / 2 ** 32;
  return now + (lease.expiresAt - now) * (0.75 + 0.15 * spread);
}

async function within<R>(ms: number, what: string, task: () => Promise<R>): Promise<R> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    limit.reject(
      new UpstreamFailure(
        'upstream-auth',
        `fetching ${what} took more than ${ms / 1000} s: check that the proxy can reach the source`,
      ),
    );
  }, ms);
  try {
    return await Promise.race([task(), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
