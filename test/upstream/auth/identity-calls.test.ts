/** One upstream's calls with credentials of AgentCore Identity: whose they are, and who waits. With its rules: `agentcore-identity.test.ts`. */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsentRequired, ProxyError, Unauthenticated } from '../../../proxy/base/errors.ts';
import { CallerToken, CallerTokens, type GivenTokens } from '../../../proxy/call/caller-tokens.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { Channels } from '../../../proxy/call/channels.ts';
import { NO_HEADERS } from '../../../proxy/call/inbound.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { agentcoreIdentity } from '../../../proxy/upstream/auth/agentcore-identity.ts';
import type { Authenticator, Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import type { IdentityBindings } from '../../../proxy/upstream/auth/identity-bindings.ts';
import { type IdentityAnswers, startIdentityAnswers } from './identity-answers.ts';

/** Each pause of a waiting call, which takes no time but on the clock. */
const pauses: number[] = [];

const NOW = Date.UTC(2026, 11, 2);
let at: IdentityAnswers;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] });
  pauses.length = 0;
  vi.spyOn(timers, 'setTimeout').mockImplementation(async (ms = NaN) => {
    if (pauses.push(ms) > 50) throw new Error('expected an end of the pauses');
    vi.advanceTimersByTime(ms);
  });
  syncBuiltinESMExports();
  at = await startIdentityAnswers();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  vi.unstubAllEnvs();
  await at[Symbol.asyncDispose]();
});

const PAGE = 'https://login.example.com/agree';
const AGREED = { id: 'visit', url: PAGE, visit: 'urn:1' };
const PERSONAL = { flow: 'USER_FEDERATION' } as const;

/** With workload tokens of the platform. Its tokens have the number of the request. */
function authWith(more: Partial<IdentityBindings> = {}): Authenticator {
  at.answer = () => ({ accessToken: `t-${at.asked.length}` });
  const own = { provider: 'crm', region: 'eu-west-1', flow: 'M2M', workload: undefined, returnUrl: undefined } as const;
  const unused = { scopes: [], resource: undefined, audience: undefined, header: undefined };
  return agentcoreIdentity({ ...own, ...unused, ...more });
}

interface From {
  readonly claims?: JsonObject;
  readonly agreed?: typeof AGREED;
  readonly aborted?: boolean;
  readonly tokens?: GivenTokens;
}

const handed = (of: string): GivenTokens => ({ workload: new CallerToken(`workload of ${of}`) });

function requestOf(person: string, { claims = { sub: person }, agreed, aborted, tokens = handed(person) }: From = {}) {
  const channels = new Channels();
  channels.agreed = agreed;
  const inbound = { ...NO_HEADERS, tokens: new CallerTokens(tokens) };
  const exchange = { caller: callerOf(claims), inbound, channels, ...(aborted === undefined ? {} : { aborted }) };
  const request: Outgoing = { method: 'POST', host: 'h', path: '/', body: undefined, headers: [], exchange };
  return request;
}

async function sent(auth: Authenticator, request: Outgoing): Promise<string[]> {
  await auth.apply(request);
  return request.headers;
}

async function errorOf(run: () => unknown): Promise<ProxyError> {
  const error: unknown = await Promise.resolve()
    .then(run)
    .catch((reason: unknown) => reason);
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

describe('what is sent', () => {
  it.each([
    [undefined, ['authorization', 'Bearer t-1']],
    ['Authorization', ['authorization', 'Bearer t-1']],
    ['X-Api-Key', ['x-api-key', 't-1']],
  ])('is in the header %s', async (header, headers) => {
    const auth = authWith({ header });
    expect(await sent(auth, requestOf('ann'))).toEqual(headers);
    // What is kept costs no wait.
    const next = requestOf('ann');
    expect(auth.apply(next)).toBeUndefined();
    expect(next.headers).toEqual(headers);
  });

  it('is the proxy’s own for all callers, where it is nobody’s', async () => {
    const auth = authWith();
    expect(auth.whose).toBeUndefined();
    for (const person of ['ann', 'bob'])
      expect(await sent(auth, requestOf(person))).toEqual(['authorization', 'Bearer t-1']);
    expect(at.asked.map(({ body }) => body['workloadIdentityToken'])).toEqual(['workload of ann']);
  });

  it('is the proxy’s own for a request that is made for no caller', async () => {
    const auth = authWith({ workload: 'own' });
    at.answer = () => ({ workloadAccessToken: 'w-1', accessToken: 't-1' });
    const { exchange: _, ...nobodys } = requestOf('ann');
    expect(await sent(auth, nobodys)).toEqual(['authorization', 'Bearer t-1']);
  });

  it.each(['USER_FEDERATION', 'ON_BEHALF_OF_TOKEN_EXCHANGE'] as const)('is the caller’s in %s', async (flow) => {
    const auth = authWith({ flow });
    for (const [person, token] of [
      ['ann', 't-1'],
      ['bob', 't-2'],
      ['ann', 't-1'],
    ] as const)
      expect(await sent(auth, requestOf(person))).toEqual(['authorization', `Bearer ${token}`]);
    expect(at.asked).toHaveLength(2);
  });

  it('belongs to the verified token, else to the workload token', async () => {
    const { whose } = authWith(PERSONAL);
    const of = (tokens: GivenTokens): string | undefined =>
      whose?.({ inbound: { ...NO_HEADERS, tokens: new CallerTokens(tokens) } });
    const bearer = new CallerToken('bearer');
    const { workload } = handed('ann');
    expect(of({ bearer, workload })).toBe(bearer.id);
    expect(of({ workload })).toBe(workload?.id);
  });

  it('is nothing for a request without a token that says who calls', async () => {
    const auth = authWith(PERSONAL);
    const { exchange: _, ...nobodys } = requestOf('ann');
    const { exchange } = requestOf('ann', { tokens: {} });
    for (const request of [nobodys, requestOf('ann', { tokens: {} })]) {
      const error = await errorOf(() => auth.apply(request));
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({
        hadToken: false,
        message:
          'the upstream is called in the name of the caller: expected a bearer token, or the workload access token that AgentCore Runtime adds, got neither',
      });
    }
    expect(await errorOf(() => exchange && auth.whose?.({ inbound: NO_HEADERS }))).toBeInstanceOf(Unauthenticated);
    expect(at.asked).toEqual([]);
  });

  it.each<[flow: 'M2M' | 'USER_FEDERATION', exp: JsonObject[string], seconds: number]>([
    ['USER_FEDERATION', NOW / 1_000 + 60, 60],
    ['USER_FEDERATION', String(NOW / 1_000 + 60), 300],
    ['USER_FEDERATION', -Infinity, 300],
    ['M2M', NOW / 1_000 + 60, 300],
  ])('in %s to a caller whose token ends at %s is used for %d seconds', async (flow, exp, seconds) => {
    const auth = authWith({ flow });
    const claims = { sub: 'ann', exp };
    await auth.apply(requestOf('ann', { claims }));
    vi.advanceTimersByTime(seconds * 1_000 - 1);
    // Without a token's value it renews nothing.
    const workload = handed('ann').workload?.withoutValue();
    const last = requestOf('ann', { claims, tokens: { workload } });
    expect(auth.apply(last)).toBeUndefined();
    expect(last.headers[1]).toBe('Bearer t-1');
    vi.advanceTimersByTime(1);
    await auth.apply(requestOf('ann', { claims }));
    expect(at.asked).toHaveLength(2);
  });
});

describe('a refusal by the upstream', () => {
  it.each([undefined, 'X-Api-Key'])('of what is in the header %s gets another one, for 401 alone', async (header) => {
    const auth = authWith({ header });
    const request = requestOf('ann');
    await auth.apply(request);
    for (const status of [400, 403, 500]) expect(await auth.refused(status, {}, request)).toBe(false);
    expect(await auth.refused(401, {})).toBe(false);
    expect(at.asked).toHaveLength(1);
    expect(await auth.refused(401, {}, request)).toBe(true);
    // The one before: there is another already.
    vi.advanceTimersByTime(20_000);
    expect(await auth.refused(401, {}, request)).toBe(true);
    expect(await auth.refused(401, {}, { ...request, headers: [] })).toBe(false);
    expect(at.asked).toHaveLength(2);
  });
});

describe('a person who has to give access', () => {
  const page = (more: object = {}) => ({ authorizationUrl: PAGE, sessionUri: 'urn:1', ...more });

  it('is shown the page', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => page();
    const error = await errorOf(() => auth.apply(requestOf('ann')));
    expect(error).toBeInstanceOf(ConsentRequired);
    expect(error).toMatchObject({
      message: expect.stringContaining('has to give access to crm first') as string,
      consent: {
        id: expect.any(String) as string,
        url: PAGE,
        visit: 'urn:1',
        words: 'Access to crm is needed in your name: open the page, sign in there and agree.',
      },
    });
    expect(pauses).toEqual([]);
  });

  it('is shown the page by a request that nobody retries', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => page();
    const { exchange, ...request } = requestOf('ann');
    if (exchange === undefined) throw new Error('expected one');
    const { caller, inbound } = exchange;
    const error = await errorOf(() => auth.apply({ ...request, exchange: { caller, inbound } }));
    expect(error).toBeInstanceOf(ConsentRequired);
  });

  it('is never shown the page of another caller', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => page();
    await errorOf(() => auth.apply(requestOf('ann')));
    expect(await errorOf(() => auth.apply(requestOf('bob')))).toMatchObject({
      code: 'upstream-auth',
      message: 'AgentCore Identity gave two callers the same page for access to crm: it is shown to neither again',
    });
    // The same person with another token.
    const again = requestOf('ann', { tokens: handed('ann, later') });
    expect(await errorOf(() => auth.apply(again))).toBeInstanceOf(ConsentRequired);
    at.answer = () => page({ authorizationUrl: `${PAGE}/bob` });
    vi.advanceTimersByTime(10_000);
    expect(await errorOf(() => auth.apply(requestOf('bob')))).toBeInstanceOf(ConsentRequired);
  });

  it('and agreed is waited for, with pauses that grow', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => (at.asked.length < 4 ? page() : { accessToken: 'given' });
    expect(await sent(auth, requestOf('ann', { agreed: AGREED }))).toEqual(['authorization', 'Bearer given']);
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 2_000]);
    expect(at.asked.map(({ body }) => body['sessionUri'])).toEqual(Array(4).fill('urn:1'));
  });

  it.each([undefined, 'X-Api-Key'])('and agreed gets access at once, if it was given: %s', async (header) => {
    const auth = authWith({ ...PERSONAL, header });
    const headers = header === undefined ? ['authorization', 'Bearer t-1'] : ['x-api-key', 't-1'];
    expect(await sent(auth, requestOf('ann', { agreed: AGREED }))).toEqual(headers);
    expect(pauses).toEqual([]);
  });

  it('and agreed is waited for 45 seconds', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => page();
    expect(await errorOf(() => auth.apply(requestOf('ann', { agreed: AGREED })))).toMatchObject({
      code: 'consent-required',
      consent: { id: 'visit', url: PAGE },
    });
    // 250, 500 and 1,000, and 2,000 as often as they fit.
    expect([pauses.length, pauses.reduce((sum, ms) => sum + ms)]).toEqual([24, 43_750]);
  });

  it.each([
    [41_250, [250, 500, 1_000, 2_000]],
    [41_251, [250, 500, 1_000]],
  ])('is waited for as long as a pause fits: after %d ms more', async (ms, expected) => {
    const auth = authWith(PERSONAL);
    at.answer = () => {
      if (at.asked.length === 2) vi.advanceTimersByTime(ms);
      return page();
    };
    await errorOf(() => auth.apply(requestOf('ann', { agreed: AGREED })));
    expect(pauses).toEqual(expected);
  });

  it('is not waited for once the client has gone', async () => {
    const auth = authWith(PERSONAL);
    at.answer = () => page();
    const gone = requestOf('ann', { agreed: AGREED, aborted: true });
    expect(await errorOf(() => auth.apply(gone))).toBeInstanceOf(ConsentRequired);
    expect(pauses).toEqual([]);
  });
});
