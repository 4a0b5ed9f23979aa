/** A failed check, and where it failed. */

export type Segment = string | number;

/** One thing to correct. Holds no value of the call, only names and kinds. */
export interface Failure {
  readonly path: readonly Segment[];
  readonly expected: string;
  /** The kind of the actual value. */
  readonly got: string;
}
