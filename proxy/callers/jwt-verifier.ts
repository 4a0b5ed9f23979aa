/** Verifies a caller's JWT with `jose`. Loaded only if the config uses `jwks(…)`, on the first call. */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';
import { ProxyError, Unauthenticated } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { documentFetch, isProtectedAs, jsonObjectIn } from '../credentials/endpoint.ts';
import { issuerId } from '../credentials/issuer-id.ts';
import type { JsonObject } from '../json/value.ts';
import type { Issuer } from './issuers.ts';
import { Pausing } from './pausing.ts';

/**
 * Verifies a token and returns its claims. Throws `unauthenticated-caller` for an invalid token, another error if it
 * can't be checked.
 */
export type Verify = (token: string) => Promise<JsonObject>;

const LIMIT_MS = 5_000;

/** Accepts only https, or http on loopback: keys fetched without TLS could be anybody's. */
function checked(url: string, what: string): URL {
  const parsed = new URL(url);
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname))) return parsed;
  throw new ProxyError('internal', `expected ${what} to be https, got ${parsed.protocol}//${parsed.host}`);
}

/** Where the keys are, and the issuer's name as its tokens have it. */
interface Source {
  readonly keys: URL;
  readonly issuer: string;
}

async function sourceOf(options: Issuer): Promise<Source> {
  if (options.jwksUri !== undefined) return { keys: checked(options.jwksUri, 'jwksUri'), issuer: options.issuer };
  const id = issuerId(checked(options.issuer, 'issuer').href);
  const metadata = `${id}/.well-known/openid-configuration`;
  const reply = await documentFetch("the caller's issuer", LIMIT_MS)(metadata, {
    method: 'GET',
    headers: { accept: 'application/json' },
  });
  const body = reply.ok ? await jsonObjectIn(reply) : undefined;
  const issuer = body?.get('issuer');
  const uri = body?.get('jwks_uri');
  // Ignore a trailing slash in the config; tokens have the spelling of the document.
  if (
    typeof issuer !== 'string' ||
    issuerId(URL.parse(issuer)?.href ?? '') !== id ||
    typeof uri !== 'string' ||
    !URL.canParse(uri)
  ) {
    throw new ProxyError(
      'internal',
      `expected ${metadata} to name issuer ${options.issuer} and a jwks_uri, got HTTP ${reply.status}${reply.ok ? ' with something else' : ''}`,
    );
  }
  if (!isProtectedAs(issuer, uri))
    throw new ProxyError(
      'internal',
      `expected ${metadata} to name a jwks_uri with https, as the issuer has, got ${shownUrl(uri)}`,
    );
  return { keys: checked(uri, 'jwks_uri'), issuer };
}

/** Errors in the token itself, rather than in the keys or in fetching them. */
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
const ALGORITHMS = [
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
  'Ed25519',
];

/** Claims that name the client: RFC 9068, OpenID Connect, Okta, and version 1.0 of Microsoft Entra ID's tokens. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;

function checkClient(payload: JWTPayload, allowed: readonly string[] | undefined): void {
  if (allowed === undefined) return;
  const claim = CLIENT_CLAIMS.find((name) => payload[name] !== undefined);
  const client = claim === undefined ? undefined : payload[claim];
  if (typeof client === 'string' && allowed.includes(client)) return;
  throw new errors.JWTClaimValidationFailed('unexpected client', payload, claim ?? 'client_id', 'check_failed');
}

const OTHER_PURPOSE = 'other_purpose';
/** Claims of an ID token alone (OpenID Connect Core §3.3.2.11): digests of what was issued with it. */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 's_hash'] as const;

/**
 * Refuses tokens that the same issuer signs for something else (RFC 8725 §2.8): of another type, such as `logout+jwt`; events
 * (RFC 8417), as back-channel logout has them; and ID tokens, unless `audience` says that they are meant. Their `aud` is the
 * client, to whom they say who signed in: no client shows them to others.
 */
function checkPurpose({ payload, protectedHeader }: JWTVerifyResult, { audience }: Issuer): void {
  const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
  const { events, token_use: use, typ } = payload;
  const isOther = type?.endsWith('+jwt') === true && type !== 'at+jwt';
  const isEvent = typeof events === 'object' && events !== null;
  // Cognito and Keycloak say it in a claim.
  const isId = use === 'id' || typ === 'ID' || ID_TOKEN_CLAIMS.some((name) => payload[name] !== undefined);
  if (isOther || isEvent || (isId && audience === undefined))
    throw new errors.JWTClaimValidationFailed('made for something else', payload, 'typ', OTHER_PURPOSE);
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'it has expired',
  ERR_JWT_INVALID: 'its claims are no JSON object',
  ERR_JWS_INVALID: 'it is no signed JWT',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "its signature is of none of its issuer's keys",
  ERR_JWKS_NO_MATCHING_KEY: 'its issuer publishes no such key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "it does not say which of its issuer's keys signed it",
  ERR_JOSE_ALG_NOT_ALLOWED: 'its algorithm is none that is accepted',
};

/** For the caller, who may see names of claims but needs no values: what is expected belongs to the deployment. */
function inWords(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === OTHER_PURPOSE)
    return 'it is made for something else than calls (an ID token, a logout, or another type)';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `its claim ${error.claim} is missing, or not what is expected`;
  const code = error instanceof errors.JOSEError ? error.code : '';
  return IN_WORDS[code] ?? "it can't be verified";
}

export async function createVerifier(options: Issuer): Promise<Verify> {
  const source = await sourceOf(options);
  const fetchKeys = documentFetch("the keys of the caller's issuer", LIMIT_MS);
  const pausing = new Pausing();
  const keys = createRemoteJWKSet(source.keys, {
    [customFetch]: (url) =>
      pausing.run(async () => {
        const reply = await fetchKeys(url, { method: 'GET', headers: { accept: 'application/json' } });
        if (reply.status === 200) return reply;
        throw new ProxyError('internal', `the keys at ${shownUrl(url)} answered HTTP ${reply.status}, expected 200`);
      }),
  });
  const expected: JWTVerifyOptions = {
    issuer: source.issuer,
    algorithms: ALGORITHMS,
    clockTolerance: 5,
    requiredClaims: ['exp'],
    ...(options.audience === undefined ? {} : { audience: [...options.audience] }),
  };
  return async (token) => {
    try {
      const verified = await jwtVerify(token, keys, expected);
      checkPurpose(verified, options);
      checkClient(verified.payload, options.clientIds);
      return verified.payload as JsonObject;
    } catch (error) {
      const fault = TOKEN_FAULTS.find((kind) => error instanceof kind);
      if (fault === undefined) throw error;
      throw new Unauthenticated(`the bearer token was not accepted: ${inWords(error)} (${fault.code})`, {
        hadToken: true,
        cause: error,
      });
    }
  };
}
