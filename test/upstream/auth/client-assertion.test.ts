/** A client that authenticates with its private key: a certified server accepts it, and jose verifies each assertion. */
import { generateKeyPairSync, hash, type KeyObject, X509Certificate } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import type { SigningAlgorithm } from '../../../proxy/credentials/signing-algorithms.ts';
import { apiKey } from '../../../proxy/upstream/auth/api-key.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { bearer } from '../../../proxy/upstream/auth/bearer.ts';
import {
  assertedBy,
  assertionOf,
  type AssertionOptions,
  assertionSignedBy,
} from '../../../proxy/upstream/auth/client-assertion.ts';
import { clientCredentials } from '../../../proxy/upstream/auth/client-credentials.ts';
import { selfSigned } from '../../support/certificate.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';
import { serve } from './loopback.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string => key.export({ type, format: 'pem' });

/** The parameters that an assertion adds to a request. */
async function asserted(text: string, options: AssertionOptions = {}): Promise<URLSearchParams> {
  const body = new URLSearchParams();
  const server = { issuer: 'https://idp.example.com', token_endpoint: 'https://idp.example.com/token' };
  await assertedBy(text, options)(server, { client_id: 'me' }, body, new Headers());
  return body;
}

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const p384: Pair = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521: Pair = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ed25519: Pair = generateKeyPairSync('ed25519');

test.each<[string, string, Pair, string]>([
  ['RSA', 'RS256', rsa, pem(rsa.privateKey)],
  ['RSA in PKCS 1', 'RS256', rsa, pem(rsa.privateKey, 'pkcs1')],
  ['P-256', 'ES256', p256, pem(p256.privateKey)],
  ['P-256 in SEC 1', 'ES256', p256, pem(p256.privateKey, 'sec1')],
  ['P-384', 'ES384', p384, pem(p384.privateKey)],
  ['P-521', 'ES512', p521, pem(p521.privateKey)],
  ['Ed25519', 'EdDSA', ed25519, `\n${pem(ed25519.privateKey)}\n`],
])('a key of %s signs with %s', async (_, alg, { publicKey }, text) => {
  const first = await asserted(text);
  expect(first.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  expect(first.get('client_id')).toBe('me');
  const { payload, protectedHeader } = await jwtVerify(first.get('client_assertion') ?? '', publicKey, {
    issuer: 'me',
    subject: 'me',
    audience: 'https://idp.example.com',
    maxTokenAge: 60,
    requiredClaims: ['jti', 'exp', 'iat'],
  });
  expect(protectedHeader).toEqual({ alg, typ: 'JWT' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  const again = await jwtVerify((await asserted(text)).get('client_assertion') ?? '', publicKey);
  expect(again.payload.jti).not.toBe(payload.jti);
});

test.each<[string, SigningAlgorithm, KeyObject, KeyObject]>([
  ['RSA', 'PS256', rsa.privateKey, rsa.publicKey],
  ['RSA', 'RS512', rsa.privateKey, rsa.publicKey],
  ['P-256', 'ES256', p256.privateKey, p256.publicKey],
])('a key of %s signs with %s if that is configured', async (_, algorithm, key, publicKey) => {
  const made = (await asserted(pem(key), { algorithm, keyId: 'k-2', audience: 'urn:a' })).get('client_assertion') ?? '';
  const { protectedHeader } = await jwtVerify(made, publicKey, { audience: 'urn:a' });
  expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: 'k-2' });
});

test.each<[SigningAlgorithm, KeyObject, string]>([
  ['ES256', rsa.privateKey, 'signs RS256 to PS512, expected one for ES256: correct UPSTREAM_SIGNING_ALGORITHM'],
  ['RS256', p256.privateKey, 'signs ES256, expected one for RS256'],
  ['ES384', p256.privateKey, 'signs ES256, expected one for ES384'],
])('%s is refused for a key of another kind', async (algorithm, key, words) => {
  await expect(asserted(pem(key), { algorithm })).rejects.toMatchObject({
    code: 'upstream-auth',
    message: expect.stringContaining(words) as string,
  });
});

test('a key that is kept elsewhere signs what is hashed there, and is named by what its certificate has', async () => {
  const body = new URLSearchParams();
  const signed: string[] = [];
  const signs = async (input: string): Promise<Buffer> => Buffer.from(`signature ${signed.push(input)}`);
  const server = { issuer: 'https://idp.example.com' };
  const options = { digest: 'd-1', now: () => 1_999 };
  await assertionSignedBy(signs, 'PS256', options)(server, { client_id: 'me' }, body, new Headers());
  const [header = '', claims = '', signature] = body.get('client_assertion')?.split('.') ?? [];
  expect(decodeProtectedHeader(`${header}.e30.`)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': 'd-1' });
  expect(decodeJwt(`e30.${claims}.`)).toMatchObject({ iat: 1, nbf: 1, exp: 61, aud: server.issuer });
  expect([signed, signature]).toEqual([[`${header}.${claims}`], Buffer.from('signature 1').toString('base64url')]);
});

test('an assertion that is made elsewhere is sent as it is', async () => {
  const body = new URLSearchParams();
  await assertionOf(async () => 'made')({ issuer: 'x' }, { client_id: 'me' }, body, new Headers());
  expect(Object.fromEntries(body)).toEqual({
    client_id: 'me',
    client_assertion: 'made',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
});

test('a JWK names its key by a text only', async () => {
  const text = JSON.stringify({ ...p256.privateKey.export({ format: 'jwk' }), kid: 7 });
  const made = (await asserted(text)).get('client_assertion') ?? '';
  expect(decodeProtectedHeader(made)).toEqual({ alg: 'ES256', typ: 'JWT' });
});

test('a JWK names its key', async () => {
  const text = ` ${JSON.stringify({ ...p256.privateKey.export({ format: 'jwk' }), kid: 'k-1' })}`;
  expect(decodeProtectedHeader((await asserted(text)).get('client_assertion') ?? '')).toEqual({
    alg: 'ES256',
    typ: 'JWT',
    kid: 'k-1',
  });
});

test('a certificate beside a PEM key is named by its digests, and must be of that key', async () => {
  const { key, cert } = selfSigned();
  const { raw } = new X509Certificate(cert);
  for (const text of [key + cert, cert + key])
    expect(decodeProtectedHeader((await asserted(text)).get('client_assertion') ?? '')).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      x5t: hash('sha1', raw, 'base64url'),
      'x5t#S256': hash('sha256', raw, 'base64url'),
    });
  await expect(asserted(key + selfSigned().cert)).rejects.toMatchObject({
    code: 'upstream-auth',
    message: expect.stringContaining('has a certificate of another key') as string,
  });
});

test.each([
  ['nothing', ''],
  ['another text', 'first-secret'],
  ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' })],
  ['a short RSA key', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
  ['a key for something else', pem(generateKeyPairSync('x25519').privateKey)],
  ['an RSA key for PSS alone', pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey)],
  ['a JWK without its private part', JSON.stringify(p256.publicKey.export({ format: 'jwk' }))],
  ['a list', '[]'],
])('%s is refused, and the error shows none of it', async (_, text) => {
  let error: unknown;
  try {
    await asserted(text);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(UpstreamFailure);
  const { message } = error instanceof Error ? error : new Error('none');
  expect(message).toMatch(/private_key_jwt .*expected/);
  expect(error).toHaveProperty('code', 'upstream-auth');
  for (const line of text.split('\n').filter((part) => part.length > 8)) expect(message).not.toContain(line);
});

test('a key for something else is refused with its kind', async () => {
  await expect(asserted(pem(generateKeyPairSync('x25519').privateKey))).rejects.toThrow(
    'the key for private_key_jwt is x25519: expected RSA of at least 2048 bits, P-256, P-384, P-521 or Ed25519',
  );
});

test('a certified server gives a token for it, and refuses another key', async () => {
  const clientKeys = [{ ...p256.publicKey.export({ format: 'jwk' }), kid: 'k-1', use: 'sig', alg: 'ES256' }];
  await using issuer = await startTokenIssuer({ authMethod: 'private_key_jwt', clientKeys });
  const authWith = (key: KeyObject) =>
    clientCredentials({
      server: { issuer: issuer.issuer },
      clientId: issuer.clientId,
      secret: async () => JSON.stringify({ ...key.export({ format: 'jwk' }), kid: 'k-1' }),
      authMethod: 'private_key_jwt',
      scopes: ['mcp/invoke'],
    });
  const request = { method: 'POST' as const, host: 'a', path: '/', body: undefined, headers: [] as string[] };
  await authWith(p256.privateKey).apply(request);
  expect(await issuer.verify(request.headers[1])).toMatchObject({ client_id: issuer.clientId });
  expect(issuer.tokenRequests[0]?.authorization).toBeUndefined();
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await expect(Promise.resolve(authWith(other.privateKey).apply({ ...request, headers: [] }))).rejects.toThrow(
    'invalid_client',
  );
});

test.each<[string, string]>([
  ['in PEM', pem(rsa.privateKey)],
  ['in PEM, in one line', pem(p256.privateKey, 'sec1').replaceAll('\n', ' ')],
  ['as a JWK', JSON.stringify(p256.privateKey.export({ format: 'jwk' }))],
])('a private key %s is never sent as a secret or a key', async (_case, secret) => {
  const request: Outgoing = { method: 'POST', host: 'a', path: '/mcp', body: undefined, headers: [] };
  for (const authMethod of [undefined, 'client_secret_basic', 'client_secret_post'] as const) {
    await using issuer = await startTokenIssuer();
    const auth = clientCredentials({
      server: { issuer: issuer.issuer },
      clientId: 'm2m',
      secret: async () => secret,
      authMethod,
    });
    await expect(auth.apply(request)).rejects.toThrow('set UPSTREAM_AUTH_METHOD=private_key_jwt');
    expect(issuer.paths.filter((path) => path.endsWith('/token'))).toEqual([]);
  }
  await expect(bearer({ secret: async () => secret }).apply(request)).rejects.toThrow('is a private key');
  await expect(apiKey({ parameter: 'k', secret: async () => secret }).apply(request)).rejects.toThrow(
    'is a private key',
  );
  expect([request.headers, request.path]).toEqual([[], '/mcp']);
});

test.each([
  ['https://idp.example.com', 'https://idp.example.com'],
  ['https://idp.example.com/', 'https://idp.example.com/'],
  ['https://idp.example.com/.well-known/openid-configuration', 'https://idp.example.com'],
])('the audience is the issuer as it is written, also beside a token endpoint: %s', async (issuer, audience) => {
  vi.stubEnv('TEST_KEY', pem(p256.privateKey));
  const forms: string[] = [];
  await using server = await serve((request, response) => {
    void text(request).then((form) => {
      forms.push(form);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"t","expires_in":60}');
    });
  });
  const faults = new Faults();
  const bound = readUpstream(
    {
      UPSTREAM_URL: 'https://a.example/mcp',
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_ISSUER: issuer,
      UPSTREAM_TOKEN_URL: `${server.url}/token`,
      UPSTREAM_CLIENT_ID: 'me',
      UPSTREAM_AUTH_METHOD: 'private_key_jwt',
      UPSTREAM_SECRET: 'env:TEST_KEY',
    },
    'default',
    faults,
  );
  expect(faults.errors).toEqual([]);
  const auth = await bound?.auth.load();
  await auth?.apply({ method: 'POST', host: 'a', path: '/mcp', body: undefined, headers: [] });
  vi.unstubAllEnvs();
  expect(decodeJwt(new URLSearchParams(forms[0]).get('client_assertion') ?? '').aud).toBe(audience);
});
