import { Random as Seeded } from '../controls/shared/detectors/corpus/random.ts';

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

/** Repeatable by its seed: a fault that was found is found again. */
export class Random extends Seeded {
  /** A whole number from 0 up to, and without, the bound. */
  below(bound: number): number {
    return this.int(0, bound - 1);
  }

  oneOf<T>(list: readonly T[]): T {
    return this.pick(list);
  }
}
