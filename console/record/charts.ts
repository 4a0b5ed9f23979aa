/** What the charts show. Types only: the page imports them. */

/** One value for each of `times`. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

type Values = readonly (number | null)[];

export interface Charts {
  /** Seconds since 1970, at the beginning of each step, oldest first. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  /** Tools and methods with durations. */
  readonly tools: readonly string[];
  /** Milliseconds. Null: there was no call. */
  readonly latency: { readonly p50: Values; readonly p90: Values; readonly p99: Values };
  /** Calls. */
  readonly byTool: readonly Series[];
  readonly failed: readonly number[];
  readonly refused: readonly number[];
  /** Milliseconds in each control, together. */
  readonly controlMs: readonly Series[];
  /** Refused calls, by control and rule. */
  readonly refusals: readonly Series[];
  /** By upstream; `ms` until the headers of its replies, together. */
  readonly upstreams: {
    readonly calls: readonly Series[];
    readonly failures: readonly Series[];
    readonly ms: readonly Series[];
  };
  /** Bytes of the process. Null: not measured. */
  readonly memory: Values;
}
