/** The clock of durations, `performance.now()`, as one that only the test moves: a busy machine changes no duration. */
import { vi } from 'vitest';

export class StoppedClock implements Disposable {
  #now = performance.now();
  readonly #spy = vi.spyOn(performance, 'now').mockImplementation(() => this.#now);

  move(ms: number): void {
    this.#now += ms;
  }

  [Symbol.dispose](): void {
    this.#spy.mockRestore();
  }
}
