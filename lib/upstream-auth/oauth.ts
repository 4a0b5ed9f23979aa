/** OAuth client credentials. */
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { checkHome, secretArn } from '../deployment/arn.ts';
import { scopes } from '../deployment/oauth-scopes.ts';
import { checkPoolHome, userPoolId } from '../deployment/user-pool.ts';
import { checkHttps } from '../faults.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { isRecord, needed, object, optional, type Parse, text } from '../rules/parse.ts';
import { bindSecret, SECRET_ELSEWHERE, type UpstreamSecret } from '../secret-source.ts';
import { way } from './way.ts';

export interface OAuthOptions {
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
  /** The place of the client's secret. The proxy reads it at run time. */
  readonly secret: UpstreamSecret;
  /** The KMS key of a secret that is given by its ARN. @default - the secret's own if it is known; else AWS's */
  readonly encryptionKey?: IKey;
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
interface IssuerOAuth {
  /** The issuer, whose metadata names the token endpoint. Give this or `tokenUrl`. @default - none */
  readonly issuer?: string;
  /** The token endpoint, for an issuer that publishes no metadata. @default - the one in the issuer's metadata */
  readonly tokenUrl?: string;
  readonly clientId: string;
  /** The secret's ARN. With `#KEY` at its end, it names one member of a secret that holds JSON. */
  readonly secretArn: string;
  /** The scopes to request. @default - none */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
}

export interface OAuthEntry {
  readonly oauth: CognitoOAuth | IssuerOAuth;
}

const clientId = text(/^[\x21-\x7e]{1,255}$/, 'an OAuth client id (1 to 255 visible characters)');
const resource = text(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i, 'a resource indicator: an absolute URI');
const cognito = object({
  userPoolId: needed(userPoolId),
  clientId: needed(text(/^[\w+]{1,128}$/, 'the id of a client of the pool (letters and digits)')),
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
  clientId: needed(clientId),
  secretArn: needed(secretArn),
  scopes: optional(scopes),
  resource: optional(resource),
});
const members: Parse<CognitoOAuth | IssuerOAuth> = (value, place) => {
  if (!isRecord(value))
    return place.expected('an object with userPoolId and clientId, or with issuer, clientId and secretArn', value);
  if (value['userPoolId'] !== undefined) return cognito(value, place);
  if ((value['issuer'] === undefined) === (value['tokenUrl'] === undefined)) {
    // The object's other errors are reported in the same run.
    issuer(value, place);
    return place.fault(
      value['issuer'] === undefined
        ? 'expected userPoolId, issuer or tokenUrl, got none of them'
        : 'expected issuer or tokenUrl, got both',
    );
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
      const { secretArn, ...rest } = oauth;
      return { ...rest, secret: secretArn };
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
    else checkHome(oauth.secretArn, home, at.at('secretArn'), SECRET_ELSEWHERE);
  },

  bind({ issuer, tokenUrl, clientId, scopes, resource, secret, encryptionKey }, { stack, faults }) {
    if (issuer !== undefined) checkHttps(issuer, 'upstreamAuth: issuer', faults);
    if (tokenUrl !== undefined) checkHttps(tokenUrl, 'upstreamAuth: tokenUrl', faults);
    const bound = bindSecret(stack, secret, encryptionKey, 'upstreamAuth: secret', faults);
    if (issuer === undefined && tokenUrl === undefined && !bound.cognito)
      faults.add('upstreamAuth: expected issuer or tokenUrl (only a Cognito client names its own), got neither');
    if (clientId === undefined && !bound.cognito)
      faults.add('upstreamAuth: expected clientId (only a Cognito client names its own), got nothing');
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
