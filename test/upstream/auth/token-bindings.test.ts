/** From whom tokens are got, for what, and by which client, as it is bound. */
import { describe, expect, it, test } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import {
  askedOf,
  clientOf,
  readTokenBindings,
  saysForWhom,
  TOKEN_VARIABLES,
  type TokenBindings,
} from '../../../proxy/upstream/auth/token-bindings.ts';
import { readEndpoint, readSecretSource, way } from '../../../proxy/upstream/auth/way.ts';

type Bound = Readonly<Partial<Record<keyof typeof TOKEN_VARIABLES, string | undefined>>>;

const BOUND: Bound = { TOKEN_URL: 'https://idp.example.com/token', CLIENT_ID: 'client-1', SECRET: 'env:THE_KEY' };
const POOL = 'cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE';

function bindings(bound: Bound) {
  const faults = new Faults();
  return {
    faults,
    bindings: {
      prefix: 'UPSTREAM',
      get: (name: keyof typeof TOKEN_VARIABLES) => bound[name],
      address: undefined,
      hasCertificate: false,
      environment: {},
      faults,
    },
  };
}

function read(bound: Bound): { readonly read: TokenBindings | undefined; readonly errors: readonly string[] } {
  const { bindings: given, faults } = bindings(bound);
  return { read: readTokenBindings(given), errors: faults.errors };
}

describe('a server', () => {
  it('is a token endpoint, an issuer, or both', () => {
    const [tokenEndpoint, issuer] = [new URL(BOUND.TOKEN_URL ?? ''), new URL('https://idp.example.com')];
    expect(read(BOUND).read?.server).toEqual({ issuer: undefined, tokenEndpoint });
    expect(read({ ...BOUND, ISSUER: issuer.href }).read?.server).toEqual({ issuer, tokenEndpoint });
    expect(read({ ...BOUND, TOKEN_URL: undefined, ISSUER: issuer.href }).read?.server).toEqual({ issuer });
  });

  it.each([
    ['eu-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['xx-nowhere-1', 'amazonaws.com'],
  ])('is the user pool that has the secret, in %s', (region, suffix) => {
    const SECRET = POOL.replace('eu-west-1', region);
    const pool = read({ SECRET }).read;
    expect(pool?.server.issuer?.href).toBe(`https://cognito-idp.${region}.${suffix}/${region}_AbCdEfGhI`);
    expect(pool?.clientId).toBe('1h57kf5cpq17m0eml12EXAMPLE');
    const other = read({ SECRET, ISSUER: 'https://idp.example.com', CLIENT_ID: 'other' }).read;
    expect([other?.server.issuer?.href, other?.clientId]).toEqual(['https://idp.example.com/', 'other']);
  });

  it.each<[Bound, readonly string[]]>([
    [{ TOKEN_URL: undefined }, ["UPSTREAM_ISSUER: expected the issuer's URL (or UPSTREAM_TOKEN_URL), got nothing"]],
    [{ CLIENT_ID: undefined }, ['UPSTREAM_CLIENT_ID: expected the OAuth client id, got nothing']],
    [
      { TOKEN_URL: 'http://idp.example.com/token' },
      ['UPSTREAM_TOKEN_URL: got http://idp.example.com, expected https (http only to this machine)'],
    ],
    [
      { TOKEN_URL: undefined, ISSUER: 'idp' },
      ['UPSTREAM_ISSUER: got "idp", expected a URL such as https://idp.example.com'],
    ],
    [{ SECRET: 'plain' }, [expect.stringMatching(/^UPSTREAM_SECRET: got another text/) as string]],
    [
      { TOKEN_URL: 'https://login.microsoftonline.com/t/oauth2/v2.0/token' },
      [
        'UPSTREAM_SCOPES: expected scopes, which Microsoft Entra ID needs, such as api://APPLICATION/.default, got nothing',
      ],
    ],
    [
      { TOKEN_URL: undefined, ISSUER: 'https://login.microsoftonline.com/t/v2.0' },
      [expect.stringMatching(/^UPSTREAM_SCOPES: /) as string],
    ],
  ])('%j is reported, and nothing is made of it', (changed, errors) => {
    expect(read({ ...BOUND, ...changed })).toEqual({ read: undefined, errors });
  });
});

it.each<Bound>([{ SCOPES: 'api://crm/.default' }, { RESOURCE: 'api://crm' }])(
  'Entra ID gives tokens for %j',
  (asked) => {
    const TOKEN_URL = 'https://login.microsoftonline.com/t/oauth2/v2.0/token';
    expect(read({ ...BOUND, TOKEN_URL, ...asked }).errors).toEqual([]);
  },
);

describe('a token', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['a', ['a']],
    [' a,b  c\td\n,', ['a', 'b', 'c', 'd']],
  ])('has the scopes in %j', (SCOPES, scopes) => {
    expect(read({ ...BOUND, SCOPES }).read?.scopes).toEqual(scopes);
  });

  it('is asked for with what is bound', () => {
    const { read: bound } = read({ ...BOUND, SCOPES: 'a', RESOURCE: 'urn:r', AUDIENCE: 'crm' });
    expect(bound && askedOf(bound)).toEqual({ scopes: ['a'], resource: 'urn:r', audience: 'crm' });
    const certificate = { cert: 'c', key: 'k' } as never;
    expect(bound && clientOf(bound, { certificate })).toMatchObject({
      server: { tokenEndpoint: new URL(BOUND.TOKEN_URL ?? '') },
      clientId: 'client-1',
      certificate,
      secret: expect.any(Function) as unknown,
    });
  });

  it.each<[Bound, boolean]>([
    [{}, false],
    [{ AUDIENCE: 'crm' }, true],
    [{ RESOURCE: 'urn:r' }, true],
    [{ SCOPES: 'a' }, true],
  ])('of a caller with %j says for whom it is: %s', (more, says) => {
    const { read: bound } = read({ ...BOUND, ...more });
    const faults = new Faults();
    expect(bound && saysForWhom(bound, { prefix: 'UPSTREAM', faults })).toBe(says);
    expect(faults.errors.map((error) => error.slice(0, 95))).toEqual(
      says ? [] : ["UPSTREAM_AUDIENCE: expected whom callers' tokens are for (UPSTREAM_AUDIENCE, UPSTREAM_RESOURCE "],
    );
    if (!says) expect(faults.errors[0]).toContain("in the caller's name");
  });
});

test('each variable is described', () => {
  for (const [name, words] of Object.entries(TOKEN_VARIABLES)) expect(words, name).toMatch(/^\S+ .*\S$/);
});

describe('a binding', () => {
  it('of a secret that is for local use only is a warning', () => {
    const { bindings: given, faults } = bindings({ SECRET: 'env:THE_KEY' });
    expect(readSecretSource(given)).toEqual({ kind: 'env', name: 'THE_KEY' });
    expect(faults).toMatchObject({
      errors: [],
      warnings: [expect.stringMatching(/^UPSTREAM_SECRET: the upstream secret comes from an environment variable/)],
    });
  });

  it('of a secret that is missing is an error', () => {
    const { bindings: given, faults } = bindings({});
    expect(readSecretSource(given)).toBeUndefined();
    expect(faults).toMatchObject({
      errors: [
        'UPSTREAM_SECRET: expected where the secret is (arn:…, cognito:POOL/CLIENT, file:… or env:NAME), got nothing',
      ],
      warnings: [],
    });
  });

  it('of an endpoint may be missing', () => {
    const { bindings: given, faults } = bindings({ ISSUER: 'https://idp.example.com' });
    expect([readEndpoint('TOKEN_URL', given), readEndpoint('ISSUER', given)?.href]).toEqual([
      undefined,
      'https://idp.example.com/',
    ]);
    expect(faults.errors).toEqual([]);
  });

  it('is read by the way that declares it', () => {
    const declared = { variables: { A: 'a' }, read: () => undefined };
    expect(way(declared)).toBe(declared);
  });
});
