/** What all ways have in common that get tokens from an authorization server. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CLIENT_METHODS, type ClientMethod, proofOf } from '../../proxy/upstream/auth/client-methods.ts';
import type { Home } from '../deployment/arn.ts';
import { checkSecret, SECRET_MEMBERS, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkHttps, checkText, checkTexts } from '../faults.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { listOf, type MembersOf, needed, oneOf, optional, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type BoundSecret, type SecretOptions } from '../secret-source.ts';
import type { AuthSite } from './way.ts';

export interface TokenOptions extends Partial<SecretOptions> {
  /** The issuer, whose metadata names the token endpoint. @default - the user pool of a `cognito:` secret */
  readonly issuer?: string;
  /** The token endpoint, if the issuer publishes no metadata. @default - the one in the issuer's metadata */
  readonly tokenUrl?: string;
  /** The client's id. @default - the client of a `cognito:` secret */
  readonly clientId?: string;
  /** The scopes to request. @default - the client's own */
  readonly scopes?: readonly string[];
  /** The resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
  /** The logical name of the service that the token is for, as Auth0 wants it. @default - none */
  readonly audience?: string;
  /**
   * How the client authenticates. `private_key_jwt`: the secret is a private key; `tls_client_auth`: the upstream's
   * client certificate takes the secret's place.
   * @default - as the issuer supports it
   */
  readonly authMethod?: ClientMethod;
}

/** A client of any issuer, with its secret in Secrets Manager. */
export interface TokenEntry extends Partial<SecretEntry> {
  /** The issuer, whose metadata names the token endpoint. Give this, `tokenUrl` or both. @default - none */
  readonly issuer?: string;
  /** The token endpoint, for an issuer that publishes no metadata. @default - the one in the issuer's metadata */
  readonly tokenUrl?: string;
  readonly clientId: string;
  /** The scopes to request. @default - none */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
  /** The logical name of the service that the token is for, as Auth0 wants it. @default - none */
  readonly audience?: string;
  /**
   * How the client authenticates. `private_key_jwt`: the secret is a private key; `tls_client_auth`: the upstream's
   * client certificate takes the secret's place.
   * @default - as the issuer supports it
   */
  readonly authMethod?: ClientMethod;
}

export const scopes = listOf(textBy(TEXTS.scope), 'scopes', { min: 1 });
export const resource = textBy(TEXTS.resource);

export const TOKEN_MEMBERS = {
  issuer: optional(httpsUrl()),
  tokenUrl: optional(httpsUrl()),
  clientId: needed(textBy(TEXTS.clientId)),
  secretArn: optional(SECRET_MEMBERS.secretArn.parse),
  encryptionKeyArn: SECRET_MEMBERS.encryptionKeyArn,
  scopes: optional(scopes),
  resource: optional(resource),
  audience: optional(textBy(TEXTS.audience)),
  authMethod: optional(oneOf(CLIENT_METHODS)),
} satisfies MembersOf<TokenEntry>;

/** The members that the construct names in another way. */
export function tokenOptions<Entry extends TokenEntry>({
  secretArn,
  encryptionKeyArn,
  ...rest
}: Entry): Omit<Entry, keyof SecretEntry> & Partial<SecretOptions> {
  if (secretArn === undefined) return rest;
  return { ...rest, ...secretOptions({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) }) };
}

/** Reports an entry without a place to get tokens from, or without what its client proves itself with. */
export function checkTokens(entry: TokenEntry, home: Home, place: Place): void {
  const { issuer, tokenUrl, secretArn, encryptionKeyArn, authMethod } = entry;
  if (issuer === undefined && tokenUrl === undefined) place.fault('expected issuer or tokenUrl, got neither');
  const needsSecret = proofOf(authMethod) === 'secret';
  if (needsSecret && secretArn === undefined) SECRET_MEMBERS.secretArn.parse(undefined, place.at('secretArn'));
  if (!needsSecret && secretArn !== undefined)
    place.at('secretArn').fault(`expected none with authMethod ${authMethod}, got one`);
  if (secretArn === undefined && encryptionKeyArn !== undefined)
    place.at('encryptionKeyArn').fault('expected none without secretArn, got one');
  if (secretArn !== undefined)
    checkSecret({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) }, home, place);
}

export interface BoundTokens {
  readonly environment: {
    readonly SECRET?: string;
    readonly ISSUER?: string;
    readonly TOKEN_URL?: string;
    readonly CLIENT_ID?: string;
    readonly SCOPES?: string;
    readonly RESOURCE?: string;
    readonly AUDIENCE?: string;
    readonly AUTH_METHOD?: ClientMethod;
  };
  readonly statements: readonly PolicyStatement[];
}

export function bindTokens(options: TokenOptions, site: AuthSite): BoundTokens {
  const { secret: _, encryptionKey: __, ...named } = options;
  const { issuer, tokenUrl, clientId, scopes, resource, audience, authMethod, ...rest } = named;
  rest satisfies Record<string, never>;
  const { faults } = site;
  const where = site.where.auth;
  if (issuer !== undefined) checkHttps(issuer, `${where}: issuer`, faults);
  if (tokenUrl !== undefined) checkHttps(tokenUrl, `${where}: tokenUrl`, faults);
  checkText(clientId, TEXTS.clientId, `${where}: clientId`, faults);
  checkTexts(scopes, TEXTS.scope, 'scopes', `${where}: scopes`, faults);
  checkText(resource, TEXTS.resource, `${where}: resource`, faults);
  checkText(audience, TEXTS.audience, `${where}: audience`, faults);
  const bound = boundSecret(options, site);
  const isCognito = bound?.cognito === true;
  if (issuer === undefined && tokenUrl === undefined && !isCognito)
    faults.add(`${where}: expected issuer or tokenUrl (only a Cognito client names its own), got neither`);
  if (clientId === undefined && !isCognito)
    faults.add(`${where}: expected clientId (only a Cognito client names its own), got nothing`);
  return {
    environment: {
      ...(bound === undefined ? {} : { SECRET: bound.source }),
      ...(issuer === undefined ? {} : { ISSUER: issuer }),
      ...(tokenUrl === undefined ? {} : { TOKEN_URL: tokenUrl }),
      ...(clientId === undefined ? {} : { CLIENT_ID: clientId }),
      ...(scopes === undefined || scopes.length === 0 ? {} : { SCOPES: scopes.join(' ') }),
      ...(resource === undefined ? {} : { RESOURCE: resource }),
      ...(audience === undefined ? {} : { AUDIENCE: audience }),
      ...(authMethod === undefined ? {} : { AUTH_METHOD: authMethod }),
    },
    statements: bound?.statements ?? [],
  };
}

/** The secret that the client proves itself with; undefined: something else takes its place. */
function boundSecret(
  { secret, encryptionKey, authMethod }: TokenOptions,
  { stack, where, faults, hasCertificate }: AuthSite,
): BoundSecret | undefined {
  const proof = proofOf(authMethod);
  if (proof === 'certificate' && !hasCertificate)
    faults.add(`${where.upstream}: expected clientCertificate for authMethod ${authMethod}, got none`);
  if (secret === undefined) {
    if (proof === 'secret') faults.add(`${where.auth}: expected secret, where the client's secret is, got nothing`);
    if (encryptionKey !== undefined) faults.add(`${where.auth}: encryptionKey: expected none without secret, got one`);
    return undefined;
  }
  if (proof !== 'secret')
    return faults.add(`${where.auth}: secret: expected none with authMethod ${authMethod}, got one`);
  return bindSecret(stack, { secret, ...(encryptionKey === undefined ? {} : { encryptionKey }) }, where.auth, faults);
}
