/** How issuer identifiers are compared, from a config and from metadata. */

export const OIDC_DOCUMENT = '/.well-known/openid-configuration';

/** An issuer identifier for comparison: without discovery suffix and trailing slash, which people may write or not. */
export function issuerId(text: string): string {
  const bare = text.endsWith(OIDC_DOCUMENT) ? text.slice(0, -OIDC_DOCUMENT.length) : text;
  return bare.endsWith('/') ? bare.slice(0, -1) : bare;
}
