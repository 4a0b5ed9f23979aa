/**
 * How a proxy authenticates at its upstream: the variables that say it, and what its role needs for that. One file for
 * each way in `upstream-auth/`; which ways there are, `proxy/upstream/auth/ways.ts` declares.
 */
import type { WayName } from '../proxy/upstream/auth/ways.ts';
import { bearer, type BearerOptions } from './upstream-auth/bearer.ts';
import { iam, type IamAuthOptions } from './upstream-auth/iam.ts';
import { none } from './upstream-auth/none.ts';
import { oauth, type OAuthOptions } from './upstream-auth/oauth.ts';
import type { AuthSite, BoundUpstreamAuth, CamelCase, OptionsOf, Way } from './upstream-auth/way.ts';

export type { BearerOptions, IamAuthOptions, OAuthOptions };

/** How the proxy authenticates what it forwards. */
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

// Each way has a method that makes it.
void (UpstreamAuth satisfies {
  readonly [Name in WayName as CamelCase<Name>]: (options: OptionsOf<(typeof UpstreamAuth.ways)[Name]>) => UpstreamAuth;
});
