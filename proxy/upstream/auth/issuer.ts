/** Where an authorization server takes token requests, from its own metadata (RFC 8414; OpenID Connect Discovery 1.0). */
import type { AuthorizationServer } from 'oauth4webapi';
import { UpstreamFailure } from '../../errors.ts';
import { documentFetch } from './endpoint.ts';

const DISCOVERY_LIMIT_MS = 5_000;
const OIDC_SUFFIX = '/.well-known/openid-configuration';

/**
 * RFC 8414 first, then OIDC, which is all that Cognito serves. The document must name the issuer it was asked of (RFC 8414 §3.3).
 * An issuer given as its discovery URL, as AgentCore's own `discoveryUrl` is, counts as the issuer.
 */
export async function discover(configured: URL): Promise<AuthorizationServer> {
  const { discoveryRequest, processDiscoveryResponse, customFetch, allowInsecureRequests } = await import('oauth4webapi');
  const issuer = new URL(issuerId(configured.href));
  const options = {
    [customFetch]: documentFetch('the issuer', DISCOVERY_LIMIT_MS),
    // http gets as far as documentFetch, which lets it through to loopback alone.
    [allowInsecureRequests]: true,
  };
  let response = await discoveryRequest(issuer, { ...options, algorithm: 'oauth2' });
  if (response.status !== 200) response = await discoveryRequest(issuer, { ...options, algorithm: 'oidc' });
  if (response.status !== 200) {
    throw new UpstreamFailure('upstream-auth', `the issuer ${issuer.href} has no metadata (got ${response.status}, expected 200, for RFC 8414 and for OpenID Connect): check UPSTREAM_ISSUER, or set UPSTREAM_TOKEN_URL`);
  }
  const server = await processDiscoveryResponse(issuer, response).catch(() => {
    throw new UpstreamFailure('upstream-auth', `the metadata of ${issuer.href} is not valid, or is another issuer's: expected a JSON document whose issuer is ${issuer.href}`);
  });
  if (server.token_endpoint === undefined) throw new UpstreamFailure('upstream-auth', `the metadata of ${issuer.href} names no token_endpoint: set UPSTREAM_TOKEN_URL`);
  return server;
}

/** An issuer identifier as it is compared: without discovery suffix and trailing slash, which people write either way. */
export function issuerId(text: string): string {
  const bare = text.endsWith(OIDC_SUFFIX) ? text.slice(0, -OIDC_SUFFIX.length) : text;
  return bare.endsWith('/') ? bare.slice(0, -1) : bare;
}
