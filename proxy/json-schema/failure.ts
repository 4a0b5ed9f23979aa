/** What a check finds wrong, and where. */

export type Segment = string | number;

/** One thing to mend. Holds no value of the call, only names and kinds. */
export interface Failure {
  readonly path: readonly Segment[];
  readonly expected: string;
  /** The kind of what is there. */
  readonly got: string;
}
