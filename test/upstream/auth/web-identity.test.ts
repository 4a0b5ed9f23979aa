/**
 * A client that shows the identity of its role: the SDK's client, an STS that checks signature and role, and an issuer that
 * verifies the assertion as RFC 7523 §3 says, with jose.
 */
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { getHeader } from '../../../proxy/upstream/auth/header-list.ts';
import { REGION, ROLE_ARN, type SigningServices, startSigningServices } from '../../support/signing-services.ts';
import { type LoopbackServer, serve } from './loopback.ts';

let sts: SigningServices;
beforeEach(async () => {
  sts = await startSigningServices();
  for (const [name, value] of Object.entries(sts.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await sts[Symbol.asyncDispose]();
});

/** Exactly what the construct gives the role. */
const mayShow = (audience: string, algorithm = 'RS256') => ({
  Effect: 'Allow',
  Action: 'sts:GetWebIdentityToken',
  Resource: '*',
  Condition: {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience },
    Null: { 'sts:IdentityTokenAudience': 'false' },
    StringEquals: { 'sts:SigningAlgorithm': algorithm },
    NumericLessThanEquals: { 'sts:DurationSeconds': '60' },
  },
});

interface Issuer extends AsyncDisposable, LoopbackServer {
  readonly forms: readonly URLSearchParams[];
  /** The audience that it accepts. */
  audience: string;
}

/** Trusts the account's issuer, and of it one role. */
async function startIssuer(): Promise<Issuer> {
  const forms: URLSearchParams[] = [];
  const keys = createLocalJWKSet({ keys: [...sts.issuerKeys.keys] });
  const server = await serve((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const form = new URLSearchParams(text);
      forms.push(form);
      const verified = await jwtVerify(form.get('client_assertion') ?? '', keys, {
        issuer: sts.issuer,
        subject: ROLE_ARN,
        audience: self.audience,
        requiredClaims: ['exp', 'jti'],
        maxTokenAge: 60,
      }).catch(() => undefined);
      response
        .writeHead(verified === undefined ? 401 : 200, { 'content-type': 'application/json' })
        .end(
          verified === undefined ? '{"error":"invalid_client"}' : '{"access_token":"granted","token_type":"Bearer"}',
        );
    })();
  });
  const self: Issuer = { ...server, forms, audience: `${server.url}/token` };
  return self;
}

type Environment = Readonly<Record<string, string>>;

async function authorization(environment: Environment): Promise<string | undefined> {
  const faults = new Faults();
  const bound = readUpstream(
    {
      UPSTREAM_URL: 'https://mcp.example.com/mcp',
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_CLIENT_ID: 'app-1',
      UPSTREAM_AUTH_METHOD: 'web_identity',
      AWS_REGION: REGION,
      ...environment,
    },
    'default',
    faults,
  );
  if (bound === undefined || faults.errors.length > 0) throw new Error(faults.errors.join('\n'));
  const request = { method: 'POST' as const, host: 'a', path: '/', body: undefined, headers: [] as string[] };
  await (await bound.auth.load())?.apply(request);
  return getHeader(request.headers, 'authorization');
}

test.each([
  ['RS256', {}],
  ['ES384', { UPSTREAM_SIGNING_ALGORITHM: 'ES384' }],
])('the role authenticates the client with no secret at all, signed with %s', async (algorithm, environment) => {
  await using issuer = await startIssuer();
  sts.role = [mayShow(issuer.audience, algorithm)];
  expect(await authorization({ UPSTREAM_TOKEN_URL: issuer.audience, UPSTREAM_SCOPES: 'mcp', ...environment })).toBe(
    'Bearer granted',
  );
  const [form] = issuer.forms;
  expect([...(form?.keys() ?? [])].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'client_assertion',
    'client_assertion_type',
    'client_id',
    'grant_type',
    'scope',
  ]);
  expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  expect(sts.asked).toEqual([`sts GetWebIdentityToken ${issuer.audience} ${algorithm} 60`]);
});

test('its audience is the one that is bound', async () => {
  await using issuer = await startIssuer();
  sts.role = [mayShow('api://AzureADTokenExchange')];
  issuer.audience = 'api://AzureADTokenExchange';
  const bindings = { UPSTREAM_TOKEN_URL: `${issuer.url}/token`, UPSTREAM_ASSERTION_AUDIENCE: issuer.audience };
  expect(await authorization(bindings)).toBe('Bearer granted');
});

test('a token for one issuer is worth nothing at another', async () => {
  await using first = await startIssuer();
  await using second = await startIssuer();
  sts.role = [mayShow(first.audience)];
  await authorization({ UPSTREAM_TOKEN_URL: first.audience });
  const replayed = await fetch(second.audience, { method: 'POST', body: first.forms[0] ?? null });
  expect(replayed.status).toBe(401);
  await expect(authorization({ UPSTREAM_TOKEN_URL: second.audience })).rejects.toThrow('AccessDenied');
});

describe('the role may show itself to one audience, for a minute, signed with one algorithm', () => {
  test.each<[string, (audience: string) => unknown[]]>([
    ['nothing', () => []],
    ['another audience', () => [mayShow('https://elsewhere.example/token')]],
    ['another algorithm', (audience) => [mayShow(audience, 'ES384')]],
    ['another action', () => [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }]],
  ])('and %s is not enough', async (_, role) => {
    await using issuer = await startIssuer();
    sts.role = role(issuer.audience);
    await expect(authorization({ UPSTREAM_TOKEN_URL: issuer.audience })).rejects.toThrow(
      `could not get a token of the role's identity (AccessDenied): allow the execution role sts:GetWebIdentityToken for the audience ${issuer.audience}`,
    );
    expect([sts.asked, issuer.forms]).toEqual([[], []]);
  });
});

test('the error of an account that gives out no such tokens says what to enable', async () => {
  await using issuer = await startIssuer();
  sts.role = [mayShow(issuer.audience)];
  sts.federates = false;
  await expect(authorization({ UPSTREAM_TOKEN_URL: issuer.audience })).rejects.toThrow(
    'enable it once in this account: aws iam enable-outbound-web-identity-federation',
  );
});

test('an issuer that refuses the identity has another error than STS', async () => {
  await using issuer = await startIssuer();
  sts.role = [mayShow(issuer.audience)];
  const bound = issuer.audience;
  issuer.audience = 'urn:another';
  await expect(authorization({ UPSTREAM_TOKEN_URL: bound })).rejects.toThrow(
    /invalid_client, status 401\): check UPSTREAM_CLIENT_ID and what is registered there of the key, or of the role whose identity it shows/,
  );
});

test.each<[Environment, string]>([
  [{ UPSTREAM_SECRET: 'env:A' }, 'UPSTREAM_SECRET: expected none with UPSTREAM_AUTH_METHOD=web_identity, got one'],
  [{ UPSTREAM_KEY_ID: 'k' }, 'UPSTREAM_KEY_ID: expected none with UPSTREAM_AUTH_METHOD=web_identity, got one'],
  [
    { UPSTREAM_SIGNING_ALGORITHM: 'PS256' },
    'UPSTREAM_SIGNING_ALGORITHM: expected RS256 or ES384, which STS signs with, got PS256',
  ],
  [{ AWS_REGION: '' }, 'UPSTREAM_STS_REGION: expected the region whose STS is asked (or AWS_REGION), got nothing'],
  [
    { UPSTREAM_STS_REGION: 'everywhere' },
    'UPSTREAM_STS_REGION: expected the region whose STS is asked (or AWS_REGION), got "everywhere"',
  ],
])('the bindings %j are refused', async (environment, words) => {
  await expect(authorization({ UPSTREAM_ISSUER: 'https://id.example.com', ...environment })).rejects.toThrow(words);
});
