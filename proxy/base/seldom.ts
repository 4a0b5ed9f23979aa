/** When to log what an upstream can make happen any number of times: at once, then once a minute at most. */

const AGAIN_MS = 60_000;

export class Seldom {
  #loggedAt = Number.NEGATIVE_INFINITY;
  #times = 0;

  /** It happened. Returns how many times since the last line, for the line that is due; undefined: none is due. */
  due(): number | undefined {
    this.#times++;
    // A clock that was set back must not silence it.
    if (Math.abs(Date.now() - this.#loggedAt) < AGAIN_MS) return undefined;
    const times = this.#times;
    this.#loggedAt = Date.now();
    this.#times = 0;
    return times;
  }
}
