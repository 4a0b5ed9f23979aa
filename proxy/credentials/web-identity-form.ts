/** What tokens of the role's identity are asked for. Imports nothing, so that `lib/` may use it. */

export interface WebIdentity {
  readonly region: string;
  readonly audience: string;
  readonly algorithm: WebIdentityAlgorithm;
}

/** STS signs with these only. */
export const WEB_IDENTITY_ALGORITHMS = ['RS256', 'ES384'] as const;
export type WebIdentityAlgorithm = (typeof WEB_IDENTITY_ALGORITHMS)[number];

/** STS's least. A token is used at once. */
export const WEB_IDENTITY_SECONDS = 60;

/** Characters of an audience, at most. */
export const MAX_AUDIENCE = 1_000;

/** Microsoft Entra ID's audience of federated credentials, by the host of its cloud. */
const ENTRA: ReadonlyMap<string, string> = new Map([
  ['login.microsoftonline.com', 'api://AzureADTokenExchange'],
  ['login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
  ['login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
]);

/** The audience of a client's assertion from STS, if none is given: by RFC 7523 §3 the issuer or its token endpoint. */
export function defaultAudience(issuer: string | undefined, tokenUrl: string | undefined): string | undefined {
  const hosts = [issuer, tokenUrl].map((url) => URL.parse(url ?? '')?.hostname ?? '');
  return hosts.map((host) => ENTRA.get(host)).find((audience) => audience !== undefined) ?? issuer ?? tokenUrl;
}
