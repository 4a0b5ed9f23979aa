/** The bindings of the ways that get tokens from an authorization server. */
import { suffixOf } from '../../base/aws-hosts.ts';
import type { SecretSource } from '../../credentials/secret.ts';
import { readSecret } from '../../credentials/secret.ts';
import { CLIENT_METHODS, type ClientMethod, isByCertificate } from './client-methods.ts';
import type { TokenClientOptions } from './token-client.ts';
import { type Connecting, readEndpoint, readSecretSource, SECRET_WORDS, type WayBindings } from './way.ts';

export const TOKEN_VARIABLES = {
  ISSUER: 'the issuer, whose metadata names the token endpoint',
  TOKEN_URL: 'the token endpoint, if the issuer publishes no metadata',
  CLIENT_ID: 'the client id; with a cognito: secret, taken from there',
  SCOPES: 'scopes, separated by spaces',
  RESOURCE: 'the resource indicator (RFC 8707)',
  AUDIENCE: 'the logical name of the service that the token is for (RFC 8693 §2.1; Auth0)',
  AUTH_METHOD: `how the client authenticates: ${CLIENT_METHODS.join(' | ')}; with private_key_jwt the secret is a private key, with the last two the client certificate takes its place; default: what the issuer supports`,
  SECRET: SECRET_WORDS,
} as const;

export interface TokenBindings {
  readonly server:
    | { readonly issuer: URL; readonly tokenEndpoint?: undefined }
    | { readonly issuer?: URL | undefined; readonly tokenEndpoint: URL };
  readonly clientId: string;
  /** Undefined: the client certificate takes its place. */
  readonly secret: SecretSource | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  readonly audience: string | undefined;
  readonly authMethod: ClientMethod | undefined;
}

export function readTokenBindings(bindings: WayBindings<keyof typeof TOKEN_VARIABLES>): TokenBindings | undefined {
  const { prefix, get, faults } = bindings;
  const given = get('AUTH_METHOD');
  const authMethod = CLIENT_METHODS.find((method) => method === given);
  if (given !== undefined && authMethod === undefined)
    faults.error(
      `${prefix}_AUTH_METHOD: expected ${CLIENT_METHODS.slice(0, -1).join(', ')} or ${CLIENT_METHODS.at(-1)}, got ${JSON.stringify(given)}`,
    );
  const byCertificate = isByCertificate(authMethod);
  const secret = byCertificate ? undefined : readSecretSource(bindings);
  if (byCertificate && get('SECRET') !== undefined)
    faults.error(
      `${prefix}_SECRET: expected none with ${prefix}_AUTH_METHOD=${given}, since the client certificate takes its place, got one`,
    );
  if (byCertificate && !bindings.hasCertificate)
    faults.error(
      `${prefix}_CLIENT_CERTIFICATE: expected where the client certificate is, for ${prefix}_AUTH_METHOD=${given}, got nothing`,
    );
  const issuer = readEndpoint('ISSUER', bindings);
  const tokenEndpoint = readEndpoint('TOKEN_URL', bindings);
  const cognito = secret?.kind === 'cognito' ? secret : undefined;
  const clientId = get('CLIENT_ID') ?? cognito?.clientId;
  const found = issuer ?? (cognito && cognitoIssuer(cognito));
  const server = tokenEndpoint === undefined ? found && { issuer: found } : { issuer, tokenEndpoint };
  if (get('ISSUER') === undefined && get('TOKEN_URL') === undefined && server === undefined)
    faults.error(`${prefix}_ISSUER: expected the issuer's URL (or ${prefix}_TOKEN_URL), got nothing`);
  if (clientId === undefined) faults.error(`${prefix}_CLIENT_ID: expected the OAuth client id, got nothing`);
  if ((secret === undefined && !byCertificate) || clientId === undefined || server === undefined) return undefined;
  const scopes = (get('SCOPES') ?? '').split(/[\s,]/).filter((scope) => scope !== '');
  return { server, clientId, secret, scopes, resource: get('RESOURCE'), audience: get('AUDIENCE'), authMethod };
}

/** What a token is asked for. */
export function askedOf({ scopes, resource, audience }: TokenBindings) {
  return { scopes, resource, audience };
}

/** The client that these bindings describe. */
export function clientOf(bound: TokenBindings, { certificate }: Connecting): TokenClientOptions {
  const { server, clientId, authMethod, secret } = bound;
  return { server, clientId, authMethod, certificate, secret: secret && (() => readSecret(secret)) };
}

/** A user pool is its own issuer. */
function cognitoIssuer({ region, userPoolId }: { readonly region: string; readonly userPoolId: string }): URL {
  return new URL(`https://cognito-idp.${region}.${suffixOf(region) ?? 'amazonaws.com'}/${userPoolId}`);
}
