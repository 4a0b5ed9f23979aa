/**
 * Time limits of exchanges under way, looked at together a few times a second: a timer per call costs more than the call's
 * checks, and none of these limits needs to be met to the millisecond.
 */

const TICK_MS = 250;

export interface Deadline {
  /** `performance.now()` at which `expired` runs. */
  at: number;
  /** Returns another time to go on, or undefined when it has acted. */
  expired(now: number): number | undefined;
}

const active = new Set<Deadline>();
let timer: NodeJS.Timeout | undefined;

export function watch(deadline: Deadline): void {
  active.add(deadline);
  timer ??= setInterval(tick, TICK_MS).unref();
}

export function unwatch(deadline: Deadline): void {
  active.delete(deadline);
}

function tick(): void {
  const now = performance.now();
  for (const deadline of active) {
    if (deadline.at > now) continue;
    const next = deadline.expired(now);
    if (next === undefined) active.delete(deadline);
    else deadline.at = next;
  }
  if (active.size > 0 || timer === undefined) return;
  clearInterval(timer);
  timer = undefined;
}
