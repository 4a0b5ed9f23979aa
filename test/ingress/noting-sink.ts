/** A client's side of a reply, which notes what it gets. */
import { expect } from 'vitest';
import type { Sink } from '../../proxy/reply/deliver.ts';

export class NotingSink implements Sink {
  gone = false;
  readonly settled = true;
  status = 0;
  headers: readonly string[] = [];
  flushed: boolean | undefined;
  readonly written: string[] = [];
  isWhole = false;
  isCut = false;
  /** False: it reads slowly. */
  reads = true;
  readonly #waiting: (() => void)[] = [];

  head(status: number, headers: readonly string[], flush: boolean): void {
    expect(this.status).toBe(0);
    [this.status, this.headers, this.flushed] = [status, headers, flush];
  }

  write(chunk: Buffer): boolean {
    this.written.push(String(chunk));
    return this.reads;
  }

  onDrain(listener: () => void): void {
    this.#waiting.push(listener);
  }

  drain(): void {
    for (const listener of this.#waiting.splice(0)) listener();
  }

  end(last?: Buffer): void {
    if (last !== undefined) this.write(last);
    this.isWhole = true;
  }

  cut(): void {
    this.isCut = true;
  }
}
