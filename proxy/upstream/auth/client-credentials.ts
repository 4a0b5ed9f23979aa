/** A bearer token from the OAuth 2 client credentials grant, such as an AgentCore Gateway with a JWT authorizer expects. */
import type { IncomingHttpHeaders } from 'node:http';
import type { AuthorizationServer } from 'oauth4webapi';
import type { Authenticator, Outgoing } from './auth.ts';
import { getHeader, setHeader } from './header-list.ts';
import { discover } from './issuer.ts';
import { Renewal, type Lease } from './renewal.ts';
import { issuerCheck } from './resource-metadata.ts';
import { InvalidClient, requestToken } from './token.ts';

export interface ClientCredentialsOptions {
  /**
   * The authorization server: discovered from its issuer, or the token endpoint if that is known. URLs must have passed
   * `parseEndpoint`.
   */
  readonly server:
    | { readonly issuer: URL; readonly tokenEndpoint?: undefined }
    | { readonly issuer?: URL | undefined; readonly tokenEndpoint: URL };
  readonly clientId: string;
  /** Reads the client secret. Called when first needed, and again when the token endpoint refuses the secret. */
  readonly secret: () => Promise<string>;
  readonly scopes?: readonly string[] | undefined;
  /** The resource that the token is for (RFC 8707). */
  readonly resource?: string | undefined;
  /** @default - what the issuer's metadata supports, basic before post */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post' | undefined;
}

/**
 * A token is not used in the last milliseconds before it expires: the call still has to arrive, and clocks differ. At
 * most a tenth of the token's life.
 */
const MARGIN_MS = 10_000;

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

/**
 * Gets tokens. Keeps the discovered server and the secret between them; each is read again after a failure.
 */
function tokenSource(options: ClientCredentialsOptions): () => Promise<Lease<string>> {
  let server: AuthorizationServer | undefined;
  let clientSecret: string | undefined;

  async function request(from: AuthorizationServer, secret: string): Promise<Lease<string>> {
    const asked = Date.now();
    const token = await requestToken(from, {
      clientId: options.clientId,
      clientSecret: secret,
      authMethod: options.authMethod,
      scopes: options.scopes ?? [],
      resource: options.resource,
    });
    const value = `Bearer ${token.accessToken}`;
    const life = token.expiresIn === undefined ? Infinity : token.expiresIn * 1000;
    return { value, id: value, expiresAt: asked + life - Math.min(MARGIN_MS, life / 10) };
  }

  return async () => {
    try {
      server ??= await serverOf(options.server);
      clientSecret ??= await options.secret();
      try {
        return await request(server, clientSecret);
      } catch (error) {
        if (!(error instanceof InvalidClient)) throw error;
        const reread = await options.secret();
        if (reread === clientSecret) throw error;
        clientSecret = reread; // rotated since it was read
        return await request(server, clientSecret);
      }
    } catch (error) {
      server = undefined; // the endpoint may have moved
      if (error instanceof InvalidClient) clientSecret = undefined;
      throw error;
    }
  };
}

async function serverOf(server: ClientCredentialsOptions['server']): Promise<AuthorizationServer> {
  if (server.tokenEndpoint === undefined) return discover(server.issuer);
  return { issuer: server.issuer?.href ?? server.tokenEndpoint.origin, token_endpoint: server.tokenEndpoint.href };
}
