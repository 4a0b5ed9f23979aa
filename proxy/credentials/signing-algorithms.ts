/** Algorithms of signed tokens (RFC 7518 §3.1, RFC 8037 §3.1). Imports nothing, so that `lib/` may use it. */

/** Each with KMS's name for it. */
export const KMS_ALGORITHMS = {
  RS256: 'RSASSA_PKCS1_V1_5_SHA_256',
  RS384: 'RSASSA_PKCS1_V1_5_SHA_384',
  RS512: 'RSASSA_PKCS1_V1_5_SHA_512',
  PS256: 'RSASSA_PSS_SHA_256',
  PS384: 'RSASSA_PSS_SHA_384',
  PS512: 'RSASSA_PSS_SHA_512',
  ES256: 'ECDSA_SHA_256',
  ES384: 'ECDSA_SHA_384',
  ES512: 'ECDSA_SHA_512',
  EdDSA: 'ED25519_SHA_512',
} as const;

export type SigningAlgorithm = keyof typeof KMS_ALGORITHMS;

export const SIGNING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const satisfies readonly SigningAlgorithm[];
