/** What to do about a certificate that isn't trusted. */

/** Codes of OpenSSL for a certificate whose authority isn't known here. */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** For the log: what follows the code of a connection's error. Empty for any other error. */
export function trustAdvice(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && UNKNOWN_AUTHORITY.has(code)
    ? '; its certificate is of an authority that is not trusted here: bind CA_BUNDLE to the certificate of that authority (caFile in a deployment)'
    : '';
}
