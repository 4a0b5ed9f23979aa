/** What a control decided about a call, as its fact says it. */
import type { ErrorCode } from '../base/errors.ts';

/** `pass`: it returned the reply of `next`; `answer`: it answered itself; otherwise the code of its refusal. */
export type Decision = 'pass' | 'answer' | ErrorCode;

export function isRefusal(decision: string): boolean {
  return decision !== ('pass' satisfies Decision) && decision !== ('answer' satisfies Decision);
}
