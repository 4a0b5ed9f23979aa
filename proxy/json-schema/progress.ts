/**
 * Progress in the check of a long value. A check is plain recursion: when its turn is over it is abandoned, and started
 * again in a later turn. Results for long lists and objects are kept, so that they are not checked twice.
 */
import { isTurnOver } from '../base/turns.ts';

/** Thrown to abandon a check until the next turn. */
export const STOPPED = new Error('the check goes on in another turn');

/** Items between two checks of the clock, minus one. */
const PART = 0x3f;
/** Nothing is kept for shorter lists and objects: checking them again costs less. */
const LONG = 64;

function isTurnOverAfter(items: number): boolean {
  return (items & PART) === 0 && isTurnOver();
}

export class Progress {
  /** By loop, then by list or object: the next index, or the final result. */
  readonly #reached = new Map<object, Map<object, number | boolean>>();
  readonly #isOver: (items: number) => boolean;
  #items = 0;

  /** @param isOver whether to stop after so many items. @default - when the turn is over */
  constructor(isOver: (items: number) => boolean = isTurnOverAfter) {
    this.#isOver = isOver;
  }

  /** Whether every part of a value holds, from `first` up to `count`. @param loop the keyword that asks */
  every(loop: object, value: object, first: number, count: number, holds: (i: number) => boolean): boolean {
    const reached = this.#reached.get(loop)?.get(value);
    if (typeof reached === 'boolean') return reached;
    let i = reached ?? first;
    try {
      for (; i < count; i++) {
        if (this.#isOver(++this.#items)) throw STOPPED;
        if (!holds(i)) return this.#done(loop, value, count, false);
      }
    } catch (error) {
      if (error === STOPPED) this.#note(loop, value, i);
      throw error;
    }
    return this.#done(loop, value, count, true);
  }

  /** Whether a loop over a value was started and can be resumed, or has a result. */
  knows(loop: object, value: object): boolean {
    return this.#reached.get(loop)?.has(value) === true;
  }

  #note(loop: object, value: object, reached: number | boolean): void {
    const known = this.#reached.get(loop);
    if (known === undefined) this.#reached.set(loop, new Map([[value, reached]]));
    else known.set(value, reached);
  }

  #done(loop: object, value: object, count: number, holds: boolean): boolean {
    if (count > LONG) this.#note(loop, value, holds);
    else this.#reached.get(loop)?.delete(value);
    return holds;
  }
}

/** State that a check keeps for a value from one turn to the next. */
export class Kept<T> {
  readonly #of = new WeakMap<Progress, Map<object, T>>();

  /**
   * @param loop the loop that changes the state. If it starts over, as it does for short lists, the state is made again,
   * too.
   * @default - the state doesn't change
   */
  of(progress: Progress, value: object, make: () => T, loop?: object): T {
    let kept = this.#of.get(progress);
    if (kept === undefined) this.#of.set(progress, (kept = new Map()));
    let mine = loop === undefined || progress.knows(loop, value) ? kept.get(value) : undefined;
    if (mine === undefined) kept.set(value, (mine = make()));
    return mine;
  }
}
