/** One kind of attack: rounds of made-up input, each small, until the time is up. */
export interface Attack extends AsyncDisposable {
  /** What it looked with, such as the parsers found on this machine. */
  readonly with: string;
  /** Settles with what went wrong, in a line each that holds the input. */
  round(random: Random): Promise<Round>;
}

export interface Round {
  readonly tried: number;
  readonly faults: readonly string[];
}

export interface Attacking {
  readonly name: string;
  /** Undefined, with a line printed, where this machine lacks what it needs. */
  readonly prepare: () => Promise<Attack>;
}

/** Repeatable by its seed (mulberry32): a fault that was found is found again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  oneOf<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new RangeError('expected a list with something in it');
    return item;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}
