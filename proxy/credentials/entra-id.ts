/** Microsoft Entra ID, which differs from other issuers. Imports nothing, so that `lib/` may use it. */

/** The hosts of its clouds, each with the audience of its federated credentials. */
const CLOUDS: ReadonlyMap<string, string> = new Map([
  ['login.microsoftonline.com', 'api://AzureADTokenExchange'],
  ['login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
  ['login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
]);

/** The audience of federated credentials; undefined if none of the URLs is Entra's. */
export function entraAudience(...urls: readonly (string | undefined)[]): string | undefined {
  return urls.map((url) => CLOUDS.get(URL.parse(url ?? '')?.hostname ?? '')).find((audience) => audience !== undefined);
}

/** It gives no token without a scope, or in its first version a resource. Returns what is missing, for an error. */
export function missingScopes(
  { scopes, resource }: { readonly scopes: readonly string[] | undefined; readonly resource: string | undefined },
  ...urls: readonly (string | undefined)[]
): string | undefined {
  if ((scopes ?? []).length > 0 || resource !== undefined || entraAudience(...urls) === undefined) return undefined;
  return 'expected scopes, which Microsoft Entra ID needs, such as api://APPLICATION/.default, got nothing';
}

/** The audience of a client's assertion from STS, if none is given: by RFC 7523 §3 the issuer or its token endpoint. */
export function defaultAudience(issuer: string | undefined, tokenUrl: string | undefined): string | undefined {
  return entraAudience(issuer, tokenUrl) ?? issuer ?? tokenUrl;
}
