/** Notes what a client gets. */
import type { Sink } from '../../proxy/reply/delivery.ts';
import { Passed } from './passed.ts';
import type { Delivered } from './pending.ts';

export class DeliverySink implements Sink {
  readonly #to: Sink;
  readonly #got: Delivered;

  constructor(to: Sink, got: Delivered) {
    this.#to = to;
    this.#got = got;
  }

  head(status: number, headers: readonly string[], flush: boolean): void {
    this.#got.status = status;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]?.toLowerCase();
      const value = headers[i + 1] ?? '';
      if (name === 'content-type') this.#got.type = value;
      if (name === 'mcp-session-id') this.#got.session = value;
      if (name === 'content-encoding') this.#got.body = new Passed(value);
    }
    this.#to.head(status, headers, flush);
  }

  write(chunk: Buffer): boolean {
    this.#got.body.push(chunk);
    return this.#to.write(chunk);
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.#got.body.push(last);
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
