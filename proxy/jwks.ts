/** Verifying a caller's JWT, with `jose`. Loaded only where the config says `jwks(…)`, on the first call. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import type { JwksOptions, Verify } from './caller.ts';
import { ProxyError } from './errors.ts';
import { isObject, type JsonObject } from './json/lossless.ts';
import { isLoopback } from './loopback.ts';

/** Refuses anything but https, or http towards loopback: keys fetched in the clear are anybody's keys. */
function checked(url: string, what: string): URL {
  const parsed = new URL(url);
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname))) return parsed;
  throw new ProxyError('internal', `expected ${what} to be https, got ${parsed.protocol}//${parsed.host}`);
}

async function jwksUri(options: JwksOptions): Promise<URL> {
  if (options.jwksUri !== undefined) return checked(options.jwksUri, 'jwksUri');
  const issuer = checked(options.issuer, 'issuer');
  const metadata = new URL(`${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const reply = await fetch(metadata, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
  const body: unknown = reply.ok ? await reply.json() : undefined;
  if (!isObject(body) || body['issuer'] !== options.issuer || typeof body['jwks_uri'] !== 'string') {
    throw new ProxyError('internal', `expected ${metadata.href} to name issuer ${options.issuer} and a jwks_uri, got HTTP ${reply.status}`);
  }
  return checked(body['jwks_uri'], 'jwks_uri');
}

/** What is wrong with the token itself, and not with the keys or the way to them. */
const TOKEN_FAULTS = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/** Signature algorithms accepted: asymmetric ones only, so that a public key can't be used as a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

export async function createVerifier(options: JwksOptions): Promise<Verify> {
  const keys = createRemoteJWKSet(await jwksUri(options));
  const expected: JWTVerifyOptions = {
    issuer: options.issuer,
    algorithms: ALGORITHMS,
    clockTolerance: 5,
    requiredClaims: ['exp'],
    ...(options.audience === undefined ? {} : { audience: options.audience }),
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, expected);
      return payload as JsonObject;
    } catch (error) {
      const fault = TOKEN_FAULTS.find((kind) => error instanceof kind);
      if (fault === undefined) throw error;
      throw new ProxyError('unauthenticated-caller', `the bearer token was not accepted: ${fault.code}`, { cause: error });
    }
  };
}
