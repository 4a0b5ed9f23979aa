/**
 * A client's assertion, signed with its private key, in place of a client secret (RFC 7523 §2.2; OpenID Connect Core §9,
 * `private_key_jwt`). The key is PEM (PKCS 8, PKCS 1 or SEC 1) or a JWK. A certificate beside a PEM key is named by its
 * digests, which Microsoft Entra ID requires.
 */
import { createPrivateKey, hash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { ClientAuth } from 'oauth4webapi';
import { UpstreamFailure } from '../../base/errors.ts';
import { kernelUuid } from '../../base/random.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Seconds for which an assertion is valid: it is used at once. */
const LIFE_S = 60;

interface ClientKey {
  readonly key: KeyObject;
  /** `alg`, and what names the key. */
  readonly header: JsonObject;
  /** Undefined for EdDSA, which hashes by itself. */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | undefined;
}

/** Throws `UpstreamFailure` for a text that is no private key; the error doesn't repeat it. */
export function assertedBy(text: string): ClientAuth {
  const { key, header, digest } = keyIn(text);
  return (server, client, body) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: client.client_id,
      sub: client.client_id,
      // An assertion for one server must be worth nothing at another, so its audience is the issuer if that is known.
      aud: server.issuer,
      jti: kernelUuid(),
      iat: now,
      nbf: now,
      exp: now + LIFE_S,
    };
    const input = `${encoded(header)}.${encoded(claims)}`;
    const signature = sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    body.set('client_id', client.client_id);
    body.set('client_assertion_type', ASSERTION_TYPE);
    body.set('client_assertion', `${input}.${signature.toString('base64url')}`);
  };
}

function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function keyIn(text: string): ClientKey {
  const trimmed = text.trim();
  let key: KeyObject;
  let named: JsonObject = {};
  try {
    if (trimmed.startsWith('{')) {
      const jwk: unknown = JSON.parse(trimmed);
      if (!isObject(jwk)) throw new TypeError('no object');
      key = createPrivateKey({ key: jwk, format: 'jwk' });
      named = typeof jwk['kid'] === 'string' ? { kid: jwk['kid'] } : {};
    } else {
      key = createPrivateKey(trimmed);
      const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(trimmed)?.[0];
      if (certificate !== undefined) named = digestsOf(new X509Certificate(certificate), key);
    }
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new UpstreamFailure(
      'upstream-auth',
      'the secret for private_key_jwt is not a private key: expected PEM (BEGIN PRIVATE KEY) or a JWK',
    );
  }
  const { alg, digest } = algorithmOf(key);
  return { key, digest, header: { alg, typ: 'JWT', ...named } };
}

/** RFC 7515 §4.1.7 and §4.1.8. */
function digestsOf(certificate: X509Certificate, key: KeyObject): JsonObject {
  if (!certificate.checkPrivateKey(key))
    throw new UpstreamFailure(
      'upstream-auth',
      "the secret for private_key_jwt has a certificate of another key: expected the key's own first",
    );
  return { x5t: hash('sha1', certificate.raw, 'base64url'), 'x5t#S256': hash('sha256', certificate.raw, 'base64url') };
}

const BY_CURVE: ReadonlyMap<
  string | undefined,
  { readonly alg: string; readonly digest: 'sha256' | 'sha384' | 'sha512' }
> = new Map([
  ['prime256v1', { alg: 'ES256', digest: 'sha256' }],
  ['secp384r1', { alg: 'ES384', digest: 'sha384' }],
  ['secp521r1', { alg: 'ES512', digest: 'sha512' }],
]);
/** NIST SP 800-131A: shorter RSA keys sign nothing. */
const MIN_RSA_BITS = 2048;

function algorithmOf(key: KeyObject): { readonly alg: string; readonly digest: ClientKey['digest'] } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= MIN_RSA_BITS)
    return { alg: 'RS256', digest: 'sha256' };
  if (key.asymmetricKeyType === 'ed25519') return { alg: 'EdDSA', digest: undefined };
  const byCurve = key.asymmetricKeyType === 'ec' ? BY_CURVE.get(namedCurve) : undefined;
  if (byCurve !== undefined) return byCurve;
  throw new UpstreamFailure(
    'upstream-auth',
    `the key for private_key_jwt is ${key.asymmetricKeyType ?? 'of an unknown type'}: expected RSA of at least ${MIN_RSA_BITS} bits, P-256, P-384, P-521 or Ed25519`,
  );
}
