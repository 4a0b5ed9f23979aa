/** What an answer that refuses a token becomes. Answers that come from a server: `token.test.ts`, `known-issuers.test.ts`. */
import { describe, expect, it } from 'vitest';
import type { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { endpointOf, InvalidClient, refusal, TokenRefused } from '../../../proxy/upstream/auth/token-refusal.ts';

const SERVER = { issuer: 'https://login.example.com', token_endpoint: 'https://login.example.com/oauth/token?a=1' };
const AT = 'the token endpoint at https://login.example.com';

function refused(
  body: Readonly<Record<string, unknown>>,
  {
    status = 400,
    headers = {},
    request = {},
  }: { status?: number; headers?: Record<string, string>; request?: object } = {},
): UpstreamFailure {
  return refusal(SERVER, new Response(null, { status, headers }), new Map(Object.entries(body)), {
    grant: { type: 'client_credentials' },
    clientSecret: 'secret',
    ...request,
  });
}

function coded(...given: Parameters<typeof refused>): TokenRefused {
  const error = refused(...given);
  if (!(error instanceof TokenRefused)) throw new TypeError(`expected TokenRefused, got ${error.message}`);
  return error;
}

describe('an answer', () => {
  it.each([
    [{ error: 'invalid_grant' }, true],
    [{ error: 'Not a code' }, false],
    [{ error: ['invalid_grant'] }, false],
    [{}, false],
  ])('%j is that of a token endpoint: %s', (body, isCoded) => {
    expect(coded(body).isCoded).toBe(isCoded);
  });

  it('without a body may have no code', () => {
    const error = refusal(SERVER, new Response(null, { status: 400 }), undefined, {
      grant: { type: 'x' },
      clientSecret: undefined,
    });
    expect(error.message).toBe(
      `${AT} refused the token request (unknown error, status 400): check how this client is registered`,
    );
  });

  it('names the error by what else the server names it', () => {
    const error_description = 'AADSTS65001: alice has not consented';
    expect(coded({ error: 'invalid_grant', suberror: 'consent_required', error_description })).toMatchObject({
      refusal: { error: 'invalid_grant', about: 'caller', named: 'invalid_grant, consent_required, AADSTS65001' },
      endpoint: AT,
    });
    for (const said of ['x AADSTS65001: y', 'AADSTS65001', 'AADSTS650: y', 'AADSTS650011234: y', 65_001, undefined])
      expect(coded({ error: 'invalid_grant', error_description: said }).refusal).toMatchObject({
        about: undefined,
        named: 'invalid_grant',
      });
  });

  it('passes on claims that are a JSON object of 2,048 printable characters at most', () => {
    const claims = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`;
    const passed = (given: unknown): unknown => coded({ error: 'invalid_grant', claims: given }).refusal.claims;
    expect(passed(claims(2_048))).toBe(claims(2_048));
    for (const given of [claims(2_049), '{', '[]', '"a"', '{"a":"\u00e9"}', '{}\n', '\n{}', '', { a: 1 }, undefined])
      expect(passed(given), JSON.stringify(given)).toBeUndefined();
  });
});

describe('a client that the server does not know', () => {
  it('is told from others by the code, or by the challenge of an answer with the status 401', () => {
    const challenge = { headers: { 'www-authenticate': 'Basic' } };
    expect(refused({ error: 'invalid_client' })).toBeInstanceOf(InvalidClient);
    expect(refused({}, { status: 401, ...challenge })).toBeInstanceOf(InvalidClient);
    for (const error of [
      refused({}, { status: 400, ...challenge }),
      refused({}, { status: 401 }),
      refused({ error: 'invalid_grant' }, { status: 401, ...challenge }),
      // The issuer says that something else is wrong.
      refused({ error: 'invalid_client', error_description: 'Audience not found' }),
    ])
      expect(error).not.toBeInstanceOf(InvalidClient);
  });

  it('is reported with the time of the answer, if that has one', () => {
    const date = 'Wed, 02 Dec 2026 04:00:00 GMT';
    expect(refused({ error: 'invalid_client' }, { headers: { date } })).toMatchObject({ date });
    expect(refused({ error: 'invalid_client' })).toMatchObject({ date: undefined });
  });

  it.each<[object, string]>([
    [{}, 'the secret that UPSTREAM_SECRET points to'],
    [{ clientSecret: undefined }, 'what is registered there of the client certificate'],
    [{ proof: {} }, 'what is registered there of the key, or of the role whose identity it shows'],
    [
      { proof: {}, clientSecret: undefined },
      'what is registered there of the key, or of the role whose identity it shows',
    ],
  ])('that proves itself with %j: the error says what to check', (request, what) => {
    expect(refused({ error: 'invalid_client' }, { request }).message).toBe(
      `${AT} refused the token request (invalid_client, status 400): check UPSTREAM_CLIENT_ID and ${what}`,
    );
  });
});

it.each([
  ['unauthorized_client', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'allow the jwt-bearer grant for this client'],
  ['unsupported_grant_type', 'client_credentials', 'allow the client_credentials grant for this client'],
  ['invalid_resource', 'x', 'check UPSTREAM_SCOPES: the service that they name is unknown there'],
])('%s for the grant %s says to %s', (error, type, advice) => {
  expect(refused({ error }, { request: { grant: { type } } }).message).toBe(
    `${AT} refused the token request (${error}, status 400): ${advice}`,
  );
});

it('an error names the endpoint by its origin alone', () => {
  expect(endpointOf(SERVER)).toBe(AT);
  for (const token_endpoint of [undefined, 'not a URL'])
    expect(
      endpointOf({ issuer: 'https://login.example.com', ...(token_endpoint === undefined ? {} : { token_endpoint }) }),
    ).toBe('the token endpoint at an unknown place');
});
