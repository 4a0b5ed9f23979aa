import { exportJWK, generateKeyPair, type GenerateKeyPairResult, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import { checkedIssuers, type JwksOptions } from '../../proxy/callers/issuers.ts';
import { jwks } from '../../proxy/callers/jwks.ts';
import { createVerifier } from '../../proxy/callers/jwt-verifier.ts';
import { startElsewhere } from '../support/elsewhere.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { serve } from '../upstream/auth/loopback.ts';
import { identify } from './seen-caller.ts';

let keys: GenerateKeyPairResult;
let foreign: GenerateKeyPairResult;

beforeAll(async () => {
  [keys, foreign] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
});

/** A token of the certified OAuth server. */
async function tokenOf(issuer: TokenIssuer): Promise<string> {
  const reply = await fetch(issuer.tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('m2m:first-secret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'mcp/invoke' }),
  });
  const body: unknown = await reply.json();
  if (typeof body !== 'object' || body === null || !('access_token' in body) || typeof body.access_token !== 'string')
    throw new Error('no token');
  return body.access_token;
}

/** An issuer that publishes `keys` and the metadata of the test. */
async function issuerWith(
  metadata: (origin: string) => unknown = (origin) => ({ issuer: origin, jwks_uri: `${origin}/keys` }),
) {
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  const state = { keysStatus: 200 };
  const server = await serve((request, response) => {
    const origin = `http://${request.headers.host}`;
    if (request.url === '/.well-known/openid-configuration') response.end(JSON.stringify(metadata(origin)));
    else if (request.url === '/keys')
      response.writeHead(state.keysStatus, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    else response.writeHead(404).end();
  });
  return {
    url: server.url,
    requests: server.requests,
    state,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const sign = (
  issuer: string,
  claims: Record<string, unknown> = {},
  header: { alg?: string; kid?: string } = {},
  key = keys.privateKey,
): Promise<string> =>
  new SignJWT({ iss: issuer, sub: 'ana', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k', ...header })
    .sign(key);

describe('a token that the proxy verifies', () => {
  it('is not verified with keys of this machine that an issuer elsewhere names', async () => {
    await using keysHere = await issuerWith();
    const issuer = 'https://login.example.com';
    await using _elsewhere = await startElsewhere(['login.example.com'], (_request, response) => {
      response.end(JSON.stringify({ issuer, jwks_uri: `${keysHere.url}/keys` }));
    });
    const [named] = checkedIssuers([{ issuer, audience: false }]);
    if (named === undefined) throw new TypeError('no issuer');
    await expect(createVerifier(named)).rejects.toThrow('to name a jwks_uri with https, as the issuer has');
    expect(keysHere.requests).toEqual([]);
  });

  it('of a real OAuth server identifies the caller, and its keys are fetched once', async () => {
    await using issuer = await startTokenIssuer();
    await using proxy = await identify(jwks({ issuer: issuer.issuer.href, audience: 'urn:mcp' }));
    const token = await tokenOf(issuer);
    const replies = await Promise.all([1, 2, 3].map(() => proxy.send(`Authorization: Bearer ${token}`)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(proxy.callers[0]).toMatchObject({
      subject: 'm2m',
      claims: { iss: issuer.issuer.href, client_id: 'm2m', scope: 'mcp/invoke' },
    });
    expect(proxy.upstream.received[0]?.headerNames).not.toContain('authorization');
    expect(issuer.paths.filter((path) => path.endsWith('jwks.json'))).toHaveLength(1);
    expect(issuer.paths.filter((path) => path.endsWith('openid-configuration'))).toHaveLength(1);
  });

  it.each([[1], [''], [null], [['ann']]])(
    'whose sub is no text (%j) is refused: people of one client would be one caller',
    async (sub) => {
      await using issuer = await issuerWith();
      await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
      const token = await sign(issuer.url, { sub, client_id: 'web-app' });
      const refused = await proxy.send(`Authorization: Bearer ${token}`);
      expect([refused.status, refused.header('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
      expect(proxy.callers).toEqual([]);
    },
  );

  it.each([
    ['with a slash at its end, but configured without', '/', ''],
    ['without a slash at its end, but configured with one', '', '/'],
    ['with a slash at its end, but configured as its discovery URL', '/', '/.well-known/openid-configuration'],
  ])('is accepted if the issuer names itself %s', async (_case, named, configured) => {
    await using issuer = await issuerWith((origin) => ({ issuer: `${origin}${named}`, jwks_uri: `${origin}/keys` }));
    const origin = new URL(issuer.url).origin;
    await using proxy = await identify(jwks({ issuer: `${origin}${configured}`, audience: false }));
    expect((await proxy.send(`Authorization: Bearer ${await sign(`${origin}${named}`)}`)).status).toBe(200);
    expect((await proxy.send(`Authorization: Bearer ${await sign(`${origin}${named}/`)}`)).status).toBe(401);
  });

  it('of a real OAuth server for another audience is refused', async () => {
    await using issuer = await startTokenIssuer();
    await using proxy = await identify(jwks({ issuer: issuer.issuer.href, audience: 'urn:other' }));
    expect((await proxy.send(`Authorization: Bearer ${await tokenOf(issuer)}`)).status).toBe(401);
  });

  it.each<[string, (issuer: string) => Promise<string> | string]>([
    ['expired', (issuer) => sign(issuer, { exp: Math.floor(Date.now() / 1000) - 60 })],
    ['without an expiry', (issuer) => sign(issuer, { exp: undefined })],
    ['not yet valid', (issuer) => sign(issuer, { nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['of another issuer', () => sign('https://other.example')],
    ['signed with another key', (issuer) => sign(issuer, {}, {}, foreign.privateKey)],
    ['signed with an unknown key', (issuer) => sign(issuer, {}, { kid: 'unknown' })],
    [
      'changed',
      async (issuer) =>
        (await sign(issuer)).replace(
          /\.[^.]+\./,
          `.${Buffer.from(`{"iss":"${issuer}","sub":"admin","exp":9999999999}`).toString('base64url')}.`,
        ),
    ],
    [
      'unsigned',
      (issuer) =>
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"iss":"${issuer}","sub":"admin","exp":9999999999}`).toString('base64url')}.`,
    ],
    [
      'signed with the public key as a shared secret',
      async (issuer) =>
        new SignJWT({ iss: issuer, sub: 'admin', exp: 9999999999 })
          .setProtectedHeader({ alg: 'HS256', kid: 'k' })
          .sign(Buffer.from(JSON.stringify(await exportJWK(keys.publicKey)))),
    ],
    ['not a token', () => 'opaque'],
  ])('is refused with 401 if it is %s', async (_, make) => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    expect((await proxy.send(`Authorization: Bearer ${await sign(issuer.url)}`)).status).toBe(200);
    const token = await make(issuer.url);
    const reply = await proxy.send(`Authorization: Bearer ${token}`);
    expect(reply.status).toBe(401);
    expect(reply.json()).toMatchObject({
      id: 1,
      error: {
        code: -31403,
        message: expect.stringMatching(/not accepted: .+ \(ERR_\w+\)$/),
        data: { reason: 'unauthenticated-caller' },
      },
    });
    expect(reply.text).not.toContain(token.slice(0, 30));
    expect(proxy.upstream.received).toHaveLength(1);
  });

  it('is refused once it has expired, although its caller is known, and is the same object until then', async () => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    const token = await sign(issuer.url);
    for (let i = 0; i < 2; i++) expect((await proxy.send(`Authorization: Bearer ${token}`)).status).toBe(200);
    expect(proxy.callers[1]).toBe(proxy.callers[0]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    try {
      expect((await proxy.send(`Authorization: Bearer ${token}`)).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('causes no request to the issuer if it is missing', async () => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    expect((await proxy.send()).status).toBe(401);
    expect(issuer.requests).toEqual([]);
  });
});

describe('for whom a token is', () => {
  const now = (): number => Math.floor(Date.now() / 1000);

  it.each<[string, Partial<JwksOptions>, Record<string, unknown>, number]>([
    ['one of the audiences', { audience: ['a', 'b'] }, { aud: ['x', 'b'] }, 200],
    ['another audience', { audience: ['a', 'b'] }, { aud: 'c' }, 401],
    ['no audience', { audience: 'a' }, {}, 401],
    ['any audience', { audience: false }, { aud: 'c' }, 200],
    ['a client by client_id', { clientIds: ['me', 'you'] }, { client_id: 'you' }, 200],
    ['a client by azp', { clientIds: ['me'] }, { azp: 'me' }, 200],
    ['a client by cid', { clientIds: ['me'] }, { cid: 'me' }, 200],
    ['a client by appid', { clientIds: ['me'] }, { appid: 'me' }, 200],
    ['another client', { clientIds: ['me'] }, { client_id: 'other' }, 401],
    ['another client, with azp of an allowed one', { clientIds: ['me'] }, { client_id: 'other', azp: 'me' }, 401],
    ['a list of clients', { clientIds: ['me'] }, { client_id: ['me'] }, 401],
    ['no client', { clientIds: ['me'] }, {}, 401],
    ['a client of another audience', { clientIds: ['me'], audience: 'a' }, { client_id: 'me', aud: 'b' }, 401],
  ])('is checked: %s', async (_, options, claims, status) => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, ...options }));
    const token = await sign(issuer.url, { exp: now() + 60, ...claims });
    expect((await proxy.send(`Authorization: Bearer ${token}`)).status).toBe(status);
  });

  it.each<[Omit<JwksOptions, 'issuer'>, string]>([
    [
      {},
      'expected audience (what tokens are for), clientIds (whose tokens) or audience: false (any token of this issuer)',
    ],
    [{ audience: '' }, 'audience: expected one or more texts, got ""'],
    [{ audience: [] }, 'audience: expected one or more texts, got []'],
    [{ clientIds: [] }, 'clientIds: expected one or more texts, got []'],
  ])('must be said: %o', async (options, message) => {
    await expect(identify(jwks({ issuer: 'https://issuer.example', ...options }))).rejects.toThrow(message);
  });
});

describe('several issuers', () => {
  it('each verify their own tokens, by their own rules', async () => {
    await using people = await issuerWith();
    await using machines = await issuerWith();
    await using proxy = await identify(
      jwks([
        { issuer: people.url, audience: 'mcp' },
        { issuer: machines.url, clientIds: ['robot'], prefix: false, claims: 'all' },
      ]),
    );
    const send = async (token: Promise<string> | string) =>
      (await proxy.send(`Authorization: Bearer ${await token}`)).status;
    expect(await send(sign(people.url, { aud: 'mcp' }))).toBe(200);
    expect(await send(sign(machines.url, { client_id: 'robot' }))).toBe(200);
    expect(await send(sign(people.url, { client_id: 'robot' }))).toBe(401);
    expect(await send(sign(machines.url, { aud: 'mcp' }))).toBe(401);
    expect(await send(sign('https://other.example', { aud: 'mcp', client_id: 'robot' }))).toBe(401);
    expect(await send(sign(people.url, { aud: 'mcp' }, {}, foreign.privateKey))).toBe(401);
    expect(await send('opaque')).toBe(401);
    expect(new Set(proxy.callers.map(({ key }) => key)).size).toBe(2);
  });

  it('name callers of their own, and are believed the claims that are listed', async () => {
    await using corp = await issuerWith();
    await using partner = await issuerWith();
    await using proxy = await identify(
      jwks([
        { issuer: corp.url, audience: 'mcp' },
        { issuer: partner.url, audience: 'mcp', prefix: 'partner/', claims: ['email'] },
      ]),
    );
    const more = {
      aud: 'mcp',
      groups: ['admins'],
      scope: 'orders:write',
      org: 'acme',
      email: 'a@example.com',
      azp: 'web',
    };
    for (const { url } of [corp, partner])
      for (const sub of ['ann', undefined])
        expect((await proxy.send(`Authorization: Bearer ${await sign(url, { ...more, sub })}`)).status).toBe(200);
    expect(proxy.callers.map(({ subject }) => subject)).toEqual(['ann', 'web', 'partner/ann', 'partner/web']);
    const [ann, , theirs] = proxy.callers.map(({ claims }) => claims);
    expect(ann).toMatchObject({ ...more, sub: 'ann' });
    expect(Object.keys(theirs ?? {}).sort()).toEqual(['aud', 'azp', 'email', 'exp', 'iss', 'sub']);
    expect(theirs).toMatchObject({ sub: 'partner/ann', azp: 'partner/web', iss: partner.url });
  });

  it.each([
    [
      [{}, {}],
      ['prefix', 'claims'],
    ],
    [[{}, { prefix: 'p/' }], ['claims']],
    [[{}, { claims: [] }], ['prefix']],
    [[{}, { prefix: 'p/' }, { prefix: false }], ['claims']],
    [[{}, { prefix: 'p/', claims: [] }], []],
    [[{}, { prefix: false, claims: 'all' }], []],
    [[{}], []],
  ] as const)('that all decide who a caller is are refused at the start (%#)', async (issuers, lacking) => {
    const source = jwks(
      issuers.map((more, i): JwksOptions => ({ issuer: `https://${i}.example`, audience: 'mcp', ...more })),
    );
    if (lacking.length === 0) {
      await using proxy = await identify(source);
      expect(proxy.callers).toEqual([]);
    } else
      await expect(identify(source)).rejects.toThrow(
        `caller jwks: expected all issuers but one to have ${lacking.join(' and ')}, got several without`,
      );
  });

  it.each([
    [['a/', 'a/b/'], 'expected none that another one begins with'],
    [['', 'b/'], 'expected 1 to 64 characters'],
    [['a b', 'c/'], 'expected 1 to 64 characters'],
  ])('with the prefixes %j are refused', async (prefixes, words) => {
    const issuers = prefixes.map((prefix, i) => ({
      issuer: `https://${i}.example`,
      audience: 'mcp',
      prefix,
      claims: [],
    }));
    await expect(identify(jwks(issuers))).rejects.toThrow(words);
  });

  it('must differ, and be at least one', async () => {
    const one: JwksOptions = { issuer: 'https://a.example', audience: 'mcp' };
    await expect(identify(jwks([one, { ...one, issuer: 'https://a.example/' }]))).rejects.toThrow(
      'caller jwks: expected different issuers, got "https://a.example/" twice',
    );
    await expect(identify(jwks([]))).rejects.toThrow('caller jwks: expected at least one issuer, got none');
  });
});

describe('the keys', () => {
  it.each([
    ['names another issuer', () => ({ issuer: 'https://other.example', jwks_uri: 'https://other.example/keys' })],
    ['names no keys', (origin: string) => ({ issuer: origin })],
    ['names keys without TLS', (origin: string) => ({ issuer: origin, jwks_uri: 'http://other.example/keys' })],
    ['is not an object', () => 5],
  ])('are not accepted from metadata that %s: 500, and no caller is let in', async (_, metadata) => {
    await using issuer = await issuerWith(metadata);
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    const reply = await proxy.send(`Authorization: Bearer ${await sign(issuer.url)}`);
    expect(reply.status).toBe(500);
    expect(reply.json()).toMatchObject({ id: 1, error: { code: -32603 } });
    expect(proxy.upstream.received).toHaveLength(0);
  });

  it('are fetched again after an outage of the issuer, which is not a fault of the token', async () => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    const token = await sign(issuer.url);
    issuer.state.keysStatus = 503;
    expect((await proxy.send(`Authorization: Bearer ${token}`)).status).toBe(500);
    issuer.state.keysStatus = 200;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_000 });
    expect((await proxy.send(`Authorization: Bearer ${token}`)).status).toBe(200);
    vi.useRealTimers();
  });

  it.each([
    ['the keys', 503, undefined],
    ['the metadata', 200, () => 'none'],
  ])('are asked for once in a while during an outage of %s, with one line in the log', async (_, status, metadata) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await using issuer = await issuerWith(metadata);
    issuer.state.keysStatus = status;
    const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    const junk = `Authorization: Bearer ${await sign(issuer.url, {}, { kid: 'unknown' })}`;
    for (let i = 0; i < 10; i++) expect((await proxy.send(junk)).status).toBe(500);
    expect(logged.mock.calls).toHaveLength(1);
    const asked = issuer.requests.length;
    expect(asked).toBe(status === 200 ? 1 : 2);
    vi.setSystemTime(Date.now() + 1_000);
    await proxy.send(junk);
    expect([issuer.requests.length, logged.mock.calls.length]).toEqual([asked + 1, 2]);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('stay cached during an outage, whatever unknown keys others name', async () => {
    await using issuer = await issuerWith();
    await using proxy = await identify(jwks({ issuer: issuer.url, audience: false }));
    const good = `Authorization: Bearer ${await sign(issuer.url)}`;
    expect((await proxy.send(good)).status).toBe(200);
    issuer.state.keysStatus = 503;
    expect(
      (await proxy.send(`Authorization: Bearer ${await sign(issuer.url, {}, { kid: 'unknown' })}`)).status,
    ).toBeGreaterThanOrEqual(401);
    expect((await proxy.send(good)).status).toBe(200);
    expect(issuer.requests.filter((line) => line.includes('well-known'))).toHaveLength(1);
  });

  it.each<[JwksOptions, string]>([
    [
      { issuer: 'http://issuer.example' },
      'caller jwks: issuer: expected an https URL (http on loopback only), got "http://issuer.example"',
    ],
    [{ issuer: 'nonsense' }, 'got "nonsense"'],
    [{ issuer: 'ftp://localhost' }, 'got "ftp://localhost"'],
    [
      { issuer: 'https://issuer.example', jwksUri: 'http://issuer.example/keys' },
      'caller jwks: jwksUri: expected an https URL',
    ],
  ])('are not fetched from %o: the proxy does not start', async (options, message) => {
    await expect(identify(jwks(options))).rejects.toThrow(message);
  });
});
