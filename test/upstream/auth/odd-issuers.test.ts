/**
 * Authorization servers as they really answer. The proxy is strict in what protects the secret, and lenient in members
 * that it does not read.
 */
import type http from 'node:http';
import { describe, expect, test } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { clientCredentials } from '../../../proxy/upstream/auth/client-credentials.ts';
import { everythingOf } from './exchange.ts';
import { type LoopbackServer, serve } from './loopback.ts';

interface Reply {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body: unknown;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function give(response: http.ServerResponse, { status = 200, headers = JSON_TYPE, body }: Reply): void {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The credentials that a call is sent with after a token endpoint answered with `reply`. */
async function headerBy(reply: Reply): Promise<{ readonly header: string; readonly requests: number }> {
  await using server = await serve((_request, response) => give(response, reply));
  const auth = clientCredentials({
    server: { tokenEndpoint: new URL('/token', server.url) },
    clientId: 'm2m',
    secret: async () => 'first-secret',
  });
  const headers: string[] = [];
  for (let call = 0; call < 2; call++)
    await auth.apply({ method: 'POST', host: 'h', path: '/', body: undefined, headers });
  return { header: headers.join(' '), requests: server.requests.length };
}

async function failureBy(reply: Reply): Promise<UpstreamFailure> {
  const error: unknown = await headerBy(reply).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UpstreamFailure)) throw new Error(`expected an UpstreamFailure, got ${String(error)}`);
  expect(everythingOf(error)).not.toMatch(/first-secret|tok-1/);
  return error;
}

const token = { access_token: 'tok-1', token_type: 'Bearer', expires_in: 3600 };

describe('a token response', () => {
  test.each<[string, Reply]>([
    [
      'members that the proxy does not read are null',
      { body: { ...token, scope: null, refresh_token: null, id_token: null, issued_token_type: null } },
    ],
    ['the scope is a list', { body: { ...token, scope: ['a', 'b'] } }],
    ['the scope is an object, the refresh token a number', { body: { ...token, scope: {}, refresh_token: 7 } }],
    ['an id_token that is not a JWT is included', { body: { ...token, id_token: 'nobody.reads.this' } }],
    ['an expired id_token is included', { body: { ...token, id_token: 'eyJhbGciOiJub25lIn0.eyJleHAiOjF9.' } }],
    ['token_type is missing', { body: { access_token: 'tok-1', expires_in: 3600 } }],
    ['token_type is null', { body: { ...token, token_type: null } }],
    ['token_type is in capitals', { body: { ...token, token_type: 'BEARER' } }],
    ['the status is 201', { status: 201, body: token }],
    ['expires_in is a string', { body: { ...token, expires_in: '3600' } }],
    ['expires_in is null', { body: { ...token, expires_in: null } }],
    ['expires_in is missing', { body: { access_token: 'tok-1', token_type: 'Bearer' } }],
    ['expires_in is a word', { body: { ...token, expires_in: 'never' } }],
    ['expires_in is negative, meaning no expiry', { body: { ...token, expires_in: -1 } }],
    ['expires_in is zero, meaning no expiry', { body: { ...token, expires_in: 0 } }],
    ['its media type is text', { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: token }],
    ['its media type is missing', { headers: {}, body: token }],
    ['it begins with a byte order mark', { body: `\uFEFF${JSON.stringify(token)}` }],
  ])('is accepted if %s', async (_case, reply) => {
    expect(await headerBy(reply)).toEqual({ header: 'authorization Bearer tok-1', requests: 1 });
  });

  test.each<[string, Reply, RegExp]>([
    ['the type needs a proof', { body: { ...token, token_type: 'DPoP' } }, /of a type other than bearer/],
    ['the type is not text', { body: { ...token, token_type: ['Bearer'] } }, /of a type other than bearer/],
    ['there is no token', { body: { token_type: 'Bearer' } }, /answered HTTP 200 with no access_token/],
    ['the token is null', { body: { ...token, access_token: null } }, /with no access_token/],
    ['the token is empty', { body: { ...token, access_token: '' } }, /with no access_token/],
    [
      'the token would break a header',
      { body: { ...token, access_token: 'tok-1\r\nx: y' } },
      /characters that a header cannot carry/,
    ],
    ['it is a list', { body: [token] }, /a body that is not a JSON object/],
    [
      'it is an HTML page',
      { headers: { 'content-type': 'text/html' }, body: '<html>tok-1' },
      /a body that is not a JSON object/,
    ],
    ['it has no body', { status: 204, body: '' }, /answered HTTP 204 with a body that is not a JSON object/],
  ])('is refused if %s', async (_case, reply, words) => {
    expect((await failureBy(reply)).message).toMatch(words);
  });
});

describe('a token endpoint that cannot answer now', () => {
  test.each<[string, Reply, RegExp]>([
    [
      '429 with a time',
      { status: 429, headers: { 'retry-after': '7' }, body: '' },
      /limits how often it is asked \(HTTP 429, Retry-After: 7 s\)/,
    ],
    [
      '429 with an OAuth error',
      { status: 429, body: { error: 'invalid_client' } },
      /limits how often it is asked \(HTTP 429\)/,
    ],
    ['400 slow_down', { status: 400, body: { error: 'slow_down' } }, /limits how often it is asked \(HTTP 400\)/],
    [
      '503 with a page',
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' },
      /is failing \(HTTP 503\)/,
    ],
    ['500 with JSON', { status: 500, body: { error: 'server_error' } }, /is failing \(HTTP 500\)/],
    [
      '400 temporarily_unavailable',
      { status: 400, body: { error: 'temporarily_unavailable' } },
      /is failing \(HTTP 400\)/,
    ],
  ])('is reported as busy or broken, not as misconfigured: %s', async (_case, reply, words) => {
    const { message } = await failureBy(reply);
    expect(message).toMatch(words);
    expect(message).not.toMatch(/UPSTREAM_|registered/);
  });

  test.each<[string, Reply, RegExp]>([
    [
      'a 401 with only a challenge',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: '' },
      /\(invalid_client, status 401\): check UPSTREAM_CLIENT_ID/,
    ],
    [
      'a 404 page',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' },
      /\(unknown error, status 404\): check UPSTREAM_TOKEN_URL/,
    ],
    [
      'a 400 without an OAuth error',
      { status: 400, body: { message: 'first-secret is wrong' } },
      /\(unknown error, status 400\)/,
    ],
  ])('is distinguished from one that refuses: %s', async (_case, reply, words) => {
    expect((await failureBy(reply)).message).toMatch(words);
  });
});

/**
 * An issuer at `/application/o/app`, spelled as in its metadata. It serves what `answer` returns for a path, and tokens
 * at `/token`.
 */
async function issuerServing(answer: (path: string, self: string) => Reply | undefined): Promise<LoopbackServer> {
  return serve((request, response) => {
    const self = `http://${request.headers.host}`;
    const path = request.url ?? '';
    if (path === '/token') return give(response, { body: token });
    give(response, answer(path, self) ?? { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' });
  });
}

async function tokenFrom(issuer: string): Promise<string> {
  const auth = clientCredentials({
    server: { issuer: new URL(issuer) },
    clientId: 'm2m',
    secret: async () => 'first-secret',
  });
  const headers: string[] = [];
  await auth.apply({ method: 'POST', host: 'h', path: '/', body: undefined, headers });
  return headers.join(' ');
}

const PATH = '/application/o/app';
const OIDC = `${PATH}/.well-known/openid-configuration`;
const document = (self: string, issuer: string, more: object = {}) => ({
  body: { issuer: `${self}${issuer}`, token_endpoint: `${self}/token`, ...more },
});

describe('the metadata of an issuer', () => {
  test.each([
    ['with the slash, but configured without', `${PATH}/`, PATH],
    ['with the slash, and configured with it', `${PATH}/`, `${PATH}/`],
    ['without the slash, but configured with it', PATH, `${PATH}/`],
    ['with the slash, but configured as its discovery URL', `${PATH}/`, OIDC],
  ])('is found if its identifier is spelled %s', async (_case, issuer, configured) => {
    await using server = await issuerServing((path, self) => (path === OIDC ? document(self, issuer) : undefined));
    expect(await tokenFrom(`${server.url.replace(/\/$/, '')}${configured}`)).toBe('authorization Bearer tok-1');
  });

  test.each<[string, (self: string) => Reply]>([
    ['a page', () => ({ headers: { 'content-type': 'text/html' }, body: '<html>' })],
    ['a redirect to a login', () => ({ status: 302, headers: { location: '/login' }, body: '' })],
    ['an error', () => ({ status: 500, body: 'no' })],
    ['JSON that is not metadata', () => ({ body: { error: 'not_found' } })],
    ['the metadata of the server that hosts it', (self) => document(self, '/')],
  ])('is looked for in the next place if RFC 8414 returns %s', async (_case, first) => {
    await using server = await issuerServing((path, self) =>
      path === `/.well-known/oauth-authorization-server${PATH}`
        ? first(self)
        : path === OIDC
          ? document(self, PATH)
          : undefined,
    );
    expect(await tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).toBe('authorization Bearer tok-1');
  });

  test('may be at the third place that RFC 8414 §5 allows', async () => {
    await using server = await issuerServing((path, self) =>
      path === `/.well-known/openid-configuration${PATH}` ? document(self, PATH) : undefined,
    );
    expect(await tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).toBe('authorization Bearer tok-1');
  });

  test.each<[string, object]>([
    ['null', { token_endpoint_auth_methods_supported: null, scopes_supported: null, jwks_uri: null }],
    ['an empty list', { token_endpoint_auth_methods_supported: [] }],
    ['a text', { token_endpoint_auth_methods_supported: 'client_secret_basic' }],
  ])('may list as ways to authenticate: %s', async (_case, more) => {
    await using server = await issuerServing((path, self) => (path === OIDC ? document(self, PATH, more) : undefined));
    expect(await tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).toBe('authorization Bearer tok-1');
  });

  test.each<[string, (self: string) => Reply]>([
    [
      'another host',
      () => ({
        body: { issuer: `https://other.example.test${PATH}`, token_endpoint: 'https://other.example.test/token' },
      }),
    ],
    ['another path', (self) => document(self, `${PATH}2`)],
    ['two slashes at the end', (self) => document(self, `${PATH}//`)],
    ['another spelling of the path', (self) => document(self, '/application/o/APP')],
    ['no issuer', (self) => ({ body: { token_endpoint: `${self}/token` } })],
    ['an issuer that is not a URL', (self) => ({ body: { issuer: 'app', token_endpoint: `${self}/token` } })],
  ])('is refused if it names %s', async (_case, reply) => {
    await using server = await issuerServing((path, self) => (path.includes('.well-known') ? reply(self) : undefined));
    await expect(tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).rejects.toThrow(
      /is another issuer's: expected a JSON document whose issuer is http/,
    );
    expect(server.requests).not.toContain('POST /token');
  });

  test.each<[string, unknown]>([
    ['is missing', undefined],
    ['is null', null],
    ['is a list', ['https://idp.example.test/token']],
    ['is no URL', 'token'],
  ])('is refused if its token_endpoint %s', async (_case, endpoint) => {
    await using server = await issuerServing((path, self) =>
      path === OIDC ? document(self, PATH, { token_endpoint: endpoint }) : undefined,
    );
    await expect(tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).rejects.toThrow(/names no token_endpoint/);
  });

  test('is refused if its token_endpoint is not protected', async () => {
    await using server = await issuerServing((path, self) =>
      path === OIDC ? document(self, PATH, { token_endpoint: 'http://idp.example.test/token' }) : undefined,
    );
    await expect(tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).rejects.toThrow(/expected https/);
  });

  test('is reported, if not found, with what each place answered', async () => {
    await using server = await issuerServing((path) =>
      path.startsWith('/.well-known') ? { status: 302, headers: { location: '/login' }, body: '' } : undefined,
    );
    await expect(tokenFrom(`${server.url.replace(/\/$/, '')}${PATH}`)).rejects.toThrow(
      /has no metadata \(got 302, 404, 302, expected 200 with JSON/,
    );
  });
});
