/**
 * The time that a client's assertions are made with: this machine's, corrected by the `Date` with which a server refused
 * one. An assertion is valid for a minute only.
 */
import { log } from '../../base/log.ts';
import { MAX_SKEW_MS } from './upstream-clock.ts';

/** A smaller difference isn't why an assertion was refused: `Date` counts seconds, and servers allow for some. */
const MIN_SKEW_MS = 10_000;

export class AssertionClock {
  #offsetMs = 0;
  #beforeMs = 0;

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Whether the server has another time, and a retry has the right one. The log says so once for each correction. */
  wasOff(date: string | undefined): boolean {
    const skewMs = Date.parse(date ?? '') - Date.now();
    // NaN without a date.
    if (!(Math.abs(skewMs - this.#offsetMs) > MIN_SKEW_MS) || Math.abs(skewMs) > MAX_SKEW_MS) return false;
    this.#beforeMs = this.#offsetMs;
    this.#offsetMs = skewMs;
    log.warn(
      `the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the issuer's: assertions are made with the issuer's time; set the clock`,
      { event: 'clock-corrected', skewMs },
    );
    return true;
  }

  /** The server refused an assertion with its own time, too: this machine's applies again. */
  takeBack(): void {
    this.#offsetMs = this.#beforeMs;
  }
}
