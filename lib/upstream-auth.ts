/**
 * How a proxy authenticates to its upstream: the variables for it, and the role's permissions. `upstream-auth/` has one
 * file for each way; `proxy/upstream/auth/ways.ts` declares which ways there are.
 */
import type { WayName } from '../proxy/upstream/auth/ways.ts';
import { agentcoreIdentity, type AgentcoreIdentityOptions } from './upstream-auth/agentcore-identity.ts';
import { apiKey, type ApiKeyOptions } from './upstream-auth/api-key.ts';
import { bearer, type BearerOptions } from './upstream-auth/bearer.ts';
import { iam, type IamAuthOptions } from './upstream-auth/iam.ts';
import { jwtBearer, type JwtBearerOptions } from './upstream-auth/jwt-bearer.ts';
import { none } from './upstream-auth/none.ts';
import { oauth, type OAuthOptions } from './upstream-auth/oauth.ts';
import { tokenExchange, type TokenExchangeOptions } from './upstream-auth/token-exchange.ts';
import type { AuthSite, BoundUpstreamAuth, CamelCase, OptionsOf, Way } from './upstream-auth/way.ts';

export type {
  AgentcoreIdentityOptions,
  ApiKeyOptions,
  BearerOptions,
  IamAuthOptions,
  JwtBearerOptions,
  OAuthOptions,
  TokenExchangeOptions,
};

/** How the proxy authenticates its calls. */
export class UpstreamAuth {
  /** @internal In the order in which errors list them. */
  static readonly ways = {
    iam,
    none,
    oauth,
    bearer,
    'api-key': apiKey,
    'token-exchange': tokenExchange,
    'jwt-bearer': jwtBearer,
    'agentcore-identity': agentcoreIdentity,
  } satisfies {
    readonly [Name in WayName]: Way<Name, never, unknown>;
  };

  /** SigV4 with the execution role. */
  static iam(options: IamAuthOptions = {}): UpstreamAuth {
    return new UpstreamAuth((site) => iam.bind(options, site));
  }

  /** OAuth client credentials. */
  static oauth(options: OAuthOptions): UpstreamAuth {
    return new UpstreamAuth((site) => oauth.bind(options, site));
  }

  /** A static key or token in a header. */
  static bearer(options: BearerOptions): UpstreamAuth {
    return new UpstreamAuth((site) => bearer.bind(options, site));
  }

  /** A static key in the URL's query. */
  static apiKey(options: ApiKeyOptions): UpstreamAuth {
    return new UpstreamAuth((site) => apiKey.bind(options, site));
  }

  /** A bearer token for the caller, got for the caller's own token (RFC 8693). */
  static tokenExchange(options: TokenExchangeOptions): UpstreamAuth {
    return new UpstreamAuth((site) => tokenExchange.bind(options, site));
  }

  /** A bearer token for the caller, got with the caller's token as an assertion (RFC 7523): Entra's on-behalf-of. */
  static jwtBearer(options: JwtBearerOptions): UpstreamAuth {
    return new UpstreamAuth((site) => jwtBearer.bind(options, site));
  }

  /** A token or key from AgentCore Identity: for the proxy itself, or for the person who calls. */
  static agentcoreIdentity(options: AgentcoreIdentityOptions): UpstreamAuth {
    return new UpstreamAuth((site) => agentcoreIdentity.bind(options, site));
  }

  /** Nothing is added. */
  static none(): UpstreamAuth {
    return new UpstreamAuth((site) => none.bind(undefined, site));
  }

  /** @internal */
  readonly bind: (site: AuthSite) => BoundUpstreamAuth;

  /** @internal */
  constructor(bind: (site: AuthSite) => BoundUpstreamAuth) {
    this.bind = bind;
  }
}

// Each way has a method that creates it.
void (UpstreamAuth satisfies {
  readonly [Name in WayName as CamelCase<Name>]: (options: OptionsOf<(typeof UpstreamAuth.ways)[Name]>) => UpstreamAuth;
});
