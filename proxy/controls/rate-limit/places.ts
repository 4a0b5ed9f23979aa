/** Places of concurrent calls in the table: leases that are renewed while their calls run. */
import { log } from '../../base/log.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './store.ts';
import type { Subject } from './update.ts';

/** Milliseconds between two reports of failed renewals. */
const REPORT_MS = 60_000;

export class Places {
  readonly #ledger: Ledger;
  readonly #leaseMs: number;
  readonly #held = new Map<string, readonly Subject[]>();
  #timer: NodeJS.Timeout | undefined;
  #reportedAt = -Infinity;

  constructor(ledger: Ledger, leaseMs: number) {
    this.#ledger = ledger;
    this.#leaseMs = leaseMs;
  }

  /** Starts to renew the places of an admitted call in these items, under one id. */
  hold(id: string, subjects: readonly Subject[]): Place {
    this.#held.set(id, subjects);
    this.#timer ??= setInterval(() => this.#renew(), this.#leaseMs / 3).unref();
    return { release: () => this.release(id, subjects) };
  }

  /** Not awaited: the call has ended, and if this fails the lease expires. */
  release(id: string, subjects: readonly Subject[]): void {
    this.#held.delete(id);
    if (this.#held.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const subject of subjects) void this.#set(subject, id, undefined);
  }

  #renew(): void {
    for (const [id, subjects] of this.#held)
      for (const subject of subjects) void this.#set(subject, id, Date.now() + this.#leaseMs);
  }

  async #set(subject: Subject, id: string, until: number | undefined): Promise<void> {
    try {
      const there = await this.#ledger.setPlace(subject, id, until);
      if (!there && until !== undefined)
        this.#report(
          'the place of a running call was given to another: this process was frozen, or its clock is wrong',
        );
    } catch (error) {
      this.#report(
        `could not ${until === undefined ? 'release' : 'renew'} the place of a call: it becomes free when its lease ends`,
        error,
      );
    }
  }

  #report(message: string, error?: unknown): void {
    const now = Date.now();
    if (now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    log.warn(message, { event: 'rate-limit', error });
  }
}
