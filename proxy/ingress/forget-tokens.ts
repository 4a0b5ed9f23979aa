/** Callers' tokens are known for the length of a call only, however long what belongs to the call is kept: tasks, questions, streams. */
import type { ServerResponse } from 'node:http';
import type { CallerTokens } from '../call/caller-tokens.ts';

/** @param dispatched settles when the call needs no more credentials, or its reply is complete */
export function forgetAfter(dispatched: Promise<unknown>, response: ServerResponse, tokens: CallerTokens): void {
  const forget = (): void => tokens.over();
  const settled = (): void => {
    if (response.closed) forget();
    else response.once('close', forget);
  };
  dispatched.then(settled, settled);
}
