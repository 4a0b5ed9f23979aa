/** Finds the token endpoint of an authorization server in its metadata (RFC 8414; OpenID Connect Discovery 1.0). */
import type { AuthorizationServer } from 'oauth4webapi';
import { UpstreamFailure } from '../../base/errors.ts';
import { documentFetch, isProtectedAs, jsonObjectIn, Redirected } from '../../credentials/endpoint.ts';
import { issuerId, OIDC_DOCUMENT } from '../../credentials/issuer-id.ts';
import { isObject } from '../../json/lossless.ts';
import type { ClientKeyPair } from './key-pair.ts';

const DISCOVERY_LIMIT_MS = 5_000;
const OAUTH_DOCUMENT = '/.well-known/oauth-authorization-server';
/**
 * Returns the first metadata document whose issuer is the configured one (RFC 8414 §3.3). Tries RFC 8414's URL, then
 * OIDC's, which is all that Cognito serves, then OIDC's at the place of RFC 8414 §5. A web page or a redirect counts as
 * no document. An issuer given as its discovery URL, like AgentCore's own `discoveryUrl`, counts as the issuer.
 * @param keyPair the client certificate, since some servers end every connection without one: then the token endpoint is
 *   the one for such clients, if there is one
 */
export async function discover(configured: URL, keyPair?: ClientKeyPair): Promise<AuthorizationServer> {
  const id = issuerId(configured.href);
  const { origin, pathname } = new URL(id);
  const path = pathname === '/' ? '' : pathname;
  const places = [
    `${origin}${OAUTH_DOCUMENT}${path}`,
    `${origin}${path}${OIDC_DOCUMENT}`,
    ...(path === '' ? [] : [`${origin}${OIDC_DOCUMENT}${path}`]),
  ];
  const fetchDocument = documentFetch('the issuer', DISCOVERY_LIMIT_MS, keyPair);
  let mismatch = false;
  const statuses: string[] = [];
  for (const place of places) {
    const got = await fetchDocument(place, { method: 'GET', headers: { accept: 'application/json' } }).catch(
      redirectedStatus,
    );
    const document = typeof got === 'number' || got.status !== 200 ? undefined : await jsonObjectIn(got);
    if (document === undefined) {
      statuses.push(typeof got === 'number' ? String(got) : got.status === 200 ? 'no JSON object' : String(got.status));
      continue;
    }
    const issuer = document.get('issuer');
    if (typeof issuer === 'string' && issuerId(URL.parse(issuer)?.href ?? '') === id)
      return serverIn(document, issuer, keyPair !== undefined);
    mismatch = true;
  }
  if (mismatch)
    throw new UpstreamFailure(
      'upstream-auth',
      `the metadata of ${id} is not valid, or is another issuer's: expected a JSON document whose issuer is ${id}`,
    );
  throw new UpstreamFailure(
    'upstream-auth',
    `the issuer ${id} has no metadata (got ${statuses.join(', ')}, expected 200 with JSON, by RFC 8414 and by OpenID Connect): check UPSTREAM_ISSUER, or set UPSTREAM_TOKEN_URL`,
  );
}

/** Takes from the document only what a token request needs. */
function serverIn(document: ReadonlyMap<string, unknown>, issuer: string, isCertified: boolean): AuthorizationServer {
  const endpoint = (isCertified ? aliasIn(document) : undefined) ?? document.get('token_endpoint');
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new UpstreamFailure(
      'upstream-auth',
      `the metadata of ${issuer} names no token_endpoint: set UPSTREAM_TOKEN_URL`,
    );
  if (!isProtectedAs(issuer, endpoint))
    throw new UpstreamFailure(
      'upstream-auth',
      `the metadata of ${issuer} names a token_endpoint without TLS, expected https: this machine has what is not the issuer's`,
    );
  const methods: unknown = document.get('token_endpoint_auth_methods_supported');
  const named = Array.isArray(methods) ? methods.filter((method): method is string => typeof method === 'string') : [];
  return {
    issuer,
    token_endpoint: endpoint,
    ...(named.length === 0 ? {} : { token_endpoint_auth_methods_supported: named }),
  };
}

/** The token endpoint for clients with a certificate (RFC 8705 §5). */
function aliasIn(document: ReadonlyMap<string, unknown>): unknown {
  const aliases = document.get('mtls_endpoint_aliases');
  return isObject(aliases) ? aliases['token_endpoint'] : undefined;
}

function redirectedStatus(error: unknown): number {
  if (error instanceof Redirected) return error.status;
  throw error;
}
