/**
 * `upstreamAuth` of an entry: how the proxy authenticates to its upstream. Says where secrets are, never what they are.
 */
import { SECRET_HEADER } from '../../proxy/upstream/auth/secret-header.ts';
import { checkHome, type Home, secretArn } from './arn.ts';
import { isRecord, listOf, needed, object, optional, type Parse, text } from './parse.ts';
import type { Place } from './place.ts';
import { httpsUrl } from './url.ts';
import { checkPoolHome, userPoolId } from './user-pool.ts';

/**
 * OAuth client credentials with a client of a Cognito user pool; its secret is read through Cognito's API at run time.
 */
export interface CognitoOAuth {
  readonly userPoolId: string;
  readonly clientId: string;
  /**
   * The pool's domain: a prefix (`my-team`) or a host (`auth.example.com`).
   * @default - the token endpoint that the pool's metadata names
   */
  readonly domain?: string;
  /** @default - all that the client may have */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
}

/** OAuth client credentials of any issuer, with the secret in Secrets Manager. */
export interface IssuerOAuth {
  /** Its metadata names the token endpoint. Give this or `tokenUrl`. */
  readonly issuer?: string;
  /** The token endpoint itself, for an issuer that publishes no metadata. */
  readonly tokenUrl?: string;
  readonly clientId: string;
  /** With `#KEY` at its end, one member of a secret that holds JSON. */
  readonly secretArn: string;
  /** @default - none asked for */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
}

export interface Bearer {
  /** With `#KEY` at its end, one member of a secret that holds JSON. */
  readonly secretArn: string;
  /** The header that carries it. @default - `Authorization: Bearer …` */
  readonly header?: string;
}

/** `iam` is SigV4. What other tools call `jwt` is `oauth` here. */
export type UpstreamAuthEntry =
  | 'iam'
  | 'none'
  | { readonly oauth: CognitoOAuth | IssuerOAuth }
  | { readonly bearer: Bearer };

const KINDS = '"iam", "none", { oauth: … } or { bearer: … }';
const clientId = text(/^[\x21-\x7e]{1,255}$/, 'an OAuth client id (1 to 255 visible characters)');
const resource = text(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i, 'a resource indicator: an absolute URI');
export const scopes = listOf(text(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, 'a scope without spaces and quotes'), 'scopes', {
  min: 1,
});

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
const bearer = object({
  bearer: needed(
    object({
      secretArn: needed(secretArn),
      header: optional(text(SECRET_HEADER, 'the name of a header for the secret')),
    }),
  ),
});

const oauth: Parse<CognitoOAuth | IssuerOAuth> = (value, place) => {
  if (!isRecord(value))
    return place.expected('an object with userPoolId and clientId, or with issuer, clientId and secretArn', value);
  if (value['userPoolId'] !== undefined) return cognito(value, place);
  if ((value['issuer'] === undefined) === (value['tokenUrl'] === undefined)) {
    // What else is wrong is told in the same run.
    issuer(value, place);
    return place.fault(
      value['issuer'] === undefined
        ? 'expected userPoolId, issuer or tokenUrl, got none of them'
        : 'expected issuer or tokenUrl, got both',
    );
  }
  return issuer(value, place);
};
const oauthMember = object({ oauth: needed(oauth) });

export const upstreamAuth: Parse<UpstreamAuthEntry> = (value, place) => {
  if (value === 'iam' || value === 'none') return value;
  if (value === 'jwt') return place.expected(`${KINDS} (what other tools call jwt is oauth here)`, value);
  if (!isRecord(value)) return place.expected(KINDS, value);
  if (value['oauth'] !== undefined) return oauthMember(value, place);
  if (value['bearer'] !== undefined) return bearer(value, place);
  const [key] = Object.keys(value);
  return place.fault(
    `expected ${KINDS}, got ${key === undefined ? 'an empty object' : `an object with ${JSON.stringify(key)}`}`,
  );
};

export function checkUpstreamAuth(entry: UpstreamAuthEntry, home: Home, place: Place): void {
  if (typeof entry === 'string') return;
  if ('oauth' in entry && 'userPoolId' in entry.oauth)
    checkPoolHome(entry.oauth.userPoolId, home, place.at('oauth').at('userPoolId'), true);
  const [kind, secret] =
    'bearer' in entry
      ? ['bearer', entry.bearer.secretArn]
      : 'secretArn' in entry.oauth
        ? ['oauth', entry.oauth.secretArn]
        : [];
  if (kind !== undefined && secret !== undefined)
    checkHome(
      secret,
      home,
      place.at(kind).at('secretArn'),
      "that secret's resource policy and its key must allow the execution role",
    );
}
