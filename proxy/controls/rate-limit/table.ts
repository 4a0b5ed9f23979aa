/**
 * Counts in a DynamoDB table that all processes share. A caller has one item with all counters and slots. A call takes
 * one conditional write, and a second one if the window changed or the item differs from what this process knew.
 */
import { log } from '../../base/log.ts';
import { kernelUuid } from '../../base/random.ts';
import { Lease } from './lease.ts';
import { Ledger, type TableAddress } from './ledger.ts';
import type { Concurrency, TableStore as TableOptions } from './options.ts';
import type { Charge, Counter } from './plan.ts';
import { Slots } from './slots.ts';
import { type Admission, Full, type Store } from './store.ts';
import type { Table } from './table-client.ts';
import type { Counted } from './update.ts';

export { idOf, parseTable } from './ledger.ts';

/** After this many failures in a row, only one call per pause tries the table; the others do not wait for it. */
const FAILURES = 3;
const PAUSE_MS = 1_000;
/** Milliseconds between two reports of a failing table. */
const REPORT_MS = 10_000;

export interface TableStoreOptions {
  readonly table: TableAddress;
  readonly options: TableOptions;
  readonly concurrency: Concurrency;
  readonly longestMs: number;
  /** Starts the keys of all items. */
  readonly prefix: string;
  /** Counts if the table does not answer. @default - none: the call is denied */
  readonly otherwise: Store | undefined;
  readonly connect: (region: string) => Promise<Table>;
}

export class TableStore implements Store {
  readonly #options: TableStoreOptions;
  readonly #ledger: Ledger;
  readonly #slots: Slots;
  readonly #leaseMs: number;
  readonly #keepMs: number;
  readonly #block: number;
  readonly #leases = new Map<string, Lease>();
  #failures = 0;
  #failedAt = 0;
  #reportedAt = -Infinity;

  constructor(options: TableStoreOptions) {
    this.#options = options;
    const { table, prefix, longestMs, connect } = options;
    this.#leaseMs = (options.concurrency.leaseSeconds ?? 60) * 1000;
    this.#keepMs = Math.max(longestMs, this.#leaseMs);
    this.#block = options.options.block ?? 20;
    this.#ledger = new Ledger(table, options.options.timeLimitMs ?? 500, prefix, () => connect(table.region));
    this.#slots = new Slots(this.#ledger, this.#leaseMs);
  }

  async admit(caller: string, upstream: string, charge: Charge): Promise<Admission> {
    const { otherwise } = this.#options;
    const now = Date.now();
    if (this.#failures >= FAILURES && now - this.#failedAt < PAUSE_MS) return this.#without(caller, upstream, charge);
    // This call tries; the others still do not wait.
    this.#failedAt = now;
    try {
      const admission = await this.#admit(caller, upstream, charge);
      this.#failures = 0;
      return admission;
    } catch (error) {
      this.#failures++;
      this.#failedAt = Date.now();
      if (this.#failedAt - this.#reportedAt > REPORT_MS) {
        this.#reportedAt = this.#failedAt;
        log.error(
          `the rate-limit table does not answer: ${otherwise === undefined ? 'calls are denied' : 'each process counts alone'}`,
          { event: 'rate-limit', table: this.#options.table.arn, error },
        );
      }
      return this.#without(caller, upstream, charge);
    }
  }

  #without(caller: string, upstream: string, charge: Charge): Admission | Promise<Admission> {
    return this.#options.otherwise === undefined
      ? new Full(PAUSE_MS, 'the table')
      : this.#options.otherwise.admit(caller, upstream, charge);
  }

  async #admit(caller: string, upstream: string, { cost, own, shared }: Charge): Promise<Admission> {
    const deadline = this.#ledger.deadline();
    const leased: Lease[] = [];
    const giveBack = (): void => leased.forEach((lease) => lease.giveBack(cost));
    try {
      for (const counter of shared) {
        const lease = this.#lease(upstream, counter);
        const taken = lease.take(cost, deadline);
        const full = taken instanceof Promise ? await taken : taken;
        if (full !== undefined) {
          giveBack();
          return full;
        }
        leased.push(lease);
      }
      const admission = await this.#charge(caller, upstream, cost, own, deadline);
      if (admission instanceof Full) giveBack();
      return admission;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async #charge(
    caller: string,
    upstream: string,
    cost: number,
    own: readonly Counter[],
    deadline: number,
  ): Promise<Admission> {
    const { perCaller, perUpstream } = this.#options.concurrency;
    const id = perCaller === undefined && perUpstream === undefined ? '' : kernelUuid();
    const held: Counted[] = [];
    try {
      // First the slot among all callers: if that is refused, the caller is charged nothing.
      if (perUpstream !== undefined) {
        const all = this.#ledger.subject(upstream, 'places');
        // Recorded before the answer: the slot may be taken even if the answer is lost.
        held.push(all);
        const full = await this.#ledger.charge(
          all,
          {
            counters: [],
            units: 0,
            slot: { id, of: perUpstream, leaseMs: this.#leaseMs, label: 'concurrent calls of all callers' },
            keepMs: this.#keepMs,
          },
          deadline,
        );
        if (full !== undefined) return full;
      }
      if (own.length > 0 || perCaller !== undefined) {
        const mine = this.#ledger.subject(caller, 'caller');
        const slot =
          perCaller === undefined
            ? undefined
            : { id, of: perCaller, leaseMs: this.#leaseMs, label: 'concurrent calls of the caller' };
        if (slot !== undefined) held.push(mine);
        const full = await this.#ledger.charge(
          mine,
          { counters: own, units: cost, slot, keepMs: this.#keepMs },
          deadline,
        );
        if (full !== undefined) {
          this.#slots.release(
            id,
            held.filter((subject) => subject !== mine),
          );
          return full;
        }
      }
    } catch (error) {
      this.#slots.release(id, held);
      throw error;
    }
    return held.length === 0 ? undefined : this.#slots.hold(id, held);
  }

  #lease(upstream: string, counter: Counter): Lease {
    const key = `${counter.id}${upstream}`;
    let lease = this.#leases.get(key);
    if (lease === undefined)
      this.#leases.set(
        key,
        (lease = new Lease(this.#ledger, this.#ledger.subject(upstream, `all-${counter.id}`), counter, this.#block)),
      );
    return lease;
  }
}
