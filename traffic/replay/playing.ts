/** One call of a record while it is played again. */
import type { Recording } from '../../console/record/recording.ts';
import type { Asked, RecordedCall } from '../format.ts';
import { Client } from './client.ts';

export class Playing {
  readonly recorded: RecordedCall;
  readonly client = new Client();
  /** Requests to upstreams that the record has no answer to. */
  readonly unknown = new Set<string>();
  /** Where something wanted to connect to. */
  readonly tried = new Set<string>();
  recording: Recording | undefined;
  readonly #waiting: Waiting[] = [];
  #done = false;
  #wake: (() => void)[] = [];

  constructor(recorded: RecordedCall) {
    const { text } = recorded;
    this.recorded =
      text === undefined ? recorded : { ...recorded, asked: recorded.asked.map((one) => ({ text, ...one })) };
  }

  /** What that upstream answered to this call. */
  answerOf(upstream: string, http: string): Asked | undefined {
    // The last: one that refused the credentials is not what counted.
    return this.recorded.asked.findLast((one) => one.own !== true && one.upstream === upstream && one.http === http);
  }

  /** An answer is asked for: it comes piece by piece, as the record's time goes on. */
  waitFor(asked: Asked): Waiting {
    const waiting = new Waiting(asked);
    this.#waiting.push(waiting);
    this.#woken();
    return waiting;
  }

  /** Releases what had come until that time. */
  release(now: number): void {
    for (const waiting of this.#waiting) waiting.release(now);
  }

  get isDone(): boolean {
    return this.#done;
  }

  /** The client got all. */
  done(): void {
    this.#done = true;
    this.#woken();
  }

  /** It has ended, or waits for a piece of an answer that comes later. */
  async atRest(now: number): Promise<void> {
    while (!this.#done) {
      this.release(now);
      if (this.#waiting.some((one) => one.isHeld)) return;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #woken(): void {
    const waking = this.#wake;
    this.#wake = [];
    for (const wake of waking) wake();
  }
}

/** One answer that comes piece by piece. */
export class Waiting {
  readonly begun: Promise<void>;
  readonly #pieces: readonly (readonly [number, string])[];
  readonly #at: number;
  #begin: () => void = () => {};
  #given = 0;
  #isBegun = false;
  #push: ((text: string) => void) | undefined;
  #end: (() => void) | undefined;

  constructor({ pieces = [], at }: Asked) {
    this.#pieces = pieces;
    this.#at = pieces[0]?.[0] ?? at;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  /** A part of it is still to come. */
  get isHeld(): boolean {
    return !this.#isBegun || this.#given < this.#pieces.length;
  }

  each(push: (text: string) => void, end: () => void): void {
    this.#push = push;
    this.#end = end;
    this.#flush(this.#until);
  }

  #until = -Infinity;

  release(now: number): void {
    this.#until = Math.max(this.#until, now);
    if (this.#until < this.#at) return;
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.#begin();
    }
    this.#flush(this.#until);
  }

  #flush(now: number): void {
    if (this.#push === undefined) return;
    for (; this.#given < this.#pieces.length; this.#given++) {
      const [at, text] = this.#pieces[this.#given] ?? [0, ''];
      if (at > now) return;
      this.#push(text);
    }
    this.#end?.();
    this.#end = undefined;
  }
}
