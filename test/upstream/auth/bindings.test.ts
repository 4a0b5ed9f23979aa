/** What the bindings of each way lead to: an error that names the variable, or credentials as they were bound. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import type { Outgoing } from '../../../proxy/upstream/auth/auth.ts';
import { getHeader } from '../../../proxy/upstream/auth/header-list.ts';
import { variablesOfWays } from '../../../proxy/upstream/auth/ways.ts';
import { startElsewhere } from '../../support/elsewhere.ts';
import { serve } from './loopback.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

type Environment = Readonly<Record<string, string>>;
const ELSEWHERE: Environment = { UPSTREAM_URL: 'https://mcp.example.com/mcp' };
const POOL = 'cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE';

function read(environment: Environment) {
  const faults = new Faults();
  return { faults, upstream: readUpstream({ ...ELSEWHERE, ...environment }, 'default', faults) };
}

/** The headers that the bound credentials add to a request. */
async function credentials(environment: Environment): Promise<readonly string[]> {
  const { upstream, faults } = read(environment);
  if (upstream === undefined) throw new Error(faults.errors.join('\n'));
  const request: Outgoing = { method: 'POST', host: 'mcp.example.com', path: '/mcp', body: undefined, headers: [] };
  await (await upstream.auth.load())?.apply(request);
  return request.headers;
}

test('an upstream outside of AWS gets no credentials unless a way is bound', async () => {
  expect(await credentials({})).toEqual([]);
  expect(read({}).upstream?.auth).toMatchObject({ way: 'none', forbiddenIsOurs: false });
});

describe('with iam', () => {
  const IAM: Environment = { UPSTREAM_AUTH: 'iam' };
  const GATEWAY: Environment = {
    UPSTREAM_URL: 'https://g-1.gateway.bedrock-agentcore.eu-central-1.amazonaws.com/mcp',
    AWS_REGION: 'us-east-1',
  };
  const scopeOf = async (environment: Environment): Promise<string | undefined> => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKID');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const signed = getHeader(await credentials(environment), 'authorization') ?? '';
    return /Credential=AKID\/\d{8}\/([^,]*)\/aws4_request/.exec(signed)?.[1];
  };

  test("the region is the address's, else that of the environment", async () => {
    expect(await scopeOf(GATEWAY)).toBe('eu-central-1/bedrock-agentcore');
    expect(await scopeOf({ ...IAM, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' })).toBe(
      'us-east-1/bedrock-agentcore',
    );
    expect(await scopeOf({ ...IAM, AWS_DEFAULT_REGION: 'us-east-2' })).toBe('us-east-2/bedrock-agentcore');
  });

  test('the service is the one that is bound', async () => {
    expect(await scopeOf({ ...GATEWAY, UPSTREAM_SERVICE: 'execute-api' })).toBe('eu-central-1/execute-api');
  });

  test('a 403 is about the credentials', () => {
    expect(read(GATEWAY).upstream?.auth).toMatchObject({ way: 'iam', forbiddenIsOurs: true });
  });

  test('no region anywhere is an error, and no address is an error once', () => {
    expect(read(IAM).faults.errors).toEqual([
      "AWS_REGION: expected a region to sign for (the upstream's URL names none), got nothing",
    ]);
    expect(read({ ...IAM, UPSTREAM_URL: '' }).faults.errors).toEqual([
      "UPSTREAM_URL: expected the upstream's URL (or UPSTREAM_ARN), got nothing",
    ]);
  });
});

describe('with bearer', () => {
  const BEARER: Environment = { UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:THE_KEY' };

  test('the secret is sent in Authorization, or in the header that is bound', async () => {
    vi.stubEnv('THE_KEY', 'k-1');
    expect(await credentials(BEARER)).toEqual(['authorization', 'Bearer k-1']);
    expect(await credentials({ ...BEARER, UPSTREAM_HEADER: 'X-Api-Key' })).toEqual(['x-api-key', 'k-1']);
    expect(read(BEARER).upstream?.auth).toMatchObject({ way: 'bearer', forbiddenIsOurs: false });
  });

  test('a secret from the environment is a warning', () => {
    expect(read(BEARER).faults).toMatchObject({
      errors: [],
      warnings: [expect.stringMatching(/^UPSTREAM_SECRET: the upstream secret comes from an environment variable/)],
    });
  });

  test.each([
    ['', 'UPSTREAM_SECRET: expected where the secret is (arn:…, cognito:POOL/CLIENT, file:… or env:NAME), got nothing'],
    ['plain', expect.stringMatching(/^UPSTREAM_SECRET: got another text, expected arn:/)],
  ])('a secret in %j is an error', (secret, error) => {
    expect(read({ ...BEARER, UPSTREAM_SECRET: secret })).toMatchObject({
      upstream: undefined,
      faults: { errors: [error] },
    });
  });

  test.each(['X Key', 'Host'])('the header %s is an error', (header) => {
    expect(read({ ...BEARER, UPSTREAM_HEADER: header })).toMatchObject({
      upstream: undefined,
      faults: { errors: [`UPSTREAM_HEADER: expected the name of a header for the secret, got "${header}"`] },
    });
  });
});

describe('with oauth', () => {
  const OAUTH: Environment = {
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_SECRET: 'env:THE_KEY',
    UPSTREAM_CLIENT_ID: 'client-1',
    UPSTREAM_TOKEN_URL: 'https://idp.example.com/token',
  };

  test('a token is asked for with all that is bound, and nothing else', async () => {
    const asked: Record<string, string>[] = [];
    await using issuer = await serve((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
        const client = Buffer.from(basic, 'base64').toString();
        asked.push({ target: request.url ?? '', client, ...Object.fromEntries(new URLSearchParams(body)) });
        response.end('{"access_token":"t-1","token_type":"bearer"}');
      });
    });
    vi.stubEnv('THE_KEY', 'k-1');
    const bound = { ...OAUTH, UPSTREAM_TOKEN_URL: `${issuer.url}/token` };
    expect(await credentials(bound)).toEqual(['authorization', 'Bearer t-1']);
    await credentials({ ...bound, UPSTREAM_SCOPES: ' a,b  c ', UPSTREAM_RESOURCE: 'https://mcp.example.com/mcp' });
    const plain = { target: '/token', client: 'client-1:k-1', grant_type: 'client_credentials' };
    expect(asked).toEqual([plain, { ...plain, scope: 'a b c', resource: 'https://mcp.example.com/mcp' }]);
  });

  test('an issuer, a token endpoint or a user pool is enough', () => {
    const { UPSTREAM_TOKEN_URL: _, ...others } = OAUTH;
    for (const environment of [
      OAUTH,
      { ...others, UPSTREAM_ISSUER: 'https://idp.example.com' },
      { ...OAUTH, UPSTREAM_ISSUER: 'https://idp.example.com' },
      { UPSTREAM_AUTH: 'oauth', UPSTREAM_SECRET: POOL },
    ]) {
      const { faults, upstream } = read(environment);
      expect(faults.errors).toEqual([]);
      expect(upstream?.auth).toMatchObject({ way: 'oauth', forbiddenIsOurs: false });
    }
  });

  test.each<[Environment, string[]]>([
    [{ UPSTREAM_CLIENT_ID: '' }, ['UPSTREAM_CLIENT_ID: expected the OAuth client id, got nothing']],
    [{ UPSTREAM_TOKEN_URL: '' }, ["UPSTREAM_ISSUER: expected the issuer's URL (or UPSTREAM_TOKEN_URL), got nothing"]],
    [
      { UPSTREAM_SECRET: '' },
      ['UPSTREAM_SECRET: expected where the secret is (arn:…, cognito:POOL/CLIENT, file:… or env:NAME), got nothing'],
    ],
    [
      { UPSTREAM_TOKEN_URL: 'http://idp.example.com/token' },
      ['UPSTREAM_TOKEN_URL: got http://idp.example.com, expected https (http only to this machine)'],
    ],
    [
      { UPSTREAM_TOKEN_URL: '', UPSTREAM_ISSUER: 'idp' },
      ['UPSTREAM_ISSUER: got "idp", expected a URL such as https://idp.example.com'],
    ],
  ])('%o is an error, reported once', (environment, errors) => {
    expect(read({ ...OAUTH, ...environment })).toMatchObject({ upstream: undefined, faults: { errors } });
  });

  test('the issuer of a user pool is asked for its metadata', async () => {
    await using elsewhere = await startElsewhere(['cognito-idp.eu-west-1.amazonaws.com'], (_request, response) => {
      response.writeHead(503).end();
    });
    const { upstream } = read({ UPSTREAM_AUTH: 'oauth', UPSTREAM_SECRET: POOL });
    const request: Outgoing = { method: 'POST', host: 'h', path: '/', body: undefined, headers: [] };
    await expect(Promise.resolve((await upstream?.auth.load())?.apply(request))).rejects.toThrow();
    expect(elsewhere.requests[0]).toMatch(
      /^GET https:\/\/cognito-idp\.eu-west-1\.amazonaws\.com\/.*eu-west-1_AbCdEfGhI/,
    );
  });
});

test('each variable is described, with the ways that read it', () => {
  expect(variablesOfWays()).toMatchObject({
    SERVICE: 'iam: the SigV4 service name; default bedrock-agentcore',
    ISSUER: 'oauth, token-exchange, jwt-bearer: the issuer, whose metadata names the token endpoint',
    HEADER: 'bearer, agentcore-identity: the header that carries the secret; default Authorization: Bearer',
  });
});
