/** How long to wait for what the service does in its own time. Milliseconds. */
export interface Patience {
  /** Until log lines arrive: seconds, as a rule. */
  readonly linesMs: number;
  /** Until metrics are made of them: a minute or two. */
  readonly metricsMs: number;
  /** Between two looks. */
  readonly stepMs: number;
  /** Until a stream begins. */
  readonly streamMs: number;
}

export const PATIENCE: Patience = { linesMs: 90_000, metricsMs: 240_000, stepMs: 5_000, streamMs: 20_000 };
