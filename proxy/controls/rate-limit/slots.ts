/** Slots of concurrent calls in the table: leases that are renewed while their calls run. */
import { log } from '../../base/log.ts';
import type { Ledger } from './ledger.ts';
import type { Slot } from './store.ts';
import type { Counted } from './update.ts';

/** Milliseconds between two reports of failed renewals. */
const REPORT_MS = 60_000;

export class Slots {
  readonly #ledger: Ledger;
  readonly #leaseMs: number;
  readonly #held = new Map<string, readonly Counted[]>();
  #timer: NodeJS.Timeout | undefined;
  #reportedAt = -Infinity;

  constructor(ledger: Ledger, leaseMs: number) {
    this.#ledger = ledger;
    this.#leaseMs = leaseMs;
  }

  /** Starts to renew the slots of an admitted call in these items, under one id. */
  hold(id: string, subjects: readonly Counted[]): Slot {
    this.#held.set(id, subjects);
    this.#timer ??= setInterval(() => this.#renew(), this.#leaseMs / 3).unref();
    return { release: () => this.release(id, subjects) };
  }

  /** Not awaited: the call has ended, and if this fails the lease expires. */
  release(id: string, subjects: readonly Counted[]): void {
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

  async #set(subject: Counted, id: string, until: number | undefined): Promise<void> {
    try {
      const there = await this.#ledger.setSlot(subject, id, until);
      if (!there && until !== undefined)
        this.#report('the slot of a running call was given to another: this process was frozen, or its clock is wrong');
    } catch (error) {
      this.#report(
        `could not ${until === undefined ? 'release' : 'renew'} the slot of a call: it becomes free when its lease ends`,
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
