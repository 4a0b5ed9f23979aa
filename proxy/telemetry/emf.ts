/**
 * A line in CloudWatch's embedded metric format: CloudWatch Logs extracts the metrics, so no API is called. Source:
 * Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */

export type Unit = 'Count' | 'Milliseconds';

/** Maximum number of values of a metric in one line (specification, "Target members"). */
export const MAX_VALUES = 100;

/** Metrics under one or more sets of dimensions. */
export interface Directive {
  /** Names of dimensions; their values are members of the line. */
  readonly dimensions: readonly (readonly string[])[];
  readonly metrics: readonly string[];
}

export interface EmfLine {
  readonly namespace: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly directives: readonly Directive[];
  /** A number, or one number per call: at most 100. */
  readonly values: Readonly<Record<string, number | readonly number[]>>;
  readonly units: Readonly<Record<string, Unit>>;
}

/** One line of JSON. Metrics without a value are left out of a directive: they would cost money. */
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
