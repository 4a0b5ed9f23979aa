/** Writes what arrives in one turn of the event loop at once, with the end if it arrives as well. */
import { isLarge, release } from '../base/release.ts';
import type { Sink } from './delivery.ts';

const SETTLED = Promise.resolve();

export class Gathered {
  readonly #sink: Sink;
  readonly #onFull: () => void;
  readonly #onTurn = (): void => this.write();
  #held: Buffer[] = [];
  /** Written, and freed once the sink has settled. */
  #last: Buffer | undefined;

  /** @param onFull called if the writer must wait for `sink.onDrain` */
  constructor(sink: Sink, onFull: () => void) {
    this.#sink = sink;
    this.#onFull = onFull;
  }

  /** Writes the chunk once the current callback and the ticks that it scheduled have run. */
  add(chunk: Buffer): void {
    this.#held.push(chunk);
    // Several times as cheap as `queueMicrotask`.
    if (this.#held.length === 1) void SETTLED.then(this.#onTurn);
  }

  /** Writes what is held. */
  write(): void {
    const chunk = this.#take();
    if (chunk === undefined) return;
    if (this.#last !== undefined && this.#sink.settled) release(this.#last);
    this.#last = isLarge(chunk) ? chunk : undefined;
    if (!this.#sink.write(chunk)) this.#onFull();
  }

  /** Ends the sink, with what is held. */
  end(): void {
    this.#sink.end(this.#take());
  }

  #take(): Buffer | undefined {
    const held = this.#held;
    if (held.length === 0) return undefined;
    this.#held = [];
    return held.length === 1 ? held[0] : Buffer.concat(held);
  }
}
