/** A sink that passes everything on. Who watches overrides what it needs. */
import type { Sink } from '../../proxy/reply/delivery.ts';

export class PassingSink implements Sink {
  readonly #to: Sink;

  constructor(to: Sink) {
    this.#to = to;
  }

  head(status: number, headers: readonly string[], flush: boolean): void {
    this.#to.head(status, headers, flush);
  }

  write(chunk: Buffer): boolean {
    return this.#to.write(chunk);
  }

  end(last?: Buffer): void {
    this.#to.end(last);
  }

  cut(): void {
    this.#to.cut();
  }

  onDrain(listener: () => void): void {
    this.#to.onDrain(listener);
  }

  get settled(): boolean {
    return this.#to.settled;
  }

  get gone(): boolean {
    return this.#to.gone;
  }
}
