/**
 * Time limits of exchanges under way, checked together a few times a second: a timer per call costs more than the call's
 * checks, and none of these limits needs to be met to the millisecond.
 */

const TICK_MS = 250;

export interface Deadline {
  /** `performance.now()` at which `expired` runs. */
  at: number;
  /** Its index among the watched ones; -1 if it isn't watched. Set only by this module. */
  slot: number;
  /** Acts on the expiry and returns undefined, or returns the next time to check. */
  expired(now: number): number | undefined;
}

/**
 * An array, not a `Set`: a set whose members change all the time leaves a chain of dead tables, and their contents live
 * longer (measured: 15 µs a call). Holes are filled from the end.
 */
const active: Deadline[] = [];
let timer: NodeJS.Timeout | undefined;

export function watch(deadline: Deadline): void {
  deadline.slot = active.push(deadline) - 1;
  timer ??= setInterval(tick, TICK_MS).unref();
}

export function unwatch(deadline: Deadline): void {
  const { slot } = deadline;
  if (slot < 0) return;
  deadline.slot = -1;
  const last = active.pop();
  if (last === undefined || last === deadline) return;
  active[slot] = last;
  last.slot = slot;
}

function tick(): void {
  const now = performance.now();
  for (const deadline of active.slice()) {
    if (deadline.at > now || deadline.slot < 0) continue;
    const next = deadline.expired(now);
    if (next === undefined) unwatch(deadline);
    else deadline.at = next;
  }
  if (active.length > 0 || timer === undefined) return;
  clearInterval(timer);
  timer = undefined;
}
