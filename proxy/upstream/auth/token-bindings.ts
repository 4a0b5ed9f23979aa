/** The bindings of the ways that get tokens from an authorization server. */
import { suffixOf } from '../../base/aws-hosts.ts';
import { missingScopes } from '../../credentials/entra-id.ts';
import { PROOF_VARIABLES, type ProofBindings, proving, readProof } from './client-proof.ts';
import type { TokenClientOptions } from './token-client.ts';
import { type Connecting, readEndpoint, type WayBindings } from './way.ts';

export const TOKEN_VARIABLES = {
  ISSUER: 'the issuer, whose metadata names the token endpoint',
  TOKEN_URL: 'the token endpoint, if the issuer publishes no metadata',
  CLIENT_ID: 'the client id; with a cognito: secret, taken from there',
  SCOPES: 'scopes, separated by spaces',
  RESOURCE: 'the resource indicator (RFC 8707)',
  AUDIENCE: 'the logical name of the service that the token is for (RFC 8693 §2.1; Auth0)',
  ...PROOF_VARIABLES,
} as const;

export interface TokenBindings extends ProofBindings {
  readonly server:
    | { readonly issuer: URL; readonly tokenEndpoint?: undefined }
    | { readonly issuer?: URL | undefined; readonly tokenEndpoint: URL };
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  readonly audience: string | undefined;
}

export function readTokenBindings(bindings: WayBindings<keyof typeof TOKEN_VARIABLES>): TokenBindings | undefined {
  const { prefix, get, faults } = bindings;
  const proof = readProof(bindings);
  const issuer = readEndpoint('ISSUER', bindings);
  const tokenEndpoint = readEndpoint('TOKEN_URL', bindings);
  const secret = proof?.proof.kind === 'secret' ? proof.proof.source : undefined;
  const cognito = secret?.kind === 'cognito' ? secret : undefined;
  const clientId = get('CLIENT_ID') ?? cognito?.clientId;
  const found = issuer ?? (cognito && cognitoIssuer(cognito));
  const server = tokenEndpoint === undefined ? found && { issuer: found } : { issuer, tokenEndpoint };
  if (get('ISSUER') === undefined && get('TOKEN_URL') === undefined && server === undefined)
    faults.error(`${prefix}_ISSUER: expected the issuer's URL (or ${prefix}_TOKEN_URL), got nothing`);
  if (clientId === undefined) faults.error(`${prefix}_CLIENT_ID: expected the OAuth client id, got nothing`);
  if (proof === undefined || clientId === undefined || server === undefined) return undefined;
  const scopes = (get('SCOPES') ?? '').split(/[\s,]/).filter((scope) => scope !== '');
  const resource = get('RESOURCE');
  const missing = missingScopes({ scopes, resource }, server.tokenEndpoint?.href, server.issuer?.href);
  if (missing !== undefined) return faults.error(`${prefix}_SCOPES: ${missing}`);
  return { ...proof, server, clientId, scopes, resource, audience: get('AUDIENCE') };
}

/** What a token is asked for. */
export function askedOf({ scopes, resource, audience }: TokenBindings) {
  return { scopes, resource, audience };
}

/** Reports bindings under which an upstream might get a token of the caller that is good elsewhere. */
export function saysForWhom(
  { audience, resource, scopes }: TokenBindings,
  { prefix, faults }: Pick<WayBindings<never>, 'prefix' | 'faults'>,
): boolean {
  if (audience !== undefined || resource !== undefined || scopes.length > 0) return true;
  faults.error(
    `${prefix}_AUDIENCE: expected whom callers' tokens are for (${prefix}_AUDIENCE, ${prefix}_RESOURCE or ${prefix}_SCOPES), got none of them; some issuers then make them for this proxy itself, and the upstream could call it, and its other upstreams, in the caller's name`,
  );
  return false;
}

/** The client that these bindings describe. */
export function clientOf(bound: TokenBindings, { certificate }: Connecting): TokenClientOptions {
  const { server, clientId } = bound;
  return { server, clientId, certificate, ...proving(bound) };
}

/** A user pool is its own issuer. */
function cognitoIssuer({ region, userPoolId }: { readonly region: string; readonly userPoolId: string }): URL {
  return new URL(`https://cognito-idp.${region}.${suffixOf(region) ?? 'amazonaws.com'}/${userPoolId}`);
}
