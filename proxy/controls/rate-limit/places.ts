/** The places of calls under way, held in the table: each a lease that is renewed while its call goes on. */
import { log } from '../../base/log.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './store.ts';
import type { Subject } from './update.ts';

/** Renewals that fail are told of so often, in milliseconds. */
const TELL_MS = 60_000;

export class Places {
  readonly #ledger: Ledger;
  readonly #leaseMs: number;
  readonly #held = new Map<string, readonly Subject[]>();
  #timer: NodeJS.Timeout | undefined;
  #toldAt = -Infinity;

  constructor(ledger: Ledger, leaseMs: number) {
    this.#ledger = ledger;
    this.#leaseMs = leaseMs;
  }

  /** The call was let through with places in these items, under one id. */
  hold(id: string, subjects: readonly Subject[]): Place {
    this.#held.set(id, subjects);
    this.#timer ??= setInterval(() => this.#renew(), this.#leaseMs / 3).unref();
    return { release: () => this.release(id, subjects) };
  }

  /** Not awaited: the call is over, and where this fails the lease ends by itself. */
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
        this.#tell(
          'the place of a call under way was given to another: this process stood still, or its clock is wrong',
        );
    } catch (error) {
      this.#tell(
        `the place of a call could not be ${until === undefined ? 'given back' : 'renewed'}: it is free when its lease ends`,
        error,
      );
    }
  }

  #tell(message: string, error?: unknown): void {
    const now = Date.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    log.warn(message, { event: 'rate-limit', error });
  }
}
