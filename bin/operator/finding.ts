/** A check's finding, and how it is shown. */
import type { Colour, Output } from './terminal.ts';
import { wrapped } from './terminal.ts';

export type State = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  /** Stable, so that programs can use it. */
  readonly check: string;
  /** The deployment it is about; undefined if it is about this machine. */
  readonly deployment?: string | undefined;
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** How to fix it. */
  readonly advice?: string | undefined;
}

export const ok = (found: string): Result => ({ state: 'ok', found });
export const warning = (found: string, advice: string): Result => ({ state: 'warning', found, advice });
export const failed = (found: string, advice: string): Result => ({ state: 'failed', found, advice });
export const skipped = (found: string, advice?: string): Result => ({ state: 'skipped', found, advice });

/** A finding before the check's name is added. */
export type Result = Omit<Finding, 'check' | 'deployment'>;

const COLOURS: Readonly<Record<State, Colour>> = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' };
const STATE_WIDTH = 9;
const NAME_WIDTH = 14;

export function showFinding(output: Output, { check, state, found, advice }: Finding): void {
  const indent = ' '.repeat(2 + STATE_WIDTH + NAME_WIDTH);
  output.line(
    `  ${output.paint(COLOURS[state], state.padEnd(STATE_WIDTH))}${check.padEnd(NAME_WIDTH - 1)} ${wrapped(found, indent).trimStart()}`,
  );
  if (advice !== undefined)
    output.line(output.paint(state === 'skipped' ? 'dim' : 'cyan', wrapped(`→ ${advice}`, indent)));
}

/** For example `5 ok, 1 warning, 1 failed`. */
export function tally(findings: readonly { readonly state: State }[]): string {
  const counted = (['ok', 'warning', 'failed', 'skipped'] as const).map(
    (state) => [findings.filter((finding) => finding.state === state).length, state] as const,
  );
  return counted
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}${state === 'warning' && count > 1 ? 's' : ''}`)
    .join(', ');
}
