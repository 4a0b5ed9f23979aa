/** How the proxy's own client may authenticate at a token endpoint, by the names of OAuth's metadata; `web_identity` is ours. Imports nothing, so that `lib/` may use it. */
export const CLIENT_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'web_identity',
] as const;
export type ClientMethod = (typeof CLIENT_METHODS)[number];

/**
 * What the client proves itself with: a secret or a private key that is read, its certificate, a key that stays in KMS,
 * or the identity of the execution role.
 */
export type Proof = 'secret' | 'certificate' | 'signing key' | 'role';

export function proofOf(method: ClientMethod | undefined, hasSigningKey: boolean): Proof {
  if (isByCertificate(method)) return 'certificate';
  if (method === 'web_identity') return 'role';
  return hasSigningKey ? 'signing key' : 'secret';
}

/** With a client certificate in place of a secret (RFC 8705 §2). */
export function isByCertificate(method: ClientMethod | undefined): boolean {
  return method === 'tls_client_auth' || method === 'self_signed_tls_client_auth';
}
