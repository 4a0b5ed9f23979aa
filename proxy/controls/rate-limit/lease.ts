/**
 * A limit across callers, taken from the table in blocks: with one write per call, a single item would be the
 * bottleneck. Units are counted when they are taken, so no window exceeds its limit. A process takes as many units as
 * it has used in this window, at most a block, so it never leaves more than that unused.
 */
import { before } from './deadline.ts';
import type { Ledger } from './ledger.ts';
import { type Counter, windowAt } from './plan.ts';
import type { Full } from './store.ts';
import type { Counted } from './update.ts';

export class Lease {
  readonly #ledger: Ledger;
  readonly #subject: Counted;
  readonly #counter: Counter;
  readonly #block: number;
  #window = -Infinity;
  #left = 0;
  #used = 0;
  /**
   * One request at a time. Calls that arrive meanwhile wait for it and then check again; if it fails, it fails for all
   * of them.
   */
  #flight: Promise<Full | undefined> | undefined;

  constructor(ledger: Ledger, subject: Counted, counter: Counter, block: number) {
    this.#ledger = ledger;
    this.#subject = subject;
    this.#counter = counter;
    this.#block = block;
  }

  /** Undefined: the call has its units. Rejects if the table did not answer by the call's deadline. */
  take(units: number, deadline: number): Full | undefined | Promise<Full | undefined> {
    this.#turn();
    if (this.#left < units) return this.#wait(units, deadline);
    this.#use(units);
    return undefined;
  }

  /** Returns the units of a call that was refused for another reason. */
  giveBack(units: number): void {
    this.#turn();
    // The units of a past window have expired.
    if (this.#used < units) return;
    this.#left += units;
    this.#used -= units;
  }

  async #wait(units: number, deadline: number): Promise<Full | undefined> {
    while (this.#left < units) {
      if (this.#flight !== undefined) {
        const flight = this.#flight;
        await before(deadline, () => flight);
      } else {
        this.#flight = this.#take(units, deadline);
        try {
          const full = await this.#flight;
          if (full !== undefined) return full;
        } finally {
          this.#flight = undefined;
        }
      }
      this.#turn();
    }
    this.#use(units);
    return undefined;
  }

  async #take(units: number, deadline: number): Promise<Full | undefined> {
    const { counts } = this.#subject;
    const { id, most, ms } = this.#counter;
    const needed = units - this.#left;
    let wanted = Math.max(needed, Math.min(this.#used, this.#block));
    for (;;) {
      const full = await this.#ledger.charge(
        this.#subject,
        { counters: [this.#counter], units: wanted, keepMs: ms },
        deadline,
      );
      if (full === undefined) {
        this.#turn();
        this.#left += wanted;
        return undefined;
      }
      // Less than a block is left, but it may be enough for this call.
      const room = most - (counts.get(id)?.count ?? 0);
      if (wanted === needed || room < needed) return full;
      wanted = Math.max(needed, Math.min(wanted - 1, room));
    }
  }

  #use(units: number): void {
    this.#left -= units;
    this.#used += units;
  }

  /** Starts again in a new window, by this clock or by that of a faster process seen in the table. */
  #turn(): void {
    const { id, ms } = this.#counter;
    const window = Math.max(
      windowAt(Date.now(), ms, this.#subject.offset),
      this.#subject.counts.get(id)?.window ?? -Infinity,
    );
    if (window <= this.#window) return;
    this.#window = window;
    this.#left = 0;
    this.#used = 0;
  }
}
