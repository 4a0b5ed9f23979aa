/**
 * Rules for texts, each with its description. The construct checks its properties with them, and entries of
 * `deployments.ts` are parsed with them.
 */
import { ALLOWED_HOST } from '../../proxy/config/allowed-host.ts';
import { PLAIN_HOST } from '../../proxy/config/plain-host.ts';
import { UPSTREAM_NAME } from '../../proxy/config/upstream-name.ts';
import { QUERY_PARAMETER } from '../../proxy/upstream/auth/query-parameter.ts';
import { SECRET_HEADER } from '../../proxy/upstream/auth/secret-header.ts';

export interface TextRule {
  readonly pattern: RegExp;
  /** Follows "expected" in an error. */
  readonly expected: string;
}

/** The name of a runtime or an endpoint. */
const NAME: TextRule = {
  pattern: /^[A-Za-z][A-Za-z0-9_]{0,47}$/,
  expected: 'a letter, then up to 47 letters, digits or underscores',
};

/** Of identity providers, which limit only the length. */
const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** Ids of EC2 resources: `vpc-0123456789abcdef0`. */
function resourceId(prefix: string): TextRule {
  return { pattern: new RegExp(`^${prefix}-[0-9a-z]{8,17}$`), expected: `an id such as ${prefix}-0123456789abcdef0` };
}

/** Counts UTF-16 code units, as CDK does, which is stricter than AgentCore. */
function characters(most: number): TextRule {
  return { pattern: new RegExp(`^[^]{1,${most}}$`), expected: `1 to ${most} characters` };
}

/**
 * - Names of runtimes and endpoints, descriptions:
 *   https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_CreateAgentRuntime.html and
 *   API_CreateAgentRuntimeEndpoint.html
 * - Tags: API_TagResource.html there. AgentCore accepts only ASCII, also of spaces, unlike other services.
 * - Scopes: API_CustomJWTAuthorizerConfiguration.html there. Cognito accepts one character more in a scope's name, and
 *   256 of an identifier: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html
 * - Domain prefixes:
 *   https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html
 */
export const TEXTS = {
  name: NAME,
  upstreamName: {
    pattern: UPSTREAM_NAME,
    expected: "the config's name for an upstream (lower-case letters, digits and hyphens)",
  },
  qualifier: { pattern: NAME.pattern, expected: `the name of a runtime's endpoint (${NAME.expected})` },
  description: characters(1200),
  endpointDescription: characters(256),
  endpointVersion: { pattern: /^[1-9]\d{0,4}$/, expected: "a version of the runtime in quotes, such as '3'" },
  host: { pattern: ALLOWED_HOST, expected: 'host or host:port' },
  plainHost: { pattern: PLAIN_HOST, expected: 'an exact host without scheme and port' },
  tagName: {
    pattern: /^(?!aws:)[a-z0-9 \t\n\v\f\r._:/=+@-]{1,128}$/i,
    expected: "a tag's name: 1 to 128 letters (a to z), digits, spaces or _.:/=+@-, not beginning with aws:",
  },
  tagValue: {
    pattern: /^[a-z0-9 \t\n\v\f\r._:/=+@-]{0,256}$/i,
    expected: "a tag's value: up to 256 letters (a to z), digits, spaces or _.:/=+@-",
  },
  vpcId: resourceId('vpc'),
  vpcEndpointId: resourceId('vpce'),
  /** `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`, as builders read it. */
  image: {
    pattern:
      /^(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    expected: 'the name of an image (REPOSITORY:TAG or REPOSITORY@sha256: and 64 hexadecimal digits)',
  },
  digest: { pattern: /^sha256:[0-9a-f]{64}$/, expected: 'sha256: and 64 hexadecimal digits' },
  scope: { pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, expected: 'a scope without spaces and quotes' },
  /** The name of a scope below a resource server. */
  scopeName: {
    pattern: /^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,255}$/,
    expected: "a scope's name, without its resource server and a slash",
  },
  resourceServer: { pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, expected: 'an identifier without spaces and quotes' },
  /** A value of `client_id` or `aud`. */
  claim: { pattern: VISIBLE, expected: '1 to 255 visible characters' },
  clientId: { pattern: VISIBLE, expected: 'an OAuth client id (1 to 255 visible characters)' },
  resource: { pattern: /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i, expected: 'a resource indicator: an absolute URI' },
  queryParameter: { pattern: QUERY_PARAMETER, expected: 'the name of a query parameter (letters, digits and ._~-)' },
  audience: { pattern: VISIBLE, expected: 'an audience (1 to 255 visible characters)' },
  tokenUse: { pattern: /^[a-z_]{1,60}$/, expected: 'a value of requested_token_use, such as on_behalf_of' },
  secretHeader: { pattern: SECRET_HEADER, expected: 'the name of a header for the secret' },
  /** Its first part is the region that the pool is in. */
  userPoolId: {
    pattern: /^([a-z0-9-]+)_[0-9A-Za-z]{1,55}$/,
    expected: "a Cognito user pool's id (REGION_ID, such as eu-west-1_AbCdEfGhI)",
  },
  poolClient: { pattern: /^[\w+]{1,128}$/, expected: 'the id of a client of the pool (letters and digits)' },
  domainPrefix: {
    pattern: /^(?!.*(?:aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    expected: 'a domain prefix: 1 to 63 lower-case letters, digits and hyphens, without aws, amazon and cognito',
  },
} as const satisfies Readonly<Record<string, TextRule>>;

/** Only for EC2; the construct gets these as CDK objects. */
export const SUBNET_ID: TextRule = resourceId('subnet');
export const SECURITY_GROUP_ID: TextRule = resourceId('sg');
