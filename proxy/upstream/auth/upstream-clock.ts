/**
 * The time that signatures are made with: this machine's, corrected by what the upstream's `Date` showed when it refused
 * a signature for its time. AWS's SDKs do the same.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { log } from '../../base/log.ts';
import type { Outgoing } from './auth.ts';
import { getHeader } from './header-list.ts';

/** SigV4 accepts a date that is off by up to five minutes; a smaller difference isn't why a signature was refused. */
const MIN_SKEW_MS = 4 * 60_000;
/**
 * A larger difference is neither drift nor summer time. An attacker who answers in the upstream's place could otherwise collect
 * signatures that are valid much later.
 */
export const MAX_SKEW_MS = 70 * 60_000;

/** Within which a call that is sent again is answered. */
const RETRY_MS = 60_000;

export class UpstreamClock {
  #offsetMs = 0;
  /** The offset before the last correction, and when that was. */
  #beforeMs = 0;
  #correctedAt = -Infinity;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /**
   * Whether a refused request was signed with another time than the upstream's, and a retry has the right one. The log
   * says so once for each correction.
   */
  wasOff(request: Outgoing, { date }: IncomingHttpHeaders): boolean {
    const theirs = Date.parse(date ?? '');
    const signed = timeOf(getHeader(request.headers, 'x-amz-date'));
    const skewMs = theirs - Date.now();
    // NaN if one of them is missing.
    if (!(Math.abs(theirs - signed) > MIN_SKEW_MS) || Math.abs(skewMs) > MAX_SKEW_MS) return false;
    // Another call may have corrected it meanwhile.
    if (Math.abs(theirs - this.now()) > MIN_SKEW_MS) {
      this.#beforeMs = this.#offsetMs;
      this.#correctedAt = performance.now();
      this.#offsetMs = skewMs;
      log.warn(
        `the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the upstream's: calls are signed with the upstream's time; set the clock`,
        { event: 'clock-corrected', skewMs },
      );
    }
    return true;
  }

  /**
   * The upstream refused a retry, too. Shortly after a correction that means that the time is not what it refuses; later it
   * says nothing about a time that was accepted since.
   */
  takeBack(): void {
    if (this.#offsetMs === this.#beforeMs || performance.now() - this.#correctedAt > RETRY_MS) return;
    this.#offsetMs = this.#beforeMs;
    log.warn(
      "the upstream refused calls that were signed with its own time, too: they are signed with this machine's",
      { event: 'clock-corrected', skewMs: this.#offsetMs },
    );
  }
}

/** Epoch milliseconds of `20261201T040000Z`. */
function timeOf(text: string | undefined): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  return s === undefined ? NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
