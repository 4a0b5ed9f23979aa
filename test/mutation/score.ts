/** The score of one file: of the mutants that no explanation names, how many its tests notice. */
import {
  byTime,
  type Explanation,
  type Mutant,
  survivorOf,
  type Result,
  sameMutant,
  type Survivor,
} from './mutants.ts';

export const REQUIRED = 90;

export interface Score {
  readonly file: string;
  readonly mutants: number;
  readonly killed: number;
  /** Of the killed: those that a limit of time noticed. */
  readonly late: readonly Survivor[];
  /** Not explained. */
  readonly survived: readonly Survivor[];
  readonly explained: number;
  /** Explanations of mutants that are killed, or not there. */
  readonly stale: readonly Mutant[];
  readonly percent: number;
}

/** An error while a test file is loaded fails the run like a failed test. A mutant whose test never ends is noticed, too. */
const NOTICED: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'RuntimeError']);

export function scoreOf(
  file: string,
  source: string,
  results: readonly Result[],
  explanations: readonly Explanation[],
): Score {
  const lines = source.split('\n');
  const open = explanations.flatMap(({ mutants }) => mutants);
  const survived: Survivor[] = [];
  let explained = 0;
  for (const result of results) {
    if (NOTICED.has(result.status)) continue;
    const survivor = survivorOf(result, lines);
    const at = open.findIndex((mutant) => sameMutant(mutant, survivor));
    if (at === -1) survived.push(survivor);
    else {
      // Each explains one: equal lines need an entry each.
      open.splice(at, 1);
      explained++;
    }
  }
  const counted = results.length - explained;
  const killed = counted - survived.length;
  return {
    file,
    mutants: results.length,
    killed,
    late: results.filter(byTime).map((result) => survivorOf(result, lines)),
    survived,
    explained,
    stale: open,
    percent: counted === 0 ? 100 : (100 * killed) / counted,
  };
}

export function passes({ percent, stale }: Score): boolean {
  return percent >= REQUIRED && stale.length === 0;
}

export function tableOf(scores: readonly Score[]): string {
  const rows = [
    ['file', 'mutants', 'killed', 'by time', 'survived', 'explained', 'score'],
    ...scores.map(({ file, mutants, killed, late, survived, explained, percent }) => [
      file,
      String(mutants),
      String(killed),
      String(late.length),
      String(survived.length),
      String(explained),
      `${percent.toFixed(1)} %`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
