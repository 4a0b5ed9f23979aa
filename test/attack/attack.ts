import { Random as Seeded } from '../controls/shared/detectors/corpus/random.ts';

/** One kind of attack: small rounds of made-up input until the time is up. */
export interface Attack extends AsyncDisposable {
  /** The other side of the comparison, such as the parsers found on this machine. */
  readonly with: string;
  /** Resolves with the faults, one line each with its input. */
  round(random: Random): Promise<Round>;
}

export interface Round {
  readonly tried: number;
  readonly faults: readonly string[];
}

export interface Attacking {
  readonly name: string;
  /** Prints a line and returns undefined if this machine lacks what it needs. */
  readonly prepare: () => Promise<Attack>;
}

/** Repeatable by its seed, so that a fault can be reproduced. */
export class Random extends Seeded {
  /** A whole number from 0 up to, but not including, the bound. */
  below(bound: number): number {
    return this.int(0, bound - 1);
  }

  oneOf<T>(list: readonly T[]): T {
    return this.pick(list);
  }
}
