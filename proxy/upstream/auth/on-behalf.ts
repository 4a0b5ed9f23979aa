/**
 * A bearer token for the caller: the caller's own token is exchanged for one that the upstream accepts, by token exchange
 * (RFC 8693) or with the token as an assertion (RFC 7523). The caller's token goes to the token endpoint only, and is
 * kept no longer than the call. What it was exchanged for is kept under its digest, so that a token with fewer rights
 * never gets what another token of the same person was exchanged for.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError, Unauthenticated, UpstreamFailure } from '../../base/errors.ts';
import type { CallerToken } from '../../call/caller-tokens.ts';
import type { Exchange } from '../../call/exchange.ts';
import type { Authenticator, Outgoing } from './auth.ts';
import { ByCaller, MAX_TOKEN } from './by-caller.ts';
import { getHeader, setHeader } from './header-list.ts';
import type { About } from './known-refusals.ts';
import { type Lease, Renewal } from './renewal.ts';
import type { TokenClient } from './token-client.ts';
import { TokenRefused } from './token-refusal.ts';
import { type Grant, usableUntil } from './token.ts';

export interface OnBehalfOptions {
  readonly client: TokenClient;
  /** Makes the request for the caller's token. */
  readonly grant: (subjectToken: string) => Grant | Promise<Grant>;
  /** What `invalid_request` is about: in a token exchange the caller's token (RFC 8693 §2.2.2), else this request. */
  readonly invalidRequest: About;
}

/** What one exchange starts with. Never kept. */
interface Subject {
  readonly token: CallerToken;
  /** Epoch milliseconds at which the caller's token expires; Infinity if it doesn't say. */
  readonly expiresAt: number;
}

/** How long a token is used whose issuer doesn't say when it expires. */
const UNSTATED_MS = 5 * 60_000;

export function onBehalf(options: OnBehalfOptions): Authenticator {
  const kept = new ByCaller(
    () => new Renewal<string, Subject>('a token for the caller', (subject) => exchanged(options, subject)),
  );

  return {
    whose: (exchange) => tokenOf(exchange).id,
    apply(request) {
      const subject = subjectOf(request);
      const renewal = kept.of(subject.token.id);
      const value = (subject.token.isWhole ? undefined : renewal.kept) ?? renewal.current(subject);
      if (value instanceof Promise)
        return value.then((fetched) => setHeader(request.headers, 'authorization', fetched));
      setHeader(request.headers, 'authorization', value);
    },
    async refused(status: number, _headers: IncomingHttpHeaders, request?: Outgoing) {
      // RFC 6750 §3.1: 403 is insufficient_scope, and a new token would have the same scopes.
      if (status !== 401 || request === undefined) return false;
      const subject = subjectOf(request);
      const renewal = kept.of(subject.token.id);
      const used = getHeader(request.headers, 'authorization');
      if (subject.token.isWhole) return renewal.refused(used, subject);
      // Another call may have got the next one.
      return renewal.kept !== undefined && renewal.kept !== used;
    },
  };
}

function tokenOf(exchange: Pick<Exchange, 'inbound'> | undefined): CallerToken {
  const token = exchange?.inbound.tokens?.bearer;
  if (token !== undefined) return token;
  throw new Unauthenticated(
    "the upstream is called on behalf of the caller: expected the caller's bearer token, got none",
    { hadToken: false },
  );
}

function subjectOf({ exchange }: Outgoing): Subject {
  const expiry = exchange?.caller.claims['exp'];
  return {
    token: tokenOf(exchange),
    expiresAt: typeof expiry === 'number' && Number.isFinite(expiry) ? expiry * 1000 : Infinity,
  };
}

async function exchanged(
  { client, grant, invalidRequest }: OnBehalfOptions,
  { token, expiresAt }: Subject,
): Promise<Lease<string>> {
  const subjectToken = token.reveal();
  if (subjectToken === undefined)
    throw new Unauthenticated("the caller's token is no longer known, and what it was exchanged for has expired", {
      hadToken: false,
    });
  const asked = Date.now();
  const got = await client.request(await grant(subjectToken)).catch((error: unknown) => {
    throw error instanceof TokenRefused ? forCaller(error, invalidRequest) : error;
  });
  if (got.accessToken === subjectToken)
    throw new UpstreamFailure(
      'upstream-auth',
      "the issuer gave the caller's own token back, which is never sent upstream: say whom the token is for (UPSTREAM_AUDIENCE, UPSTREAM_RESOURCE or UPSTREAM_SCOPES)",
    );
  if (got.accessToken.length > MAX_TOKEN)
    throw new UpstreamFailure(
      'upstream-auth',
      `the token for the caller has ${got.accessToken.length} characters, expected at most ${MAX_TOKEN}: have its issuer put fewer claims into it`,
    );
  const value = `Bearer ${got.accessToken}`;
  const until = got.expiresIn === undefined ? asked + UNSTATED_MS : usableUntil(got, asked);
  // What was exchanged never outlives the caller's own token.
  return { value, id: value, expiresAt: Math.min(until, expiresAt), isLast: expiresAt <= until };
}

/**
 * What the issuer's code says about the caller's token rather than about this client (RFC 6749 §5.2, RFC 8693 §2.2.2,
 * OpenID Connect Core §3.1.2.6).
 */
const BY_CODE: ReadonlyMap<string, About> = new Map([
  ['invalid_grant', 'sign in'],
  ['invalid_token', 'sign in'],
  ['login_required', 'sign in'],
  ['access_denied', 'caller'],
  ['consent_required', 'caller'],
  ['interaction_required', 'caller'],
]);

function forCaller(refused: TokenRefused, invalidRequest: About): ProxyError {
  const { endpoint, refusal } = refused;
  const { error, claims, named } = refusal;
  // A caller who signs in as the claims say gets a token that is accepted.
  const about =
    claims !== undefined
      ? 'sign in'
      : (refusal.about ?? (error === 'invalid_request' ? invalidRequest : BY_CODE.get(error)));
  if (about === undefined || about === 'client') return refused;
  const options = { cause: refused, data: { issuerError: error, ...(claims === undefined ? {} : { claims }) } };
  if (about === 'sign in')
    return new Unauthenticated(
      `${endpoint} does not accept the caller's token (${named}): ${claims === undefined ? "it may have ended, or may not be exchanged by this client; check which audience callers' tokens have, and what this client may exchange" : 'its policies demand more of the caller, and the client is told what'}`,
      {
        ...options,
        hadToken: true,
        claims,
        clientMessage: `the issuer of the upstream's tokens does not accept this caller's token (${named}): sign in again${claims === undefined ? '' : ' with the claims that it demands'}`,
      },
    );
  return new ProxyError(
    'caller-refused',
    `${refused.message}; it gives no token for this caller: check what the caller and this client may do there`,
    {
      ...options,
      clientMessage: `the issuer of the upstream's tokens gives none for this caller (${named}): the caller has to be given access, or to consent, there`,
    },
  );
}
