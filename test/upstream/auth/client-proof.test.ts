/** What a client authenticates with, as it is bound. `kms-assertion.test.ts` and `web-identity.test.ts` send it. */
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { PROOF_VARIABLES, proving, readProof } from '../../../proxy/upstream/auth/client-proof.ts';

type Name = keyof typeof PROOF_VARIABLES | 'ISSUER' | 'TOKEN_URL';
type Bound = Readonly<Partial<Record<Name, string | undefined>>>;

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000';
const DIGEST = 'a'.repeat(64);
const ISSUER = 'https://login.example.com/a';
const TOKEN_URL = 'https://login.example.com/token';
const SECRET = { SECRET: 'env:THE_KEY' };
const ROLE = { AUTH_METHOD: 'web_identity', TOKEN_URL, STS_REGION: 'eu-west-1' };

afterEach(() => void vi.unstubAllEnvs());

function read(
  bound: Bound,
  {
    environment = {},
    hasCertificate = false,
  }: { environment?: Readonly<Record<string, string>>; hasCertificate?: boolean } = {},
) {
  const faults = new Faults();
  const proof = readProof({
    prefix: 'UPSTREAM',
    get: (name) => bound[name],
    address: undefined,
    hasCertificate,
    environment,
    faults,
  });
  return { proof, errors: faults.errors };
}

describe('a client', () => {
  it.each<[string, Bound, object]>([
    ['a secret', SECRET, { authMethod: undefined, proof: { kind: 'secret' } }],
    [
      'a secret as its method says',
      { ...SECRET, AUTH_METHOD: 'client_secret_post' },
      { authMethod: 'client_secret_post', proof: { kind: 'secret' } },
    ],
    [
      'a private key',
      { ...SECRET, AUTH_METHOD: 'private_key_jwt', SIGNING_ALGORITHM: 'PS256', KEY_ID: 'k' },
      { authMethod: 'private_key_jwt', proof: { kind: 'secret' }, assertion: { algorithm: 'PS256', keyId: 'k' } },
    ],
    [
      'a key in KMS, with RS256',
      { SIGNING_KEY: KEY },
      { proof: { kind: 'signing key', key: { arn: KEY, region: 'eu-west-1' }, algorithm: 'RS256' } },
    ],
    [
      'a key in KMS, with another algorithm',
      { SIGNING_KEY: KEY, SIGNING_ALGORITHM: 'ES256', AUTH_METHOD: 'private_key_jwt' },
      { proof: { kind: 'signing key', algorithm: 'ES256' }, assertion: { algorithm: 'ES256' } },
    ],
    [
      'its role, with RS256',
      ROLE,
      { proof: { kind: 'role', identity: { region: 'eu-west-1', audience: TOKEN_URL, algorithm: 'RS256' } } },
    ],
    [
      'its role, with another algorithm and audience',
      { ...ROLE, SIGNING_ALGORITHM: 'ES384', ASSERTION_AUDIENCE: 'urn:a' },
      { proof: { identity: { audience: 'urn:a', algorithm: 'ES384' } } },
    ],
  ])('proves itself with %s', (_what, bound, expected) => {
    const { proof, errors } = read(bound);
    expect(errors).toEqual([]);
    expect(proof).toMatchObject(expected);
  });

  it.each(['tls_client_auth', 'self_signed_tls_client_auth'])('proves itself with its certificate: %s', (method) => {
    expect(read({ AUTH_METHOD: method }, { hasCertificate: true })).toMatchObject({
      proof: { authMethod: method, proof: { kind: 'certificate' } },
      errors: [],
    });
    expect(read({ AUTH_METHOD: method })).toEqual({
      proof: undefined,
      errors: [
        `UPSTREAM_CLIENT_CERTIFICATE: expected where the client certificate is, for UPSTREAM_AUTH_METHOD=${method}, got nothing`,
      ],
    });
  });

  it.each<[Bound, string]>([
    [{}, 'UPSTREAM_SECRET: expected where the secret is'],
    [{ SIGNING_KEY: 'alias/a' }, 'UPSTREAM_SIGNING_KEY: expected the ARN of a KMS key'],
    [{ SIGNING_KEY: '' }, 'UPSTREAM_SIGNING_KEY: expected the ARN of a KMS key'],
    [
      { ...ROLE, STS_REGION: 'here' },
      'UPSTREAM_STS_REGION: expected the region whose STS is asked (or AWS_REGION), got "here"',
    ],
    [{ ...ROLE, STS_REGION: 'xeu-west-1' }, 'UPSTREAM_STS_REGION'],
    [{ ...ROLE, STS_REGION: 'eu-west-1x' }, 'UPSTREAM_STS_REGION'],
    [{ ...ROLE, STS_REGION: 'eu-1' }, 'UPSTREAM_STS_REGION'],
    [
      { ...ROLE, SIGNING_ALGORITHM: 'PS256' },
      'UPSTREAM_SIGNING_ALGORITHM: expected RS256 or ES384, which STS signs with, got PS256',
    ],
    [
      { ...ROLE, ASSERTION_AUDIENCE: 'a'.repeat(1_001) },
      'UPSTREAM_ASSERTION_AUDIENCE: expected at most 1000 characters, got 1001',
    ],
    [
      { ...SECRET, AUTH_METHOD: 'basic' },
      'UPSTREAM_AUTH_METHOD: expected client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth or web_identity, got "basic"',
    ],
    [
      { SIGNING_KEY: KEY, AUTH_METHOD: 'client_secret_basic' },
      'UPSTREAM_AUTH_METHOD: expected private_key_jwt with UPSTREAM_SIGNING_KEY, got client_secret_basic',
    ],
    [
      { SIGNING_KEY: KEY, KEY_CERTIFICATE: 'abc' },
      'UPSTREAM_KEY_CERTIFICATE: expected a SHA-256 digest in hex or base64url, got another text',
    ],
  ])('that is bound so is reported once: %j', (bound, error) => {
    const { errors } = read(bound);
    expect(errors).toEqual([expect.stringContaining(error)]);
  });

  it('may show its role to an audience of 1,000 characters, in any region', () => {
    for (const region of ['us-gov-west-1', 'ap-southeast-12', 'eu-west-1'])
      expect(read({ ...ROLE, STS_REGION: region, ASSERTION_AUDIENCE: 'a'.repeat(1_000) }).errors).toEqual([]);
  });
});

describe('a variable', () => {
  const PROOFS: readonly (readonly [as: string, bound: Bound, reads: readonly Name[]])[] = [
    ['a client secret', SECRET, ['SECRET']],
    ['UPSTREAM_AUTH_METHOD=client_secret_post', { ...SECRET, AUTH_METHOD: 'client_secret_post' }, ['SECRET']],
    [
      'UPSTREAM_AUTH_METHOD=private_key_jwt',
      { ...SECRET, AUTH_METHOD: 'private_key_jwt' },
      ['SECRET', 'SIGNING_ALGORITHM', 'KEY_ID', 'KEY_CERTIFICATE', 'ASSERTION_AUDIENCE'],
    ],
    [
      'UPSTREAM_SIGNING_KEY',
      { SIGNING_KEY: KEY },
      ['SIGNING_KEY', 'SIGNING_ALGORITHM', 'KEY_ID', 'KEY_CERTIFICATE', 'ASSERTION_AUDIENCE'],
    ],
    ['UPSTREAM_AUTH_METHOD=tls_client_auth', { AUTH_METHOD: 'tls_client_auth' }, []],
    ['UPSTREAM_AUTH_METHOD=web_identity', ROLE, ['SIGNING_ALGORITHM', 'ASSERTION_AUDIENCE', 'STS_REGION']],
  ];
  const VALUES: Bound = {
    ...SECRET,
    SIGNING_ALGORITHM: 'RS256',
    KEY_ID: 'k',
    KEY_CERTIFICATE: DIGEST,
    ASSERTION_AUDIENCE: 'urn:a',
    STS_REGION: 'eu-west-1',
  };

  it.each(PROOFS)('that %s does not read is a mistake', (as, bound, reads) => {
    const hasCertificate = true;
    expect(read(bound, { hasCertificate }).errors).toEqual([]);
    for (const [name, value] of Object.entries(VALUES))
      expect(read({ ...bound, [name]: value }, { hasCertificate }).errors, name).toEqual(
        reads.includes(name as Name) ? [] : [`UPSTREAM_${name}: expected none with ${as}, got one`],
      );
  });

  test('for a key in KMS is a mistake with another proof', () => {
    for (const AUTH_METHOD of ['web_identity', 'tls_client_auth'])
      expect(
        read({ ...ROLE, AUTH_METHOD, STS_REGION: undefined, SIGNING_KEY: KEY }, { hasCertificate: true }).errors,
      ).toContain(`UPSTREAM_SIGNING_KEY: expected none with UPSTREAM_AUTH_METHOD=${AUTH_METHOD}, got one`);
  });

  test('that has another fault is reported for that alone', () => {
    expect(read({ ...SECRET, SIGNING_ALGORITHM: 'HS256' }).errors).toEqual([
      'UPSTREAM_SIGNING_ALGORITHM: expected RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA, got "HS256"',
    ]);
    expect(read({ ...ROLE, SECRET: 'env:A', KEY_ID: 'k' }).errors).toHaveLength(2);
  });

  test('is described, with the values that it may have', () => {
    for (const [name, words] of Object.entries(PROOF_VARIABLES)) expect(words, name).toMatch(/^\S+ .* \S+$/);
    expect(PROOF_VARIABLES.AUTH_METHOD).toContain('client_secret_basic | client_secret_post | private_key_jwt');
    expect(PROOF_VARIABLES.SIGNING_ALGORITHM).toContain('RS256 | RS384');
  });
});

describe('an assertion', () => {
  const audience = (bound: Bound): unknown => read({ SIGNING_KEY: KEY, ...bound }).proof?.assertion.audience;

  it('is for the audience that is bound, else for the issuer as it is written, unless that is looked up', () => {
    expect(audience({ ISSUER, TOKEN_URL, ASSERTION_AUDIENCE: 'urn:a' })).toBe('urn:a');
    expect(audience({ ISSUER, TOKEN_URL })).toBe(ISSUER);
    expect(audience({ ISSUER: `${ISSUER}/.well-known/openid-configuration`, TOKEN_URL })).toBe(ISSUER);
    expect(audience({ ISSUER })).toBeUndefined();
    expect(audience({ TOKEN_URL })).toBeUndefined();
  });

  it('names the certificate by its digest', () => {
    const digest = Buffer.from(DIGEST, 'hex').toString('base64url');
    expect(read({ SIGNING_KEY: KEY, KEY_CERTIFICATE: DIGEST }).proof?.assertion.digest).toBe(digest);
    expect(read({ SIGNING_KEY: KEY }).proof?.assertion).toEqual({});
  });
});

describe('the identity of a role', () => {
  const identity = (bound: Bound, environment: Readonly<Record<string, string>> = {}): unknown => {
    const { proof } = read({ AUTH_METHOD: 'web_identity', ...bound }, { environment }).proof ?? {};
    return proof?.kind === 'role' ? [proof.identity.region, proof.identity.audience] : undefined;
  };

  it('is asked for in the region that is bound, else in that of the proxy', () => {
    const environment = { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' };
    expect(identity({ TOKEN_URL, STS_REGION: 'eu-west-1' }, environment)).toEqual(['eu-west-1', TOKEN_URL]);
    expect(identity({ TOKEN_URL }, environment)).toEqual(['eu-west-2', TOKEN_URL]);
    expect(identity({ TOKEN_URL }, { AWS_DEFAULT_REGION: 'eu-west-3' })).toEqual(['eu-west-3', TOKEN_URL]);
    expect(read({ AUTH_METHOD: 'web_identity', TOKEN_URL })).toEqual({
      proof: undefined,
      errors: ['UPSTREAM_STS_REGION: expected the region whose STS is asked (or AWS_REGION), got nothing'],
    });
  });

  it('is for the issuer, else for the token endpoint; for Entra ID as that expects it', () => {
    const region = { STS_REGION: 'eu-west-1' };
    expect(identity({ ...region, ISSUER, TOKEN_URL })).toEqual(['eu-west-1', ISSUER]);
    expect(identity({ ...region, ISSUER: 'https://login.microsoftonline.com/t/v2.0' })).toEqual([
      'eu-west-1',
      'api://AzureADTokenExchange',
    ]);
    // A server without an address is reported elsewhere.
    expect(read({ AUTH_METHOD: 'web_identity', ...region })).toEqual({ proof: undefined, errors: [] });
  });
});

describe('a token request', () => {
  const given = (bound: Bound, hasCertificate = false): ReturnType<typeof proving> => {
    const { proof } = read(bound, { hasCertificate });
    if (proof === undefined) throw new TypeError('expected a proof, got faults');
    return proving(proof);
  };

  it('reads the secret when it needs it', async () => {
    const made = given({ ...SECRET, AUTH_METHOD: 'client_secret_post' });
    vi.stubEnv('THE_KEY', 'k-1');
    expect(await made.secret?.()).toBe('k-1');
    expect(made).toMatchObject({ authMethod: 'client_secret_post', assertion: {} });
    expect(made).not.toHaveProperty('proof');
  });

  it('has no secret with a certificate', () => {
    expect(given({ AUTH_METHOD: 'tls_client_auth' }, true)).toEqual({ authMethod: 'tls_client_auth' });
  });

  it.each<[string, Bound]>([
    ['a key in KMS', { SIGNING_KEY: KEY, KEY_ID: 'k' }],
    ['the role', ROLE],
  ])('is signed with %s in place of a secret', async (_what, bound) => {
    const made = given(bound);
    expect(made).not.toHaveProperty('secret');
    expect('assertion' in made).toBe(bound.SIGNING_KEY !== undefined);
    expect(await made.proof?.({})).toBeTypeOf('function');
  });
});
