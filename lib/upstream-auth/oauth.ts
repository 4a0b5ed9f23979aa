/** OAuth client credentials. */
import { checkSecret, SECRET_MEMBERS, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkPoolHome, userPoolId } from '../deployment/user-pool.ts';
import { checkHttps, checkText, checkTexts } from '../faults.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { isRecord, listOf, needed, object, optional, type Parse, text, textBy } from '../rules/parse.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type SecretOptions } from '../secret-source.ts';
import { way } from './way.ts';

export interface OAuthOptions extends SecretOptions {
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
}

/**
 * OAuth client credentials with a client of a Cognito user pool. Its secret is read through Cognito's API at run time.
 */
interface CognitoOAuth {
  readonly userPoolId: string;
  readonly clientId: string;
  /**
   * The pool's domain: a prefix (`my-team`) or a host (`auth.example.com`).
   * @default - the token endpoint that the pool's metadata names
   */
  readonly domain?: string;
  /** The scopes to request. @default - all that the client may have */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
}

/** OAuth client credentials of any issuer, with the secret in Secrets Manager. */
interface IssuerOAuth extends SecretEntry {
  /** The issuer, whose metadata names the token endpoint. Give this, `tokenUrl` or both. @default - none */
  readonly issuer?: string;
  /** The token endpoint, for an issuer that publishes no metadata. @default - the one in the issuer's metadata */
  readonly tokenUrl?: string;
  readonly clientId: string;
  /** The scopes to request. @default - none */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
}

export interface OAuthEntry {
  readonly oauth: CognitoOAuth | IssuerOAuth;
}

const scopes = listOf(textBy(TEXTS.scope), 'scopes', { min: 1 });
const resource = textBy(TEXTS.resource);
const cognito = object({
  userPoolId: needed(userPoolId),
  clientId: needed(textBy(TEXTS.poolClient)),
  domain: optional(
    text(
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
      "the pool's domain, a prefix or a host name without https://",
    ),
  ),
  scopes: optional(scopes),
  resource: optional(resource),
});
const issuer = object({
  issuer: optional(httpsUrl()),
  tokenUrl: optional(httpsUrl()),
  clientId: needed(textBy(TEXTS.clientId)),
  ...SECRET_MEMBERS,
  scopes: optional(scopes),
  resource: optional(resource),
});
const members: Parse<CognitoOAuth | IssuerOAuth> = (value, place) => {
  if (!isRecord(value))
    return place.expected('an object with userPoolId and clientId, or with issuer, clientId and secretArn', value);
  if (value['userPoolId'] !== undefined) return cognito(value, place);
  if (value['issuer'] === undefined && value['tokenUrl'] === undefined) {
    // The object's other errors are reported in the same run.
    issuer(value, place);
    return place.fault('expected userPoolId, issuer or tokenUrl, got none of them');
  }
  return issuer(value, place);
};

export const oauth = way<'oauth', OAuthOptions, OAuthEntry>({
  name: 'oauth',
  written: 'as an object',
  key: 'oauth',
  entry: object({ oauth: needed(members) }),
  options({ oauth }) {
    if (!('userPoolId' in oauth)) {
      const { secretArn, encryptionKeyArn, ...rest } = oauth;
      return {
        ...rest,
        ...secretOptions({ secretArn, ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }) }),
      };
    }
    const { userPoolId, clientId, domain, ...rest } = oauth;
    return {
      ...rest,
      secret: `cognito:${userPoolId}/${clientId}`,
      ...(domain === undefined ? {} : { tokenUrl: tokenUrlOf(domain, userPoolId) }),
    };
  },
  checkHome({ oauth }, home, place) {
    const at = place.at('oauth');
    if ('userPoolId' in oauth) checkPoolHome(oauth.userPoolId, home, at.at('userPoolId'), true);
    else checkSecret(oauth, home, at);
  },

  bind({ issuer, tokenUrl, clientId, scopes, resource, ...secret }, { stack, where: { auth: where }, faults }) {
    if (issuer !== undefined) checkHttps(issuer, `${where}: issuer`, faults);
    if (tokenUrl !== undefined) checkHttps(tokenUrl, `${where}: tokenUrl`, faults);
    checkText(clientId, TEXTS.clientId, `${where}: clientId`, faults);
    checkTexts(scopes, TEXTS.scope, 'scopes', `${where}: scopes`, faults);
    checkText(resource, TEXTS.resource, `${where}: resource`, faults);
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
      },
      statements: bound.statements,
    };
  },
});

/** A prefix is below Cognito's own domain, in the pool's region. */
function tokenUrlOf(domain: string, userPoolId: string): string {
  const region = userPoolId.split('_', 1)[0] ?? '';
  return `https://${domain.includes('.') ? domain : `${domain}.auth.${region}.amazoncognito.com`}/oauth2/token`;
}
