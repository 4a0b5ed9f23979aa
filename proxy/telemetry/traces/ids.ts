/**
 * Ids of traces and spans, drawn from the kernel: the process's own generator gives the same ids in every clone of a
 * restored snapshot.
 */
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';
import { kernelRandom } from '../../base/random.ts';

const POOL = 4096;
/** Bytes drawn longer ago, by the wall clock, may also be used by another clone. */
const STALE_MS = 1_000;

export class KernelIds implements IdGenerator {
  #pool: Buffer = Buffer.alloc(0);
  #drawnAt = 0;

  generateTraceId(): string {
    return this.#take(16);
  }

  generateSpanId(): string {
    return this.#take(8);
  }

  #take(size: number): string {
    const now = Date.now();
    if (this.#pool.length < size || now - this.#drawnAt > STALE_MS || now < this.#drawnAt) {
      this.#pool = kernelRandom(POOL);
      this.#drawnAt = now;
    }
    const id = this.#pool.toString('hex', 0, size);
    this.#pool = this.#pool.subarray(size);
    return id;
  }
}
