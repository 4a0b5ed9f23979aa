/** What is kept of a caller's exchanged token, and what a refused exchange becomes. With issuers: `on-behalf.test.ts`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProxyError, Unauthenticated } from '../../../proxy/base/errors.ts';
import { CallerToken, CallerTokens } from '../../../proxy/call/caller-tokens.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { NO_HEADERS } from '../../../proxy/call/inbound.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import type { Authenticator, Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { MAX_TOKEN } from '../../../proxy/upstream/auth/by-caller.ts';
import type { About } from '../../../proxy/upstream/auth/known-refusals.ts';
import { onBehalf } from '../../../proxy/upstream/auth/on-behalf.ts';
import type { TokenClient } from '../../../proxy/upstream/auth/token-client.ts';
import { type Refusal, TokenRefused } from '../../../proxy/upstream/auth/token-refusal.ts';
import type { Token } from '../../../proxy/upstream/auth/token.ts';

const NOW = Date.UTC(2026, 11, 2);
beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** An issuer that answers so, and what it was given. The token of each answer has the number of the request. */
function exchanging(answer: (n: number) => Partial<Token> = () => ({}), invalidRequest: About = 'sign in') {
  const given: string[] = [];
  const client: Pick<TokenClient, 'request'> = {
    request: async ({ parameters }) => {
      const n = given.push(parameters.get('token') ?? '');
      return { accessToken: `t-${n}`, expiresIn: 3_600, ...answer(n) };
    },
  };
  const auth = onBehalf({
    client: client as TokenClient,
    invalidRequest,
    grant: (token) => ({ type: 'x', parameters: new URLSearchParams({ token }) }),
  });
  return { auth, given };
}

function requestOf(token: CallerToken | undefined, claims: JsonObject = {}): Outgoing {
  const inbound = { ...NO_HEADERS, tokens: new CallerTokens(token === undefined ? {} : { bearer: token }) };
  const exchange = { caller: callerOf(claims), inbound };
  return { method: 'POST', host: 'h', path: '/', body: undefined, headers: [], exchange };
}

const alice = (): CallerToken => new CallerToken('token of alice');

async function sent(auth: Authenticator, request: Outgoing): Promise<unknown> {
  await auth.apply(request);
  return request.headers;
}

async function errorOf(auth: Authenticator, request: Outgoing = requestOf(alice())): Promise<ProxyError> {
  const error: unknown = await Promise.resolve()
    .then(() => auth.apply(request))
    .catch((reason: unknown) => reason);
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

describe('a token for the caller', () => {
  it('is got with the caller’s, and kept for that alone', async () => {
    const { auth, given } = exchanging();
    expect(await sent(auth, requestOf(alice()))).toEqual(['authorization', 'Bearer t-1']);
    expect(await sent(auth, requestOf(alice()))).toEqual(['authorization', 'Bearer t-1']);
    expect(await sent(auth, requestOf(new CallerToken('another of alice')))).toEqual(['authorization', 'Bearer t-2']);
    expect(given).toEqual(['token of alice', 'another of alice']);
    const { exchange } = requestOf(alice());
    expect(exchange && auth.whose?.(exchange)).toBe(alice().id);
  });

  it.each<[words: string, expiresIn: number | undefined, exp: unknown, seconds: number]>([
    ['until ten seconds before its end', 3_600, undefined, 3_590],
    ['for five minutes if its issuer says no end', undefined, undefined, 300],
    ['no longer than the caller’s token', 3_600, NOW / 1_000 + 60, 60],
    ['as long as it says, if the caller’s token lasts longer', 3_600, NOW / 1_000 + 7_200, 3_590],
    ['as long as it says, if the caller’s token has another kind of end', 3_600, '60', 3_590],
  ])('is used %s', async (_words, expiresIn, exp, seconds) => {
    const { auth } = exchanging(() => ({ expiresIn }));
    const claims = exp === undefined ? {} : ({ exp } as JsonObject);
    const at = async (): Promise<unknown> => sent(auth, requestOf(alice(), claims));
    await at();
    // A renewal ahead of time does not show: it is the next call that gets its token.
    vi.advanceTimersByTime(seconds * 700);
    expect(await at()).toEqual(['authorization', 'Bearer t-1']);
    vi.advanceTimersByTime(seconds * 300);
    expect(await at()).toEqual(['authorization', 'Bearer t-2']);
  });

  it.each<[exp: number, fetches: number]>([
    [NOW / 1_000 + 60, 1],
    [NOW / 1_000 + 3_590, 1],
    [NOW / 1_000 + 7_200, 2],
  ])('is renewed ahead of time unless the caller’s token ends before: %d', async (exp, fetches) => {
    const { auth, given } = exchanging();
    const request = (): Outgoing => requestOf(alice(), { exp });
    await auth.apply(request());
    vi.advanceTimersByTime(exp === NOW / 1_000 + 60 ? 59_000 : 3_500_000);
    expect(await sent(auth, request())).toEqual(['authorization', 'Bearer t-1']);
    expect(given).toHaveLength(fetches);
  });

  it('is got again if the upstream refuses it, and for no other status', async () => {
    const { auth, given } = exchanging();
    const request = requestOf(alice());
    await auth.apply(request);
    for (const status of [400, 403, 500]) expect(await auth.refused?.(status, {}, request)).toBe(false);
    expect(await auth.refused?.(401, {})).toBe(false);
    expect(given).toHaveLength(1);
    expect(await auth.refused?.(401, {}, request)).toBe(true);
    expect(given).toHaveLength(2);
    // The one before, however long ago: there is another already.
    vi.advanceTimersByTime(20_000);
    expect(await auth.refused?.(401, {}, request)).toBe(true);
    expect(given).toHaveLength(2);
  });

  it('is never the caller’s own', async () => {
    const { auth } = exchanging(() => ({ accessToken: 'token of alice' }));
    expect(await errorOf(auth)).toMatchObject({
      code: 'upstream-auth',
      message:
        "the issuer gave the caller's own token back, which is never sent upstream: say whom the token is for (UPSTREAM_AUDIENCE, UPSTREAM_RESOURCE or UPSTREAM_SCOPES)",
    });
  });

  it('has as many characters as servers accept', async () => {
    const of = (length: number) => exchanging(() => ({ accessToken: 'x'.repeat(length) })).auth;
    expect(await sent(of(MAX_TOKEN), requestOf(alice()))).toHaveLength(2);
    expect(await errorOf(of(MAX_TOKEN + 1))).toMatchObject({
      code: 'upstream-auth',
      message: `the token for the caller has ${MAX_TOKEN + 1} characters, expected at most ${MAX_TOKEN}: have its issuer put fewer claims into it`,
    });
  });
});

describe('a caller', () => {
  it('without a token is asked for one', async () => {
    const { auth } = exchanging();
    const message = "the upstream is called on behalf of the caller: expected the caller's bearer token, got none";
    const { exchange: _, ...without } = requestOf(undefined);
    const unread = { ...without, exchange: { caller: callerOf({}), inbound: NO_HEADERS } };
    for (const request of [requestOf(undefined), without, unread]) {
      const error = await errorOf(auth, request);
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({ message, hadToken: false });
    }
  });

  it('whose token is no longer known is asked for one, once what it was exchanged for has expired', async () => {
    const { auth } = exchanging();
    await auth.apply(requestOf(alice()));
    const later = (): Outgoing => requestOf(alice().withoutValue());
    expect(await sent(auth, later())).toEqual(['authorization', 'Bearer t-1']);
    vi.advanceTimersByTime(3_600_000);
    expect(await errorOf(auth, later())).toMatchObject({
      code: 'unauthenticated-caller',
      hadToken: false,
      message: "the caller's token is no longer known, and what it was exchanged for has expired",
    });
  });

  it('whose token is no longer known takes nothing from another request of the same token', async () => {
    const { auth, given } = exchanging();
    const later = requestOf(alice().withoutValue());
    await auth.apply(requestOf(alice()));
    // The time to renew it, then its end.
    vi.advanceTimersByTime(3_589_900);
    expect(await sent(auth, later)).toEqual(['authorization', 'Bearer t-1']);
    expect(await auth.refused?.(401, {}, later)).toBe(false);
    vi.advanceTimersByTime(99);
    expect(await sent(auth, requestOf(alice()))).toEqual(['authorization', 'Bearer t-1']);
    vi.advanceTimersByTime(1);
    expect(await auth.refused?.(401, {}, later)).toBe(false);
    expect(await sent(auth, requestOf(alice()))).toEqual(['authorization', 'Bearer t-2']);
    expect(await auth.refused?.(401, {}, later)).toBe(true);
    expect(given).toHaveLength(2);
  });
});

describe('a refused exchange', () => {
  const refused = (refusal: Partial<Refusal>, invalidRequest: About = 'sign in'): Promise<ProxyError> => {
    const all = { error: 'x', about: undefined, claims: undefined, named: 'x, AADSTS1', ...refusal };
    return errorOf(
      exchanging(() => {
        throw new TokenRefused('it refused', all, 'the endpoint');
      }, invalidRequest).auth,
    );
  };

  it.each<[error: string, code: string]>([
    ['invalid_grant', 'unauthenticated-caller'],
    ['invalid_token', 'unauthenticated-caller'],
    ['login_required', 'unauthenticated-caller'],
    ['access_denied', 'caller-refused'],
    ['consent_required', 'caller-refused'],
    ['interaction_required', 'caller-refused'],
    ['invalid_client', 'upstream-auth'],
    ['invalid_scope', 'upstream-auth'],
  ])('%s is %s, unless the server says more', async (error, code) => {
    expect((await refused({ error })).code).toBe(code);
    expect((await refused({ error, about: 'sign in' })).code).toBe('unauthenticated-caller');
    expect((await refused({ error, about: 'caller' })).code).toBe('caller-refused');
    expect((await refused({ error, about: 'client' })).code).toBe('upstream-auth');
    expect((await refused({ error, about: 'client', claims: '{}' })).code).toBe('unauthenticated-caller');
  });

  it.each<[About, string]>([
    ['sign in', 'unauthenticated-caller'],
    ['caller', 'caller-refused'],
    ['client', 'upstream-auth'],
  ])('invalid_request is about what the grant says: %s', async (about, code) => {
    expect((await refused({ error: 'invalid_request' }, about)).code).toBe(code);
    expect((await refused({ error: 'invalid_grant' }, about)).code).toBe('unauthenticated-caller');
  });

  it('that another sign-in helps against says so', async () => {
    expect(await refused({ error: 'invalid_grant' })).toMatchObject({
      message:
        "the endpoint does not accept the caller's token (x, AADSTS1): it may have ended, or may not be exchanged by this client; check which audience callers' tokens have, and what this client may exchange",
      clientMessage:
        "the issuer of the upstream's tokens does not accept this caller's token (x, AADSTS1): sign in again",
      hadToken: true,
      claims: undefined,
      data: { issuerError: 'invalid_grant' },
      cause: expect.any(TokenRefused) as unknown,
    });
    expect(await refused({ error: 'invalid_grant', claims: '{"a":1}' })).toMatchObject({
      message:
        "the endpoint does not accept the caller's token (x, AADSTS1): its policies demand more of the caller, and the client is told what",
      clientMessage:
        "the issuer of the upstream's tokens does not accept this caller's token (x, AADSTS1): sign in again with the claims that it demands",
      claims: '{"a":1}',
      data: { issuerError: 'invalid_grant', claims: '{"a":1}' },
    });
    expect((await refused({ error: 'invalid_grant' })).data).not.toHaveProperty('claims');
  });

  it('that no other sign-in helps against says what to do', async () => {
    expect(await refused({ error: 'access_denied' })).toMatchObject({
      message: 'it refused; it gives no token for this caller: check what the caller and this client may do there',
      clientMessage:
        "the issuer of the upstream's tokens gives none for this caller (x, AADSTS1): the caller has to be given access, or to consent, there",
      data: { issuerError: 'access_denied' },
      cause: expect.any(TokenRefused) as unknown,
    });
  });

  it('that is something else is passed on', async () => {
    const broken = new ProxyError('upstream-auth', 'broken');
    const { auth } = exchanging(() => {
      throw broken;
    });
    expect(await errorOf(auth)).toBe(broken);
  });
});
