/** `inboundAuth` of an entry: who may invoke the proxy. */
import { SCOPES } from '../rules/counts.ts';
import { httpsUrl } from '../rules/https-url.ts';
import {
  either,
  isRecord,
  listOf,
  type MembersOf,
  needed,
  object,
  optional,
  type Parse,
  textBy,
} from '../rules/parse.ts';
import { saying, type Schema, schemaOf } from '../rules/schema.ts';
import { RESOURCE_SERVER, SCOPE_NAMES, scopeFault } from '../rules/scopes.ts';
import { TEXTS } from '../rules/texts.ts';
import { discoveryUrlFault, issuerFault } from '../url.ts';
import { userPoolId } from './user-pool.ts';

/**
 * Tokens of any OpenID Connect issuer. At least one of the three lists is needed: with only the issuer, all its tokens
 * would be accepted.
 */
export interface JwtInbound {
  /** The issuer's URL. Give this or `discoveryUrl`. @default - none */
  readonly issuer?: string;
  /** `https://…/.well-known/openid-configuration`, if that isn't below the issuer. @default - below `issuer` */
  readonly discoveryUrl?: string;
  /** Values of `client_id`. @default - any */
  readonly allowedClients?: readonly string[];
  /** Values of `aud`. @default - any */
  readonly allowedAudiences?: readonly string[];
  /** Scopes; a token must hold one of them. @default - any */
  readonly allowedScopes?: readonly string[];
}

/** Tokens of an existing Cognito user pool. */
export interface UserPoolInbound {
  readonly userPoolId: string;
  /** The clients that may call. */
  readonly clientIds: readonly string[];
  /** Scopes, such as `mcp/invoke`; a token must hold one of them. @default - any */
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
const claims = listOf(textBy(TEXTS.claim), 'values', { min: 1 });
const scopes = listOf(textBy(TEXTS.scope), 'scopes', { min: 1 });
const issuer = httpsUrl(issuerFault);
const discoveryUrl = httpsUrl(discoveryUrlFault);

const jwtMembers = object({
  issuer: optional(issuer),
  discoveryUrl: optional(discoveryUrl),
  allowedClients: optional(claims),
  allowedAudiences: optional(claims),
  allowedScopes: optional(scopes),
} satisfies MembersOf<JwtInbound>);
const jwt: Parse<JwtInbound> = saying(
  () => schemaOf(jwtMembers),
  (value, place) => {
    const read = jwtMembers(value, place);
    if (!isRecord(value)) return read;
    const both = value['issuer'] !== undefined && value['discoveryUrl'] !== undefined;
    const neither = value['issuer'] === undefined && value['discoveryUrl'] === undefined;
    if (both || neither) place.fault(`expected issuer or discoveryUrl, got ${both ? 'both' : 'neither'}`);
    const unlimited = LISTS.every((key) => value[key] === undefined);
    if (unlimited)
      place.fault(`expected ${either(LISTS)}, got none of them (every token of the issuer would be let in)`);
    return both || neither || unlimited ? undefined : read;
  },
);

const newUserPoolMembers = object({
  domainPrefix: optional(textBy(TEXTS.domainPrefix)),
  resourceServer: optional(textBy(TEXTS.resourceServer)),
  scopes: optional(listOf(textBy(TEXTS.scopeName), 'scopes', SCOPES)),
} satisfies MembersOf<NewUserPoolInbound>);
const newUserPool: Parse<NewUserPoolInbound> = saying(
  () => schemaOf(newUserPoolMembers),
  (value, place) => {
    const read = newUserPoolMembers(value, place);
    if (read === undefined) return undefined;
    const { resourceServer = RESOURCE_SERVER, scopes = SCOPE_NAMES } = read;
    const [fault] = scopes.map((name) => scopeFault(resourceServer, name)).filter((fault) => fault !== undefined);
    return fault === undefined ? read : place.fault(fault);
  },
);

const forms = {
  jwt: object({ jwt: needed(jwt) }),
  userPool: object({
    userPool: needed(
      object({
        userPoolId: needed(userPoolId),
        clientIds: needed(listOf(textBy(TEXTS.poolClient), 'client ids', { min: 1 })),
        scopes: optional(scopes),
      } satisfies MembersOf<UserPoolInbound>),
    ),
  }),
  newUserPool: object({ newUserPool: needed(newUserPool) }),
};

const anyForm = (): Schema => ({ anyOf: [{ const: 'iam' }, ...Object.values(forms).map(schemaOf)] });

export const inboundAuth: Parse<InboundAuthEntry> = saying(anyForm, (value, place) => {
  if (value === 'iam') return value;
  if (!isRecord(value)) return place.expected(KINDS, value);
  if (value['jwt'] !== undefined) return forms.jwt(value, place);
  if (value['userPool'] !== undefined) return forms.userPool(value, place);
  if (value['newUserPool'] !== undefined) return forms.newUserPool(value, place);
  const [key] = Object.keys(value);
  return place.fault(
    `expected ${KINDS}, got ${key === undefined ? 'an empty object' : `an object with ${JSON.stringify(key)}`}`,
  );
});
