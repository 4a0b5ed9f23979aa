/** Tokens that an issuer really signed, or nearly, but not for calls: none of them may name a caller. */
import { exportJWK, generateKeyPair, type GenerateKeyPairResult, SignJWT } from 'jose';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { log } from '../../proxy/base/log.ts';
import type { JwksOptions } from '../../proxy/callers/issuers.ts';
import { jwks } from '../../proxy/callers/jwks.ts';
import { serve } from '../upstream/auth/loopback.ts';
import { identify } from './seen-caller.ts';

type Json = Readonly<Record<string, unknown>>;
type Rules = Omit<JwksOptions, 'issuer'>;

let keys: GenerateKeyPairResult;
let others: GenerateKeyPairResult;
beforeAll(async () => {
  const make = () => generateKeyPair('ES256', { extractable: true });
  [keys, others] = [await make(), await make()];
});

const seconds = (): number => Math.floor(Date.now() / 1000);

async function issuerOf(pair: GenerateKeyPairResult, more: readonly Json[] = []) {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  return serve((request, response) => {
    const origin = `http://${request.headers.host}`;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(
        JSON.stringify(
          request.url === '/keys' ? { keys: [jwk, ...more] } : { issuer: origin, jwks_uri: `${origin}/keys` },
        ),
      );
  });
}

const sign = (iss: string, claims: Json = {}, header: Json = {}, pair = keys): Promise<string> =>
  new SignJWT({ iss, sub: 'ann', aud: 'mcp', client_id: 'web', exp: seconds() + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k', ...header })
    .sign(pair.privateKey);

/** The status that a call with a token gets, and whom the proxy saw. */
async function outcome(token: (iss: string) => Promise<string> | string, more: Rules = { audience: 'mcp' }) {
  await using issuer = await issuerOf(keys);
  await using proxy = await identify(jwks({ issuer: issuer.url, ...more }));
  const { status } = await proxy.send(`Authorization: Bearer ${await token(issuer.url)}`);
  return [status, proxy.callers.map(({ subject }) => subject)];
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const [ACCEPTED, REFUSED] = [
  [200, ['ann']],
  [401, []],
];

describe('a token of a type', () => {
  test.each([
    [undefined, ACCEPTED],
    ['JWT', ACCEPTED],
    ['at+jwt', ACCEPTED],
    ['application/AT+JWT', ACCEPTED],
    ['logout+jwt', REFUSED],
    ['application/logout+jwt', REFUSED],
    ['secevent+JWT', REFUSED],
    ['dpop+jwt', REFUSED],
    ['token-introspection+jwt', REFUSED],
    ['kb+jwt', REFUSED],
  ])('%s', async (typ, expected) => {
    expect(await outcome((iss) => sign(iss, {}, typ === undefined ? {} : { typ }))).toEqual(expected);
  });
});

describe('a token that says what it is for in its claims', () => {
  const LOGOUT = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
  const BY_CLIENT = { clientIds: ['web'] };

  test.each<[string, Json, Rules, unknown]>([
    ['a logout token', LOGOUT, { audience: 'mcp' }, REFUSED],
    ['a logout token, accepted by its client', LOGOUT, BY_CLIENT, REFUSED],
    ['an ID token of Cognito, accepted by its client', { token_use: 'id' }, BY_CLIENT, REFUSED],
    ['an ID token of Keycloak, accepted by its client', { typ: 'ID', azp: 'web' }, BY_CLIENT, REFUSED],
    ['an ID token with its digests', { at_hash: 'x' }, { audience: false }, REFUSED],
    [
      'an ID token for an audience that the config names',
      { token_use: 'id', aud: 'web' },
      { audience: 'web' },
      ACCEPTED,
    ],
    ['an access token of Cognito', { token_use: 'access', aud: undefined }, BY_CLIENT, ACCEPTED],
    ['an access token of Keycloak', { typ: 'Bearer' }, BY_CLIENT, ACCEPTED],
  ])('%s', async (_, claims, more, expected) => {
    expect(await outcome((iss) => sign(iss, claims), more)).toEqual(expected);
  });
});

describe('a token with', () => {
  test.each<[string, (iss: string) => Promise<string> | string]>([
    [
      'no signature',
      (iss) => `${part({ alg: 'none' })}.${part({ iss, sub: 'ann', aud: 'mcp', exp: seconds() + 60 })}.`,
    ],
    [
      'a critical extension',
      (iss) =>
        sign(iss, {}, { crit: ['exp'], exp: 1 }).catch(
          () => `${part({ alg: 'ES256', kid: 'k', crit: ['x'], x: 1 })}.e30.AA`,
        ),
    ],
    [
      'an unencoded payload',
      async (iss) => (await sign(iss)).replace(/^[^.]+/, part({ alg: 'ES256', kid: 'k', b64: false, crit: ['b64'] })),
    ],
    ['keys of its own', async (iss) => sign(iss, {}, { kid: 'mine', jwk: await exportJWK(others.publicKey) }, others)],
    [
      'the address of keys of its own',
      (iss) => sign(iss, {}, { kid: 'mine', jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/c' }, others),
    ],
    ['another key of the same id', (iss) => sign(iss, {}, {}, others)],
    [
      'a token inside',
      async (iss) =>
        sign(iss, {}, { cty: 'JWT' }).then(
          (inner) => `${part({ alg: 'ES256', kid: 'k', cty: 'JWT' })}.${part(inner)}.AA`,
        ),
    ],
    ['an end that is a text', (iss) => sign(iss, { exp: String(seconds() + 60) })],
    ['an end that is no number', (iss) => sign(iss, { exp: null })],
    ['a beginning in the future', (iss) => sign(iss, { nbf: seconds() + 60 })],
    ['an issuer in other letters', (iss) => sign(iss.replace('http', 'HTTP'))],
    ['an issuer with a slash more', (iss) => sign(`${iss}/`)],
    ['a list of issuers', (iss) => sign(iss, { iss: [iss] })],
    ['an audience that begins like ours', (iss) => sign(iss, { aud: ['mcp2', 'mc'] })],
    ['an audience that is an object', (iss) => sign(iss, { aud: { mcp: true } })],
    ['a list as its name', (iss) => sign(iss, { sub: ['ann'] })],
    ['a number as its name', (iss) => sign(iss, { sub: 7 })],
  ])('%s is refused', async (_, token) => {
    const [status, callers] = await outcome(token);
    expect([Number(status) >= 400 && Number(status) < 404, callers]).toEqual([true, []]);
  });

  test.each([[1e300], [253_402_300_800], [seconds() + 0.5 + 60]])(
    'an end of %d is accepted, and ends no stream early',
    async (exp) => {
      expect(await outcome((iss) => sign(iss, { exp }))).toEqual(ACCEPTED);
    },
  );
});

test('two issuers with one key id verify their own tokens only', async () => {
  await using one = await issuerOf(keys);
  await using two = await issuerOf(others);
  await using proxy = await identify(
    jwks([
      { issuer: one.url, audience: 'mcp' },
      { issuer: two.url, audience: 'mcp', prefix: 'two/', claims: [] },
    ]),
  );
  const send = async (token: Promise<string>) => (await proxy.send(`Authorization: Bearer ${await token}`)).status;
  expect(await send(sign(one.url))).toBe(200);
  expect(await send(sign(two.url, {}, {}, others))).toBe(200);
  expect(await send(sign(one.url, {}, {}, others))).toBe(401);
  expect(await send(sign(two.url))).toBe(401);
  expect(proxy.callers.map(({ subject }) => subject)).toEqual(['ann', 'two/ann']);
});

test.each<[string, readonly Json[]]>([
  ['a symmetric key', [{ kty: 'oct', k: part('secret'), kid: 'k2' }]],
  ['a key that it should not show', [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA', kid: 'k2' }]],
  ['a kind that nobody knows', [{ kty: 'XYZ', kid: 'k2' }]],
  ['thousands of keys', Array.from({ length: 2_000 }, (_, i) => ({ kty: 'EC', kid: `x${i}` }))],
])('an issuer that publishes %s still names callers by its other keys', async (_, more) => {
  await using issuer = await issuerOf(keys, more);
  await using proxy = await identify(jwks({ issuer: issuer.url, audience: 'mcp' }));
  expect((await proxy.send(`Authorization: Bearer ${await sign(issuer.url)}`)).status).toBe(200);
  expect(
    (await proxy.send(`Authorization: Bearer ${await sign(issuer.url, {}, { kid: 'k2' }, others)}`)).status,
  ).not.toBe(200);
});

test('a key that cannot be read is one line in the log, however often a token names it', async () => {
  const broken = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'broken', alg: 'ES256' };
  await using issuer = await issuerOf(keys, [broken]);
  await using proxy = await identify(jwks({ issuer: issuer.url, audience: 'mcp' }));
  const send = async (kid: string, pair = keys) =>
    (await proxy.send(`Authorization: Bearer ${await sign(issuer.url, {}, { kid }, pair)}`)).status;
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  for (let i = 0; i < 5; i++) expect(await send('broken', others)).toBe(500);
  expect(errors).toHaveBeenCalledTimes(1);
  vi.setSystemTime(Date.now() + 1_000);
  expect(await send('broken', others)).toBe(500);
  expect(errors).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
  errors.mockRestore();
});
