/**
 * A client's assertion, signed with its private key, in place of a client secret (RFC 7523 §2.2; OpenID Connect Core §9,
 * `private_key_jwt`). The key is PEM (PKCS 8, PKCS 1 or SEC 1) or a JWK. A certificate beside a PEM key is named by its
 * digests, which Microsoft Entra ID requires.
 */
import { constants, createPrivateKey, hash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { ClientAuth } from 'oauth4webapi';
import { UpstreamFailure } from '../../base/errors.ts';
import { kernelUuid } from '../../base/random.ts';
import type { Sign } from '../../credentials/kms-signer.ts';
import type { SigningAlgorithm } from '../../credentials/signing-algorithms.ts';
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
  readonly digest: Digest | undefined;
  readonly isPss: boolean;
}

type Digest = 'sha256' | 'sha384' | 'sha512';

/** How assertions are made, by any kind of key. */
export interface AssertionOptions {
  /** @default - the issuer, else the token endpoint */
  readonly audience?: string | undefined;
  /** @default - as the key is: RS256 for RSA */
  readonly algorithm?: SigningAlgorithm | undefined;
  /** `kid`, for a key that doesn't name itself. */
  readonly keyId?: string | undefined;
  /** The digest of the key's certificate: `x5t#S256`. */
  readonly digest?: string | undefined;
  /** Epoch milliseconds. @default - this machine's */
  readonly now?: (() => number) | undefined;
}

/** Signed with the private key in a secret. Throws `UpstreamFailure` for a text that is none; the error doesn't repeat it. */
export function assertedBy(text: string, options: AssertionOptions = {}): ClientAuth {
  const { key, header, digest, isPss } = keyIn(text, options.algorithm);
  const padding = isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return assertion(header, options, (input) =>
    sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363', ...padding }),
  );
}

/** Signed elsewhere, by `sign`. */
export function assertionSignedBy(sign: Sign, algorithm: SigningAlgorithm, options: AssertionOptions): ClientAuth {
  return assertion({ alg: algorithm, typ: 'JWT' }, options, sign);
}

/** Made elsewhere, as a whole. */
export function assertionOf(make: () => Promise<string>): ClientAuth {
  return async (_server, client, body) => put(body, client.client_id, await make());
}

function assertion(
  header: JsonObject,
  { audience, keyId, digest, now = Date.now }: AssertionOptions,
  signed: (input: string) => Buffer | Promise<Buffer>,
): ClientAuth {
  return async (server, client, body) => {
    const seconds = Math.floor(now() / 1000);
    const claims = {
      iss: client.client_id,
      sub: client.client_id,
      // An assertion for one server must be worth nothing at another, so its audience is the issuer if that is known.
      aud: audience ?? server.issuer,
      jti: kernelUuid(),
      iat: seconds,
      nbf: seconds,
      exp: seconds + LIFE_S,
    };
    const named = {
      ...header,
      ...(keyId === undefined ? {} : { kid: keyId }),
      ...(digest === undefined ? {} : { 'x5t#S256': digest }),
    };
    const input = `${encoded(named)}.${encoded(claims)}`;
    put(body, client.client_id, `${input}.${(await signed(input)).toString('base64url')}`);
  };
}

function put(body: URLSearchParams, clientId: string, made: string): void {
  body.set('client_id', clientId);
  body.set('client_assertion_type', ASSERTION_TYPE);
  body.set('client_assertion', made);
}

function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function keyIn(text: string, algorithm: SigningAlgorithm | undefined): ClientKey {
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
  const { alg, digest } = algorithmOf(key, algorithm);
  return { key, digest, isPss: alg.startsWith('PS'), header: { alg, typ: 'JWT', ...named } };
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

const BY_CURVE: ReadonlyMap<string | undefined, SigningAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);
/** NIST SP 800-131A: shorter RSA keys sign nothing. */
const MIN_RSA_BITS = 2048;

/** @param wanted the configured one; it must be one that the key has */
function algorithmOf(
  key: KeyObject,
  wanted: SigningAlgorithm | undefined,
): { readonly alg: SigningAlgorithm; readonly digest: Digest | undefined } {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType;
  const isRsa = type === 'rsa' && (modulusLength ?? 0) >= MIN_RSA_BITS;
  const own = isRsa ? 'RS256' : type === 'ed25519' ? 'EdDSA' : BY_CURVE.get(namedCurve);
  if (own === undefined)
    throw new UpstreamFailure(
      'upstream-auth',
      `the key for private_key_jwt is ${type ?? 'of an unknown type'}: expected RSA of at least ${MIN_RSA_BITS} bits, P-256, P-384, P-521 or Ed25519`,
    );
  const alg = wanted ?? own;
  if (alg !== own && !(isRsa && /[RP]S/.test(alg)))
    throw new UpstreamFailure(
      'upstream-auth',
      `the key for private_key_jwt signs ${isRsa ? 'RS256 to PS512' : own}, expected one for ${alg}: correct UPSTREAM_SIGNING_ALGORITHM`,
    );
  return { alg, digest: DIGESTS[alg.slice(2)] };
}

/** By the end of the algorithm's name; EdDSA has none. */
const DIGESTS: Readonly<Record<string, Digest>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' };
