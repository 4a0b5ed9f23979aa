/**
 * How a proxy authenticates to its upstream: the variables for it, and the role's permissions. `upstream-auth/` has one
 * file for each way; `proxy/upstream/auth/ways.ts` declares which ways there are.
 */
import type { WayName } from '../proxy/upstream/auth/ways.ts';
import { bearer, type BearerOptions } from './upstream-auth/bearer.ts';
import { iam, type IamAuthOptions } from './upstream-auth/iam.ts';
import { none } from './upstream-auth/none.ts';
import { oauth, type OAuthOptions } from './upstream-auth/oauth.ts';
import type { AuthSite, BoundUpstreamAuth, CamelCase, OptionsOf, Way } from './upstream-auth/way.ts';

export type { BearerOptions, IamAuthOptions, OAuthOptions };

/** How the proxy authenticates its calls. */
export class UpstreamAuth {
  /** @internal In the order in which errors list them. */
  static readonly ways = { iam, none, oauth, bearer } satisfies {
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
