/** What outcomes mean. Imports nothing: the page uses it, too. */

const HTTP_ERROR = 'http-error';

/** The upstream or the connection failed, or the result is an error. A refusal by a control is none. */
export function isFailure(outcome: string): boolean {
  return FAILURES.has(outcome) || outcome.startsWith('upstream-');
}

const FAILURES: ReadonlySet<string> = new Set(['tool-error', 'rpc-error', HTTP_ERROR, 'cut', 'internal']);

/** The upstream gave no answer, or one with a status that blames itself (RFC 9110, 15.6). */
export function isUpstreamFailure(outcome: string, status: number | undefined): boolean {
  return outcome.startsWith('upstream-') || (status !== undefined && status >= 500 && OF_UPSTREAM.has(outcome));
}

/** What is no refusal by the proxy. */
const OF_UPSTREAM: ReadonlySet<string> = new Set(['ok', 'tool-error', 'rpc-error', HTTP_ERROR, 'cut', 'unknown']);

/** A status of 400 or more, and no message that says more. */
export function httpOutcome(outcome: string, status: number | undefined): string {
  return outcome === 'unknown' && status !== undefined && status >= 400 ? HTTP_ERROR : outcome;
}
