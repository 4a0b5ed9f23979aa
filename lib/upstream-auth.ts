/** How a proxy authenticates at its upstream: the variables that say it, and what its role needs for that. */
import { Annotations, type Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { SECRET_HEADER } from '../proxy/upstream/auth/secret-header.ts';
import { checkHttps, type Faults, got, known } from './faults.ts';
import { bindSecret, type UpstreamSecret } from './secret-source.ts';
import { type BoundUpstream, invokeAllGateways } from './upstream.ts';

/**
 * Authentication in a stack. Names of variables are without the prefix that the config gives them, but for
 * `AWS_REGION`.
 */
export interface BoundUpstreamAuth {
  readonly environment: Readonly<Record<string, string>>;
  /** What `AWS_REGION` must be bound to. */
  readonly region: string | undefined;
  readonly statements: readonly PolicyStatement[];
}

export interface AuthSite {
  readonly scope: Construct;
  readonly stack: Stack;
  readonly upstream: BoundUpstream;
  readonly allGateways: boolean;
  readonly faults: Faults;
}

export interface IamAuthOptions {
  /** The SigV4 service name. @default 'bedrock-agentcore' */
  readonly service?: string;
  /**
   * What the execution role may do at an upstream that isn't on AgentCore.
   * @default - invoke the gateway or runtime that the upstream names
   */
  readonly statements?: readonly PolicyStatement[];
}

export interface OAuthOptions {
  /** The issuer, whose metadata names the token endpoint. @default - the user pool of a `cognito:` secret */
  readonly issuer?: string;
  /** The token endpoint, where the issuer publishes no metadata. @default - what the issuer says */
  readonly tokenUrl?: string;
  /** @default - the client of a `cognito:` secret */
  readonly clientId?: string;
  /** @default - the client's own */
  readonly scopes?: readonly string[];
  /** The resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
  /** Where the client's secret is. The proxy reads it at run time. */
  readonly secret: UpstreamSecret;
  /** The KMS key of a secret that is given by its ARN. @default - the secret's own, where it is known; else AWS's */
  readonly encryptionKey?: IKey;
}

export interface BearerOptions {
  /** Where the key or token is. The proxy reads it at run time. */
  readonly secret: UpstreamSecret;
  /** The header that carries it as it is. @default - `Authorization: Bearer …` */
  readonly header?: string;
  /** The KMS key of a secret that is given by its ARN. @default - the secret's own, where it is known; else AWS's */
  readonly encryptionKey?: IKey;
}

/** How the proxy authenticates what it forwards. */
export abstract class UpstreamAuth {
  /** SigV4 with the execution role. */
  static iam(options: IamAuthOptions = {}): UpstreamAuth {
    return new Iam(options);
  }

  /** OAuth client credentials. */
  static oauth(options: OAuthOptions): UpstreamAuth {
    return new OAuth(options);
  }

  /** A static key or token in a header. */
  static bearer(options: BearerOptions): UpstreamAuth {
    return new Bearer(options);
  }

  /** Nothing is added. */
  static none(): UpstreamAuth {
    return new None();
  }

  /** @internal */
  abstract bind(site: AuthSite): BoundUpstreamAuth;
}

class None extends UpstreamAuth {
  bind(): BoundUpstreamAuth {
    return { environment: { AUTH: 'none' }, region: undefined, statements: [] };
  }
}

class Iam extends UpstreamAuth {
  readonly #options: IamAuthOptions;
  constructor(options: IamAuthOptions) {
    super();
    this.#options = options;
  }

  bind({ scope, stack, upstream, allGateways, faults }: AuthSite): BoundUpstreamAuth {
    const { service, statements } = this.#options;
    const environment = { AUTH: 'iam', ...(service === undefined ? {} : { SERVICE: service }) };
    if (statements !== undefined) return { environment, region: upstream.region, statements };
    if (service !== undefined && service !== 'bedrock-agentcore') {
      faults.add(
        `upstreamAuth: expected statements besides the service ${got(service)} (what the execution role may do there is known for AgentCore only), got none`,
      );
    } else if (upstream.invoke === undefined && !allGateways) {
      faults.add(
        `upstream: expected to learn from it which gateway may be invoked, got ${upstream.shown}: give its gatewayArn beside the url, or allow every gateway of the account with allGateways: true`,
      );
    } else if (upstream.invoke === undefined) {
      Annotations.of(scope).addWarningV2(
        'agentcore-mcp-proxy:allGateways',
        'the execution role may invoke every gateway of the account: prefer to give the gatewayArn beside the url',
      );
    }
    return { environment, region: upstream.region, statements: [upstream.invoke ?? invokeAllGateways(stack)] };
  }
}

class OAuth extends UpstreamAuth {
  readonly #options: OAuthOptions;
  constructor(options: OAuthOptions) {
    super();
    this.#options = options;
  }

  bind({ stack, faults }: AuthSite): BoundUpstreamAuth {
    const { issuer, tokenUrl, clientId, scopes, resource, secret, encryptionKey } = this.#options;
    if (issuer !== undefined) checkHttps(issuer, 'upstreamAuth: issuer', faults);
    if (tokenUrl !== undefined) checkHttps(tokenUrl, 'upstreamAuth: tokenUrl', faults);
    const bound = bindSecret(stack, secret, encryptionKey, 'upstreamAuth: secret', faults);
    if (issuer === undefined && tokenUrl === undefined && !bound.cognito)
      faults.add('upstreamAuth: expected issuer or tokenUrl (only a Cognito client names its own), got neither');
    if (clientId === undefined && !bound.cognito)
      faults.add('upstreamAuth: expected clientId (only a Cognito client names its own), got nothing');
    return {
      environment: {
        AUTH: 'oauth',
        SECRET: bound.source,
        ...(issuer === undefined ? {} : { ISSUER: issuer }),
        ...(tokenUrl === undefined ? {} : { TOKEN_URL: tokenUrl }),
        ...(clientId === undefined ? {} : { CLIENT_ID: clientId }),
        ...(scopes === undefined || scopes.length === 0 ? {} : { SCOPES: scopes.join(' ') }),
        ...(resource === undefined ? {} : { RESOURCE: resource }),
      },
      region: undefined,
      statements: bound.statements,
    };
  }
}

class Bearer extends UpstreamAuth {
  readonly #options: BearerOptions;
  constructor(options: BearerOptions) {
    super();
    this.#options = options;
  }

  bind({ stack, faults }: AuthSite): BoundUpstreamAuth {
    const { secret, header, encryptionKey } = this.#options;
    if (known(header) && !SECRET_HEADER.test(header)) {
      faults.add(
        `upstreamAuth: expected authorization or a header of the upstream's own such as X-Api-Key, got ${got(header)}`,
      );
    }
    const bound = bindSecret(stack, secret, encryptionKey, 'upstreamAuth: secret', faults);
    return {
      environment: { AUTH: 'bearer', SECRET: bound.source, ...(header === undefined ? {} : { HEADER: header }) },
      region: undefined,
      statements: bound.statements,
    };
  }
}
