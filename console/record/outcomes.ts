/** What outcomes mean. Imports nothing: the page uses it, too. */

/** The upstream or the connection failed, or the result is an error. A refusal by a control is none. */
export function isFailure(outcome: string): boolean {
  return FAILURES.has(outcome) || outcome.startsWith('upstream-');
}

const FAILURES: ReadonlySet<string> = new Set(['tool-error', 'rpc-error', 'cut', 'internal']);
