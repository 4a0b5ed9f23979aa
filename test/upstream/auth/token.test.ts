/** One token request: what is sent, and what each answer becomes. Odd answers: `odd-issuers.test.ts`. */
import { generateKeyPairSync } from 'node:crypto';
import type http from 'node:http';
import { describe, expect, test } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { InvalidClient } from '../../../proxy/upstream/auth/token-refusal.ts';
import { requestToken, type TokenRequest, usableUntil } from '../../../proxy/upstream/auth/token.ts';
import { serve } from './loopback.ts';

const REQUEST: TokenRequest = {
  clientId: 'm2m',
  keyPair: undefined,
  clientSecret: 'secret',
  authMethod: undefined,
  grant: { type: 'client_credentials', parameters: new URLSearchParams() },
};
const BEARER = { access_token: 't-1', token_type: 'Bearer' };

interface Given {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
}

/** Asks an endpoint that answers so. `seen`: what it was sent. */
async function ask(
  { body, status = 200, headers = {} }: Given,
  request: Partial<TokenRequest> = {},
  methods?: readonly string[],
) {
  const seen: { authorization?: string | undefined; form: Record<string, string> }[] = [];
  await using server = await serve((received, response) => {
    let text = '';
    received.on('data', (bytes: Buffer) => (text += bytes.toString()));
    received.on('end', () => {
      seen.push({ authorization: received.headers.authorization, form: Object.fromEntries(new URLSearchParams(text)) });
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const described = {
    issuer: server.url,
    token_endpoint: `${server.url}/token`,
    ...(methods === undefined ? {} : { token_endpoint_auth_methods_supported: [...methods] }),
  };
  const outcome: unknown = await requestToken(described, { ...REQUEST, ...request }).catch((reason: unknown) => reason);
  const at = `the token endpoint at ${server.url}`;
  return { outcome, seen, at };
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a request', () => {
  test('has the parameters of its grant', async () => {
    const parameters = new URLSearchParams({ scope: 'a b', resource: 'urn:x' });
    const { seen } = await ask({ body: BEARER }, { grant: { type: 'client_credentials', parameters } });
    expect(seen).toEqual([
      {
        authorization: basic('m2m:secret'),
        form: { grant_type: 'client_credentials', scope: 'a b', resource: 'urn:x' },
      },
    ]);
  });

  test('encodes both parts of Basic, and leaves the usual characters alone', async () => {
    const { seen } = await ask({ body: BEARER }, { clientId: 'a-b._*', clientSecret: 'c:d e%ü' });
    expect(seen[0]?.authorization).toBe(basic('a-b._*:c%3Ad+e%25%C3%BC'));
  });

  test.each([
    [undefined, undefined, 'basic'],
    [undefined, [], 'basic'],
    [undefined, ['client_secret_post', 'client_secret_basic'], 'basic'],
    [undefined, ['private_key_jwt', 'client_secret_post'], 'post'],
    ['client_secret_basic', ['client_secret_post'], 'basic'],
    ['client_secret_post', undefined, 'post'],
  ] as const)('authenticates, if configured %s where %j is supported, by %s', async (authMethod, methods, by) => {
    const { seen } = await ask({ body: BEARER }, { authMethod }, methods);
    const grant = { grant_type: 'client_credentials' };
    expect(seen).toEqual([
      by === 'basic'
        ? { authorization: basic('m2m:secret'), form: grant }
        : { authorization: undefined, form: { ...grant, client_id: 'm2m', client_secret: 'secret' } },
    ]);
  });

  test('is not made where neither method is supported', async () => {
    const { outcome, seen, at } = await ask({ body: BEARER }, {}, ['private_key_jwt']);
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} supports neither client_secret_basic nor client_secret_post, expected one of them, or UPSTREAM_AUTH_METHOD=private_key_jwt with a private key`,
    });
    expect(seen).toEqual([]);
  });
});

describe('a client', () => {
  const grant = { grant_type: 'client_credentials' };
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

  test.each<Partial<TokenRequest>>([
    { clientSecret: undefined },
    { authMethod: 'tls_client_auth' },
    { authMethod: 'self_signed_tls_client_auth' },
  ])('that its connection authenticates sends its id alone: %j', async (request) => {
    const { seen } = await ask({ body: BEARER }, request);
    expect(seen).toEqual([{ authorization: undefined, form: { ...grant, client_id: 'm2m' } }]);
  });

  test('with another proof sends that in place of its secret', async () => {
    const proof: TokenRequest['proof'] = async () => (_server, _client, body) => body.set('client_assertion', 'proof');
    const { seen } = await ask({ body: BEARER }, { proof });
    expect(seen).toEqual([{ authorization: undefined, form: { ...grant, client_assertion: 'proof' } }]);
  });

  test('with a private key sends an assertion, as it is configured', async () => {
    const request = { authMethod: 'private_key_jwt', clientSecret: key, assertion: { keyId: 'k-1' } } as const;
    const { seen } = await ask({ body: BEARER }, request);
    const { client_assertion = '', ...form } = seen[0]?.form ?? {};
    expect(JSON.parse(Buffer.from(client_assertion.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
      alg: 'EdDSA',
      kid: 'k-1',
    });
    expect([seen[0]?.authorization, form['client_id'], form['client_secret']]).toEqual([undefined, 'm2m', undefined]);
  });

  test.each([
    ['client_secret_basic', undefined],
    ['client_secret_post', ['client_secret_post']],
  ])('never sends a private key by %s', async (method, methods) => {
    const { outcome, seen } = await ask({ body: BEARER }, { clientSecret: key }, methods);
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `UPSTREAM_SECRET points to a private key, which ${method} would send to the issuer: set UPSTREAM_AUTH_METHOD=private_key_jwt, or point to a client secret`,
    });
    expect(seen).toEqual([]);
  });
});

test('an endpoint that nothing listens at is named', async () => {
  const server = await serve(() => {});
  await server[Symbol.asyncDispose]();
  await expect(requestToken({ issuer: 'x', token_endpoint: server.url }, REQUEST)).rejects.toMatchObject({
    code: 'upstream-auth',
    message: expect.stringContaining(`the token endpoint at ${server.url} could not be reached`) as string,
  });
});

test.each([
  [3_600, 3_590_000],
  [100, 90_000],
  [50, 45_000],
  [undefined, Infinity],
])('a token for %s seconds may be sent until a tenth of its life, or ten seconds, before its end', (seconds, ms) => {
  expect(usableUntil({ accessToken: 't', expiresIn: seconds }, 7)).toBe(7 + ms);
});

describe('an answer', () => {
  test.each([
    [3600, 3600],
    ['3600', 3600],
    ['12.55', 12.55],
    ['1e3', undefined],
    [0, undefined],
    [-1, undefined],
    ['x3600', undefined],
    ['3600x', undefined],
    ['3600.', undefined],
    [null, undefined],
    [true, undefined],
    [undefined, undefined],
  ])('with expires_in %j is a token for %s seconds', async (expires_in, expiresIn) => {
    const { outcome } = await ask({ body: { ...BEARER, expires_in }, status: 201 });
    expect(outcome).toEqual({ accessToken: 't-1', expiresIn });
  });

  test.each([
    ['[]', 'a body that is not a JSON object'],
    [{}, 'no access_token'],
    [{ ...BEARER, access_token: '' }, 'no access_token'],
    [{ ...BEARER, access_token: 7 }, 'no access_token'],
  ])('of %j has no token', async (body, got) => {
    const { outcome, at } = await ask({ body });
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} answered HTTP 200 with ${got}, expected a token response (RFC 6749 §5.1): check UPSTREAM_TOKEN_URL or UPSTREAM_ISSUER`,
    });
  });

  test.each(['DPoP', 7])('with the type %j has no token that can be used', async (token_type) => {
    const { outcome, at } = await ask({ body: { ...BEARER, token_type } });
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} gave a token of a type other than bearer: configure this client for bearer tokens`,
    });
  });

  test.each([null, undefined, 'BEARER'])('with the type %j has a bearer token', async (token_type) => {
    expect((await ask({ body: { ...BEARER, token_type } })).outcome).toMatchObject({ accessToken: 't-1' });
  });

  test.each([undefined, null, 'access_token', 'jwt'])('with the issued type %j has an access token', async (type) => {
    const issued_token_type = typeof type === 'string' ? `urn:ietf:params:oauth:token-type:${type}` : type;
    expect((await ask({ body: { ...BEARER, issued_token_type } })).outcome).toMatchObject({ accessToken: 't-1' });
  });

  test.each(['urn:ietf:params:oauth:token-type:refresh_token', '', 7])(
    'with the issued type %j has none',
    async (issued_token_type) => {
      const { outcome, at } = await ask({ body: { ...BEARER, issued_token_type } });
      expect(outcome).toMatchObject({
        code: 'upstream-auth',
        message: `${at} gave no access token: its issued_token_type is another one, expected urn:ietf:params:oauth:token-type:access_token`,
      });
    },
  );

  test.each(['a b', 'ü', ' a', 'a\n'])('with the token %j has none that can be sent', async (access_token) => {
    const { outcome, at } = await ask({ body: { ...BEARER, access_token } });
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} gave a token with characters that a header cannot carry`,
    });
  });
});

describe('a refusal', () => {
  test.each<[number, unknown, http.OutgoingHttpHeaders, string]>([
    [429, {}, { 'retry-after': '7' }, 'limits how often it is asked (HTTP 429, Retry-After: 7 s)'],
    [400, { error: 'slow_down' }, {}, 'limits how often it is asked (HTTP 400)'],
    [500, { error: 'invalid_client' }, { 'retry-after': 'x7' }, 'is failing (HTTP 500)'],
    [503, 'down', { 'retry-after': '7x' }, 'is failing (HTTP 503)'],
    [503, 'down', { 'retry-after': '1234567' }, 'is failing (HTTP 503)'],
    [
      400,
      { error: 'temporarily_unavailable' },
      { 'retry-after': '123456' },
      'is failing (HTTP 400, Retry-After: 123456 s)',
    ],
  ])('with %i and %j is for now', async (status, body, headers, words) => {
    const { outcome, at } = await ask({ status, body, headers });
    expect(outcome).toBeInstanceOf(UpstreamFailure);
    expect(outcome).not.toBeInstanceOf(InvalidClient);
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} ${words}: the next call asks again`,
      clientMessage: `the server that issues the proxy's token ${words}: the next call asks again`,
    });
  });

  test.each<[number, unknown, string, string]>([
    [
      400,
      { error: 'unauthorized_client' },
      'unauthorized_client',
      'allow the client_credentials grant for this client',
    ],
    [
      400,
      { error: 'unsupported_grant_type' },
      'unsupported_grant_type',
      'allow the client_credentials grant for this client',
    ],
    [400, { error: 'invalid_scope' }, 'invalid_scope', 'check UPSTREAM_SCOPES'],
    [
      400,
      { error: 'invalid_target' },
      'invalid_target',
      'check the resource (RFC 8707) or audience that the token is for',
    ],
    [404, { error: 'other_code' }, 'other_code', 'check how this client is registered'],
    [404, 'page', 'unknown error', 'check UPSTREAM_TOKEN_URL'],
    [400, { error: 'Not A Code' }, 'unknown error', 'check how this client is registered'],
    [400, { error: 'a'.repeat(41) }, 'unknown error', 'check how this client is registered'],
    [400, { error: 7 }, 'unknown error', 'check how this client is registered'],
    [401, 'page', 'unknown error', 'check how this client is registered'],
    [499, 'page', 'unknown error', 'check how this client is registered'],
  ])('with %i and %j says what to check', async (status, body, blamed, advice) => {
    const { outcome, at } = await ask({ status, body });
    expect(outcome).not.toBeInstanceOf(InvalidClient);
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} refused the token request (${blamed}, status ${status}): ${advice}`,
    });
  });

  test.each<[number, unknown, http.OutgoingHttpHeaders]>([
    [400, { error: 'invalid_client' }, {}],
    [401, 'page', { 'www-authenticate': 'Basic' }],
  ])('with %i, %j and %j is about the client', async (status, body, headers) => {
    const { outcome, at } = await ask({ status, body, headers });
    expect(outcome).toBeInstanceOf(InvalidClient);
    expect(outcome).toMatchObject({
      code: 'upstream-auth',
      message: `${at} refused the token request (invalid_client, status ${status}): check UPSTREAM_CLIENT_ID and the secret that UPSTREAM_SECRET points to`,
    });
  });
});
