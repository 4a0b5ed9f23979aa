/** One token of AgentCore Identity's vault, or the page where a person gives access. With the service: `consent.test.ts`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Unauthenticated, UpstreamFailure } from '../../../proxy/base/errors.ts';
import { CallerTokens } from '../../../proxy/call/caller-tokens.ts';
import { MAX_TOKEN } from '../../../proxy/upstream/auth/by-caller.ts';
import { bearer, errorOf, FEDERATED, holding, NOW, subject, token, turn, vault, workload } from './vault.ts';

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

describe('the service is asked', () => {
  it('with the workload token of the request, where the platform hands one over', async () => {
    const { place, workloads, queries } = vault();
    expect(await place.current(subject())).toBe('t-1');
    expect([workloads, queries]).toEqual([[], [{ workloadToken: 'handed over' }]]);
  });

  it.each([
    ['M2M', undefined],
    ['ON_BEHALF_OF_TOKEN_EXCHANGE', 'bearer of ann'],
    ['USER_FEDERATION', 'bearer of ann'],
  ] as const)('in %s with a token of its own workload identity, which acts for %s', async (flow, user) => {
    const { place, workloads, queries } = vault({ bindings: { flow, workload: 'own' } });
    expect(await place.current(subject())).toBe('t-1');
    expect([workloads, queries]).toEqual([[['own', user]], [{ workloadToken: 'workload 1' }]]);
  });

  it('for the key, where the provider has one', async () => {
    const { place, queries } = vault({ bindings: { flow: undefined } });
    expect([await place.current(subject()), queries]).toEqual(['k-1', []]);
  });

  it('for a token of the proxy itself without any token of a caller', async () => {
    for (const tokens of [undefined, new CallerTokens({})]) {
      const { place } = vault({ bindings: { workload: 'own' } });
      expect(await place.current(subject({ tokens }))).toBe('t-1');
    }
  });
});

describe('a request without the token that the service is asked with', () => {
  const BEARER = "the upstream is called on behalf of the caller: expected the caller's bearer token, got none";

  it('is refused where the platform hands it over', async () => {
    for (const without of [subject({ tokens: undefined }), holding({ bearer: bearer() })]) {
      const { place, queries } = vault();
      const error = await errorOf(() => place.current(without));
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({
        hadToken: false,
        message:
          'AgentCore Identity is asked with the workload access token of each request: expected the header that AgentCore Runtime adds, got none; callers with IAM have to name a user, or give UPSTREAM_WORKLOAD a workload identity of your own',
        clientMessage: 'the request has no workload access token, which AgentCore Runtime adds',
      });
      expect(queries).toEqual([]);
    }
  });

  it('is refused where the token is a person’s', async () => {
    for (const without of [subject({ tokens: undefined }), holding({ workload: workload() })]) {
      const { place, workloads } = vault({ bindings: FEDERATED });
      const error = await errorOf(() => place.current(without));
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({ hadToken: false, message: BEARER });
      expect(workloads).toEqual([]);
    }
  });

  it.each([
    ['its own', FEDERATED],
    ['the platform’s', { flow: 'USER_FEDERATION' }],
  ] as const)('gets what is kept, and renews nothing: workload identity is %s', async (_whose, bindings) => {
    const { place, workloads, queries } = vault({ bindings });
    await place.current(subject());
    const later = holding({ bearer: bearer().withoutValue(), workload: workload().withoutValue() });
    // The time to renew it, and then its end.
    vi.advanceTimersByTime(299_900);
    expect(place.current(later)).toBe('t-1');
    await turn();
    expect([workloads.every(([, user]) => user !== undefined), queries.length]).toEqual([true, 1]);
    vi.advanceTimersByTime(100);
    expect(await errorOf(() => place.current(later))).toBeInstanceOf(Unauthenticated);
    expect(await place.current(subject())).toBe('t-2');
  });

  it('cannot get another token for one that was refused', async () => {
    const { place, queries } = vault();
    await place.current(subject());
    expect(await place.refused('t-1', holding({}))).toBe(false);
    expect(await place.refused(undefined, subject())).toBe(false);
    expect(queries).toHaveLength(1);
    expect(await place.refused('t-1', subject())).toBe(true);
  });
});

describe('a token', () => {
  const jwt = (payload: string): string => `eyJh.${Buffer.from(payload).toString('base64url')}.c2ln`;
  const exp = (seconds: number): string => jwt(JSON.stringify({ exp: NOW / 1_000 + seconds }));

  it.each<[words: string, value: string, callersEnd: number, seconds: number]>([
    ['for five minutes', 'opaque', Infinity, 300],
    ['until ten seconds before its own end', exp(100), Infinity, 90],
    ['for five minutes, if its own end is later', exp(1_000), Infinity, 300],
    ['no longer than the caller’s token', exp(100), NOW + 60_000, 60],
    ['for five minutes, if the caller’s token lasts longer', 'opaque', NOW + 400_000, 300],
    ['for five minutes, if it has no end', jwt('{}'), Infinity, 300],
    ['for five minutes, if its end is no number', jwt(`{"exp":"${NOW / 1_000 + 100}"}`), Infinity, 300],
    ['for five minutes, if its end is never', jwt('{"exp":-1e999}'), Infinity, 300],
    ['for five minutes, if its claims are no object', jwt('null'), Infinity, 300],
    ['for five minutes, if its claims are no JSON', jwt('x'), Infinity, 300],
    ['for five minutes, if it only begins like a JWT', `${exp(100)}=`, Infinity, 300],
    ['for five minutes, if it only ends like a JWT', `=${exp(100)}`, Infinity, 300],
  ])('is used %s', async (_words, value, expiresAt, seconds) => {
    let asked = 0;
    const { place } = vault({ granted: () => token(asked++ === 0 ? value : 'next') });
    const current = async (): Promise<unknown> => place.current(subject({ expiresAt }));
    expect(await current()).toBe(value);
    // A renewal ahead of time does not show: it is the next call that gets its token.
    vi.advanceTimersByTime(seconds * 700);
    expect(await current()).toBe(value);
    expect(place.isSpent).toBe(false);
    vi.advanceTimersByTime(seconds * 300);
    expect(place.isSpent).toBe(true);
    expect(await current()).toBe('next');
  });

  it.each([
    [NOW + 60_000, 59_000, 1],
    [NOW + 300_000, 299_000, 1],
    [NOW + 300_001, 299_000, 2],
  ])('is renewed ahead of time unless the caller’s own ends before: %#', async (expiresAt, ms, fetches) => {
    const { place, queries } = vault();
    await place.current(subject({ expiresAt }));
    vi.advanceTimersByTime(ms);
    expect(place.current(subject({ expiresAt }))).toBe('t-1');
    await turn();
    expect(queries).toHaveLength(fetches);
  });

  it('is one that a header can carry', async () => {
    for (const value of ['x'.repeat(MAX_TOKEN), '!~'])
      expect(await vault({ granted: () => token(value) }).place.current(subject())).toBe(value);
    for (const value of ['x'.repeat(MAX_TOKEN + 1), ' x', 'x ', 'é', 'x\r\ny'])
      expect(await errorOf(() => vault({ granted: () => token(value) }).place.current(subject()))).toMatchObject({
        code: 'upstream-auth',
        message: `AgentCore Identity gave a token or key that a header cannot carry: expected at most ${MAX_TOKEN} characters of visible ASCII`,
      });
    const key = vault({ bindings: { flow: undefined }, key: 'a b' });
    expect(await errorOf(() => key.place.current(subject()))).toBeInstanceOf(UpstreamFailure);
  });

  it('that takes too long is an error that names the provider', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    const { place } = vault({ granted: () => new Promise<never>(() => {}) });
    const failed = errorOf(() => place.current(subject()));
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await failed).message).toContain('fetching a token of crm took more than 15 s');
  });
});
