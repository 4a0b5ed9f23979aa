/** How long to wait for delays of the service. Milliseconds. */
export interface Patience {
  /** Until log lines arrive: usually seconds. */
  readonly linesMs: number;
  /** Until metrics are extracted from them: a minute or two. */
  readonly metricsMs: number;
  /** Between two attempts. */
  readonly stepMs: number;
  /** Until a stream begins. */
  readonly streamMs: number;
}

export const PATIENCE: Patience = { linesMs: 90_000, metricsMs: 240_000, stepMs: 5_000, streamMs: 20_000 };
