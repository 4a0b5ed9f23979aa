/** The verifier alone: each algorithm, each fault of a token, and what an issuer's metadata must say. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type http from 'node:http';
import { CompactSign, exportJWK, type JWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { checkedIssuers, type Issuer, type JwksOptions } from '../../proxy/callers/issuers.ts';
import { createVerifier, type Verify } from '../../proxy/callers/jwt-verifier.ts';
import { startElsewhere } from '../support/elsewhere.ts';
import { serve } from '../upstream/auth/loopback.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const NOW = Math.floor(Date.now() / 1000);
const ISSUER = 'http://127.0.0.1';
const CLAIMS = { iss: ISSUER, sub: 'ann', exp: NOW + 600 };

const sign = (
  key: KeyObject | Uint8Array,
  alg: string,
  claims: object = CLAIMS,
  header: object = {},
): Promise<string> => new SignJWT({ ...claims }).setProtectedHeader({ alg, ...header }).sign(key);
const published = async ({ publicKey }: Pair, more: JWK = {}): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  ...more,
});

/** What the verifier makes of tokens if the issuer publishes these keys. */
async function using(
  keys: readonly JWK[],
  use: (verify: Verify) => Promise<void>,
  options: Partial<JwksOptions> = {},
): Promise<readonly http.IncomingHttpHeaders[]> {
  const received: http.IncomingHttpHeaders[] = [];
  await using server = await serve((request, response) => {
    received.push(request.headers);
    response.end(JSON.stringify({ keys }));
  });
  await use(await verifierOf({ issuer: ISSUER, audience: false, jwksUri: server.url, ...options }));
  return received;
}

function verifierOf(options: JwksOptions): Promise<Verify> {
  const [issuer] = checkedIssuers([options]);
  if (issuer === undefined) throw new TypeError('no issuer');
  return createVerifier(issuer);
}

/** Signature algorithms with a public key: RFC 7518, RFC 8037 and RFC 9864. */
test.each<[string, () => Pair]>([
  ['RS256', () => rsa],
  ['RS384', () => rsa],
  ['RS512', () => rsa],
  ['PS256', () => rsa],
  ['PS384', () => rsa],
  ['PS512', () => rsa],
  ['ES256', () => p256],
  ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['ES512', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['EdDSA', () => ed25519],
  ['Ed25519', () => ed25519],
])('a token signed by %s is accepted', async (alg, make) => {
  const pair = make();
  const received = await using([await published(pair)], async (verify) => {
    expect(await verify(await sign(pair.privateKey, alg))).toEqual(CLAIMS);
  });
  expect(received.map(({ accept }) => accept)).toEqual(['application/json']);
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What the caller reads before each code. */
const SAID: Readonly<Record<string, RegExp>> = {
  ERR_JWT_EXPIRED: /it has expired/,
  ERR_JWT_CLAIM_VALIDATION_FAILED: /its claim (?:exp|iss|aud|client_id) is missing, or not what is expected/,
  ERR_JWT_INVALID: /its claims are no JSON object/,
  ERR_JWS_INVALID: /it is no signed JWT/,
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: /its signature is of none of its issuer's keys/,
  ERR_JWKS_NO_MATCHING_KEY: /its issuer publishes no such key/,
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: /it does not say which of its issuer's keys signed it/,
  ERR_JOSE_ALG_NOT_ALLOWED: /its algorithm is none that is accepted/,
  ERR_JOSE_NOT_SUPPORTED: /it can't be verified/,
};

test.each<[string, string, () => Promise<string> | string, Partial<JwksOptions>?]>([
  ['that has expired', 'ERR_JWT_EXPIRED', () => sign(p256.privateKey, 'ES256', { ...CLAIMS, exp: NOW - 60 })],
  ['without an expiry', 'ERR_JWT_CLAIM_VALIDATION_FAILED', () => sign(p256.privateKey, 'ES256', { iss: ISSUER })],
  [
    'of another issuer',
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    () => sign(p256.privateKey, 'ES256', { ...CLAIMS, iss: 'http://127.0.0.2' }),
  ],
  [
    'for another audience',
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    () => sign(p256.privateKey, 'ES256', { ...CLAIMS, aud: 'other' }),
    { audience: 'mcp' },
  ],
  [
    'of another client',
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    () => sign(p256.privateKey, 'ES256', { ...CLAIMS, client_id: 'you' }),
    { clientIds: ['me'] },
  ],
  [
    'of a client that is no text',
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    () => sign(p256.privateKey, 'ES256', { ...CLAIMS, client_id: ['me'] }),
    { clientIds: ['me'] },
  ],
  ['of no client', 'ERR_JWT_CLAIM_VALIDATION_FAILED', () => sign(p256.privateKey, 'ES256'), { clientIds: ['me'] }],
  ['that is no JWT', 'ERR_JWS_INVALID', () => 'a.b'],
  [
    'whose claims are no object',
    'ERR_JWT_INVALID',
    () => new CompactSign(Buffer.from('[]')).setProtectedHeader({ alg: 'ES256' }).sign(p256.privateKey),
  ],
  ['signed by another key', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', () => sign(other.privateKey, 'ES256')],
  ['signed by a shared secret', 'ERR_JOSE_ALG_NOT_ALLOWED', () => sign(Buffer.alloc(32, 'k'), 'HS256')],
  ['that nobody signed', 'ERR_JOSE_ALG_NOT_ALLOWED', () => `${encoded({ alg: 'none' })}.${encoded(CLAIMS)}.`],
  [
    'with an extension that must be understood',
    'ERR_JOSE_NOT_SUPPORTED',
    async () => {
      const [, claims, signature] = (await sign(p256.privateKey, 'ES256')).split('.');
      return `${encoded({ alg: 'ES256', crit: ['x'], x: 1 })}.${claims}.${signature}`;
    },
  ],
  ['of an unknown key', 'ERR_JWKS_NO_MATCHING_KEY', () => sign(p256.privateKey, 'ES256', CLAIMS, { kid: 'unknown' })],
  ['of one of several keys', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS', () => sign(rsa.privateKey, 'RS256')],
])('a token %s is refused, and the message says %s', async (_, code, make, options) => {
  const second = createPrivateKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const keys = [
    await published(p256, { kid: 'a' }),
    await published(rsa, { kid: 'b' }),
    await published({ publicKey: rsa.publicKey, privateKey: second }, { kid: 'c' }),
  ];
  await using(
    keys,
    async (verify) => {
      await expect(verify(await make())).rejects.toMatchObject({
        code: 'unauthenticated-caller',
        message: expect.stringMatching(
          new RegExp(`^the bearer token was not accepted: ${SAID[code]?.source} \\(${code}\\)$`),
        ),
        hadToken: true,
        cause: { code },
      });
    },
    options,
  );
});

test('a token for one of the audiences is accepted', async () => {
  await using(
    [await published(p256)],
    async (verify) => {
      const claims = { ...CLAIMS, aud: ['any', 'mcp'] };
      expect(await verify(await sign(p256.privateKey, 'ES256', claims))).toEqual(claims);
    },
    { audience: ['other', 'mcp'] },
  );
});

test.each([
  ['client_id', {}],
  ['client_id', { client_id: 'you' }],
  ['azp', { azp: 'you' }],
])('the cause of a refused client names its claim %s', async (claim, claims) => {
  await using(
    [await published(p256)],
    async (verify) => {
      await expect(verify(await sign(p256.privateKey, 'ES256', { ...CLAIMS, ...claims }))).rejects.toMatchObject({
        cause: { message: 'unexpected client', claim, reason: 'check_failed' },
      });
    },
    { clientIds: ['me'] },
  );
});

test.each([['client_id'], ['azp'], ['cid'], ['appid']])('a client is found by %s', async (claim) => {
  await using(
    [await published(p256)],
    async (verify) => {
      const claims = { ...CLAIMS, [claim]: 'me' };
      expect(await verify(await sign(p256.privateKey, 'ES256', claims))).toEqual(claims);
    },
    { clientIds: ['other', 'me'] },
  );
});

test('a clock that is a few seconds off is no reason to refuse', async () => {
  await using([await published(p256)], async (verify) => {
    expect(
      await verify(await sign(p256.privateKey, 'ES256', { ...CLAIMS, nbf: Math.floor(Date.now() / 1000) + 4 })),
    ).toMatchObject({ sub: 'ann' });
  });
});

test.each([500, 404, 204])('keys that answer HTTP %i are a fault of the issuer, not of the token', async (status) => {
  await using server = await serve((_, response) => void response.writeHead(status).end());
  const verify = await verifierOf({ issuer: ISSUER, audience: false, jwksUri: `${server.url}?secret=1` });
  const failed = verify(await sign(p256.privateKey, 'ES256'));
  await expect(failed).rejects.toMatchObject({ code: 'internal' });
  await expect(failed).rejects.toThrow(new RegExp(`^the keys at http://\\S+ answered HTTP ${status}, expected 200$`));
  await expect(failed).rejects.not.toThrow('secret');
});

const ALL = { audience: undefined, clientIds: undefined, jwksUri: undefined, prefix: '', claims: undefined };

test.each<[string, Partial<Issuer>, string]>([
  ['the issuer', { issuer: 'http://login.example' }, 'expected issuer to be https, got http://login.example'],
  ['the keys', { jwksUri: 'http://keys.example/a?b' }, 'expected jwksUri to be https, got http://keys.example'],
])('%s must be reached by TLS', async (_, options, message) => {
  const refused = createVerifier({ ...ALL, issuer: ISSUER, ...options });
  await expect(refused).rejects.toMatchObject({ code: 'internal', message });
});

test('keys with TLS are asked for with the first token', async () => {
  await expect(
    verifierOf({ issuer: ISSUER, audience: false, jwksUri: 'https://keys.invalid/' }),
  ).resolves.toBeDefined();
});

test('redirects are not followed, and the error says whose they are', async () => {
  await using server = await serve((_, response) => void response.writeHead(302, { location: '/else' }).end());
  const { origin } = new URL(server.url);
  await expect(verifierOf({ issuer: origin, audience: false })).rejects.toThrow(
    `the caller's issuer at ${origin} answered with a redirect`,
  );
  const verify = await verifierOf({ issuer: ISSUER, audience: false, jwksUri: server.url });
  await expect(verify(await sign(p256.privateKey, 'ES256'))).rejects.toThrow(
    `the keys of the caller's issuer at ${origin} answered with a redirect`,
  );
  expect(server.requests).toHaveLength(2);
});

test('an issuer with TLS names no keys without it, not even on this machine', async () => {
  const issuer = 'https://login.example.com';
  await using _elsewhere = await startElsewhere(['login.example.com'], (_request, response) => {
    response.end(JSON.stringify({ issuer, jwks_uri: 'http://127.0.0.1:1/keys' }));
  });
  await expect(verifierOf({ issuer, audience: false })).rejects.toMatchObject({
    code: 'internal',
    message: `expected ${issuer}/.well-known/openid-configuration to name a jwks_uri with https, as the issuer has, got http://127.0.0.1:1/keys`,
  });
});

/** An issuer whose metadata is what `answer` says. */
async function described(
  answer: (origin: string, response: http.ServerResponse) => void,
  use: (origin: string, requests: readonly string[], accepted: readonly (string | undefined)[]) => Promise<void>,
): Promise<void> {
  const accepted: (string | undefined)[] = [];
  await using server = await serve((request, response) => {
    accepted.push(request.headers.accept);
    answer(`http://${request.headers.host}`, response);
  });
  await use(new URL(server.url).origin, server.requests, accepted);
}

test("the issuer's metadata say where its keys are", () =>
  described(
    (origin, response) => void response.end(JSON.stringify({ issuer: `${origin}/`, jwks_uri: `${origin}/keys` })),
    async (origin, requests, accepted) => {
      await verifierOf({ issuer: origin, audience: false });
      expect([requests, accepted]).toEqual([['GET /.well-known/openid-configuration'], ['application/json']]);
    },
  ));

test.each<[string, (origin: string) => unknown, number, string]>([
  [
    'another issuer',
    (origin) => ({ issuer: `${origin}/else`, jwks_uri: `${origin}/keys` }),
    200,
    'HTTP 200 with something else',
  ],
  ['no issuer', (origin) => ({ jwks_uri: `${origin}/keys` }), 200, 'HTTP 200 with something else'],
  [
    'an issuer in a list',
    (origin) => ({ issuer: [origin], jwks_uri: `${origin}/keys` }),
    200,
    'HTTP 200 with something else',
  ],
  [
    'keys in a list',
    (origin) => ({ issuer: origin, jwks_uri: [`${origin}/keys`] }),
    200,
    'HTTP 200 with something else',
  ],
  [
    'an issuer that is no URL',
    (origin) => ({ issuer: 'me', jwks_uri: `${origin}/keys` }),
    200,
    'HTTP 200 with something else',
  ],
  ['no keys', (origin) => ({ issuer: origin }), 200, 'HTTP 200 with something else'],
  ['keys at no URL', (origin) => ({ issuer: origin, jwks_uri: 'keys' }), 200, 'HTTP 200 with something else'],
  [
    'the right members in a failing answer',
    (origin) => ({ issuer: origin, jwks_uri: `${origin}/keys` }),
    404,
    'HTTP 404',
  ],
])('metadata that name %s are refused', (_, metadata, status, got) =>
  described(
    (origin, response) => void response.writeHead(status).end(JSON.stringify(metadata(origin))),
    async (origin) => {
      const refused = verifierOf({ issuer: origin, audience: false });
      await expect(refused).rejects.toMatchObject({
        code: 'internal',
        message: `expected ${origin}/.well-known/openid-configuration to name issuer ${origin} and a jwks_uri, got ${got}`,
      });
    },
  ),
);

test.each([
  ['http://keys.example/jwks', 'http://keys.example'],
  ['ftp://127.0.0.1/jwks', 'ftp://127.0.0.1'],
])('metadata that name keys at %s are refused', (uri, got) =>
  described(
    (origin, response) => void response.end(JSON.stringify({ issuer: origin, jwks_uri: uri })),
    async (origin) => {
      await expect(verifierOf({ issuer: origin, audience: false })).rejects.toMatchObject({
        code: 'internal',
        message: `expected jwks_uri to be https, got ${got}`,
      });
    },
  ),
);
