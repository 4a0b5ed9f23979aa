/** What all ways have in common that get tokens from an authorization server. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CLIENT_METHODS, type ClientMethod } from '../../proxy/upstream/auth/client-methods.ts';
import { SECRET_MEMBERS, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkHttps, checkText, checkTexts } from '../faults.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { listOf, type MembersOf, needed, oneOf, optional, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type SecretOptions } from '../secret-source.ts';
import type { AuthSite } from './way.ts';

export interface TokenOptions extends SecretOptions {
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
  /** How the client authenticates. `private_key_jwt`: the secret is a private key. @default - as the issuer supports it */
  readonly authMethod?: ClientMethod;
}

/** A client of any issuer, with its secret in Secrets Manager. */
export interface TokenEntry extends SecretEntry {
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
  /** How the client authenticates. `private_key_jwt`: the secret is a private key. @default - as the issuer supports it */
  readonly authMethod?: ClientMethod;
}

export const scopes = listOf(textBy(TEXTS.scope), 'scopes', { min: 1 });
export const resource = textBy(TEXTS.resource);

export const TOKEN_MEMBERS = {
  issuer: optional(httpsUrl()),
  tokenUrl: optional(httpsUrl()),
  clientId: needed(textBy(TEXTS.clientId)),
  ...SECRET_MEMBERS,
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
}: Entry): Omit<Entry, keyof SecretEntry> & SecretOptions {
  return { ...rest, ...secretOptions({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) }) };
}

/** Reports an entry without a place to get tokens from. */
export function checkServer({ issuer, tokenUrl }: TokenEntry, place: Place): void {
  if (issuer === undefined && tokenUrl === undefined) place.fault('expected issuer or tokenUrl, got neither');
}

export interface BoundTokens {
  readonly environment: {
    readonly SECRET: string;
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

export function bindTokens(
  { issuer, tokenUrl, clientId, scopes, resource, audience, authMethod, ...secret }: TokenOptions,
  { stack, where: { auth: where }, faults }: AuthSite,
): BoundTokens {
  if (issuer !== undefined) checkHttps(issuer, `${where}: issuer`, faults);
  if (tokenUrl !== undefined) checkHttps(tokenUrl, `${where}: tokenUrl`, faults);
  checkText(clientId, TEXTS.clientId, `${where}: clientId`, faults);
  checkTexts(scopes, TEXTS.scope, 'scopes', `${where}: scopes`, faults);
  checkText(resource, TEXTS.resource, `${where}: resource`, faults);
  checkText(audience, TEXTS.audience, `${where}: audience`, faults);
  const bound = bindSecret(stack, secret, where, faults);
  if (issuer === undefined && tokenUrl === undefined && !bound.cognito)
    faults.add(`${where}: expected issuer or tokenUrl (only a Cognito client names its own), got neither`);
  if (clientId === undefined && !bound.cognito)
    faults.add(`${where}: expected clientId (only a Cognito client names its own), got nothing`);
  return {
    environment: {
      SECRET: bound.source,
      ...(issuer === undefined ? {} : { ISSUER: issuer }),
      ...(tokenUrl === undefined ? {} : { TOKEN_URL: tokenUrl }),
      ...(clientId === undefined ? {} : { CLIENT_ID: clientId }),
      ...(scopes === undefined || scopes.length === 0 ? {} : { SCOPES: scopes.join(' ') }),
      ...(resource === undefined ? {} : { RESOURCE: resource }),
      ...(audience === undefined ? {} : { AUDIENCE: audience }),
      ...(authMethod === undefined ? {} : { AUTH_METHOD: authMethod }),
    },
    statements: bound.statements,
  };
}
