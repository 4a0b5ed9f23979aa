/**
 * How far the check of a long value has come. A check is plain recursion; where others should have their turn it is
 * given up, and begun again later: what it has found out of long lists and objects by then is not looked at a second
 * time.
 */
import { isTurnOver } from '../base/turns.ts';

/** Thrown where a check stops. */
export const STOPPED = new Error('the check goes on in another turn');

/** Items after which the clock is looked at, less one. */
const PART = 0x3f;
/** Of shorter lists and objects nothing is kept: to look again costs less. */
const LONG = 64;

function isTurnOverAfter(items: number): boolean {
  return (items & PART) === 0 && isTurnOver();
}

export class Progress {
  /** By what goes through it, and by the list or object: the item that comes next, or what was found of all. */
  readonly #reached = new Map<object, Map<object, number | boolean>>();
  readonly #isOver: (items: number) => boolean;
  #items = 0;

  /** @param isOver whether the check should stop, after so many items. @default - where the turn is over */
  constructor(isOver: (items: number) => boolean = isTurnOverAfter) {
    this.#isOver = isOver;
  }

  /** Whether each of `count` parts of a value holds, from part `first` on. @param loop who asks */
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

  /** Whether a loop has begun on a value and will go on, or its result is known. */
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

/** What one check keeps of a value from one turn to the next. */
export class Kept<T> {
  readonly #of = new WeakMap<Progress, Map<object, T>>();

  /**
   * @param loop which changes it as it goes on: where it begins again, as it does with short lists, that begins again,
   * too.
   * @default - it doesn't change
   */
  of(progress: Progress, value: object, make: () => T, loop?: object): T {
    let kept = this.#of.get(progress);
    if (kept === undefined) this.#of.set(progress, (kept = new Map()));
    let mine = loop === undefined || progress.knows(loop, value) ? kept.get(value) : undefined;
    if (mine === undefined) kept.set(value, (mine = make()));
    return mine;
  }
}
