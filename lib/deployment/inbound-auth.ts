/** `inboundAuth` of an entry: who may invoke the proxy. */
import { scopes } from './oauth-scopes.ts';
import { either, isRecord, listOf, needed, object, optional, type Parse, text } from './parse.ts';
import { shown } from './place.ts';
import { httpsUrl } from './url.ts';
import { userPoolId } from './user-pool.ts';

/**
 * Tokens of any OpenID Connect issuer. At least one of the three lists is needed: the issuer alone would let all its
 * tokens in.
 */
export interface JwtInbound {
  /** Give this or `discoveryUrl`. */
  readonly issuer?: string;
  /** `https://…/.well-known/openid-configuration`, where that isn't below the issuer. */
  readonly discoveryUrl?: string;
  /** Values of `client_id`. @default - any */
  readonly allowedClients?: readonly string[];
  /** Values of `aud`. @default - any */
  readonly allowedAudiences?: readonly string[];
  /** Scopes of which a token must hold one. @default - any */
  readonly allowedScopes?: readonly string[];
}

/** Tokens of a Cognito user pool that is there already. */
export interface UserPoolInbound {
  readonly userPoolId: string;
  /** The clients that may call. */
  readonly clientIds: readonly string[];
  /** Scopes of which a token must hold one, such as `mcp/invoke`. @default - any */
  readonly scopes?: readonly string[];
}

/** Creates a Cognito user pool with a domain, a resource server and a machine client. */
export interface NewUserPoolInbound {
  /**
   * Prefix of the pool's domain, unique in its region.
   * @default - made from the stack's name and the account
   */
  readonly domainPrefix?: string;
  /**
   * Identifier of the resource server.
   * @default 'mcp'
   */
  readonly resourceServer?: string;
  /**
   * Names of its scopes; the machine client gets all of them.
   * @default ['invoke']
   */
  readonly scopes?: readonly string[];
}

export type InboundAuthEntry =
  | 'iam'
  | { readonly jwt: JwtInbound }
  | { readonly userPool: UserPoolInbound }
  | { readonly newUserPool: NewUserPoolInbound };

const KINDS = '"iam", { jwt: … }, { userPool: … } or { newUserPool: {} }';
const LISTS = ['allowedClients', 'allowedAudiences', 'allowedScopes'];
const claims = listOf(text(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible characters'), 'values', { min: 1 });
const withoutQuery = httpsUrl((url) =>
  new URL(url).search === '' ? undefined : 'expected a URL without a query, got one with a ?',
);
const discoveryUrl = httpsUrl((url) =>
  url.endsWith('/.well-known/openid-configuration')
    ? undefined
    : `expected a URL that ends in /.well-known/openid-configuration, got ${shown(url)}`,
);

const jwtMembers = object({
  issuer: optional(withoutQuery),
  discoveryUrl: optional(discoveryUrl),
  allowedClients: optional(claims),
  allowedAudiences: optional(claims),
  allowedScopes: optional(scopes),
});
const jwt: Parse<JwtInbound> = (value, place) => {
  const read = jwtMembers(value, place);
  if (!isRecord(value)) return read;
  const both = value['issuer'] !== undefined && value['discoveryUrl'] !== undefined;
  const neither = value['issuer'] === undefined && value['discoveryUrl'] === undefined;
  if (both || neither) place.fault(`expected issuer or discoveryUrl, got ${both ? 'both' : 'neither'}`);
  const unlimited = LISTS.every((key) => value[key] === undefined);
  if (unlimited) place.fault(`expected ${either(LISTS)}, got none of them (every token of the issuer would be let in)`);
  return both || neither || unlimited ? undefined : read;
};

const forms = {
  jwt: object({ jwt: needed(jwt) }),
  userPool: object({
    userPool: needed(object({ userPoolId: needed(userPoolId), clientIds: needed(claims), scopes: optional(scopes) })),
  }),
  newUserPool: object({
    newUserPool: needed(
      object({
        domainPrefix: optional(
          text(
            /^(?!.*(?:aws|amazon|cognito))[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
            'a domain prefix: 1 to 63 lower-case letters, digits and hyphens, without aws, amazon and cognito',
          ),
        ),
        resourceServer: optional(text(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'an identifier without spaces and quotes')),
        scopes: optional(
          listOf(
            text(
              /^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,255}$/,
              "a scope's name, without its resource server and a slash",
            ),
            'scopes',
            { min: 1, max: 100 },
          ),
        ),
      }),
    ),
  }),
};

export const inboundAuth: Parse<InboundAuthEntry> = (value, place) => {
  if (value === 'iam') return value;
  if (!isRecord(value)) return place.expected(KINDS, value);
  if (value['jwt'] !== undefined) return forms.jwt(value, place);
  if (value['userPool'] !== undefined) return forms.userPool(value, place);
  if (value['newUserPool'] !== undefined) return forms.newUserPool(value, place);
  const [key] = Object.keys(value);
  return place.fault(
    `expected ${KINDS}, got ${key === undefined ? 'an empty object' : `an object with ${JSON.stringify(key)}`}`,
  );
};
