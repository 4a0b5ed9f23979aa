/** `jwks({ issuer })`: a JWT that is verified here. The verifier is loaded with the first call. */
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { callerOf, type CallerSource, digestOf } from '../call/caller.ts';
import { bearerToken } from './bearer-token.ts';
import type { JwksOptions, Verify } from './jwt-verifier.ts';
import { recentCallers } from './recent.ts';

/** A JWT verified here against the issuer's published keys (RFC 7519, RFC 7517). */
export function jwks(options: JwksOptions): CallerSource {
  return {
    kind: 'jwks',
    headers: ['authorization'],
    verifiesToken: true,
    bindings: {},
    prepare: () => {
      for (const member of ['issuer', 'jwksUri'] as const) checkEndpoint(options[member], `caller jwks: ${member}`);
      const recent = recentCallers();
      let verifier: Promise<Verify> | undefined;
      const create = (): Promise<Verify> => {
        const created = import('./jwt-verifier.ts').then((module) => module.createVerifier(options));
        // On failure the next call tries again; on success the keys are kept.
        created.catch(() => {
          if (verifier === created) verifier = undefined;
        });
        return created;
      };
      return async ({ headers }) => {
        const token = bearerToken(headers.authorization);
        try {
          const verify = await (verifier ??= create());
          // Verified each time, since tokens expire and keys are withdrawn.
          const claims = await verify(token);
          return recent(digestOf(token), () => callerOf(claims));
        } catch (error) {
          if (error instanceof ProxyError && error.code === 'unauthenticated-caller') throw error;
          log.error("the caller's token can't be verified", {
            event: 'caller-keys',
            issuer: options.issuer,
            reason: error instanceof ProxyError ? error.message : undefined,
            error,
          });
          throw new ProxyError('internal', 'the keys that verify the bearer token are not available at the moment', {
            cause: error,
          });
        }
      };
    },
  };
}

/** Keys fetched without TLS could be anybody's. */
function checkEndpoint(text: string | undefined, what: string): void {
  if (text === undefined && what.endsWith('jwksUri')) return;
  const url = URL.parse(text ?? '');
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))) return;
  throw new Error(
    `${what}: expected an https URL (http on loopback only), got ${text === undefined ? 'nothing' : JSON.stringify(shownUrl(text))}`,
  );
}
