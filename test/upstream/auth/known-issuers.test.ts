/** Keycloak and Microsoft Entra ID as they answer: what the client is told, and what the log. */
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { ProxyError, Unauthenticated } from '../../../proxy/base/errors.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { startElsewhere } from '../../support/elsewhere.ts';
import { exchangeOf, tokenOf } from './callers-tokens.ts';
import { CLAIMS, ENTRA, KEYCLOAK, type Recorded } from './recorded-issuers.ts';

beforeEach(() => void vi.stubEnv('TEST_CLIENT_SECRET', 'first-secret'));
afterEach(() => void vi.unstubAllEnvs());

const REALM = 'https://keycloak.example.com/realms/people';
const TENANT = 'https://login.microsoftonline.com/0000-tenant';

interface Outcome {
  readonly form: Readonly<Record<string, string>>;
  readonly header: string | undefined;
  readonly error: unknown;
  readonly asked: number;
}

/** One call on behalf of a caller, with a token endpoint that answers so. */
async function call(bindings: Readonly<Record<string, string>>, tokenUrl: string, answer: Recorded): Promise<Outcome> {
  const forms: Record<string, string>[] = [];
  await using _elsewhere = await startElsewhere([new URL(tokenUrl).hostname], (request, response) => {
    void text(request).then((body) => {
      forms.push(Object.fromEntries(new URLSearchParams(body)));
      return response
        .writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify(answer.body));
    });
  });
  const faults = new Faults();
  const bound = readUpstream(
    {
      UPSTREAM_URL: 'https://crm.example.com/mcp',
      UPSTREAM_TOKEN_URL: tokenUrl,
      UPSTREAM_CLIENT_ID: 'mcp-proxy',
      UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      ...bindings,
    },
    'default',
    faults,
  );
  expect(faults.errors).toEqual([]);
  const auth = await bound?.auth.load();
  const headers: string[] = [];
  const exchange = exchangeOf(await tokenOf('alice'));
  const error: unknown = await Promise.resolve(
    auth?.apply({ method: 'POST', host: 'crm.example.com', path: '/mcp', body: undefined, headers, exchange }),
  ).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { form: forms[0] ?? {}, header: headers[1], error, asked: forms.length };
}

const atKeycloak = (answer: Recorded): Promise<Outcome> =>
  call({ UPSTREAM_AUTH: 'token-exchange', UPSTREAM_AUDIENCE: 'crm' }, `${REALM}/protocol/openid-connect/token`, answer);
const atEntra = (answer: Recorded): Promise<Outcome> =>
  call({ UPSTREAM_AUTH: 'jwt-bearer', UPSTREAM_SCOPES: 'api://crm/.default' }, `${TENANT}/oauth2/v2.0/token`, answer);

function refused({ error }: Outcome): ProxyError {
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

describe('Keycloak', () => {
  test('exchanges a token for one whose audience is named by the id of a client', async () => {
    const { form, header } = await atKeycloak(KEYCLOAK.token);
    expect(header).toBe('Bearer of-keycloak');
    expect(form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'crm',
    });
  });

  test.each<[string, Recorded, string, RegExp]>([
    ['a token whose session ended', KEYCLOAK.ended, 'unauthenticated-caller', /does not accept the caller's token/],
    ['a token that is bound to its client', KEYCLOAK.bound, 'caller-refused', /bound to their clients/],
    ['a token for another client', KEYCLOAK.otherAudience, 'caller-refused', /an Audience mapper/],
    ['an audience that this caller may not have', KEYCLOAK.unavailable, 'caller-refused', /UPSTREAM_AUDIENCE .* roles/],
    ['a person who has not consented', KEYCLOAK.noConsent, 'caller-refused', /has to consent/],
    [
      'an audience that is no client',
      KEYCLOAK.unknownAudience,
      'upstream-auth',
      /UPSTREAM_AUDIENCE .* client of that realm/,
    ],
    ['scopes that do not exist', KEYCLOAK.badScope, 'upstream-auth', /check UPSTREAM_SCOPES/],
    ['a public client', KEYCLOAK.publicClient, 'upstream-auth', /turn on client authentication/],
    ['a client that may not exchange', KEYCLOAK.notEnabled, 'upstream-auth', /turn on standard token exchange/],
    ['a token of another type', KEYCLOAK.otherType, 'upstream-auth', /leave out UPSTREAM_SUBJECT_TOKEN_TYPE/],
    ['a wrong secret', KEYCLOAK.wrongSecret, 'upstream-auth', /unauthorized_client, status 401/],
  ])('refuses %s, and the error says what to do', async (_case, answer, code, words) => {
    const outcome = await atKeycloak(answer);
    const { message, code: got } = refused(outcome);
    expect([got, message.match(words) !== null || message]).toEqual([code, true]);
    // An audience that is no client says nothing about the secret, which is not read again for it.
    expect(outcome.asked).toBe(1);
  });
});

describe('Microsoft Entra ID', () => {
  test('gives a token on behalf of the caller', async () => {
    const { form, header } = await atEntra(ENTRA.token);
    expect(header).toBe('Bearer of-entra');
    expect(form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      scope: 'api://crm/.default',
    });
  });

  test.each([
    ['interaction_required', ENTRA.secondFactor, 'interaction_required, AADSTS50079'],
    ['invalid_grant with a second code', ENTRA.secondFactorBySuberror, 'invalid_grant, basic_action, AADSTS50076'],
  ])('demands claims of the next token, which the client is told: %s', async (_case, answer, named) => {
    const error = refused(await atEntra(answer));
    expect(error).toBeInstanceOf(Unauthenticated);
    expect(error).toMatchObject({
      code: 'unauthenticated-caller',
      hadToken: true,
      claims: CLAIMS,
      data: { claims: CLAIMS },
    });
    expect(error.clientMessage).toContain(`(${named}): sign in again with the claims`);
  });

  test.each<[string, unknown]>([
    ['no JSON', '{"access_token":'],
    ['no object', '["access_token"]'],
    ['another line', '{"access_token":{}}\r\nX-Header: 1'],
    ['characters that a header cannot carry', '{"access_token":{"a":"\u00e9"}}'],
    ['too long', JSON.stringify({ access_token: 'x'.repeat(2_100) })],
    ['no text', { access_token: {} }],
  ])('claims that are %s are not passed on', async (_case, claims) => {
    const error = refused(await atEntra({ ...ENTRA.interaction, body: { ...ENTRA.interaction.body, claims } }));
    expect([error.code, error.data]).toEqual(['caller-refused', { issuerError: 'interaction_required' }]);
  });

  test.each<[string, Recorded, string, RegExp]>([
    ['an interaction without claims', ENTRA.interaction, 'caller-refused', /interaction_required, AADSTS50158/],
    ['a person who has not consented', ENTRA.noConsent, 'caller-refused', /AADSTS65001.*admin consent/],
    ['a person who is not assigned', ENTRA.notAssigned, 'caller-refused', /assign the caller to the application/],
    ['a person whom a policy blocks', ENTRA.blocked, 'caller-refused', /policies don't let this caller in/],
    ['a token for another application', ENTRA.otherAudience, 'caller-refused', /expected to be for this client/],
    ['an expired token', ENTRA.expired, 'unauthenticated-caller', /invalid_grant, AADSTS500133/],
    ['a bad token', ENTRA.badToken, 'unauthenticated-caller', /invalid_grant, bad_token, AADSTS50013/],
    ['a request without scopes', ENTRA.noScope, 'upstream-auth', /check UPSTREAM_SCOPES/],
    ['an unknown service', ENTRA.noResource, 'upstream-auth', /check UPSTREAM_SCOPES: the service/],
    ['a wrong secret', ENTRA.wrongSecret, 'upstream-auth', /check UPSTREAM_CLIENT_ID and the secret/],
    ['an unknown client', ENTRA.unknownClient, 'upstream-auth', /unauthorized_client, AADSTS700016/],
  ])('refuses %s, and the error says what to do', async (_case, answer, code, words) => {
    const error = refused(await atEntra(answer));
    expect([error.code, error.message.match(words) !== null || error.message]).toEqual([code, true]);
    // The description may name the person.
    const { cause: _, ...shown } = error;
    expect(inspect([shown, error.message, error.cause], { depth: 20, showHidden: true })).not.toMatch(/alice|Trace ID/);
  });

  test('is asked for scopes, without which it gives no token', () => {
    const faults = new Faults();
    readUpstream(
      {
        UPSTREAM_URL: 'https://crm.example.com/mcp',
        UPSTREAM_AUTH: 'jwt-bearer',
        UPSTREAM_ISSUER: `${TENANT}/v2.0`,
        UPSTREAM_CLIENT_ID: 'mcp-proxy',
        UPSTREAM_SECRET: 'env:TEST_CLIENT_SECRET',
      },
      'default',
      faults,
    );
    expect(faults.errors).toEqual([
      'UPSTREAM_SCOPES: expected scopes, which Microsoft Entra ID needs, such as api://APPLICATION/.default, got nothing',
    ]);
  });
});
