/** Who may invoke a proxy. A runtime has one authorizer: IAM or JWT. */
import { Aws, type RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { RuntimeAuthorizerConfiguration } from 'aws-cdk-lib/aws-bedrockagentcore';
import {
  type IUserPool,
  type IUserPoolClient,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { checkHttps, type Faults, got, known } from './faults.ts';
import { userPoolRegion } from './secret-source.ts';

/** Inbound authentication in a stack. */
export interface BoundInboundAuth {
  readonly authorizer: RuntimeAuthorizerConfiguration;
  /** The platform verifies a JWT, and may hand it on. */
  readonly jwt: boolean;
  readonly userPool?: IUserPool;
  readonly userPoolClient?: IUserPoolClient;
  readonly tokenUrl?: string;
}

export interface InboundSite {
  readonly scope: Construct;
  readonly stack: Stack;
  readonly removalPolicy: RemovalPolicy;
  /** Retained pools can't be deleted by accident either. */
  readonly deletionProtection: boolean;
  readonly faults: Faults;
}

export interface JwtOptions {
  /**
   * Where the issuer publishes its metadata: ends in `/.well-known/openid-configuration`.
   * @default - derived from `issuer`
   */
  readonly discoveryUrl?: string;
  /** The OIDC issuer. @default - the one of `discoveryUrl` */
  readonly issuer?: string;
  /** Client ids (`client_id`) that may call. @default - any */
  readonly allowedClients?: readonly string[];
  /** Audiences (`aud`) that a token may be for. @default - any */
  readonly allowedAudiences?: readonly string[];
  /** Scopes of which a token must hold one. @default - any */
  readonly allowedScopes?: readonly string[];
}

export interface UserPoolOptions {
  /** The clients that may call. */
  readonly clients: readonly IUserPoolClient[];
  /** Scopes of which a token must hold one, such as `mcp/invoke`. @default - any */
  readonly scopes?: readonly string[];
}

export interface NewUserPoolOptions {
  /**
   * Prefix of the pool's domain, unique in its region across accounts.
   * @default - made from the construct's path and the account
   */
  readonly domainPrefix?: string;
  /** Identifier of the resource server. @default 'mcp' */
  readonly resourceServer?: string;
  /** Names of its scopes; the machine client gets all of them. @default ['invoke'] */
  readonly scopes?: readonly string[];
}

/** Who may invoke the proxy. */
export abstract class InboundAuth {
  /** Callers sign with SigV4 and are allowed by IAM: `proxy.grantInvoke(grantee)`. */
  static iam(): InboundAuth {
    return new Iam();
  }

  /** Callers bring a JWT of any OIDC issuer. At least one of clients, audiences and scopes narrows whose. */
  static jwt(options: JwtOptions): InboundAuth {
    return new Jwt(options);
  }

  /** Callers bring a JWT of a user pool that exists. */
  static userPool(userPool: IUserPool, options: UserPoolOptions): InboundAuth {
    return new Pool(userPool, options);
  }

  /**
   * Callers bring a JWT of a user pool that is created: domain, resource server, scopes and a machine client with a
   * secret.
   */
  static newUserPool(options: NewUserPoolOptions = {}): InboundAuth {
    return new NewPool(options);
  }

  /** @internal */
  abstract bind(site: InboundSite): BoundInboundAuth;
}

class Iam extends InboundAuth {
  bind(): BoundInboundAuth {
    return { authorizer: RuntimeAuthorizerConfiguration.usingIAM(), jwt: false };
  }
}

const WELL_KNOWN = '/.well-known/openid-configuration';

class Jwt extends InboundAuth {
  readonly #options: JwtOptions;
  constructor(options: JwtOptions) {
    super();
    this.#options = options;
  }

  bind({ faults }: InboundSite): BoundInboundAuth {
    const { issuer, allowedClients, allowedAudiences, allowedScopes } = this.#options;
    const discoveryUrl =
      this.#options.discoveryUrl ?? (issuer === undefined ? undefined : `${issuer.replace(/\/$/, '')}${WELL_KNOWN}`);
    const usable = !known(discoveryUrl) || discoveryUrl.endsWith(WELL_KNOWN);
    if (discoveryUrl === undefined) faults.add('inboundAuth: expected discoveryUrl or issuer, got neither');
    else checkHttps(discoveryUrl, 'inboundAuth', faults);
    if (!usable)
      faults.add(`inboundAuth: expected a discoveryUrl that ends in ${WELL_KNOWN}, got ${got(discoveryUrl)}`);
    if ([allowedClients, allowedAudiences, allowedScopes].every((list) => list === undefined || list.length === 0)) {
      faults.add(
        'inboundAuth: expected allowedClients, allowedAudiences or allowedScopes (without any, every token of the issuer would do), got none',
      );
    }
    for (const scope of allowedScopes ?? [])
      if (known(scope) && !/^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/.test(scope))
        faults.add(`inboundAuth: expected a scope of 1 to 255 visible characters, got ${got(scope)}`);
    // CDK throws at the first fault; ours are thrown together, later.
    const url = discoveryUrl !== undefined && usable ? discoveryUrl : WELL_KNOWN;
    return {
      authorizer: RuntimeAuthorizerConfiguration.usingJWT(
        url,
        list(allowedClients),
        list(allowedAudiences),
        list(allowedScopes),
      ),
      jwt: true,
    };
  }
}

/** The platform takes no empty lists. */
function list(values: readonly string[] | undefined): string[] | undefined {
  return values === undefined || values.length === 0 ? undefined : [...values];
}

class Pool extends InboundAuth {
  readonly #userPool: IUserPool;
  readonly #options: UserPoolOptions;
  constructor(userPool: IUserPool, options: UserPoolOptions) {
    super();
    this.#userPool = userPool;
    this.#options = options;
  }

  bind({ stack, faults }: InboundSite): BoundInboundAuth {
    if (this.#options.clients.length === 0)
      faults.add('inboundAuth: expected at least one client of the user pool, got none');
    return { authorizer: ofClients(stack, this.#userPool, this.#options.clients, this.#options.scopes), jwt: true };
  }
}

/** Cognito's client-credentials tokens have no `aud`: client and scope are what tells them apart. */
function ofClients(
  stack: Stack,
  userPool: IUserPool,
  clients: readonly IUserPoolClient[],
  scopes: readonly string[] | undefined,
): RuntimeAuthorizerConfiguration {
  // CDK's own takes the stack's region for a pool that was imported by its id, and one suffix for all partitions.
  const region = userPoolRegion(userPool);
  const suffix = known(region) ? (RegionInfo.get(region).domainSuffix ?? stack.urlSuffix) : stack.urlSuffix;
  const ids = clients.map(({ userPoolClientId }) => userPoolClientId);
  return RuntimeAuthorizerConfiguration.usingJWT(
    `https://cognito-idp.${region}.${suffix}/${userPool.userPoolId}${WELL_KNOWN}`,
    ids,
    undefined,
    list(scopes),
  );
}

class NewPool extends InboundAuth {
  readonly #options: NewUserPoolOptions;
  constructor(options: NewUserPoolOptions) {
    super();
    this.#options = options;
  }

  bind({ scope, stack, removalPolicy, deletionProtection, faults }: InboundSite): BoundInboundAuth {
    const { resourceServer = 'mcp', scopes = ['invoke'], domainPrefix } = this.#options;
    if (domainPrefix !== undefined) checkDomainPrefix(domainPrefix, faults);
    if (known(resourceServer) && !/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/.test(resourceServer))
      faults.add(`inboundAuth: expected an identifier without spaces as resourceServer, got ${got(resourceServer)}`);
    if (scopes.length === 0) faults.add('inboundAuth: expected at least one scope, got none');
    for (const name of scopes)
      if (known(name) && !/^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/.test(name))
        faults.add(`inboundAuth: expected a scope's name without spaces and slashes, got ${got(name)}`);
    const site = new Construct(scope, 'Inbound');
    const userPool = new UserPool(site, 'UserPool', {
      // Machines only: nobody signs up, and whoever is created by hand is held to the strictest.
      selfSignUpEnabled: false,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      deletionProtection,
      removalPolicy,
    });
    acknowledge(userPool, 'COG8', 'the plus plan watches the sign-ins of people; this pool has machine clients alone');
    const domain = userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: domainPrefix ?? `mcp-${site.node.addr.slice(-10)}-${Aws.ACCOUNT_ID}` },
    });
    const server = userPool.addResourceServer('ResourceServer', {
      identifier: resourceServer,
      scopes: scopes.map(
        (scopeName) => new ResourceServerScope({ scopeName, scopeDescription: `${scopeName} through the MCP proxy` }),
      ),
    });
    const client: UserPoolClient = userPool.addClient('Client', {
      generateSecret: true,
      authFlows: {},
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((name) => OAuthScope.custom(`${resourceServer}/${name}`)),
      },
    });
    client.node.addDependency(server);
    return {
      authorizer: ofClients(
        stack,
        userPool,
        [client],
        scopes.map((name) => `${resourceServer}/${name}`),
      ),
      jwt: true,
      userPool,
      userPoolClient: client,
      tokenUrl: `${domain.baseUrl()}/oauth2/token`,
    };
  }
}

function checkDomainPrefix(prefix: string, faults: Faults): void {
  if (!known(prefix)) return;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(prefix) || /aws|amazon|cognito/.test(prefix)) {
    faults.add(
      `inboundAuth: expected a domainPrefix of lower-case letters, digits and hyphens without aws, amazon and cognito, got ${got(prefix)}`,
    );
  }
}
