/** A private key where a secret or key is expected that is sent as it is: a slip that would show it to others. */

/** Whether a text is a private key: PEM, or a JWK (RFC 7517 §9.3). */
export function isPrivateKey(text: string): boolean {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return true;
  if (!text.trimStart().startsWith('{')) return false;
  try {
    const jwk: unknown = JSON.parse(text);
    return typeof jwk === 'object' && jwk !== null && 'kty' in jwk && ('d' in jwk || 'k' in jwk);
  } catch {
    return false;
  }
}
