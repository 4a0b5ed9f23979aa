/** The issuers whose tokens `jwks` accepts: its options, and their checks. */
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { issuerId } from '../credentials/issuer-id.ts';

export interface JwksOptions {
  /**
   * The token's expected `iss`. The keys are found through its `/.well-known/openid-configuration`. https, or http on
   * loopback.
   */
  readonly issuer: string;
  /**
   * The token's expected `aud`: one of these. Without it, a token that was made for another service is accepted, so
   * either this or `clientIds` is required; `false` accepts any token of the issuer. Cognito's client-credentials tokens
   * have no `aud`: give `clientIds`.
   */
  readonly audience?: string | readonly string[] | false;
  /** The clients whose tokens are accepted, by `client_id`, `azp`, `cid` or `appid`. @default - all */
  readonly clientIds?: readonly string[];
  /** URL of the keys. @default - from the issuer's metadata */
  readonly jwksUri?: string;
  /** Scopes that clients are told to ask for (RFC 9728, `scopes_supported`). Not checked. @default - none */
  readonly scopes?: readonly string[];
}

/** An issuer that passed the checks. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: readonly string[] | undefined;
  readonly clientIds: readonly string[] | undefined;
  readonly jwksUri: string | undefined;
}

/** Throws with what was got and expected. */
export function checkedIssuers(given: readonly JwksOptions[]): readonly Issuer[] {
  if (given.length === 0) throw new Error('caller jwks: expected at least one issuer, got none');
  const ids = new Set<string>();
  return given.map(({ issuer, audience, clientIds, jwksUri }) => {
    checkEndpoint(issuer, 'caller jwks: issuer');
    if (jwksUri !== undefined) checkEndpoint(jwksUri, 'caller jwks: jwksUri');
    const id = issuerId(new URL(issuer).href);
    if (ids.has(id))
      throw new Error(`caller jwks: expected different issuers, got ${JSON.stringify(shownUrl(issuer))} twice`);
    ids.add(id);
    if (audience === undefined && clientIds === undefined)
      throw new Error(
        'caller jwks: expected audience (what tokens are for), clientIds (whose tokens) or audience: false (any token of this issuer), got none of them; for Cognito, whose client-credentials tokens have no aud, give clientIds',
      );
    return {
      issuer,
      audience: audience === undefined || audience === false ? undefined : texts(audience, 'audience'),
      clientIds: clientIds === undefined ? undefined : texts(clientIds, 'clientIds'),
      jwksUri,
    };
  });
}

function texts(given: string | readonly string[], what: string): readonly string[] {
  const list: unknown = typeof given === 'string' ? [given] : given;
  if (Array.isArray(list) && list.length > 0 && list.every((text) => typeof text === 'string' && text !== ''))
    return list;
  throw new Error(`caller jwks: ${what}: expected one or more texts, got ${JSON.stringify(given)}`);
}

/** Keys fetched without TLS could be anybody's. */
function checkEndpoint(text: string | undefined, what: string): void {
  const url = URL.parse(text ?? '');
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return;
  throw new Error(
    `${what}: expected an https URL (http on loopback only), got ${text === undefined ? 'nothing' : JSON.stringify(shownUrl(text))}`,
  );
}
