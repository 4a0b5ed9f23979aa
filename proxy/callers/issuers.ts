/** The issuers whose tokens `jwks` accepts: its options, and their checks. */
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { issuerId } from '../credentials/issuer-id.ts';
import type { JsonObject } from '../json/value.ts';

export interface JwksOptions {
  /**
   * The token's expected `iss`. The keys are found through its `/.well-known/openid-configuration`. https, or http on
   * loopback.
   */
  readonly issuer: string;
  /**
   * The token's expected `aud`: one of these. Without it, a token that was made for another service is accepted, so
   * either this or `clientIds` is required; `false` accepts any token of the issuer. Cognito's client-credentials tokens
   * have no `aud`: give `clientIds`.
   */
  readonly audience?: string | readonly string[] | false;
  /** The clients whose tokens are accepted, by `client_id`, `azp`, `cid` or `appid`. @default - all */
  readonly clientIds?: readonly string[];
  /** URL of the keys. @default - from the issuer's metadata */
  readonly jwksUri?: string;
  /**
   * Written before the names of this issuer's callers (`sub`, `client_id`, `azp`), in policies, the audit trail and
   * wherever else they are: another issuer's caller of the same name is then another one. `false`: they are as the issuer
   * writes them, and who is called the same at another issuer has the same rights.
   * @default - as the issuer writes them; of several issuers, only one may leave it out
   */
  readonly prefix?: string | false;
  /**
   * The claims that are believed of this issuer, besides names and times ({@link ALWAYS}): policies, tenants and
   * arguments see no others.
   * @default all; of several issuers, only one may leave it out
   */
  readonly claims?: readonly string[] | 'all';
  /** Scopes that clients should ask for (RFC 9728, `scopes_supported`). Not checked. @default - none */
  readonly scopes?: readonly string[];
}

/** An issuer that passed the checks. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: readonly string[] | undefined;
  readonly clientIds: readonly string[] | undefined;
  readonly jwksUri: string | undefined;
  readonly prefix: string;
  /** Undefined: all. */
  readonly claims: ReadonlySet<string> | undefined;
}

/** Claims that name the caller. */
const NAMES = ['sub', 'client_id', 'azp'] as const;
/** Claims that every issuer is believed, since they mean nothing without it, or only shorten what its tokens are good for. */
export const ALWAYS: readonly string[] = [...NAMES, 'iss', 'aud', 'exp', 'nbf', 'iat', 'jti'];

/** The claims of a verified token as the rest of the proxy sees them. */
export function believed(claims: JsonObject, { prefix, claims: some }: Issuer): JsonObject {
  if (prefix === '' && some === undefined) return claims;
  const kept = Object.entries(claims).filter(([name]) => some?.has(name) !== false || ALWAYS.includes(name));
  const isName = (name: string): boolean => NAMES.some((known) => known === name);
  return Object.fromEntries(
    // An empty name stays one, and is refused.
    kept.map(([name, value]) => [
      name,
      isName(name) && typeof value === 'string' && value !== '' ? prefix + value : value,
    ]),
  );
}

/** Several issuers that could each name any caller, and give it any claim, must be meant. */
function checkSeveral(given: readonly JwksOptions[]): void {
  if (given.length < 2) return;
  const lacking = (['prefix', 'claims'] as const).filter(
    (option) => given.filter((each) => each[option] === undefined).length > 1,
  );
  if (lacking.length === 0) return;
  throw new Error(
    `caller jwks: expected all issuers but one to have ${lacking.join(' and ')}, got several without: each of them would decide who is ann, who is in a group, and which scopes and tenant a caller has; give prefix: 'partner/' (before its callers' names) and claims: ['email'] (the ones that are believed), or prefix: false and claims: 'all' if issuers share their people`,
  );
}

/** Throws with what was got and expected. */
export function checkedIssuers(given: readonly JwksOptions[]): readonly Issuer[] {
  if (given.length === 0) throw new Error('caller jwks: expected at least one issuer, got none');
  const ids = new Set<string>();
  checkPrefixes(given.flatMap(({ prefix }) => (prefix === undefined || prefix === false ? [] : [prefix])));
  const issuers = given.map(({ issuer, audience, clientIds, jwksUri, prefix, claims = 'all' }): Issuer => {
    checkEndpoint(issuer, 'caller jwks: issuer');
    if (jwksUri !== undefined) checkEndpoint(jwksUri, 'caller jwks: jwksUri');
    const id = issuerId(new URL(issuer).href);
    if (ids.has(id))
      throw new Error(`caller jwks: expected different issuers, got ${JSON.stringify(shownUrl(issuer))} twice`);
    ids.add(id);
    if (audience === undefined && clientIds === undefined)
      throw new Error(
        'caller jwks: expected audience (what tokens are for), clientIds (whose tokens) or audience: false (any token of this issuer), got none of them; for Cognito, whose client-credentials tokens have no aud, give clientIds',
      );
    return {
      issuer,
      audience: audience === undefined || audience === false ? undefined : texts(audience, 'audience'),
      clientIds: clientIds === undefined ? undefined : texts(clientIds, 'clientIds'),
      jwksUri,
      prefix: prefix === undefined || prefix === false ? '' : prefix,
      claims: claims === 'all' ? undefined : new Set(claims.length === 0 ? [] : texts(claims, 'claims')),
    };
  });
  checkSeveral(given);
  return issuers;
}

/** Together with the rest of a name, no two prefixes may make the same one. */
function checkPrefixes(prefixes: readonly unknown[]): void {
  for (const [i, prefix] of prefixes.entries()) {
    if (typeof prefix !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(prefix))
      throw new Error(
        `caller jwks: prefix: expected 1 to 64 characters of visible ASCII, such as "partner/", got ${JSON.stringify(prefix)}`,
      );
    const other = prefixes.find((each, at) => at !== i && typeof each === 'string' && each.startsWith(prefix));
    if (other !== undefined)
      throw new Error(
        `caller jwks: prefix: expected none that another one begins with, got ${JSON.stringify(prefix)} and ${JSON.stringify(other)}`,
      );
  }
}

function texts(given: string | readonly string[], what: string): readonly string[] {
  const list: unknown = typeof given === 'string' ? [given] : given;
  if (Array.isArray(list) && list.length > 0 && list.every((text) => typeof text === 'string' && text !== ''))
    return list;
  throw new Error(`caller jwks: ${what}: expected one or more texts, got ${JSON.stringify(given)}`);
}

/** Keys fetched without TLS could be anybody's. */
function checkEndpoint(text: string | undefined, what: string): void {
  const url = URL.parse(text ?? '');
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return;
  throw new Error(
    `${what}: expected an https URL (http on loopback only), got ${text === undefined ? 'nothing' : JSON.stringify(shownUrl(text))}`,
  );
}
