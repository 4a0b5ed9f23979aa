/** Counts in this process's memory. If each session has its own process, the limits have no effect across sessions. */
import { Cache } from '../../base/cache.ts';
import type { Concurrency } from './options.ts';
import { type Charge, type Counter, endOf, windowAt } from './plan.ts';
import { type Admission, Full, type Slot, SLOT_WAIT_MS, type Store } from './store.ts';

interface Count {
  window: number;
  count: number;
}

/** Bytes for all subjects, and for one: a counter for each limit. */
const MAX_BYTES = 16 * 1024 * 1024;
const SUBJECT_BYTES = 512;

class Counted {
  readonly counts = new Map<string, Count>();
  slots = 0;
  /** `Date.now()` after which none of these counts matters. */
  until = 0;

  count({ id, ms }: Counter, now: number): Count {
    const window = windowAt(now, ms, 0);
    let count = this.counts.get(id);
    if (count === undefined) this.counts.set(id, (count = { window, count: 0 }));
    // If the clock was set back, no window starts a second time.
    else if (window > count.window) {
      count.window = window;
      count.count = 0;
    }
    this.until = Math.max(this.until, now + ms);
    return count;
  }
}

export class MemoryStore implements Store {
  readonly #subjects: Cache<Counted>;
  readonly #perCaller: number;
  readonly #perUpstream: number;
  #sweptAt = 0;

  constructor({ perCaller = Infinity, perUpstream = Infinity }: Concurrency = {}, mostSubjects = 10_000) {
    this.#perCaller = perCaller;
    this.#perUpstream = perUpstream;
    // If a caller were evicted, it could use the whole limit again. So none is evicted.
    this.#subjects = new Cache({
      maxBytes: MAX_BYTES,
      maxEntries: mostSubjects,
      whenFull: 'refuse',
      weigh: () => SUBJECT_BYTES,
    });
  }

  get size(): number {
    return this.#subjects.size;
  }

  admit(caller: string, upstream: string, { cost, own, shared }: Charge): Admission {
    const now = Date.now();
    // Callers without limits use no memory. A caller's key is JSON or a digest, so it is none of an upstream.
    const mine = own.length > 0 || this.#perCaller < Infinity ? this.#subject(caller, now) : undefined;
    if (mine instanceof Full) return mine;
    const all = shared.length > 0 || this.#perUpstream < Infinity ? this.#subject(`u${upstream}`, now) : undefined;
    if (all instanceof Full) return all;
    const full = (mine && fullest(mine, own, cost, now)) ?? (all && fullest(all, shared, cost, now));
    if (full !== undefined) return full;
    if (mine !== undefined && mine.slots >= this.#perCaller)
      return new Full(SLOT_WAIT_MS, 'concurrent calls of the caller');
    if (all !== undefined && all.slots >= this.#perUpstream)
      return new Full(SLOT_WAIT_MS, 'concurrent calls of all callers');
    if (mine !== undefined) for (const counter of own) mine.count(counter, now).count += cost;
    if (all !== undefined) for (const counter of shared) all.count(counter, now).count += cost;
    if (this.#perCaller === Infinity && this.#perUpstream === Infinity) return undefined;
    return slot(mine, all);
  }

  #subject(key: string, now: number): Counted | Full {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = new Counted();
      if (this.#subjects.set(key, subject)) return subject;
      this.#sweep(now);
      if (!this.#subjects.set(key, subject)) return new Full(SLOT_WAIT_MS, 'callers counted in this process');
    }
    return subject;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < 1_000) return;
    this.#sweptAt = now;
    for (const [key, { until, slots }] of this.#subjects) if (until <= now && slots === 0) this.#subjects.delete(key);
  }
}

/** Of the exhausted counters, the one with the longest wait. */
function fullest(subject: Counted, counters: readonly Counter[], cost: number, now: number): Full | undefined {
  let found: Full | undefined;
  for (const counter of counters) {
    const { window, count } = subject.count(counter, now);
    if (count + cost <= counter.most) continue;
    const wait = endOf(window, counter.ms, 0) - now;
    if (found === undefined || wait > found.retryAfterMs) found = new Full(wait, counter.label);
  }
  return found;
}

function slot(...subjects: readonly (Counted | undefined)[]): Slot {
  for (const subject of subjects) if (subject !== undefined) subject.slots++;
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      for (const subject of subjects) if (subject !== undefined) subject.slots--;
    },
  };
}
