/** The parameters of the token requests for a caller, which on-behalf.test.ts sends to an issuer. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type GrantOptions, jwtBearer, tokenExchange } from '../../../proxy/upstream/auth/grants.ts';

afterEach(() => void vi.useRealTimers());

const NOTHING: GrantOptions = { scopes: [], resource: undefined, audience: undefined };
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const lasting = (value: string) => ({ value, id: value, expiresAt: Infinity, isLast: false });

describe('what the token is for', () => {
  test.each<[string, Partial<GrantOptions>, object]>([
    ['is not said by an empty scope', {}, {}],
    ['is said by scopes with a space between them', { scopes: ['read', 'write'] }, { scope: 'read write' }],
    ['is said by a resource', { resource: 'https://crm.example.com/' }, { resource: 'https://crm.example.com/' }],
    ['is said by an audience', { audience: 'urn:crm' }, { audience: 'urn:crm' }],
  ])('%s', async (_, given, expected) => {
    const options = { ...NOTHING, ...given };
    const assertion = jwtBearer(options, undefined)('a.b.c');
    expect(assertion.type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(Object.fromEntries(assertion.parameters)).toEqual({ assertion: 'a.b.c', ...expected });
    const exchange = await tokenExchange({ ...options, subjectTokenType: 'jwt', actor: undefined })('a.b.c');
    expect(exchange.type).toBe('urn:ietf:params:oauth:grant-type:token-exchange');
    expect(Object.fromEntries(exchange.parameters)).toEqual({
      subject_token: 'a.b.c',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      requested_token_type: ACCESS_TOKEN,
      ...expected,
    });
  });
});

describe("the actor's token", () => {
  const namedBy = (actor: () => Promise<ReturnType<typeof lasting>>) =>
    tokenExchange({ ...NOTHING, subjectTokenType: 'access_token', actor })('a.b.c');

  test.each([
    ['Bearer mine', 'mine'],
    ['Bearer mine-Bearer yours', 'mine-Bearer yours'],
    ['mine-Bearer yours', 'mine-Bearer yours'],
  ])('%j is sent without its scheme only', async (value, expected) => {
    const { parameters } = await namedBy(async () => lasting(value));
    expect(Object.fromEntries(parameters)).toMatchObject({ actor_token: expected, actor_token_type: ACCESS_TOKEN });
  });

  test('is what the error names if it never comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const refused = expect(namedBy(() => new Promise<never>(() => {}))).rejects.toThrow(
      "fetching the proxy's own token, which names the actor took more than 15 s",
    );
    await vi.advanceTimersByTimeAsync(15_000);
    await refused;
  });
});
