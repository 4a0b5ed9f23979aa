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
/** A larger difference is no drift: a signature for another day could be kept and used then. */
const MAX_SKEW_MS = 24 * 3_600_000;
/** The same if the refusal doesn't name the time, and may come from anything on the way. */
const MAX_UNNAMED_MS = 3_600_000 + MIN_SKEW_MS;

export class UpstreamClock {
  #offsetMs = 0;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /**
   * Whether a refused request was signed with another time than the upstream's, and a retry has the right one. The log
   * says so once for each correction.
   */
  wasOff(request: Outgoing, { date }: IncomingHttpHeaders, isNamed: boolean): boolean {
    const theirs = Date.parse(date ?? '');
    const signed = timeOf(getHeader(request.headers, 'x-amz-date'));
    const skewMs = theirs - Date.now();
    // NaN if one of them is missing.
    const most = isNamed ? MAX_SKEW_MS : MAX_UNNAMED_MS;
    if (!(Math.abs(theirs - signed) > MIN_SKEW_MS) || Math.abs(skewMs) > most) return false;
    // Another call may have corrected it meanwhile.
    if (Math.abs(theirs - this.now()) > MIN_SKEW_MS) {
      this.#offsetMs = skewMs;
      log.warn(
        `the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the upstream's: calls are signed with the upstream's time; set the clock`,
        { event: 'clock-corrected', skewMs },
      );
    }
    return true;
  }
}

/** Epoch milliseconds of `20261201T040000Z`. */
function timeOf(text: string | undefined): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  return s === undefined ? NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}
