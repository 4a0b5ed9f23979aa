/** Keeps the tokens of a request for upstreams whose credentials depend on them. */
import { CallerToken, CallerTokens, type ReadTokens, type TokenKind } from '../call/caller-tokens.ts';
import { type Bearer, bearerIn } from './bearer-token.ts';

/**
 * The header in which AgentCore Runtime hands over the workload access token of a request, in lower case
 * (`WorkloadAccessToken`, as AWS's SDK for runtimes reads it).
 */
export const WORKLOAD_TOKEN_HEADER = 'workloadaccesstoken';

/** Returns undefined if no upstream needs a token, so that none is kept. */
export function tokenReader(kinds: ReadonlySet<TokenKind>): ReadTokens | undefined {
  if (kinds.size === 0) return undefined;
  const bearer = kinds.has('bearer');
  const workload = kinds.has('workload');
  return (headers) =>
    new CallerTokens({
      bearer: bearer ? bearerHeld(bearerIn(headers)) : undefined,
      workload: workload ? held(workloadToken(headers[WORKLOAD_TOKEN_HEADER])) : undefined,
    });
}

function bearerHeld(bearer: Bearer | undefined): CallerToken | undefined {
  return bearer === undefined ? undefined : new CallerToken(bearer.token, bearer.digest);
}

function held(token: string | undefined): CallerToken | undefined {
  return token === undefined ? undefined : new CallerToken(token);
}

/** A repeated header is joined with a comma, which no token has. */
function workloadToken(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x21-\x2b\x2d-\x7e]{1,16384}$/.test(value) ? value : undefined;
}
