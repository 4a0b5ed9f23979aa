/** After a failure, the same failure for a while: who sends junk must not make the proxy ask an issuer that is down, each time. */
const PAUSE_MS = 1_000;

export class Pausing {
  #failed: { readonly error: unknown; readonly at: number } | undefined;

  async run<T>(task: () => Promise<T>): Promise<T> {
    // By the wall clock, which goes on while a snapshot lies idle; one that was set back ends a pause.
    if (this.#failed !== undefined && Math.abs(Date.now() - this.#failed.at) < PAUSE_MS) throw this.#failed.error;
    try {
      const result = await task();
      this.#failed = undefined;
      return result;
    } catch (error) {
      this.#failed = { error, at: Date.now() };
      throw error;
    }
  }
}
