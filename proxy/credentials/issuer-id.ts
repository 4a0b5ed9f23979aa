/** How an issuer is named, in a config and in its own metadata. */

export const OIDC_DOCUMENT = '/.well-known/openid-configuration';

/**
 * An issuer identifier as it is compared: without discovery suffix and trailing slash, which people write either way.
 */
export function issuerId(text: string): string {
  const bare = text.endsWith(OIDC_DOCUMENT) ? text.slice(0, -OIDC_DOCUMENT.length) : text;
  return bare.endsWith('/') ? bare.slice(0, -1) : bare;
}
