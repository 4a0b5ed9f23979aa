/** A bearer token from the OAuth 2 client credentials grant, such as an AgentCore Gateway with a JWT authorizer expects. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator, Outgoing } from './auth.ts';
import { getHeader, setHeader } from './header-list.ts';
import { Renewal, type Lease } from './renewal.ts';
import { issuerCheck } from './resource-metadata.ts';
import { TokenClient, type TokenClientOptions } from './token-client.ts';
import { usableUntil } from './token.ts';

export interface ClientCredentialsOptions extends TokenClientOptions {
  readonly scopes?: readonly string[] | undefined;
  /** The resource that the token is for (RFC 8707). */
  readonly resource?: string | undefined;
  /** What some issuers want in place of the resource, such as Auth0. */
  readonly audience?: string | undefined;
}

export function clientCredentials(options: ClientCredentialsOptions): Authenticator {
  const { issuer } = options.server;
  const confirmIssuer = issuer === undefined ? undefined : issuerCheck(issuer);
  const renewal = new Renewal('an access token', tokenSource(options));
  let upstreamHost: string | undefined;

  return {
    apply(request) {
      upstreamHost = request.host;
      const value = renewal.current();
      if (value instanceof Promise)
        return value.then((fetched) => setHeader(request.headers, 'authorization', fetched));
      setHeader(request.headers, 'authorization', value);
    },
    async refused(status: number, headers: IncomingHttpHeaders, request?: Outgoing) {
      // RFC 6750 §3.1: 403 is insufficient_scope, and a new token would have the same scopes.
      if (status !== 401) return false;
      const challenge = headers['www-authenticate'];
      if (challenge !== undefined && upstreamHost !== undefined) await confirmIssuer?.(challenge, upstreamHost);
      return renewal.refused(request === undefined ? undefined : getHeader(request.headers, 'authorization'));
    },
  };
}

/** Gets tokens for the proxy itself (RFC 6749 §4.4). */
export function tokenSource({
  scopes = [],
  resource,
  audience,
  ...options
}: ClientCredentialsOptions): () => Promise<Lease<string>> {
  const client = new TokenClient(options);
  const parameters = new URLSearchParams();
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  if (resource !== undefined) parameters.set('resource', resource);
  if (audience !== undefined) parameters.set('audience', audience);
  return async () => {
    const asked = Date.now();
    const token = await client.request({ type: 'client_credentials', parameters });
    const value = `Bearer ${token.accessToken}`;
    return { value, id: value, expiresAt: usableUntil(token, asked) };
  };
}
