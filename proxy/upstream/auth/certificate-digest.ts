/** The SHA-256 digest of a certificate as tools write it. Imports nothing, so that `lib/` may use it. */

/** Bytes of a SHA-256 digest. */
const BYTES = 32;

/** In base64url, from hex (also with colons, as OpenSSL writes it) or base64url; undefined: it is neither. */
export function certificateDigest(text: string): string | undefined {
  const hex = text.replaceAll(':', '');
  if (/^[0-9A-Fa-f]{64}$/.test(hex)) return Buffer.from(hex, 'hex').toString('base64url');
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === BYTES && bytes.toString('base64url') === text ? text : undefined;
}
