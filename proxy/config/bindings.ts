/**
 * Bindings: the values that differ between deployments, from the environment. Read once, checked together; every fault
 * is reported, saying what was got and what was expected. No secret is among them: `UPSTREAM_SECRET` says where one is.
 */
import { type Environment, type Faults, given } from '../base/environment.ts';
import { parseEndpoint } from '../credentials/endpoint.ts';
import { parseSecretSource, type SecretSource } from '../credentials/secret.ts';
import { type Address, addressOfArn, addressOfUrl } from '../upstream/address.ts';
import { SECRET_HEADER } from '../upstream/auth/secret-header.ts';

export type AuthBindings =
  | { readonly kind: 'none' }
  | { readonly kind: 'iam'; readonly region: string; readonly service: string }
  | {
      readonly kind: 'oauth';
      readonly issuer: URL | undefined;
      readonly tokenUrl: URL | undefined;
      readonly clientId: string;
      readonly scopes: readonly string[];
      readonly resource: string | undefined;
      readonly secret: SecretSource;
    }
  | { readonly kind: 'bearer'; readonly header: string | undefined; readonly secret: SecretSource };

export interface UpstreamBindings {
  readonly address: Address;
  readonly auth: AuthBindings;
}

/** What each variable is for; `<PREFIX>` is `UPSTREAM`, or `UPSTREAM_<NAME>` for a named upstream. */
export const UPSTREAM_VARIABLES: Readonly<Record<string, string>> = {
  URL: "the upstream's MCP endpoint (https, or http on loopback)",
  ARN: 'instead of the URL: the ARN of an AgentCore gateway or runtime',
  AUTH: 'none | iam | oauth | bearer; default: iam for an AWS address, else none',
  SERVICE: 'iam: the SigV4 service name; default bedrock-agentcore',
  ISSUER: 'oauth: the issuer, whose metadata names the token endpoint',
  TOKEN_URL: 'oauth: the token endpoint, where the issuer publishes no metadata',
  CLIENT_ID: 'oauth: the client id; with a cognito: secret, taken from there',
  SCOPES: 'oauth: scopes, separated by spaces',
  RESOURCE: 'oauth: the resource indicator (RFC 8707)',
  HEADER: 'bearer: the header that carries the secret; default Authorization: Bearer',
  SECRET: 'oauth, bearer: where the secret is: arn:… | cognito:POOL/CLIENT | file:… | env:NAME',
};

/** The environment prefix of an upstream. */
export function prefixOf(upstream: string): string {
  return upstream === 'default' ? 'UPSTREAM' : `UPSTREAM_${upstream.toUpperCase().replaceAll('-', '_')}`;
}

export function readUpstream(environment: Environment, upstream: string, faults: Faults): UpstreamBindings | undefined {
  const prefix = prefixOf(upstream);
  const get = (name: string): string | undefined => given(environment, `${prefix}_${name}`);
  const address = readAddress(prefix, get('URL'), get('ARN'), faults);
  const kind = get('AUTH') ?? (address?.service === undefined ? 'none' : 'iam');
  const auth = readAuth(kind, prefix, get, address, environment, faults);
  return auth === undefined || address === undefined ? undefined : { address, auth };
}

function readAddress(
  prefix: string,
  url: string | undefined,
  arn: string | undefined,
  faults: Faults,
): Address | undefined {
  if (url === undefined && arn === undefined)
    return faults.error(`${prefix}_URL: expected the upstream's URL (or ${prefix}_ARN), got nothing`);
  if (url !== undefined && arn !== undefined)
    return faults.error(`${prefix}_URL and ${prefix}_ARN: expected one of them, got both`);
  const [name, address] =
    url === undefined ? [`${prefix}_ARN`, addressOfArn(arn ?? '')] : [`${prefix}_URL`, addressOfUrl(url)];
  return typeof address === 'string' ? faults.error(`${name}: ${address}`) : address;
}

type Get = (name: string) => string | undefined;

function readAuth(
  kind: string,
  prefix: string,
  get: Get,
  address: Address | undefined,
  environment: Environment,
  faults: Faults,
): AuthBindings | undefined {
  switch (kind) {
    case 'none':
      return { kind };
    case 'iam': {
      // Without an address, that fault is the one to report.
      if (address === undefined) return undefined;
      const region = address.region ?? given(environment, 'AWS_REGION') ?? given(environment, 'AWS_DEFAULT_REGION');
      if (region === undefined)
        return faults.error(`AWS_REGION: expected a region to sign for (the upstream's URL names none), got nothing`);
      return { kind, region, service: get('SERVICE') ?? 'bedrock-agentcore' };
    }
    case 'oauth':
      return readOAuth(prefix, get, faults);
    case 'bearer': {
      const secret = readSecretSource(prefix, get, faults);
      const header = get('HEADER');
      if (header !== undefined && !SECRET_HEADER.test(header))
        return faults.error(
          `${prefix}_HEADER: expected the name of a header for the secret, got ${JSON.stringify(header)}`,
        );
      return secret === undefined ? undefined : { kind, header, secret };
    }
    default:
      return faults.error(`${prefix}_AUTH: expected none, iam, oauth or bearer, got ${JSON.stringify(kind)}`);
  }
}

function readOAuth(prefix: string, get: Get, faults: Faults): AuthBindings | undefined {
  const secret = readSecretSource(prefix, get, faults);
  const issuer = readUrl(prefix, 'ISSUER', get, faults);
  const tokenUrl = readUrl(prefix, 'TOKEN_URL', get, faults);
  const clientId = get('CLIENT_ID') ?? (secret?.kind === 'cognito' ? secret.clientId : undefined);
  const found = issuer ?? tokenUrl ?? (secret?.kind === 'cognito' ? cognitoIssuer(secret) : undefined);
  if (get('ISSUER') === undefined && get('TOKEN_URL') === undefined && found === undefined) {
    faults.error(`${prefix}_ISSUER: expected the issuer's URL (or ${prefix}_TOKEN_URL), got nothing`);
  }
  if (clientId === undefined) faults.error(`${prefix}_CLIENT_ID: expected the OAuth client id, got nothing`);
  if (secret === undefined || clientId === undefined || found === undefined) return undefined;
  return {
    kind: 'oauth',
    issuer: issuer ?? (tokenUrl === undefined ? found : undefined),
    tokenUrl,
    clientId,
    scopes: (get('SCOPES') ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    resource: get('RESOURCE'),
    secret,
  };
}

/** A user pool is its own issuer. */
function cognitoIssuer({ region, userPoolId }: { readonly region: string; readonly userPoolId: string }): URL {
  return new URL(`https://cognito-idp.${region}.amazonaws.com/${userPoolId}`);
}

function readUrl(prefix: string, name: string, get: Get, faults: Faults): URL | undefined {
  const text = get(name);
  if (text === undefined) return undefined;
  const parsed = parseEndpoint(text, `${prefix}_${name}`);
  return 'error' in parsed ? faults.error(parsed.error) : parsed.url;
}

function readSecretSource(prefix: string, get: Get, faults: Faults): SecretSource | undefined {
  const text = get('SECRET');
  if (text === undefined)
    return faults.error(
      `${prefix}_SECRET: expected where the secret is (arn:…, cognito:POOL/CLIENT, file:… or env:NAME), got nothing`,
    );
  const parsed = parseSecretSource(text, (warning) => faults.warnings.push(`${prefix}_SECRET: ${warning}`));
  return 'error' in parsed ? faults.error(`${prefix}_SECRET: ${parsed.error}`) : parsed.source;
}

export interface ListenBindings {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
}

export function readListen(environment: Environment, faults: Faults): ListenBindings {
  const port = given(environment, 'PORT') ?? '8000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    faults.error(`PORT: expected 0 to 65535, got ${JSON.stringify(port)}`);
  const allowedHosts = (environment['ALLOWED_HOSTS'] ?? '').split(/[\s,]+/).filter((host) => host !== '');
  for (const host of allowedHosts) {
    if (!/^(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/.test(host))
      faults.error(`ALLOWED_HOSTS: expected host or host:port, separated by commas, got ${JSON.stringify(host)}`);
  }
  return { host: given(environment, 'HOST') ?? '0.0.0.0', port: Number(port), allowedHosts };
}
