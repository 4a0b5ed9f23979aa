/** Notes what a client gets. */
import { PassingSink } from '../../console/record/passing-sink.ts';
import type { Sink } from '../../proxy/reply/delivery.ts';
import { Passed } from './passed.ts';
import type { Delivered } from './pending.ts';

export class DeliverySink extends PassingSink {
  readonly #got: Delivered;

  constructor(to: Sink, got: Delivered) {
    super(to);
    this.#got = got;
  }

  override head(status: number, headers: readonly string[], flush: boolean): void {
    this.#got.status = status;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]?.toLowerCase();
      const value = headers[i + 1] ?? '';
      if (name === 'content-type') this.#got.type = value;
      if (name === 'mcp-session-id') this.#got.session = value;
      if (name === 'content-encoding') this.#got.body = new Passed(value);
    }
    super.head(status, headers, flush);
  }

  override write(chunk: Buffer): boolean {
    this.#got.body.push(chunk);
    return super.write(chunk);
  }

  override end(last?: Buffer): void {
    if (last !== undefined) this.#got.body.push(last);
    super.end(last);
  }
}
