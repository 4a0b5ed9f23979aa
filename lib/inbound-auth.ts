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
import { checkHttps, checkText, checkTexts, type Faults, known } from './faults.ts';
import { SCOPES } from './rules/counts.ts';
import { RESOURCE_SERVER, SCOPE_NAMES, scopeFault } from './rules/scopes.ts';
import { TEXTS } from './rules/texts.ts';
import { userPoolRegion } from './secret-source.ts';
import { discoveryUrlFault, issuerFault, WELL_KNOWN } from './url.ts';

/** Inbound authentication in a stack. */
export interface BoundInboundAuth {
  readonly authorizer: RuntimeAuthorizerConfiguration;
  /** With a JWT, the platform verifies it and may pass it on. */
  readonly jwt: boolean;
  readonly userPool?: IUserPool;
  readonly userPoolClient?: IUserPoolClient;
  readonly tokenUrl?: string;
}

export interface InboundSite {
  readonly scope: Construct;
  readonly stack: Stack;
  readonly removalPolicy: RemovalPolicy;
  /** Retained pools are also protected from deletion by accident. */
  readonly deletionProtection: boolean;
  readonly faults: Faults;
}

export interface JwtOptions {
  /**
   * The URL of the issuer's metadata, which ends in `/.well-known/openid-configuration`. Give this or `issuer`.
   * @default - derived from `issuer`
   */
  readonly discoveryUrl?: string;
  /** The OIDC issuer. @default - the one of `discoveryUrl` */
  readonly issuer?: string;
  /** Client ids (`client_id`) that may call. @default - any */
  readonly allowedClients?: readonly string[];
  /** Audiences (`aud`) that a token may be for. @default - any */
  readonly allowedAudiences?: readonly string[];
  /** Scopes; a token must hold one of them. @default - any */
  readonly allowedScopes?: readonly string[];
}

export interface UserPoolOptions {
  /** The clients that may call. */
  readonly clients: readonly IUserPoolClient[];
  /** Scopes, such as `mcp/invoke`; a token must hold one of them. @default - any */
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

  /**
   * Callers send a JWT of any OIDC issuer. At least one of clients, audiences and scopes limits which tokens are
   * accepted.
   */
  static jwt(options: JwtOptions): InboundAuth {
    return new Jwt(options);
  }

  /** Callers send a JWT of an existing user pool. */
  static userPool(userPool: IUserPool, options: UserPoolOptions): InboundAuth {
    return new Pool(userPool, options);
  }

  /**
   * Callers send a JWT of a user pool that is created here, with a domain, a resource server, scopes and a machine
   * client with a secret.
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

class Jwt extends InboundAuth {
  readonly #options: JwtOptions;
  constructor(options: JwtOptions) {
    super();
    this.#options = options;
  }

  bind({ faults }: InboundSite): BoundInboundAuth {
    const { issuer, discoveryUrl, allowedClients, allowedAudiences, allowedScopes, ...rest } = this.#options;
    rest satisfies Record<string, never>;
    const url = discoveryUrl ?? (issuer === undefined ? undefined : `${issuer.replace(/\/$/, '')}${WELL_KNOWN}`);
    if (url === undefined) faults.add('inboundAuth: expected issuer or discoveryUrl, got neither');
    else if (issuer !== undefined && discoveryUrl !== undefined)
      faults.add('inboundAuth: expected issuer or discoveryUrl, got both');
    else checkHttps(url, 'inboundAuth', faults);
    const wrong =
      (known(issuer) ? issuerFault(issuer) : undefined) ??
      (known(discoveryUrl) ? discoveryUrlFault(discoveryUrl) : undefined);
    if (wrong !== undefined) faults.add(`inboundAuth: ${wrong}`);
    if ([allowedClients, allowedAudiences, allowedScopes].every((list) => list === undefined)) {
      faults.add(
        'inboundAuth: expected allowedClients, allowedAudiences or allowedScopes (without any, every token of the issuer would be accepted), got none',
      );
    }
    checkTexts(allowedClients, TEXTS.claim, 'values', 'inboundAuth: allowedClients', faults);
    checkTexts(allowedAudiences, TEXTS.claim, 'values', 'inboundAuth: allowedAudiences', faults);
    checkTexts(allowedScopes, TEXTS.scope, 'scopes', 'inboundAuth: allowedScopes', faults);
    // CDK throws at the first fault; this construct collects its faults and throws them together later.
    const usable = url !== undefined && wrong === undefined;
    return {
      authorizer: RuntimeAuthorizerConfiguration.usingJWT(
        usable ? url : WELL_KNOWN,
        list(allowedClients),
        list(allowedAudiences),
        list(allowedScopes),
      ),
      jwt: true,
    };
  }
}

/** The platform rejects empty lists. */
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
    const { clients, scopes, ...rest } = this.#options;
    rest satisfies Record<string, never>;
    if (clients.length === 0) faults.add('inboundAuth: expected at least one client of the user pool, got none');
    const ids = clients.map(({ userPoolClientId }) => userPoolClientId);
    for (const id of ids) checkText(id, TEXTS.poolClient, 'inboundAuth', faults);
    checkTexts(scopes, TEXTS.scope, 'scopes', 'inboundAuth: scopes', faults);
    return { authorizer: ofClients(stack, this.#userPool, clients, scopes), jwt: true };
  }
}

/** Cognito's client-credentials tokens have no `aud`, so client and scope distinguish them. */
function ofClients(
  stack: Stack,
  userPool: IUserPool,
  clients: readonly IUserPoolClient[],
  scopes: readonly string[] | undefined,
): RuntimeAuthorizerConfiguration {
  // CDK's own assumes the stack's region for a pool that was imported by its id, and one suffix for all partitions.
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
    const { resourceServer = RESOURCE_SERVER, scopes = SCOPE_NAMES, domainPrefix, ...rest } = this.#options;
    rest satisfies Record<string, never>;
    checkText(domainPrefix, TEXTS.domainPrefix, 'inboundAuth', faults);
    // CDK would throw at a refused prefix, and hide the other faults.
    const prefix = known(domainPrefix) && !TEXTS.domainPrefix.pattern.test(domainPrefix) ? undefined : domainPrefix;
    checkText(resourceServer, TEXTS.resourceServer, 'inboundAuth', faults);
    if (scopes.length < SCOPES.min || scopes.length > SCOPES.max)
      faults.add(`inboundAuth: expected ${SCOPES.min} to ${SCOPES.max} scopes, got ${scopes.length}`);
    for (const name of scopes) {
      checkText(name, TEXTS.scopeName, 'inboundAuth', faults);
      const fault = known(resourceServer) && known(name) ? scopeFault(resourceServer, name) : undefined;
      if (fault !== undefined) faults.add(`inboundAuth: ${fault}`);
    }
    const site = new Construct(scope, 'Inbound');
    const userPool = new UserPool(site, 'UserPool', {
      // For machines only: sign-up is off, and users created by hand get the strictest rules.
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
    acknowledge(userPool, 'COG8', 'the plus plan watches the sign-ins of people; this pool has only machine clients');
    const domain = userPool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: prefix ?? `mcp-${site.node.addr.slice(-10)}-${Aws.ACCOUNT_ID}` },
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
