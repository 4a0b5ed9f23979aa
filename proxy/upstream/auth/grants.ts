/** The token requests by which a caller's token is turned into one for the upstream. */
import { type Lease, Renewal } from './renewal.ts';
import type { SubjectTokenType } from './subject-token-types.ts';
import { type Grant, TYPES } from './token.ts';

export interface GrantOptions {
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  /** The logical name of the service that the token is for (RFC 8693 §2.1). */
  readonly audience: string | undefined;
}

export interface ExchangeOptions extends GrantOptions {
  readonly subjectTokenType: SubjectTokenType;
  /** Gets the proxy's own token, which says who acts for the caller; undefined: nobody is named. */
  readonly actor: (() => Promise<Lease<string>>) | undefined;
}

/** Token exchange (RFC 8693). */
export function tokenExchange(options: ExchangeOptions): (subjectToken: string) => Promise<Grant> {
  const actor = options.actor && new Renewal("the proxy's own token, which names the actor", options.actor);
  return async (subjectToken) => {
    const parameters = common(options);
    parameters.set('subject_token', subjectToken);
    parameters.set('subject_token_type', TYPES + options.subjectTokenType);
    parameters.set('requested_token_type', `${TYPES}access_token`);
    if (actor !== undefined) {
      parameters.set('actor_token', (await actor.current()).replace(/^Bearer /, ''));
      parameters.set('actor_token_type', `${TYPES}access_token`);
    }
    return { type: 'urn:ietf:params:oauth:grant-type:token-exchange', parameters };
  };
}

/**
 * The caller's token as an assertion (RFC 7523 §2.1).
 * @param tokenUse the value of `requested_token_use`, which Microsoft Entra ID requires: `on_behalf_of`
 */
export function jwtBearer(options: GrantOptions, tokenUse: string | undefined): (assertion: string) => Grant {
  return (assertion) => {
    const parameters = common(options);
    parameters.set('assertion', assertion);
    if (tokenUse !== undefined) parameters.set('requested_token_use', tokenUse);
    return { type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', parameters };
  };
}

function common({ scopes, resource, audience }: GrantOptions): URLSearchParams {
  const parameters = new URLSearchParams();
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  if (resource !== undefined) parameters.set('resource', resource);
  if (audience !== undefined) parameters.set('audience', audience);
  return parameters;
}
