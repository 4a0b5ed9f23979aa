/** What each way reads and makes of its bindings, without a server. `bindings.test.ts` sends what is bound. */
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { isWay, WAY_NAMES, WAYS } from '../../../proxy/upstream/auth/ways.ts';

afterEach(() => void vi.unstubAllEnvs());

type Bound = Readonly<Record<string, string>>;

function read(bound: Bound) {
  const faults = new Faults();
  const environment = {
    UPSTREAM_URL: 'https://mcp.example.com/mcp?a=1',
    ...Object.fromEntries(Object.entries(bound).map(([name, value]) => [`UPSTREAM_${name}`, value])),
  };
  return { upstream: readUpstream(environment, 'default', faults), errors: faults.errors };
}

const TOKENS: Bound = { SECRET: 'env:THE_KEY', CLIENT_ID: 'client-1', TOKEN_URL: 'https://idp.example.com/token' };
const EXCHANGE: Bound = { AUTH: 'token-exchange', AUDIENCE: 'urn:crm', ...TOKENS };
const ASSERTED: Bound = { AUTH: 'jwt-bearer', SCOPES: 'crm', ...TOKENS };
const KEY: Bound = { AUTH: 'api-key', SECRET: 'env:THE_KEY', PARAMETER: 'key' };

const outgoing = (): Outgoing => ({ method: 'POST', host: 'h', path: '/mcp?a=1', body: undefined, headers: [] });

describe('a way with bindings', () => {
  it.each<[Bound, readonly string[]]>([
    [{ ...KEY, PARAMETER: '' }, ['UPSTREAM_PARAMETER: expected the name of a query parameter, got nothing']],
    [{ ...KEY, PARAMETER: 'a b' }, ['UPSTREAM_PARAMETER: expected the name of a query parameter, got "a b"']],
    [
      { ...KEY, PARAMETER: 'a' },
      [
        'UPSTREAM_URL: expected a URL without the parameter a, which carries the key of UPSTREAM_SECRET, got one with it',
      ],
    ],
    [{ ...KEY, SECRET: 'x' }, [expect.stringMatching(/^UPSTREAM_SECRET: got another text/) as string]],
    [
      { ...EXCHANGE, SUBJECT_TOKEN_TYPE: 'saml2' },
      ['UPSTREAM_SUBJECT_TOKEN_TYPE: expected access_token, jwt or id_token, got "saml2"'],
    ],
    [{ ...EXCHANGE, ACTOR: 'me' }, ['UPSTREAM_ACTOR: expected client (or no such variable), got "me"']],
    [
      { ...EXCHANGE, AUDIENCE: '' },
      [expect.stringMatching(/^UPSTREAM_AUDIENCE: expected whom callers' tokens/) as string],
    ],
    [{ ...EXCHANGE, CLIENT_ID: '' }, ['UPSTREAM_CLIENT_ID: expected the OAuth client id, got nothing']],
    [
      { ...ASSERTED, SCOPES: '' },
      [expect.stringMatching(/^UPSTREAM_AUDIENCE: expected whom callers' tokens/) as string],
    ],
    [{ ...ASSERTED, CLIENT_ID: '' }, ['UPSTREAM_CLIENT_ID: expected the OAuth client id, got nothing']],
  ])('that can’t be used says so: %j', (bound, errors) => {
    expect(read(bound).errors).toEqual(errors);
  });

  it.each<[Bound]>([
    [{ ...EXCHANGE, SUBJECT_TOKEN_TYPE: 'id_token', ACTOR: 'client' }],
    [EXCHANGE],
    [ASSERTED],
    [{ ...ASSERTED, TOKEN_USE: 'x' }],
  ])('gets tokens for the caller, who has to have one: %j', async (bound) => {
    const { upstream, errors } = read(bound);
    expect(errors).toEqual([]);
    const auth = await upstream?.auth.load();
    expect(() => auth?.apply(outgoing())).toThrow("expected the caller's bearer token, got none");
    vi.stubEnv('THE_KEY', 'k-1');
    await auth?.warm?.();
  });

  it('adds a key to the query', async () => {
    vi.stubEnv('THE_KEY', 'k-1');
    const { upstream, errors } = read(KEY);
    expect(errors).toEqual([]);
    const auth = await upstream?.auth.load();
    const request = outgoing();
    await auth?.apply(request);
    expect(request.path).toBe('/mcp?a=1&key=k-1');
    await auth?.warm?.();
  });
});

test('a way says whose token it needs, and whether a 403 is about the proxy', () => {
  const said = Object.entries(WAYS).map(([name, way]) => [
    name,
    'forbiddenIsOurs' in way && way.forbiddenIsOurs,
    'callerToken' in way ? way.callerToken : undefined,
    'asksCallers' in way && way.asksCallers,
  ]);
  expect(said).toEqual([
    ['none', false, undefined, false],
    ['iam', true, undefined, false],
    ['oauth', false, undefined, false],
    ['bearer', false, undefined, false],
    ['api-key', false, undefined, false],
    ['token-exchange', false, 'bearer', false],
    ['jwt-bearer', false, 'bearer', false],
    ['agentcore-identity', false, undefined, true],
  ]);
  expect(WAY_NAMES.every(isWay)).toBe(true);
  expect(['toString', '', 'IAM'].some(isWay)).toBe(false);
});
