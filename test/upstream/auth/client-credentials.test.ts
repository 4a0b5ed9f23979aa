import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { clientCredentials, type ClientCredentialsOptions } from '../../../proxy/upstream/auth/client-credentials.ts';
import { startTokenIssuer, type TokenIssuer, type TokenIssuerOptions } from '../../support/token-issuer.ts';
import { attempt, everythingOf, exchange, reportRefused } from './exchange.ts';
import { serve, type LoopbackServer } from './loopback.ts';

// Only the wall clock is moved; timers and sockets are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

interface World extends AsyncDisposable {
  readonly issuer: TokenIssuer;
  readonly upstream: LoopbackServer;
  /** Tokens that the upstream no longer accepts. */
  readonly revoked: Set<string>;
  readonly accepted: string[];
}

/** An issuer, and an upstream that accepts its tokens. */
async function world(options: TokenIssuerOptions = {}): Promise<World> {
  const issuer = await startTokenIssuer(options);
  const revoked = new Set<string>();
  const accepted: string[] = [];
  const upstream = await serve((request, response) => {
    const { authorization = '' } = request.headers;
    const accept = () => {
      accepted.push(authorization);
      response.writeHead(200).end();
    };
    const refuse = () => void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    if (revoked.has(authorization)) refuse();
    else void issuer.verify(authorization).then(accept, refuse);
  });
  return {
    issuer,
    upstream,
    revoked,
    accepted,
    async [Symbol.asyncDispose]() {
      await upstream[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

function authFor(issuer: TokenIssuer, options: Partial<ClientCredentialsOptions> = {}) {
  return clientCredentials({
    server: { issuer: issuer.issuer },
    clientId: issuer.clientId,
    secret: async () => 'first-secret',
    scopes: ['mcp/invoke'],
    ...options,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<UpstreamFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UpstreamFailure)) throw new Error(`expected an UpstreamFailure, got ${String(error)}`);
  expect(error.code).toBe('upstream-auth');
  expect(error.message).not.toContain('\n');
  return error;
}

describe('a token', () => {
  test('is fetched once, with scopes and resource, and used for every call', async () => {
    await using w = await world();
    const auth = authFor(w.issuer, { scopes: ['mcp/invoke', 'mcp/admin'], resource: 'https://gw.example.test/mcp' });
    for (let call = 0; call < 3; call++)
      expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(w.issuer.tokenRequests).toHaveLength(1);
    expect(await w.issuer.verify(w.accepted[0])).toMatchObject({
      scope: 'mcp/invoke mcp/admin',
      aud: 'https://gw.example.test/mcp',
      client_id: 'm2m',
    });
  });

  test('is requested once for fifty calls that arrive together', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await Promise.all(Array.from({ length: 50 }, () => exchange(auth, w.upstream.url)));
    expect(w.accepted).toHaveLength(50);
    expect(w.issuer.tokenRequests).toHaveLength(1);
  });

  test('costs no wait while one is cached', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    expect(auth.apply({ method: 'POST', host: 'h', path: '/', body: undefined, headers: [] })).toBeUndefined();
  });

  test('replaces an Authorization header that is already there', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    const headers = ['authorization', 'Bearer inbound'];
    await auth.apply({ method: 'POST', host: 'h', path: '/', body: undefined, headers });
    expect(headers).toHaveLength(2);
    expect(headers[1]).not.toContain('inbound');
  });

  test('is renewed before it expires, while calls go on with the old one', async () => {
    await using w = await world({ tokenLife: 600 });
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    later(440); // before 75 %
    await exchange(auth, w.upstream.url);
    expect(w.issuer.tokenRequests).toHaveLength(1);
    later(105); // 545 s: after 90 %
    await Promise.all(Array.from({ length: 10 }, () => exchange(auth, w.upstream.url)));
    await vi.waitFor(() => expect(w.issuer.tokenRequests).toHaveLength(2));
    await vi.waitFor(async () => {
      await exchange(auth, w.upstream.url);
      expect(w.accepted.at(-1)).not.toBe(w.accepted[0]);
    });
    expect(w.accepted.slice(0, 12)).toEqual(Array(12).fill(w.accepted[0]));
    expect(w.issuer.tokenRequests).toHaveLength(2);
  });

  test('is never sent after it expired: the call waits for a new one', async () => {
    await using w = await world({ tokenLife: 60 });
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    later(55); // within the margin
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    later(3600);
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(new Set(w.accepted).size).toBe(3);
  });

  test('is replaced if the upstream refuses it, and the call is retried once', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    w.revoked.add(w.accepted[0] ?? '');
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 2 });
  });

  test('is replaced once if it is refused to twenty calls at once', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    w.revoked.add(w.accepted[0] ?? '');
    const results = await Promise.all(Array.from({ length: 20 }, () => exchange(auth, w.upstream.url)));
    expect(results.every(({ status }) => status === 200)).toBe(true);
    expect(w.issuer.tokenRequests).toHaveLength(2);
  });

  test('stays in use if the upstream refuses an older one late', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    w.revoked.add(w.accepted[0] ?? '');
    const straggler = await attempt(auth, w.upstream.url);
    await exchange(auth, w.upstream.url);
    expect(await reportRefused(auth, straggler.response, straggler.request)).toBe(true);
    expect(w.issuer.tokenRequests).toHaveLength(2);
  });

  test('is not fetched again if a caller cannot say which token was refused late; the call is retried once', async () => {
    await using w = await world();
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    w.revoked.add(w.accepted[0] ?? '');
    const stragglers = await Promise.all(Array.from({ length: 5 }, () => attempt(auth, w.upstream.url)));
    for (const { response } of stragglers) expect(await auth.refused(401, response.headers)).toBe(true);
    expect(w.issuer.tokenRequests).toHaveLength(2);
  });

  test('is not fetched again for every call to an upstream that refuses everything', async () => {
    await using w = await world();
    await using deaf = await serve((_request, response) => void response.writeHead(401).end());
    const auth = authFor(w.issuer);
    const results = [];
    for (let call = 0; call < 5; call++) results.push(await exchange(auth, deaf.url));
    expect(results.map(({ attempts }) => attempts)).toEqual([2, 1, 1, 1, 1]);
    expect(w.issuer.tokenRequests).toHaveLength(2);
  });

  test('is kept after a 403, since a new one would have the same scopes', async () => {
    await using w = await world();
    await using forbidding = await serve((_request, response) => void response.writeHead(403).end());
    const auth = authFor(w.issuer);
    expect(await exchange(auth, forbidding.url)).toEqual({ status: 403, attempts: 1 });
    expect(w.issuer.tokenRequests).toHaveLength(1);
  });
});

describe('the authorization server', () => {
  test('is discovered by OIDC if it does not serve RFC 8414, as with Cognito', async () => {
    await using w = await world({ discovery: 'oidc' });
    await exchange(authFor(w.issuer), w.upstream.url);
    expect(w.issuer.paths.slice(0, 3)).toEqual([
      '/.well-known/oauth-authorization-server/eu-west-1_TestPool1',
      '/eu-west-1_TestPool1/.well-known/openid-configuration',
      '/eu-west-1_TestPool1/oauth2/token',
    ]);
  });

  test('is discovered by RFC 8414 first', async () => {
    await using w = await world({ discovery: 'oauth2' });
    await exchange(authFor(w.issuer), w.upstream.url);
    expect(w.issuer.paths.slice(0, 2)).toEqual([
      '/.well-known/oauth-authorization-server/eu-west-1_TestPool1',
      '/eu-west-1_TestPool1/oauth2/token',
    ]);
  });

  test('can be configured by its discovery URL, as in AgentCore', async () => {
    await using w = await world();
    const auth = authFor(w.issuer, {
      server: { issuer: new URL(`${w.issuer.issuer.href}/.well-known/openid-configuration`) },
    });
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
  });

  test('is not discovered if its token endpoint is configured', async () => {
    await using w = await world();
    await exchange(authFor(w.issuer, { server: { tokenEndpoint: w.issuer.tokenEndpoint } }), w.upstream.url);
    expect(w.issuer.paths.filter((path) => !path.endsWith('/jwks.json'))).toEqual([
      '/eu-west-1_TestPool1/oauth2/token',
    ]);
  });

  test('gets the secret by basic if its metadata names no method', async () => {
    await using w = await world();
    await exchange(authFor(w.issuer), w.upstream.url);
    expect(w.issuer.tokenRequests[0]?.authorization).toMatch(/^Basic /);
    expect(w.issuer.tokenRequests[0]?.form.has('client_secret')).toBe(false);
  });

  test('gets the secret by post if its metadata supports only that', async () => {
    await using w = await world({ authMethod: 'client_secret_post' });
    expect(await exchange(authFor(w.issuer), w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(w.issuer.tokenRequests[0]?.authorization).toBeUndefined();
  });

  test('gets the secret by post if that is configured', async () => {
    await using w = await world({ authMethod: 'client_secret_post' });
    const auth = authFor(w.issuer, {
      server: { tokenEndpoint: w.issuer.tokenEndpoint },
      authMethod: 'client_secret_post',
    });
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
  });

  test('is refused if its metadata names another issuer', async () => {
    await using impostor = await serve(
      (_request, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(
            JSON.stringify({ issuer: 'https://idp.example.test', token_endpoint: 'https://idp.example.test/token' }),
          ),
    );
    const auth = clientCredentials({
      server: { issuer: new URL(impostor.url) },
      clientId: 'm2m',
      secret: async () => 'first-secret',
    });
    const { message } = await failureOf(exchange(auth, 'http://127.0.0.1:1/'));
    expect(message).toContain(`expected a JSON document whose issuer is ${impostor.url}`);
    expect(impostor.requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  test('does not matter while it is down and the token is valid; after that the call fails with upstream-auth', async () => {
    await using w = await world({ tokenLife: 600 });
    const auth = authFor(w.issuer);
    await exchange(auth, w.upstream.url);
    w.issuer.trouble = 'down';
    later(560); // past the time of renewal, which fails
    for (let call = 0; call < 3; call++)
      expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    later(60);
    const { message } = await failureOf(exchange(auth, w.upstream.url));
    expect(message).toMatch(/^the (issuer|token endpoint) at http:\/\/127\.0\.0\.1:\d+ could not be reached \(/);
    w.issuer.trouble = 'none';
    await vi.waitFor(async () => expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 }), {
      timeout: 60_000,
    });
  });

  test('is asked once in a while when it is down, not by every call', async () => {
    await using w = await world();
    w.issuer.trouble = 'busy';
    const auth = authFor(w.issuer, { server: { tokenEndpoint: w.issuer.tokenEndpoint } });
    for (let call = 0; call < 20; call++) await failureOf(exchange(auth, w.upstream.url));
    expect(w.issuer.paths.length).toBeLessThan(4);
  });

  test('is not followed when it redirects: the secret goes only to the configured endpoint', async () => {
    await using w = await world();
    await using elsewhere = await serve((_request, response) => void response.writeHead(200).end('{}'));
    w.issuer.trouble = { redirect: elsewhere.url };
    const { message } = await failureOf(
      exchange(authFor(w.issuer, { server: { tokenEndpoint: w.issuer.tokenEndpoint } }), w.upstream.url),
    );
    expect(message).toContain('answered with a redirect (307), which is never followed');
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    ['a page', 'text/html', '<html>'],
    ['a token of another type', 'application/json', '{"access_token":"abc","token_type":"DPoP"}'],
    ['a token with a line break', 'application/json', '{"access_token":"a\\r\\nx: y","token_type":"Bearer"}'],
  ])('yields no token when it answers with %s', async (_what, type, body) => {
    await using odd = await serve(
      (_request, response) => void response.writeHead(200, { 'content-type': type }).end(body),
    );
    const auth = clientCredentials({
      server: { tokenEndpoint: new URL(odd.url) },
      clientId: 'm2m',
      secret: async () => 'first-secret',
    });
    const error = await failureOf(exchange(auth, 'http://127.0.0.1:1/'));
    expect(error.message).toContain('the token endpoint at http://127.0.0.1');
    expect(everythingOf(error)).not.toContain('first-secret');
  });
});

describe('the client secret', () => {
  test('is read again after it was rotated, without a failed call', async () => {
    await using w = await world({ tokenLife: 600 });
    let stored = 'first-secret';
    let reads = 0;
    const auth = authFor(w.issuer, { secret: async () => (reads++, stored) });
    await exchange(auth, w.upstream.url);
    later(700);
    await exchange(auth, w.upstream.url);
    expect(reads).toBe(1);
    w.issuer.rotateSecret((stored = 'second-secret'));
    later(700);
    expect(await exchange(auth, w.upstream.url)).toEqual({ status: 200, attempts: 1 });
    expect(reads).toBe(2);
  });

  test('causes, if it is wrong, a failure that says what to check and holds no secret', async () => {
    for (const authMethod of ['client_secret_basic', 'client_secret_post'] as const) {
      await using w = await world({ authMethod });
      const error = await failureOf(
        exchange(authFor(w.issuer, { secret: async () => 'wrong-secret' }), w.upstream.url),
      );
      expect(error.message).toMatch(
        /refused the token request \(invalid_client, status 40[01]\): check UPSTREAM_CLIENT_ID and the secret/,
      );
      expect(everythingOf(error)).not.toMatch(/wrong-secret|d3Jvbmctc2VjcmV0/);
      expect(w.issuer.tokenRequests).toHaveLength(1); // The secret read again is the same, so there is no retry.
    }
  });

  test('does not help with a scope that the client does not have', async () => {
    await using w = await world({ clientScopes: ['mcp/invoke'] });
    const { message } = await failureOf(exchange(authFor(w.issuer, { scopes: ['mcp/admin'] }), w.upstream.url));
    expect(message).toContain('(invalid_scope, status 400): check UPSTREAM_SCOPES');
  });

  test("causes the reader's own failure if it cannot be read", async () => {
    await using w = await world();
    const auth = authFor(w.issuer, {
      secret: async () => Promise.reject(new UpstreamFailure('upstream-auth', 'no secret there')),
    });
    expect((await failureOf(exchange(auth, w.upstream.url))).message).toBe('no secret there');
  });
});

/** An upstream that refuses everything and offers RFC 9728 metadata. */
function offering(document: (url: string) => unknown, metadataAt?: string) {
  return serve((request, response) => {
    const own = `http://${request.headers.host}`;
    if (request.method === 'GET')
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document(own)));
    response
      .writeHead(401, {
        'www-authenticate': `Bearer realm="x", resource_metadata="${metadataAt ?? own}/.well-known/oauth-protected-resource"`,
      })
      .end();
  });
}

describe('the issuer that an upstream names', () => {
  test('fails the call if it differs from the configured one, and gets no request', async () => {
    await using w = await world();
    await using malicious = await startTokenIssuer();
    await using upstream = await offering((resource) => ({ resource, authorization_servers: [malicious.issuer.href] }));
    const { message } = await failureOf(exchange(authFor(w.issuer), upstream.url));
    expect(message).toBe(
      `the upstream names another issuer: got ${JSON.stringify(malicious.issuer.href)}, expected ${JSON.stringify(w.issuer.issuer.href)}: correct UPSTREAM_ISSUER if you trust the upstream`,
    );
    expect(malicious.paths).toEqual([]);
    expect(w.issuer.tokenRequests).toHaveLength(1);
  });

  test.each([
    ['the configured one', (issuer: string) => [issuer]],
    [
      'the configured one among others, or with a trailing slash',
      (issuer: string) => ['https://other.example.test', `${issuer}/`],
    ],
    ['its discovery URL', (issuer: string) => [`${issuer}/.well-known/openid-configuration`]],
    ['nobody', () => undefined],
  ])('has no effect if it is %s: the call is retried with a new token', async (_what, servers) => {
    await using w = await world();
    await using upstream = await offering((resource) => ({
      resource,
      authorization_servers: servers(w.issuer.issuer.href),
    }));
    expect(await exchange(authFor(w.issuer), upstream.url)).toEqual({ status: 401, attempts: 2 });
    expect(upstream.requests).toContain('GET /.well-known/oauth-protected-resource');
  });

  test('is not fetched from another origin', async () => {
    await using w = await world();
    await using elsewhere = await serve(
      (_request, response) => void response.end('{"authorization_servers":["https://evil.example.test"]}'),
    );
    await using upstream = await offering(() => ({}), elsewhere.url);
    expect(await exchange(authFor(w.issuer), upstream.url)).toEqual({ status: 401, attempts: 2 });
    expect(elsewhere.requests).toEqual([]);
  });

  test('is fetched once in a while, not by every call', async () => {
    await using w = await world();
    await using upstream = await offering((resource) => ({
      resource,
      authorization_servers: ['https://evil.example.test'],
    }));
    const auth = authFor(w.issuer);
    for (let call = 0; call < 5; call++) await failureOf(exchange(auth, upstream.url));
    expect(upstream.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1);
  });
});

describe('a token endpoint of any kind', () => {
  interface Endpoint {
    /** What it gives: a status, or seconds that the token lives, if it says so. */
    answer: { readonly status: number; readonly error?: string } | { readonly expiresIn: number | undefined };
    readonly forms: URLSearchParams[];
    readonly secrets: string[];
  }

  async function endpoint() {
    const state: Endpoint = { answer: { expiresIn: 3600 }, forms: [], secrets: [] };
    const server = await serve((request, response) => {
      let form = '';
      request.on('data', (bytes: Buffer) => (form += bytes.toString()));
      request.on('end', () => {
        state.forms.push(new URLSearchParams(form));
        const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
        state.secrets.push(Buffer.from(basic, 'base64').toString().replace(/^m2m:/, ''));
        const { answer } = state;
        if ('status' in answer) response.writeHead(answer.status).end(JSON.stringify({ error: answer.error }));
        else
          response.end(
            JSON.stringify({
              access_token: `t-${state.forms.length}`,
              token_type: 'Bearer',
              expires_in: answer.expiresIn,
            }),
          );
      });
    });
    return {
      state,
      tokenEndpoint: new URL(`${server.url}/token`),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  const authAt = (tokenEndpoint: URL, secret: () => Promise<string>) =>
    clientCredentials({ server: { tokenEndpoint }, clientId: 'm2m', secret });
  const apply = async (auth: ReturnType<typeof clientCredentials>): Promise<string | undefined> => {
    const headers: string[] = [];
    await auth.apply({ method: 'GET', host: 'gw.example.test', path: '/', body: undefined, headers });
    return headers[1];
  };
  const ISSUER_ELSEWHERE = { 'www-authenticate': 'Bearer resource_metadata="https://gw.example.test/metadata"' };

  test('gets no scope and no resource where none is configured', async () => {
    await using at = await endpoint();
    await apply(authAt(at.tokenEndpoint, async () => 's'));
    expect(Object.fromEntries(at.state.forms[0] ?? [])).toEqual({ grant_type: 'client_credentials' });
  });

  test('gets the audience where one is configured', async () => {
    await using at = await endpoint();
    const { tokenEndpoint } = at;
    const secret = async (): Promise<string> => 's';
    await apply(clientCredentials({ server: { tokenEndpoint }, clientId: 'm2m', secret, audience: 'urn:a' }));
    expect(Object.fromEntries(at.state.forms[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      audience: 'urn:a',
    });
  });

  test.each([
    [50, 44, 46],
    [3600, 3589, 3591],
  ])('a token of %i s is used until a tenth of its life, or 10 s, before its end', async (expiresIn, used, unused) => {
    await using at = await endpoint();
    at.state.answer = { expiresIn };
    const auth = authAt(at.tokenEndpoint, async () => 's');
    const start = Date.now();
    await apply(auth);
    at.state.answer = { status: 503 };
    vi.setSystemTime(start + used * 1000);
    expect(await apply(auth)).toBe('Bearer t-1');
    vi.setSystemTime(start + unused * 1000);
    await expect(apply(auth)).rejects.toThrow('is failing');
  });

  test('a token whose life is not stated is used until it is refused', async () => {
    await using at = await endpoint();
    at.state.answer = { expiresIn: undefined };
    const auth = authAt(at.tokenEndpoint, async () => 's');
    expect(await apply(auth)).toBe('Bearer t-1');
    later(365 * 24 * 3600);
    expect(await apply(auth)).toBe('Bearer t-1');
    expect(await auth.refused(401, {})).toBe(true);
    expect(await apply(auth)).toBe('Bearer t-2');
  });

  test('a secret is kept when the endpoint fails for another reason, and read again when it is refused', async () => {
    await using at = await endpoint();
    const secrets = ['one', 'one', 'two', 'three'];
    let reads = 0;
    const auth = authAt(at.tokenEndpoint, async () => secrets[reads++] ?? 'none');
    at.state.answer = { status: 503 };
    await expect(apply(auth)).rejects.toThrow('is failing');
    expect([reads, at.state.secrets]).toEqual([1, ['one']]);
    at.state.answer = { status: 401, error: 'invalid_client' };
    await vi.waitFor(() => expect(apply(auth)).rejects.toThrow('invalid_client'));
    expect([reads, at.state.secrets]).toEqual([2, ['one', 'one']]);
    at.state.answer = { expiresIn: 3600 };
    await vi.waitFor(async () => expect(await apply(auth)).toBe('Bearer t-3'));
    expect([reads, at.state.secrets]).toEqual([3, ['one', 'one', 'two']]);
  });

  test('a secret that cannot be read in time is an error that names the token', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const auth = authAt(new URL('http://127.0.0.1:1/token'), () => new Promise<never>(() => {}));
    const failed = expect(apply(auth)).rejects.toThrow('fetching an access token took more than 15 s');
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
  });

  test('a challenge is not followed if no issuer is configured, or no request was made', async () => {
    await using at = await endpoint();
    const auth = authAt(at.tokenEndpoint, async () => 's');
    await apply(auth);
    expect(await auth.refused(401, ISSUER_ELSEWHERE)).toBe(true);
    const unused = clientCredentials({
      server: { issuer: new URL('https://idp.example.test'), tokenEndpoint: at.tokenEndpoint },
      clientId: 'm2m',
      secret: async () => 's',
    });
    expect(await unused.refused(401, ISSUER_ELSEWHERE)).toBe(true);
  });
});
