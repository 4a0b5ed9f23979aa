/** A caller's token is exchanged for one that the upstream accepts, with a certified authorization server. */
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { ProxyError } from '../../../proxy/base/errors.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import type { Authenticator, Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { startElsewhere } from '../../support/elsewhere.ts';
import { startTokenIssuer, type TokenIssuer, type TokenIssuerOptions } from '../../support/token-issuer.ts';
import { CALLERS_KEY, exchangeOf, tokenOf } from './callers-tokens.ts';
import { serve } from './loopback.ts';

// Only the wall clock is moved; timers and sockets are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const issuerOf = (options: TokenIssuerOptions = {}): Promise<TokenIssuer> =>
  startTokenIssuer({ callersKey: CALLERS_KEY, ...options });

/** The authenticator of these bindings. */
async function authFor(issuer: TokenIssuer, bindings: Readonly<Record<string, string>> = {}): Promise<Authenticator> {
  vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
  const faults = new Faults();
  const bound = readUpstream(
    {
      UPSTREAM_URL: 'https://crm.example.com/mcp',
      UPSTREAM_AUTH: 'token-exchange',
      UPSTREAM_ISSUER: issuer.issuer.href,
      UPSTREAM_CLIENT_ID: issuer.clientId,
      UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      UPSTREAM_AUDIENCE: 'urn:crm',
      ...Object.fromEntries(Object.entries(bindings).map(([name, value]) => [`UPSTREAM_${name}`, value])),
    },
    'default',
    faults,
  );
  expect(faults.errors).toEqual([]);
  const auth = await bound?.auth.load();
  if (auth === undefined) throw new TypeError('no authenticator');
  return auth;
}

function outgoing(exchange: Outgoing['exchange']): Outgoing {
  return { method: 'POST', host: 'crm.example.com', path: '/mcp', body: undefined, headers: [], exchange };
}

async function sent(auth: Authenticator, exchange: Outgoing['exchange']): Promise<string> {
  const request = outgoing(exchange);
  await auth.apply(request);
  expect(request.headers[0]).toBe('authorization');
  return request.headers[1] ?? '';
}

async function errorOf(work: Promise<unknown>): Promise<ProxyError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

describe('the request', () => {
  test('of a token exchange has what RFC 8693 requires, and what is bound', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer, { AUDIENCE: 'urn:crm', SCOPES: 'mcp/invoke' });
    const token = await tokenOf('alice');
    const given = await sent(auth, exchangeOf(token));
    expect(await issuer.verify(given)).toMatchObject({ sub: 'alice', aud: 'urn:crm' });
    expect(issuer.tokenRequests.map(({ form }) => Object.fromEntries(form))).toEqual([
      {
        grant_type: EXCHANGE,
        subject_token: token,
        subject_token_type: ACCESS_TOKEN,
        requested_token_type: ACCESS_TOKEN,
        audience: 'urn:crm',
        scope: 'mcp/invoke',
      },
    ]);
    expect(issuer.tokenRequests[0]?.authorization).toMatch(/^Basic /);
  });

  test('names the proxy as the actor with its own token, if that is bound', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer, { ACTOR: 'client', SUBJECT_TOKEN_TYPE: 'jwt' });
    await sent(auth, exchangeOf(await tokenOf('alice')));
    await sent(auth, exchangeOf(await tokenOf('bob')));
    const grants = issuer.tokenRequests.map(({ form }) => form.get('grant_type'));
    expect(grants).toEqual(['client_credentials', EXCHANGE, EXCHANGE]);
    const form = issuer.tokenRequests[1]?.form;
    expect(form?.get('subject_token_type')).toBe('urn:ietf:params:oauth:token-type:jwt');
    expect(form?.get('actor_token_type')).toBe(ACCESS_TOKEN);
    expect(await issuer.verify(`Bearer ${form?.get('actor_token')}`)).toMatchObject({ client_id: issuer.clientId });
  });

  test.each([
    ['as RFC 7523 has it', {}, {}],
    ['with the parameter of Entra ID', { TOKEN_USE: 'on_behalf_of' }, { requested_token_use: 'on_behalf_of' }],
  ])('with the token as an assertion is made %s', async (_, bindings, more) => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer, { AUTH: 'jwt-bearer', AUDIENCE: '', SCOPES: 'mcp/invoke', ...bindings });
    const assertion = await tokenOf('alice');
    expect(await issuer.verify(await sent(auth, exchangeOf(assertion)))).toMatchObject({ sub: 'alice' });
    expect(Object.fromEntries(issuer.tokenRequests[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
      scope: 'mcp/invoke',
      ...more,
    });
  });
});

describe('what a token was exchanged for', () => {
  test('is kept for this token only, and asked for once by calls that arrive together', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    const [alice, again, bob] = [await tokenOf('alice'), await tokenOf('alice'), await tokenOf('bob')];
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => sent(auth, exchangeOf([alice, again, bob][i % 3]))),
    );
    expect(issuer.tokenRequests).toHaveLength(3);
    expect(new Set(all).size).toBe(3);
    for (const [i, sub] of ['alice', 'alice', 'bob'].entries())
      expect(await issuer.verify(all[i])).toMatchObject({ sub });
  });

  test('is not used after its own end, nor after the end of the token that it was exchanged for', async () => {
    await using issuer = await issuerOf({ tokenLife: 600 });
    const auth = await authFor(issuer);
    const long = exchangeOf(await tokenOf('alice', {}, 7200));
    const first = await sent(auth, long);
    later(595);
    expect(await sent(auth, long)).not.toBe(first);
    const short = exchangeOf(await tokenOf('bob', {}, 60));
    await sent(auth, short);
    expect(issuer.tokenRequests).toHaveLength(3);
    later(61);
    // Who checks callers' tokens refuses this one; if it came, the issuer would refuse it.
    expect((await errorOf(sent(auth, short))).code).toBe('unauthenticated-caller');
  });

  test('is fetched again once if the upstream refuses it', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    const exchange = exchangeOf(await tokenOf('alice'));
    const other = exchangeOf(await tokenOf('bob'));
    const request = outgoing(exchange);
    await auth.apply(request);
    await sent(auth, other);
    expect(await auth.refused(401, {}, request)).toBe(true);
    expect(await sent(auth, exchange)).not.toBe(request.headers[1]);
    await sent(auth, other);
    expect(issuer.tokenRequests).toHaveLength(3);
    expect(await auth.refused(403, {}, request)).toBe(false);
  });

  test('still ends a session whose token is kept no longer, while it lasts', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    const exchange = exchangeOf(await tokenOf('alice'));
    const given = await sent(auth, exchange);
    const ending = { ...exchange, inbound: { ...exchange.inbound, tokens: exchange.inbound.tokens?.withoutValues() } };
    expect(await sent(auth, ending)).toBe(given);
    later(3590);
    expect(await errorOf(sent(auth, ending))).toMatchObject({ code: 'unauthenticated-caller' });
    expect(issuer.tokenRequests).toHaveLength(1);
  });
});

describe('a refusal', () => {
  test('without a token says that one is expected', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    for (const exchange of [undefined, exchangeOf(undefined)])
      expect(() => auth.apply(outgoing(exchange))).toThrow("expected the caller's bearer token, got none");
    expect(issuer.tokenRequests).toEqual([]);
  });

  test.each([
    ['invalid_grant', 'unauthenticated-caller'],
    ['invalid_request', 'unauthenticated-caller'],
    ['invalid_token', 'unauthenticated-caller'],
    ['login_required', 'unauthenticated-caller'],
    ['interaction_required', 'caller-refused'],
    ['consent_required', 'caller-refused'],
    ['access_denied', 'caller-refused'],
    ['invalid_scope', 'upstream-auth'],
    ['invalid_target', 'upstream-auth'],
    ['unauthorized_client', 'upstream-auth'],
    ['temporarily_unavailable', 'upstream-auth'],
    ['constructor', 'upstream-auth'],
  ])('of the issuer with %s becomes %s, without any token in it', async (said, code) => {
    await using issuer = await issuerOf();
    issuer.refuses = said;
    const auth = await authFor(issuer);
    const token = await tokenOf('alice');
    const error = await errorOf(sent(auth, exchangeOf(token)));
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token.slice(-20));
    if (code !== 'upstream-auth') {
      expect(error.clientMessage).toContain(`(${said})`);
      expect(error.data).toEqual({ issuerError: said });
    }
  });

  test('of one caller is not that of another', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    const [forged, good] = [`${await tokenOf('mallory')}x`, await tokenOf('alice')];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => sent(auth, exchangeOf(i % 2 === 0 ? forged : good))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 'rejected' : 'fulfilled')),
    );
  });
});

describe('what an issuer gives', () => {
  const answered = async (answer: (form: URLSearchParams) => object, way = 'token-exchange'): Promise<string> => {
    await using server = await serve((request, response) => {
      void text(request).then((body) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer(new URLSearchParams(body)))),
      );
    });
    vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
    const bound = readUpstream(
      {
        UPSTREAM_URL: 'https://crm.example.com/mcp',
        UPSTREAM_AUTH: way,
        UPSTREAM_TOKEN_URL: `${server.url}/token`,
        UPSTREAM_CLIENT_ID: 'me',
        UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
        UPSTREAM_AUDIENCE: 'urn:crm',
      },
      'default',
      new Faults(),
    );
    const auth = await bound?.auth.load();
    if (auth === undefined) throw new TypeError('no authenticator');
    return await sent(auth, exchangeOf(await tokenOf('alice')));
  };

  test.each([
    ['token-exchange', 'subject_token'],
    ['jwt-bearer', 'assertion'],
  ])("is never the caller's own token: %s", async (way, parameter) => {
    const error = await errorOf(answered((form) => ({ access_token: form.get(parameter), token_type: 'Bearer' }), way));
    expect([error.code, error.message]).toEqual(['upstream-auth', expect.stringContaining("caller's own token back")]);
  });

  test.each(['refresh_token', 'saml2', 'id_token'])('is never a token of the type %s', async (type) => {
    const error = await errorOf(
      answered(() => ({
        access_token: 'other',
        token_type: 'Bearer',
        issued_token_type: `urn:ietf:params:oauth:token-type:${type}`,
      })),
    );
    expect([error.code, error.message]).toEqual(['upstream-auth', expect.stringContaining('gave no access token')]);
  });

  test.each(['access_token', 'jwt'])('may be called %s', async (type) => {
    const issued_token_type = `urn:ietf:params:oauth:token-type:${type}`;
    expect(await answered(() => ({ access_token: 'given', token_type: 'Bearer', issued_token_type }))).toBe(
      'Bearer given',
    );
  });

  test('about callers does not make the proxy look for its token endpoint again', async () => {
    await using issuer = await issuerOf();
    const auth = await authFor(issuer);
    await sent(auth, exchangeOf(await tokenOf('alice')));
    const before = issuer.paths.filter((path) => path.includes('.well-known')).length;
    for (const person of ['mallory', 'eve', 'trudy'])
      expect((await errorOf(sent(auth, exchangeOf(`${await tokenOf(person)}x`)))).code).toBe('unauthenticated-caller');
    expect(issuer.paths.filter((path) => path.includes('.well-known'))).toHaveLength(before);
  });
});

describe('bindings', () => {
  test.each(['token-exchange', 'jwt-bearer'])('of %s that do not say whom tokens are for are a fault', (way) => {
    const found = (more: object): number => {
      const faults = new Faults();
      readUpstream(
        {
          UPSTREAM_URL: 'https://a.example/mcp',
          UPSTREAM_AUTH: way,
          UPSTREAM_ISSUER: 'https://i.example',
          UPSTREAM_CLIENT_ID: 'c',
          UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
          ...more,
        },
        'default',
        faults,
      );
      return faults.errors.filter((error) =>
        error.startsWith("UPSTREAM_AUDIENCE: expected whom callers' tokens are for (UPSTREAM_AUDIENCE, UPSTREAM_RES"),
      ).length;
    };
    expect([
      found({}),
      found({ UPSTREAM_AUDIENCE: 'crm' }),
      found({ UPSTREAM_RESOURCE: 'urn:crm' }),
      found({ UPSTREAM_SCOPES: 'crm' }),
    ]).toEqual([1, 0, 0, 0]);
  });

  test.each([
    [
      { SUBJECT_TOKEN_TYPE: 'saml2' },
      'UPSTREAM_SUBJECT_TOKEN_TYPE: expected access_token, jwt or id_token, got "saml2"',
    ],
    [{ ACTOR: 'me' }, 'UPSTREAM_ACTOR: expected client (or no such variable), got "me"'],
    [{ ISSUER: '' }, "UPSTREAM_ISSUER: expected the issuer's URL (or UPSTREAM_TOKEN_URL), got nothing"],
  ])('%j are a fault', (bindings, fault) => {
    const faults = new Faults();
    const all = { URL: 'https://a.example/mcp', AUTH: 'token-exchange', ISSUER: 'https://i.example', CLIENT_ID: 'c' };
    readUpstream(
      {
        UPSTREAM_AUDIENCE: 'crm',
        UPSTREAM_SECRET: 'file:/run/secret',
        ...Object.fromEntries(
          Object.entries({ ...all, ...bindings }).map(([name, value]) => [`UPSTREAM_${name}`, value]),
        ),
      },
      'default',
      faults,
    );
    expect(faults.errors).toEqual([fault]);
  });

  test.each([
    ['https://login.microsoftonline.com/T/oauth2/v2.0/token', 'on_behalf_of'],
    ['https://login.microsoftonline.us/T/oauth2/v2.0/token', 'on_behalf_of'],
    ['https://login.partner.microsoftonline.cn/T/oauth2/v2.0/token', 'on_behalf_of'],
    ['https://login.microsoftonline.com.evil.example/token', null],
    ['https://idp.example.com/token', null],
  ])('with %s ask for the use that this issuer requires', async (tokenUrl, use) => {
    vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret');
    const bodies: string[] = [];
    await using _elsewhere = await startElsewhere([new URL(tokenUrl).hostname], (request, response) => {
      void text(request).then((body) => {
        bodies.push(body);
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"access_token":"t","token_type":"Bearer","expires_in":60}');
      });
    });
    const bound = readUpstream(
      {
        UPSTREAM_URL: 'https://crm.example.com/mcp',
        UPSTREAM_AUTH: 'jwt-bearer',
        UPSTREAM_TOKEN_URL: tokenUrl,
        UPSTREAM_CLIENT_ID: 'me',
        UPSTREAM_SCOPES: 'api://crm/.default',
        UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      },
      'default',
      new Faults(),
    );
    const auth = await bound?.auth.load();
    await auth?.apply(outgoing(exchangeOf(await tokenOf('alice'))));
    expect(new URLSearchParams(bodies[0]).get('requested_token_use')).toBe(use);
  });
});
