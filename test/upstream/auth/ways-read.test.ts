/** What each way reads and makes of its bindings. `bindings.test.ts` says more of those without callers' tokens. */
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { isWay, WAY_NAMES, WAYS } from '../../../proxy/upstream/auth/ways.ts';
import { exchangeOf, tokenOf } from './callers-tokens.ts';
import { providerArn, workloadArn } from './identity-world.ts';
import { serve } from './loopback.ts';

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

  it('is read for an address that can’t be used, whose fault is reported alone', () => {
    expect(read({ ...KEY, URL: 'nowhere' }).errors).toEqual([expect.stringMatching(/^UPSTREAM_URL: /)]);
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

describe('a token for the caller', () => {
  /** What the token endpoint is asked, and what the call gets. */
  async function asked(bound: Bound, answer: { readonly status: number; readonly body: string }) {
    vi.stubEnv('THE_KEY', 'k-1');
    const forms: Record<string, string>[] = [];
    await using issuer = await serve((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        forms.push(Object.fromEntries(new URLSearchParams(body)));
        response.writeHead(answer.status).end(answer.body);
      });
    });
    const auth = await read({ ...bound, TOKEN_URL: `${issuer.url}/token` }).upstream?.auth.load();
    const request = { ...outgoing(), exchange: exchangeOf(await tokenOf('alice')) };
    const error: unknown = await Promise.resolve(auth?.apply(request)).catch((reason: unknown) => reason);
    return { forms, headers: request.headers, error };
  }
  const TOKEN = { status: 200, body: '{"access_token":"t-1","token_type":"Bearer"}' };

  it('is exchanged as bound, and names the proxy as the actor if it is to', async () => {
    const { forms, headers } = await asked({ ...EXCHANGE, SUBJECT_TOKEN_TYPE: 'jwt' }, TOKEN);
    expect(headers).toEqual(['authorization', 'Bearer t-1']);
    expect(forms).toMatchObject([
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        audience: 'urn:crm',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      },
    ]);
    expect(forms[0]).not.toHaveProperty('actor_token');
    expect((await asked({ ...EXCHANGE, ACTOR: 'client' }, TOKEN)).forms.at(-1)).toMatchObject({ actor_token: 't-1' });
  });

  it('is asserted as bound', async () => {
    const { forms } = await asked(ASSERTED, TOKEN);
    expect(forms).toMatchObject([{ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', scope: 'crm' }]);
    expect(forms[0]).not.toHaveProperty('requested_token_use');
    expect((await asked({ ...ASSERTED, TOKEN_USE: 'x' }, TOKEN)).forms[0]).toMatchObject({ requested_token_use: 'x' });
  });

  it('is refused for an invalid request: to the caller in an exchange, to the proxy with an assertion', async () => {
    const answer = { status: 400, body: '{"error":"invalid_request"}' };
    expect((await asked(EXCHANGE, answer)).error).toMatchObject({ code: 'unauthenticated-caller' });
    expect((await asked(ASSERTED, answer)).error).toMatchObject({ code: 'upstream-auth' });
  });
});

describe('AgentCore Identity', () => {
  const IDENTITY: Bound = {
    AUTH: 'agentcore-identity',
    PROVIDER: providerArn('crm'),
    WORKLOAD: workloadArn('own-proxy'),
  };

  it.each([
    ['M2M', false],
    ['USER_FEDERATION', true],
    ['ON_BEHALF_OF_TOKEN_EXCHANGE', true],
  ])('with the flow %s gets what is a person’s own: %s', (FLOW, isPersonal) => {
    const RETURN_URL = FLOW === 'USER_FEDERATION' ? 'https://app.example.com/connected' : '';
    const { upstream, errors } = read({ ...IDENTITY, FLOW, RETURN_URL });
    expect(errors).toEqual([]);
    expect(upstream?.auth.isPersonal).toBe(isPersonal);
  });

  it('has code that is loaded once it is bound, and faults otherwise', async () => {
    expect(await read(IDENTITY).upstream?.auth.load()).toHaveProperty('apply');
    expect(read({ ...IDENTITY, PROVIDER: 'x' }).upstream).toBeUndefined();
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
