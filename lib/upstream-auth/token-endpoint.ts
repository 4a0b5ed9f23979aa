/** What all ways have in common that get tokens from an authorization server. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { missingScopes } from '../../proxy/credentials/entra-id.ts';
import { checkHome, type Home } from '../deployment/arn.ts';
import { checkSecret, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkHttps, checkText, checkTexts } from '../faults.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { listOf, type MembersOf, needed, optional, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { TEXTS } from '../rules/texts.ts';
import type { SecretOptions } from '../secret-source.ts';
import {
  bindProof,
  type BoundProof,
  checkProof,
  PROOF_MEMBERS,
  type ProofEntry,
  type ProofOptions,
} from './client-proof.ts';
import type { AuthSite } from './way.ts';

export interface TokenOptions extends ProofOptions {
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
}

/** A client of any issuer. */
export interface TokenEntry extends ProofEntry {
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
}

export const scopes = listOf(textBy(TEXTS.scope), 'scopes', { min: 1 });
export const resource = textBy(TEXTS.resource);

export const TOKEN_MEMBERS = {
  issuer: optional(httpsUrl()),
  tokenUrl: optional(httpsUrl()),
  clientId: needed(textBy(TEXTS.clientId)),
  ...PROOF_MEMBERS,
  scopes: optional(scopes),
  resource: optional(resource),
  audience: optional(textBy(TEXTS.audience)),
} satisfies MembersOf<TokenEntry>;

/** The members that the construct names in another way. */
export function tokenOptions<Entry extends TokenEntry>({
  secretArn,
  encryptionKeyArn,
  signingKeyArn,
  ...rest
}: Entry): Omit<Entry, keyof SecretEntry | 'signingKeyArn'> &
  Partial<SecretOptions> &
  Pick<ProofOptions, 'signingKey'> {
  return {
    ...rest,
    ...(signingKeyArn === undefined ? {} : { signingKey: { keyArn: signingKeyArn } }),
    ...(secretArn === undefined
      ? {}
      : secretOptions({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) })),
  };
}

/** Reports an entry without a place to get tokens from, or without what its client proves itself with. */
export function checkTokens(entry: TokenEntry, home: Home, place: Place): void {
  const { issuer, tokenUrl, secretArn, encryptionKeyArn, signingKeyArn } = entry;
  if (issuer === undefined && tokenUrl === undefined) place.fault('expected issuer or tokenUrl, got neither');
  const missing = missingScopes({ scopes: entry.scopes, resource: entry.resource }, issuer, tokenUrl);
  if (missing !== undefined) place.fault(missing);
  checkProof(entry, place);
  if (secretArn !== undefined)
    checkSecret({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) }, home, place);
  if (signingKeyArn !== undefined)
    checkHome(signingKeyArn, home, place.at('signingKeyArn'), "that key's policy must allow the execution role");
}

/** Callers' tokens must not leave open whom they are for. */
function missingAddressee({
  audience,
  resource,
  scopes = [],
}: Pick<TokenEntry, 'audience' | 'resource' | 'scopes'>): string | undefined {
  if (audience !== undefined || resource !== undefined || scopes.length > 0) return undefined;
  return "expected audience, resource or scopes, which say whom callers' tokens are for, got none of them";
}

/** The same for tokens on behalf of callers. */
export function checkCallersTokens(entry: TokenEntry, home: Home, place: Place): void {
  const missing = missingAddressee(entry);
  if (missing !== undefined) place.fault(missing);
  checkTokens(entry, home, place);
}

export interface BoundTokens {
  readonly environment: {
    readonly ISSUER: string | undefined;
    readonly TOKEN_URL: string | undefined;
    readonly CLIENT_ID: string | undefined;
    readonly SCOPES: string | undefined;
    readonly RESOURCE: string | undefined;
    readonly AUDIENCE: string | undefined;
  } & BoundProof['environment'];
  readonly statements: readonly PolicyStatement[];
}

/** The same for tokens on behalf of callers. */
export function bindCallersTokens(options: TokenOptions, site: AuthSite): BoundTokens {
  const missing = missingAddressee(options);
  if (missing !== undefined) site.faults.add(`${site.where.auth}: ${missing}`);
  return bindTokens(options, site);
}

export function bindTokens(options: TokenOptions, site: AuthSite): BoundTokens {
  const { issuer, tokenUrl, clientId, scopes, resource, audience, ...proof } = options;
  proof satisfies ProofOptions;
  const { faults } = site;
  const where = site.where.auth;
  if (issuer !== undefined) checkHttps(issuer, `${where}: issuer`, faults);
  if (tokenUrl !== undefined) checkHttps(tokenUrl, `${where}: tokenUrl`, faults);
  checkText(clientId, TEXTS.clientId, `${where}: clientId`, faults);
  checkTexts(scopes, TEXTS.scope, 'scopes', `${where}: scopes`, faults);
  checkText(resource, TEXTS.resource, `${where}: resource`, faults);
  checkText(audience, TEXTS.audience, `${where}: audience`, faults);
  const { environment, statements, cognito } = bindProof(
    { ...proof, ...(issuer === undefined ? {} : { issuer }), ...(tokenUrl === undefined ? {} : { tokenUrl }) },
    site,
  );
  if (issuer === undefined && tokenUrl === undefined && !cognito)
    faults.add(`${where}: expected issuer or tokenUrl (only a Cognito client names its own), got neither`);
  if (clientId === undefined && !cognito)
    faults.add(`${where}: expected clientId (only a Cognito client names its own), got nothing`);
  const missing = missingScopes({ scopes, resource }, issuer, tokenUrl);
  if (missing !== undefined) faults.add(`${where}: ${missing}`);
  return {
    environment: {
      ...environment,
      ISSUER: issuer,
      TOKEN_URL: tokenUrl,
      CLIENT_ID: clientId,
      SCOPES: scopes === undefined || scopes.length === 0 ? undefined : scopes.join(' '),
      RESOURCE: resource,
      AUDIENCE: audience,
    },
    statements,
  };
}
