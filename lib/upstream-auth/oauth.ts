/** OAuth client credentials. */
import { checkPoolHome, userPoolId } from '../deployment/user-pool.ts';
import { isRecord, needed, object, optional, type Parse, text, textBy } from '../rules/parse.ts';
import { saying, type Schema, schemaOf } from '../rules/schema.ts';
import { TEXTS } from '../rules/texts.ts';
import {
  bindTokens,
  checkTokens,
  resource,
  scopes,
  TOKEN_MEMBERS,
  type TokenEntry,
  type TokenOptions,
  tokenOptions,
} from './token-endpoint.ts';
import { way } from './way.ts';

export type OAuthOptions = TokenOptions;

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

export interface OAuthEntry {
  readonly oauth: CognitoOAuth | TokenEntry;
}

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
const issuer = object(TOKEN_MEMBERS);
const either = (): Schema => ({ anyOf: [schemaOf(cognito), schemaOf(issuer)] });
const members: Parse<CognitoOAuth | TokenEntry> = saying(either, (value, place) => {
  if (!isRecord(value))
    return place.expected('an object with userPoolId and clientId, or with issuer, clientId and secretArn', value);
  if (value['userPoolId'] !== undefined) return cognito(value, place);
  if (value['issuer'] === undefined && value['tokenUrl'] === undefined) {
    // The object's other errors are reported in the same run.
    issuer(value, place);
    return place.fault('expected userPoolId, issuer or tokenUrl, got none of them');
  }
  return issuer(value, place);
});

export const oauth = way<'oauth', OAuthOptions, OAuthEntry>({
  name: 'oauth',
  written: 'as an object',
  key: 'oauth',
  entry: object({ oauth: needed(members) }),
  options({ oauth }) {
    if (!('userPoolId' in oauth)) return tokenOptions(oauth);
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
    else checkTokens(oauth, home, at);
  },

  bind: bindTokens,
});

/** A prefix is below Cognito's own domain, in the pool's region. */
function tokenUrlOf(domain: string, userPoolId: string): string {
  const region = userPoolId.split('_', 1)[0] ?? '';
  return `https://${domain.includes('.') ? domain : `${domain}.auth.${region}.amazoncognito.com`}/oauth2/token`;
}
