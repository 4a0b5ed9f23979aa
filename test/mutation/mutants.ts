/** Mutants as Stryker reports them, and how an explanation finds them again after lines have moved. */

/** What is read of Stryker's result. */
export interface Result {
  readonly status: string;
  /** What the test that noticed said. */
  readonly statusReason?: string | undefined;
  readonly replacement: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line where it begins, and what stands there with the mutation: both without the space around them. */
export interface Mutant {
  readonly was: string;
  readonly becomes: string;
}

/** Mutants that survive for one reason. */
export interface Explanation {
  readonly why: string;
  readonly mutants: readonly Mutant[];
}

export interface Survivor extends Mutant {
  /** Of the line. */
  readonly number: number;
  /** Whether a test ran it. */
  readonly reached: boolean;
}

export function survivorOf(
  { status, location: { start, end }, replacement }: Result,
  lines: readonly string[],
): Survivor {
  const first = lines[start.line - 1] ?? '';
  const last = lines[end.line - 1] ?? '';
  const mutated = first.slice(0, start.column - 1) + replacement + last.slice(end.column - 1);
  return {
    number: start.line,
    reached: status !== 'NoCoverage',
    was: first.trim(),
    becomes: mutated.trim().replaceAll(/\s+/g, ' '),
  };
}

/** Whether it was noticed by a limit of time, which a busy machine exceeds, too. */
export function byTime({ status, statusReason = '' }: Result): boolean {
  return (
    status === 'Timeout' || (status === 'Killed' && /\btimed out in\b|did not succeed in time/i.test(statusReason))
  );
}

export function sameMutant(a: Mutant, b: Mutant): boolean {
  return a.was === b.was && a.becomes === b.becomes;
}
