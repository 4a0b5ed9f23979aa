export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const at = (index: number): number => sorted[index] ?? NaN;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

export const median = (values: readonly number[]): number => spread(values).median;

/** One ratio per round: both were measured next to each other, so noise usually affected both. */
export function pairwise(
  a: readonly number[],
  b: readonly number[],
  combine: (a: number, b: number) => number,
): Spread {
  return spread(a.map((value, round) => combine(value, b[round] ?? NaN)));
}

/**
 * The uncertainty of the median: half the width of its 95 % confidence interval by order statistics, for any
 * distribution. With fewer than twelve values, half their range.
 */
export function halfInterval(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - reach) - 1);
  const at = (index: number): number => sorted[index] ?? NaN;
  return (at(sorted.length - 1 - low) - at(low)) / 2;
}
