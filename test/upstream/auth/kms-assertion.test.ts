/** A client whose key stays in KMS: the SDK's client, a KMS that checks signature and role, and a certified server. */
import type { KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { kmsSigner } from '../../../proxy/credentials/kms-signer.ts';
import { KMS_ALGORITHMS, type SigningAlgorithm } from '../../../proxy/credentials/signing-algorithms.ts';
import { getHeader } from '../../../proxy/upstream/auth/header-list.ts';
import { Lines } from '../../dispatch/lines.ts';
import { REGION, type KeySpec, type SigningServices, startSigningServices } from '../../support/signing-services.ts';
import { startTokenIssuer } from '../../support/token-issuer.ts';
import { serve } from './loopback.ts';

let kms: SigningServices;
beforeEach(async () => {
  kms = await startSigningServices();
  for (const [name, value] of Object.entries(kms.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await kms[Symbol.asyncDispose]();
});

/** Exactly what the construct gives the role. */
const mayUse = (arn: string, algorithm: SigningAlgorithm) => ({
  Effect: 'Allow',
  Action: 'kms:Sign',
  Resource: arn,
  Condition: { StringEquals: { 'kms:SigningAlgorithm': KMS_ALGORITHMS[algorithm] } },
});

type Environment = Readonly<Record<string, string>>;

async function authorization(environment: Environment): Promise<string | undefined> {
  const faults = new Faults();
  const bound = readUpstream(
    { UPSTREAM_URL: 'https://mcp.example.com/mcp', UPSTREAM_AUTH: 'oauth', UPSTREAM_CLIENT_ID: 'm2m', ...environment },
    'default',
    faults,
  );
  if (bound === undefined || faults.errors.length > 0) throw new Error(faults.errors.join('\n'));
  const request = { method: 'POST' as const, host: 'a', path: '/', body: undefined, headers: [] as string[] };
  await (await bound.auth.load())?.apply(request);
  return getHeader(request.headers, 'authorization');
}

function issuerKnowing(publicKey: KeyObject, alg: SigningAlgorithm, kid = 'kms-1') {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg };
  return startTokenIssuer({ authMethod: 'private_key_jwt', clientKeys: [jwk] });
}

test.each<[KeySpec, SigningAlgorithm, Environment]>([
  ['RSA_2048', 'RS256', {}],
  ['RSA_2048', 'PS256', { UPSTREAM_SIGNING_ALGORITHM: 'PS256' }],
  ['ECC_NIST_P256', 'ES256', { UPSTREAM_SIGNING_ALGORITHM: 'ES256', UPSTREAM_AUTH_METHOD: 'private_key_jwt' }],
  ['ECC_NIST_EDWARDS25519', 'EdDSA', { UPSTREAM_SIGNING_ALGORITHM: 'EdDSA' }],
])('a key of %s authenticates the client with %s', async (spec, alg, environment) => {
  const { arn, publicKey } = kms.createKey(spec);
  kms.role = [mayUse(arn, alg)];
  await using issuer = await issuerKnowing(publicKey, alg);
  const bindings = { UPSTREAM_ISSUER: issuer.issuer.href, UPSTREAM_SIGNING_KEY: arn, UPSTREAM_KEY_ID: 'kms-1' };
  const got = await authorization({ ...bindings, ...environment });
  expect(await issuer.verify(got)).toMatchObject({ client_id: 'm2m' });
  const assertion = issuer.tokenRequests[0]?.form.get('client_assertion') ?? '';
  expect(decodeProtectedHeader(assertion)).toEqual({ alg, typ: 'JWT', kid: 'kms-1' });
  expect(kms.asked).toEqual([`kms Sign ${arn} ${KMS_ALGORITHMS[alg]}`]);
});

test.each<[KeySpec, SigningAlgorithm]>([
  ['RSA_2048', 'RS384'],
  ['RSA_2048', 'RS512'],
  ['RSA_2048', 'PS384'],
  ['RSA_2048', 'PS512'],
  ['ECC_NIST_P256', 'ES256'],
  ['ECC_NIST_P384', 'ES384'],
  ['ECC_NIST_P521', 'ES512'],
])('every signature of %s with %s is in the form of JWS', async (spec, alg) => {
  const { arn, publicKey } = kms.createKey(spec);
  kms.role = [mayUse(arn, alg)];
  const sign = kmsSigner({ arn, region: REGION }, alg);
  // ECDSA's numbers are shorter than their place in one of 128 signatures.
  for (let i = 0; i < (alg.startsWith('ES') ? 40 : 2); i++) {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg })}.${part({ i })}`;
    const { payload } = await jwtVerify(`${input}.${(await sign(input)).toString('base64url')}`, publicKey);
    expect(payload).toEqual({ i });
  }
});

describe('the role may sign with exactly one key and algorithm', () => {
  test.each<[string, (arn: string, other: string) => unknown[]]>([
    ['nothing', () => []],
    ['another key', (_, other) => [mayUse(other, 'RS256')]],
    ['another algorithm', (arn) => [mayUse(arn, 'PS256')]],
    ['reading the public key', (arn) => [{ Effect: 'Allow', Action: 'kms:GetPublicKey', Resource: arn }]],
  ])('and %s is not enough', async (_, role) => {
    const { arn, publicKey } = kms.createKey('RSA_2048');
    kms.role = role(arn, kms.createKey('RSA_2048').arn);
    await using issuer = await issuerKnowing(publicKey, 'RS256');
    await expect(authorization({ UPSTREAM_ISSUER: issuer.issuer.href, UPSTREAM_SIGNING_KEY: arn })).rejects.toThrow(
      `could not sign with the key ${arn} (AccessDeniedException): allow the execution role kms:Sign on it with RSASSA_PKCS1_V1_5_SHA_256, also in the key's own policy`,
    );
    expect([kms.asked, issuer.tokenRequests]).toEqual([[], []]);
  });

  test("and an algorithm that the key doesn't have is said to be that", async () => {
    const { arn, publicKey } = kms.createKey('ECC_NIST_P256');
    kms.role = [mayUse(arn, 'RS256')];
    await using issuer = await issuerKnowing(publicKey, 'ES256');
    await expect(authorization({ UPSTREAM_ISSUER: issuer.issuer.href, UPSTREAM_SIGNING_KEY: arn })).rejects.toThrow(
      '(InvalidKeyUsageException): expected a key for SIGN_VERIFY that signs RS256: set the algorithm to one that its spec has',
    );
  });
});

test('an assertion is worth nothing twice, at another issuer, or for another client key', async () => {
  const { arn, publicKey } = kms.createKey('RSA_2048');
  kms.role = [mayUse(arn, 'RS256')];
  await using first = await issuerKnowing(publicKey, 'RS256');
  await using second = await issuerKnowing(publicKey, 'RS256');
  await using third = await issuerKnowing(kms.createKey('RSA_2048').publicKey, 'RS256');
  const bindings = { UPSTREAM_SIGNING_KEY: arn, UPSTREAM_KEY_ID: 'kms-1' };
  await authorization({ ...bindings, UPSTREAM_ISSUER: first.issuer.href });
  await authorization({ ...bindings, UPSTREAM_ISSUER: first.issuer.href });
  const [one, two] = first.tokenRequests.map(({ form }) => form);
  expect(one?.get('client_assertion')).not.toBe(two?.get('client_assertion'));
  for (const { tokenEndpoint } of [second, third]) {
    const replayed = await fetch(tokenEndpoint, { method: 'POST', body: one ?? null });
    expect([replayed.status, await replayed.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  }
  await expect(authorization({ ...bindings, UPSTREAM_ISSUER: third.issuer.href })).rejects.toThrow(
    /invalid_client.*check UPSTREAM_CLIENT_ID and what is registered there of the key/,
  );
});

test('the audience is the one that is bound, else the issuer, else the token endpoint', async () => {
  const { arn } = kms.createKey('RSA_2048');
  kms.role = [mayUse(arn, 'RS256')];
  const seen: unknown[] = [];
  await using endpoint = await serve((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const [, claims = ''] = (new URLSearchParams(text).get('client_assertion') ?? '').split('.');
      seen.push((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: unknown }).aud);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"t","token_type":"bearer"}');
    })();
  });
  const bindings = { UPSTREAM_SIGNING_KEY: arn, UPSTREAM_TOKEN_URL: `${endpoint.url}/token` };
  await authorization(bindings);
  await authorization({ ...bindings, UPSTREAM_ISSUER: 'https://id.example.com/' });
  await authorization({ ...bindings, UPSTREAM_ASSERTION_AUDIENCE: 'urn:of-the-issuer' });
  expect(seen).toEqual([`${endpoint.url}/token`, 'https://id.example.com/', 'urn:of-the-issuer']);
});

test.each([300, -300])(
  'an assertion refused for a clock that differs by %d s is made again with the time of the issuer',
  async (skew) => {
    const { arn } = kms.createKey('RSA_2048');
    kms.role = [mayUse(arn, 'RS256')];
    let requests = 0;
    await using endpoint = await serve((request, response) => {
      void (async () => {
        requests++;
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const [, claims = ''] = (new URLSearchParams(text).get('client_assertion') ?? '').split('.');
        const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number; exp: number };
        const now = Date.now() / 1000 + skew;
        const fits = iat <= now + 5 && exp >= now - 5;
        response
          .writeHead(fits ? 200 : 401, { 'content-type': 'application/json', date: new Date(now * 1000).toUTCString() })
          .end(fits ? '{"access_token":"t","token_type":"bearer"}' : '{"error":"invalid_client"}');
      })();
    });
    const lines = new Lines();
    lines.start();
    expect(await authorization({ UPSTREAM_SIGNING_KEY: arn, UPSTREAM_TOKEN_URL: `${endpoint.url}/token` })).toBe(
      'Bearer t',
    );
    lines.stop();
    expect(requests).toBe(2);
    expect(lines.all).toContainEqual(expect.objectContaining({ event: 'clock-corrected', level: 'warn' }));
  },
);

test('the digest of a certificate is named, from hex or base64url', async () => {
  const { arn, publicKey } = kms.createKey('RSA_2048');
  kms.role = [mayUse(arn, 'PS256')];
  const digest = Buffer.alloc(32, 7);
  for (const text of [
    digest
      .toString('hex')
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:'),
    digest.toString('base64url'),
  ]) {
    await using issuer = await issuerKnowing(publicKey, 'PS256');
    await authorization({
      UPSTREAM_ISSUER: issuer.issuer.href,
      UPSTREAM_SIGNING_KEY: arn,
      UPSTREAM_SIGNING_ALGORITHM: 'PS256',
      UPSTREAM_KEY_CERTIFICATE: text,
    });
    const assertion = issuer.tokenRequests[0]?.form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toEqual({
      alg: 'PS256',
      typ: 'JWT',
      'x5t#S256': digest.toString('base64url'),
    });
  }
});

test.each<[Environment, string]>([
  [
    { UPSTREAM_SIGNING_KEY: 'alias/mine' },
    'UPSTREAM_SIGNING_KEY: expected the ARN of a KMS key by its id (arn:aws:kms:REGION:ACCOUNT:key/ID), got another text',
  ],
  [{ UPSTREAM_SIGNING_KEY: 'arn:aws:kms:eu-west-1:111122223333:alias/mine' }, 'by its id'],
  [
    { UPSTREAM_SIGNING_KEY: KEY(), UPSTREAM_SECRET: 'env:A' },
    'UPSTREAM_SECRET: expected none with UPSTREAM_SIGNING_KEY, got one',
  ],
  [
    { UPSTREAM_SIGNING_KEY: KEY(), UPSTREAM_AUTH_METHOD: 'client_secret_post' },
    'UPSTREAM_AUTH_METHOD: expected private_key_jwt with UPSTREAM_SIGNING_KEY, got client_secret_post',
  ],
  [
    { UPSTREAM_SIGNING_KEY: KEY(), UPSTREAM_SIGNING_ALGORITHM: 'HS256' },
    'UPSTREAM_SIGNING_ALGORITHM: expected RS256, RS384,',
  ],
  [
    { UPSTREAM_SECRET: 'env:A', UPSTREAM_SIGNING_ALGORITHM: 'PS256' },
    'UPSTREAM_SIGNING_ALGORITHM: expected none with a client secret, got one',
  ],
  [
    { UPSTREAM_SIGNING_KEY: KEY(), UPSTREAM_KEY_CERTIFICATE: 'abc' },
    'UPSTREAM_KEY_CERTIFICATE: expected a SHA-256 digest in hex or base64url',
  ],
  [
    { UPSTREAM_AUTH_METHOD: 'tls_client_auth' },
    'UPSTREAM_CLIENT_CERTIFICATE: expected where the client certificate is, for UPSTREAM_AUTH_METHOD=tls_client_auth, got nothing',
  ],
])('the bindings %j are refused', async (environment, words) => {
  await expect(authorization({ UPSTREAM_ISSUER: 'https://id.example.com', ...environment })).rejects.toThrow(words);
});

function KEY(): string {
  return 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
}
