/** `jwks({ issuer, audience })`: a JWT that is verified here. The verifier is loaded with the first call. */
import { ProxyError, Unauthenticated } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { callerOf, type CallerSource } from '../call/caller.ts';
import { issuerId, OIDC_DOCUMENT } from '../credentials/issuer-id.ts';
import { bearerOf } from './bearer-token.ts';
import { believed, checkedIssuers, type Issuer, type JwksOptions } from './issuers.ts';
import type { Verify } from './jwt-verifier.ts';
import { Pausing } from './pausing.ts';
import { recentCallers } from './recent.ts';

/**
 * A JWT verified here against the published keys of its issuer (RFC 7519, RFC 7517). Several issuers: a token is verified
 * by the one that its `iss` names.
 */
export function jwks(options: JwksOptions | readonly JwksOptions[]): CallerSource {
  const given: readonly JwksOptions[] = 'issuer' in options ? [options] : options;
  return {
    kind: 'jwks',
    headers: ['authorization'],
    verifiesToken: true,
    bindings: {},
    authorization: {
      // As they are written: clients compare them with the issuers' own documents (RFC 8414, section 3.3).
      issuers: given.map(({ issuer }) =>
        issuer.endsWith(OIDC_DOCUMENT) ? issuer.slice(0, -OIDC_DOCUMENT.length) : issuer,
      ),
      scopes: [...new Set(given.flatMap(({ scopes = [] }) => scopes))],
    },
    warm: () => import('./jwt-verifier.ts'),
    prepare: () => {
      const issuers = checkedIssuers(given);
      const recent = recentCallers();
      const verifiers = new Map(
        issuers.map((issuer) => [issuerId(new URL(issuer.issuer).href), { issuer, verify: verifierOf(issuer) }]),
      );
      const [only] = verifiers.values();
      return async ({ headers }) => {
        const { token, digest } = bearerOf(headers);
        const by = issuers.length === 1 ? only : verifiers.get(issuerOf(token));
        if (by === undefined)
          throw new Unauthenticated('the bearer token was not accepted: it is of another issuer, or is no JWT', {
            hadToken: true,
          });
        // Verified each time, since tokens expire and keys are withdrawn.
        const claims = await by.verify(token);
        return recent(digest, () => callerOf(believed(claims, by.issuer)));
      };
    },
  };
}

/** The same words are not in the log again for as long. */
const SAID_MS = 1_000;

/** Loads the verifier with the first token, and again if that failed. */
function verifierOf(issuer: Issuer): Verify {
  let verifier: Promise<Verify> | undefined;
  /** What the log says already. Junk must not fill it. */
  let logged: { readonly said: string; readonly at: number } | undefined;
  const pausing = new Pausing();
  const create = (): Promise<Verify> => {
    const created = pausing.run(async () => (await import('./jwt-verifier.ts')).createVerifier(issuer));
    // On failure the next call tries again; on success the keys are kept.
    created.catch(() => {
      if (verifier === created) verifier = undefined;
    });
    return created;
  };
  return async (token) => {
    try {
      return await (
        await (verifier ??= create())
      )(token);
    } catch (error) {
      if (error instanceof Unauthenticated) throw error;
      // Not the same object each time, if one key of several can't be read.
      const said = String(error);
      const isSaid = logged?.said === said && Math.abs(Date.now() - logged.at) < SAID_MS;
      if (!isSaid) {
        logged = { said, at: Date.now() };
        log.error("the caller's token can't be verified", {
          event: 'caller-keys',
          issuer: issuer.issuer,
          reason: error instanceof ProxyError ? error.message : undefined,
          error,
        });
      }
      throw new ProxyError('internal', 'the keys that verify the bearer token are not available at the moment', {
        cause: error,
      });
    }
  };
}

/** The issuer that a token names, before anything is verified: only chooses who verifies it. */
function issuerOf(token: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const named = typeof claims === 'object' && claims !== null && 'iss' in claims ? claims.iss : undefined;
    return typeof named === 'string' ? issuerId(URL.parse(named)?.href ?? '') : '';
  } catch {
    return '';
  }
}
