/**
 * A line in CloudWatch's embedded metric format: CloudWatch Logs makes metrics of it, nobody has to be called.
 * Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */

export type Unit = 'Count' | 'Milliseconds';

/** Values of a metric in one line, at most (specification, "Target members"). */
export const MAX_VALUES = 100;

/** A set of metrics under one or more sets of dimensions. */
export interface Directive {
  /** Names of dimensions; their values are among the line's. */
  readonly dimensions: readonly (readonly string[])[];
  readonly metrics: readonly string[];
}

export interface EmfLine {
  readonly namespace: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly directives: readonly Directive[];
  /** A number, or the numbers of several calls: at most 100. */
  readonly values: Readonly<Record<string, number | readonly number[]>>;
  readonly units: Readonly<Record<string, Unit>>;
}

/**
 * One line of JSON. Of a directive's metrics, those without a value are left out: a metric that nobody sends costs
 * nothing.
 */
export function emfLine({ namespace, at, dimensions, directives, values, units }: EmfLine): string {
  return JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: directives.map(({ dimensions, metrics }) => ({
        Namespace: namespace,
        Dimensions: dimensions,
        Metrics: metrics
          .filter((name) => Object.hasOwn(values, name))
          .map((name) => ({ Name: name, Unit: units[name] })),
      })),
    },
    ...dimensions,
    ...values,
  });
}
