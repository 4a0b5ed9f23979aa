import type { Spread } from './stats.ts';

/** One line of the table. */
export interface Finding {
  readonly row: string;
  readonly what: string;
  readonly value: number;
  /** The unit of the number: `×` for a ratio to the reference. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** How it was computed, as text. */
  readonly detail?: string;
  /** Where it stands if the row's block on the page is a grid. */
  readonly at?: readonly [line: string, column: string];
  /** What a cell of the grid says beside it. */
  readonly amount?: string;
  /** True if there is nothing to compare with. */
  readonly skipped?: true;
  /** Undefined: reported without a bound. */
  readonly bound?: { readonly atMost: number } | { readonly atLeast: number };
}

/** The unit of a ratio between two checkouts. Its bounds are too close to 1 for two digits. */
export const TIMES_OLD = '× old';

export function ratio(row: string, what: string, of: Spread, detail: string, bound?: Finding['bound']): Finding {
  return {
    row,
    what,
    value: of.median,
    unit: '×',
    min: of.min,
    max: of.max,
    detail,
    ...(bound === undefined ? {} : { bound }),
  };
}

/** Replaces a finding after a failure or a wrong answer; the other findings are still useful. */
export function failed(row: string, what: string, error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return { row, what, value: NaN, unit: '', detail: message.replaceAll(/[\s|]+/g, ' ').trim() };
}

/** Replaces a finding if one side does not have what is compared; this is not an error. */
export function skipped(row: string, what: string, why: string): Finding {
  return { row, what, value: NaN, unit: '', detail: why, skipped: true };
}

export function verdict({ value, bound, skipped: left }: Finding): 'ok' | 'MISSED' | 'FAILED' | 'SKIPPED' | '' {
  if (left) return 'SKIPPED';
  if (Number.isNaN(value)) return 'FAILED';
  if (bound === undefined) return '';
  return ('atMost' in bound ? value <= bound.atMost : value >= bound.atLeast) ? 'ok' : 'MISSED';
}

/** A markdown table for docs/benchmarks.md. */
export function table(findings: readonly Finding[]): string {
  const lines = findings.map((f) => {
    const range = f.min === undefined || f.max === undefined ? '' : `${shown(f.min, f.unit)} … ${shown(f.max, f.unit)}`;
    const bound =
      f.bound === undefined
        ? ''
        : 'atMost' in f.bound
          ? `≤ ${f.bound.atMost} ${f.unit}`
          : `≥ ${f.bound.atLeast} ${f.unit}`;
    return `| ${[f.row, f.what, Number.isNaN(f.value) ? '' : `${shown(f.value, f.unit)} ${f.unit}`, range, bound, verdict(f), f.detail ?? ''].join(' | ')} |`;
  });
  return ['| row | what | measured | min … max | must be | | |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
}

/** A number with the digits that its unit deserves. */
export function shown(value: number, unit: string): string {
  if (unit === '×') return value.toFixed(2);
  if (unit === TIMES_OLD) return value.toFixed(3);
  if (unit === 'ms') return value.toFixed(value < 10 ? 3 : 1);
  return value.toFixed(unit === 'KB' || value >= 1000 ? 0 : 1);
}
