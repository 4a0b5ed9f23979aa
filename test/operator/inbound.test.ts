import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jwtInbound } from '../../bin/operator/inbound-mode.ts';
import { type Inbound, inboundFetch, RUNTIME_SESSION } from '../../bin/operator/inbound.ts';
import { startVerifyingServer } from '../support/sigv4-verifier.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { serve } from '../upstream/auth/loopback.ts';
import { startFakeAws } from './fake-aws.ts';
import { emptyWorld } from './world.ts';

const IAM: Inbound = { kind: 'iam', region: 'eu-west-1' };
const RULES = {
  region: 'eu-west-1',
  service: 'bedrock-agentcore',
  secretFor: (id: string) => (id === 'AKID' ? 'secret' : undefined),
};
const PATH =
  '/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aeu-west-1%3A111122223333%3Aruntime%2Fx-1/invocations?qualifier=DEFAULT';

beforeEach(() => {
  for (const [name, value] of [
    ['AWS_ACCESS_KEY_ID', 'AKID'],
    ['AWS_SECRET_ACCESS_KEY', 'secret'],
    ['AWS_PROFILE', undefined],
  ] as const)
    vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

function call(url: string, inbound: Inbound, headers: Record<string, string> = {}): Promise<Response> {
  return inboundFetch(inbound)(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
  });
}

describe('calling a deployed proxy', () => {
  it('signs the percent-encoded path, the body and the MCP headers in a way that the receiver accepts', async () => {
    await using server = await startVerifyingServer(RULES);
    const response = await call(`${server.url}${PATH}`, IAM, { 'Mcp-Method': 'ping' });
    expect(response.status).toBe(200);
    expect(server.verdicts[0]).toMatchObject({
      accepted: true,
      accessKeyId: 'AKID',
      signedHeaders: expect.arrayContaining(['host', 'mcp-method', 'content-type', 'x-amz-date']) as unknown,
    });
  });

  it.each([
    ['its body', { body: Buffer.from('{}') }],
    ['its path', { target: '/runtimes/another/invocations' }],
  ])('is refused if an intermediary changes %s', async (_what, change) => {
    await using server = await startVerifyingServer(RULES, undefined, (request) => ({ ...request, ...change }));
    expect((await call(`${server.url}${PATH}`, IAM)).status).toBe(403);
  });

  it('sends a header that keeps calls in one session, unless the client names one', async () => {
    const seen: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      seen.push(String(request.headers[RUNTIME_SESSION]));
      response.end();
    });
    const fetchIt = inboundFetch(IAM, { headers: { [RUNTIME_SESSION]: 'mine' } });
    await fetchIt(server.url);
    await fetchIt(server.url, { headers: { [RUNTIME_SESSION]: 'the-clients' } });
    expect(seen).toEqual(['mine', 'the-clients']);
  });

  it('replaces credentials that the client sends with its own', async () => {
    await using server = await startVerifyingServer(RULES);
    expect((await call(server.url, IAM, { authorization: 'Bearer of-somebody-else' })).status).toBe(200);
  });

  it('does not follow a redirect, so credentials go only to the requested host', async () => {
    await using elsewhere = await serve((_request, response) => void response.end('got it'));
    await using server = await serve(
      (_request, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    expect((await call(server.url, IAM)).status).toBe(307);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each([
    ['http://proxy.example.com/mcp', /expected an https URL/],
    ['http://169.254.169.254/latest', /expected an https URL/],
    ['https://169.254.169.254/latest', /a link-local address/],
  ])('sends nothing to %s', async (url, message) => {
    await expect(call(url, IAM)).rejects.toThrow(message);
  });

  it("says what to do without AWS credentials, in a caller's terms", async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('HOME', '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(call('http://127.0.0.1:9/', IAM)).rejects.toThrow(
      /^no AWS credentials to sign with .*: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/,
    );
  });
});

describe('calling with a token', () => {
  it('fetches one for the client of the user pool, whose secret it reads from Cognito, and keeps it', async () => {
    await using issuer = await startTokenIssuer({ clientSecret: 'pool-secret' });
    await using aws = await startFakeAws(pool('pool-secret'));
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    const claims: unknown[] = [];
    await using server = await serve(
      (request, response) =>
        void issuer.verify(request.headers.authorization).then((verified) => (claims.push(verified), response.end())),
    );
    const fetchIt = inboundFetch(cognito(issuer.tokenEndpoint));
    await fetchIt(server.url);
    await fetchIt(server.url);
    expect(claims).toMatchObject([{ client_id: 'm2m' }, { client_id: 'm2m' }]);
    expect(issuer.tokenRequests).toHaveLength(1);
    expect(aws.calls).toEqual(['cognito-idp DescribeUserPoolClient']);
  });

  it('fetches another token once if one is refused', async () => {
    await using issuer = await startTokenIssuer({ clientSecret: 'pool-secret' });
    await using aws = await startFakeAws(pool('pool-secret'));
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    await using server = await serve((_request, response) => void response.writeHead(401).end());
    expect((await call(server.url, cognito(issuer.tokenEndpoint))).status).toBe(401);
    expect(server.requests).toHaveLength(2);
    expect(issuer.tokenRequests).toHaveLength(2);
  });

  it("names the missing permission as the caller's own", async () => {
    await using issuer = await startTokenIssuer();
    await using aws = await startFakeAws({ ...pool('x'), denied: ['DescribeUserPoolClient'] });
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    await expect(call('http://127.0.0.1:9/', cognito(issuer.tokenEndpoint))).rejects.toThrow(
      /allow your own role cognito-idp:DescribeUserPoolClient on the pool/,
    );
  });

  it("does not mention the container's variables if the client is refused", async () => {
    await using issuer = await startTokenIssuer({ clientSecret: 'another' });
    await using aws = await startFakeAws(pool('pool-secret'));
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    await expect(call('http://127.0.0.1:9/', cognito(issuer.tokenEndpoint))).rejects.toThrow(
      /refused the token request \(invalid_client, status 401\): check the client's id and secret$/,
    );
  });
});

describe('a JWT authorizer that the stack did not create', () => {
  const POOL = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1';
  const at = (issuer: string, allowedClients: readonly string[], environment: Record<string, string> = {}): Inbound =>
    jwtInbound({ discoveryUrl: `${issuer}/.well-known/openid-configuration`, allowedClients }, environment);

  it('is called with the only client of a Cognito pool that it allows', () => {
    expect(at(POOL, ['only'])).toMatchObject({
      clientId: 'only',
      secret: { kind: 'cognito', userPoolId: 'eu-west-1_Pool1', clientId: 'only' },
      server: { issuer: new URL(POOL) },
    });
  });

  it('is called with the client that INBOUND_CLIENT_ID names among several', () => {
    expect(at(POOL, ['a', 'b'], { INBOUND_CLIENT_ID: 'b' })).toMatchObject({
      clientId: 'b',
      secret: { kind: 'cognito' },
    });
    expect(() => at(POOL, ['a', 'b'])).toThrow(
      /set INBOUND_CLIENT_ID to a client of it \(one of a, b\); its secret is then read from Cognito/,
    );
  });

  it('is called with a client of any issuer, whose secret is where INBOUND_SECRET says', () => {
    const environment = {
      INBOUND_CLIENT_ID: 'agent',
      INBOUND_SECRET: 'env:AGENT_SECRET',
      INBOUND_SCOPES: 'mcp/invoke other',
    };
    expect(at('https://idp.example.com/tenant', [], environment)).toMatchObject({
      clientId: 'agent',
      secret: { kind: 'env', name: 'AGENT_SECRET' },
      scopes: ['mcp/invoke', 'other'],
    });
    expect(() => at('https://idp.example.com/tenant', [])).toThrow(
      /set INBOUND_CLIENT_ID to a client of it; INBOUND_SECRET to where its secret is/,
    );
    expect(() => at('https://idp.example.com/tenant', [], { INBOUND_SECRET: 'env:AGENT_SECRET' })).toThrow(
      /^INBOUND_CLIENT_ID: expected the id/,
    );
  });

  it('does not repeat a secret that was given instead of its place', () => {
    const mistake = 'hunter2-the-secret-itself';
    expect(() => at('https://idp.example.com', [], { INBOUND_CLIENT_ID: 'agent', INBOUND_SECRET: mistake })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(mistake) as unknown }) as Error,
    );
  });
});

function pool(secret: string): ReturnType<typeof emptyWorld> {
  const world = emptyWorld();
  world.pools.set('eu-west-1_Pool1', { protected: true, clients: { m2m: secret } });
  return world;
}

function cognito(tokenEndpoint: URL): Inbound {
  return {
    kind: 'jwt',
    clientId: 'm2m',
    secret: { kind: 'cognito', region: 'eu-west-1', userPoolId: 'eu-west-1_Pool1', clientId: 'm2m' },
    server: { tokenEndpoint },
    scopes: [],
  };
}
