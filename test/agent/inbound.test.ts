import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { destinationOf } from '../../bin/agent/destination.ts';
import { startCalculator } from '../../local/calculator.ts';
import { type Front, startFront } from '../support/front.ts';
import { verifySigV4 } from '../support/sigv4-verifier.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { OPERATOR, POOL, startAccount } from './fake-account.ts';
import { type Gate, headerOf, type Refusal, RUNTIME_ARN, startGate } from './gate.ts';
import { startLegacyServer } from './legacy-server.ts';
import { environment, withoutAccount } from './no-account.ts';
import { run } from './terminal.ts';

withoutAccount();

let calculator: Awaited<ReturnType<typeof startCalculator>>;
let front: Front;
let folder: string;
beforeAll(async () => {
  calculator = await startCalculator();
  front = await startFront(calculator);
  folder = await mkdtemp(join(tmpdir(), 'agent-'));
  await writeFile(
    join(folder, 'deployments.mjs'),
    "export default [{ name: 'calculator', stage: 'prod', account: '111122223333', region: 'eu-west-1', upstream: { url: 'https://mcp.example.com/mcp' } }];\n",
  );
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await calculator.close();
  await rm(folder, { recursive: true });
});

/** Accepts signed requests; with `mayInvoke` false, the caller lacks the permission. */
function signedGate(mayInvoke = true, port = front.port): Promise<Gate> {
  return startGate(port, (request): Refusal | undefined => {
    const verdict = verifySigV4(request, {
      region: 'eu-west-1',
      service: 'bedrock-agentcore',
      secretFor: (id) => (id === OPERATOR.AWS_ACCESS_KEY_ID ? OPERATOR.AWS_SECRET_ACCESS_KEY : undefined),
    });
    if (!verdict.accepted)
      return { status: 403, headers: { 'x-amzn-errortype': verdict.error }, message: verdict.reason };
    return mayInvoke
      ? undefined
      : {
          status: 403,
          headers: { 'x-amzn-errortype': 'AccessDeniedException' },
          message: `User: arn:aws:iam::111122223333:user/dev is not authorized to perform: bedrock-agentcore:InvokeAgentRuntime on resource: ${RUNTIME_ARN}`,
        };
  });
}

/** Accepts bearers of the issuer's tokens. */
function tokenGate(issuer: TokenIssuer, clients: readonly string[] = [issuer.clientId]): Promise<Gate> {
  return startGate(front.port, async ({ rawHeaders }) => {
    const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
    const refusal = {
      status: 401,
      headers: {
        'www-authenticate': 'Bearer resource_metadata="https://example.com/.well-known/oauth-protected-resource"',
      },
      message: 'Missing or invalid token',
    };
    const claims = await issuer.verify(at < 0 ? undefined : rawHeaders[at + 1]).catch(() => undefined);
    return claims !== undefined && clients.includes(String(claims['client_id'])) ? undefined : refusal;
  });
}

const signed = (gate: Gate, ...args: string[]): string[] => ['--url', gate.url, '--auth', 'iam', ...args];

describe('a proxy that requires signatures', () => {
  test('gets every request signed with the default credential chain, all in one runtime session', async () => {
    await using gate = await signedGate();
    environment(OPERATOR);
    expect(await run(signed(gate, '--call', 'add', 'a=2', 'b=3'))).toEqual({
      exitCode: 0,
      output: '5\n{"result":5}\n',
      errors: '',
    });
    expect(gate.requests.length).toBeGreaterThan(2);
    const sessions = headerOf(gate, 'x-amzn-bedrock-agentcore-runtime-session-id');
    expect(sessions).toHaveLength(gate.requests.length);
    expect(new Set(sessions).size).toBe(1);
    expect(sessions[0]?.length).toBeGreaterThanOrEqual(33);
  });

  test('gets the streams and the DELETE of the legacy era signed as well', async () => {
    await using elder = await startLegacyServer();
    await using behind = await startFront(elder);
    await using gate = await signedGate(true, behind.port);
    environment(OPERATOR);
    expect(await run(signed(gate, '--call', 'add', 'a=2', 'b=3'))).toEqual({ exitCode: 0, output: '5\n', errors: '' });
    expect(new Set(gate.requests.map(({ method }) => method))).toEqual(new Set(['POST', 'GET', 'DELETE']));
    expect(gate.refused).toBe(0);
  });

  test('refuses unsigned calls, and the message says which credentials to give', async () => {
    await using gate = await signedGate();
    const { exitCode, errors } = await run(['--url', gate.url, '--auth', 'none', '--list']);
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(
        /refused the call \(HTTP 403 MissingAuthenticationTokenException: .*\): it expects signed requests: give --auth iam, with AWS credentials/,
      ),
    ]);
  });

  test('refuses a wrong key, and the message says to check it', async () => {
    await using gate = await signedGate();
    environment({ ...OPERATOR, AWS_SECRET_ACCESS_KEY: 'another' });
    const { exitCode, errors } = await run(signed(gate, '--list'));
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(/InvalidSignatureException.*check AWS_PROFILE, --region and this machine's clock/),
    ]);
  });

  test('refuses a caller without permission, and the message names the permission', async () => {
    await using gate = await signedGate(false);
    environment(OPERATOR);
    const { exitCode, errors } = await run(signed(gate, '--list'));
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(
        /AccessDeniedException: User: .*\): these AWS credentials may not call it: allow them bedrock-agentcore:InvokeAgentRuntime/,
      ),
    ]);
  });

  test('is not called without credentials, and the message says where they come from', async () => {
    await using gate = await signedGate();
    environment({ AWS_REGION: 'eu-west-1' });
    const { exitCode, errors } = await run(signed(gate, '--list'));
    expect([exitCode, errors, gate.requests]).toEqual([
      3,
      expect.stringMatching(/no AWS credentials to sign with .*set AWS_PROFILE or AWS_ACCESS_KEY_ID/),
      [],
    ]);
  });
});

describe('a deployment that is called by its name', () => {
  const named = (...args: string[]): string[] => [
    'prod-calculator',
    '--deployments',
    join(folder, 'deployments.mjs'),
    ...args,
  ];
  const outputsFor = ({ url }: Gate) => ({
    RuntimeArn: RUNTIME_ARN,
    InvocationUrl: url,
    ExecutionRoleArn: 'arn:aws:iam::111122223333:role/x',
    LogGroupName: '/aws/x',
  });
  const poolOutputs = (gate: Gate, issuer: TokenIssuer) => ({
    ...outputsFor(gate),
    UserPoolId: POOL,
    ClientId: issuer.clientId,
    TokenUrl: issuer.tokenEndpoint.href,
  });

  test('is found by its stack, and called as its runtime requires: signed', async () => {
    await using gate = await signedGate();
    await using account = await startAccount({ outputs: outputsFor(gate) });
    const { exitCode, output } = await run(named('--call', 'add', 'a=2', 'b=3'));
    expect([exitCode, output, account.operations]).toEqual([
      0,
      '5\n{"result":5}\n',
      ['DescribeStacks', 'GetAgentRuntime'],
    ]);
  });

  test('is called at only the named endpoint', async () => {
    await using gate = await signedGate();
    const at = (endpoint: string): string => `${gate.url.split('?')[0]}?qualifier=${endpoint}`;
    await using _account = await startAccount({
      outputs: {
        ...outputsFor(gate),
        InvocationUrl: at('DEFAULT'),
        InvocationUrllive: at('live'),
        InvocationUrlab1a2b3c4d: at('a_b'),
      },
    });
    const endpointsSince = (first: number): (string | null)[] => [
      ...new Set(
        gate.requests.slice(first).map(({ target }) => new URL(target, gate.url).searchParams.get('qualifier')),
      ),
    ];
    const asked: (string | null)[] = [];
    for (const args of [[], ['--endpoint', 'DEFAULT'], ['--endpoint', 'live'], ['--endpoint', 'a_b']]) {
      const before = gate.requests.length;
      expect((await run(named(...args, '--list'))).exitCode).toBe(0);
      asked.push(...endpointsSince(before));
    }
    expect(asked).toEqual(['DEFAULT', 'DEFAULT', 'live', 'a_b']);
    const before = gate.requests.length;
    const { exitCode, errors } = await run(named('--endpoint', 'lvie', '--list'));
    expect([exitCode, errors, endpointsSince(before)]).toEqual([
      2,
      '--endpoint: expected an endpoint of prod-calculator (DEFAULT, live, a_b), got "lvie"\n',
      [],
    ]);
  });

  test('with a user pool gets a token of its own client, whose secret is read from Cognito and sent only to the token endpoint', async () => {
    await using issuer = await startTokenIssuer();
    await using gate = await tokenGate(issuer);
    await using account = await startAccount({ outputs: poolOutputs(gate, issuer), clientSecret: 'first-secret' });
    const { exitCode, output, errors } = await run(named('--call', 'add', 'a=2', 'b=3'));
    expect([exitCode, output, errors]).toEqual([0, '5\n{"result":5}\n', '']);
    expect(account.operations).toEqual(['DescribeStacks', 'DescribeUserPoolClient']);
    expect(issuer.tokenRequests).toHaveLength(1);
    expect(JSON.stringify(gate.requests.map(({ rawHeaders, body }) => [rawHeaders, body.toString()]))).not.toContain(
      'first-secret',
    );
  });

  test("says if the secret can't be read, and which permission that needs", async () => {
    await using issuer = await startTokenIssuer();
    await using gate = await tokenGate(issuer);
    await using _account = await startAccount({ outputs: poolOutputs(gate, issuer) });
    const { exitCode, errors } = await run(named('--list'));
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(
        /could not read the secret of client m2m .*allow your own role cognito-idp:DescribeUserPoolClient on the pool/,
      ),
    ]);
  });

  test('says if the client is not among those that the authorizer allows', async () => {
    await using issuer = await startTokenIssuer();
    await using gate = await tokenGate(issuer, ['somebody-else']);
    await using _account = await startAccount({ outputs: poolOutputs(gate, issuer), clientSecret: 'first-secret' });
    const { exitCode, errors } = await run(named('--list'));
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(
        /^prod-calculator refused the call \(HTTP 401: Missing or invalid token\): the issuer gave a token, but the runtime refuses it: the proxy's authorizer must allow this client and its scopes\n$/,
      ),
    ]);
  });

  test('that does not exist is reported with what to do, and exits with 2', async () => {
    await using gate = await signedGate();
    await using _account = await startAccount({ outputs: outputsFor(gate) });
    const { exitCode, errors } = await run([
      'prod-other',
      '--deployments',
      join(folder, 'deployments.mjs'),
      '--region',
      'eu-west-1',
      '--list',
    ]);
    expect([exitCode, errors]).toEqual([
      2,
      expect.stringMatching(/^there is no stack prod-other in eu-west-1 in this account: deploy it with/),
    ]);
  });

  test('says that it requires a token if only its URL is given', async () => {
    await using issuer = await startTokenIssuer();
    await using gate = await tokenGate(issuer);
    const unsigned = await run(['--url', gate.url, '--list']);
    expect([unsigned.exitCode, unsigned.errors]).toEqual([
      3,
      expect.stringMatching(/it expects a token: name the deployment instead of its URL, or give --auth cognito/),
    ]);
    environment(OPERATOR);
    const wrong = await run(signed(gate, '--list'));
    expect([wrong.exitCode, wrong.errors]).toEqual([
      3,
      expect.stringMatching(/it expects tokens instead of signatures: give --auth cognito/),
    ]);
  });
});

describe('an address', () => {
  const at = (
    url: string,
    more: Partial<Parameters<typeof destinationOf>[0]> = {},
    variables: NodeJS.ProcessEnv = {},
  ) =>
    destinationOf(
      { name: undefined, url, auth: undefined, region: undefined, deployments: undefined, ...more },
      variables,
    );

  test('on AgentCore is signed for its region by default', async () => {
    const runtime = `https://bedrock-agentcore.eu-central-1.amazonaws.com/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=DEFAULT`;
    expect((await at(runtime)).inbound).toEqual({ kind: 'iam', region: 'eu-central-1' });
    expect((await at('https://gw-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp')).inbound).toEqual({
      kind: 'iam',
      region: 'us-east-1',
    });
    expect((await at(runtime, { auth: 'none' })).inbound).toBeUndefined();
    expect((await at('https://mcp.example.com/mcp')).inbound).toBeUndefined();
  });

  test('behind Cognito takes the pool and the client from INBOUND_SECRET, and no secret', async () => {
    const { inbound } = await at(
      'https://mcp.example.com/mcp',
      { auth: 'cognito' },
      { INBOUND_SECRET: 'cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE', INBOUND_SCOPES: 'mcp/invoke' },
    );
    expect(inbound).toEqual({
      kind: 'jwt',
      clientId: '1h57kf5cpq17m0eml12EXAMPLE',
      secret: {
        kind: 'cognito',
        region: 'eu-west-1',
        userPoolId: 'eu-west-1_AbCdEfGhI',
        clientId: '1h57kf5cpq17m0eml12EXAMPLE',
      },
      server: { issuer: new URL('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI') },
      scopes: ['mcp/invoke'],
    });
  });

  test.each([
    ['http://mcp.example.com/mcp', {}, {}, /^--url: expected an https URL/],
    ['nonsense', {}, {}, /^--url: expected an absolute URL, got "nonsense"/],
    [
      'https://mcp.example.com/mcp',
      { auth: 'iam' as const },
      {},
      /^--auth iam: expected a region to sign for: give --region R/,
    ],
    [
      'https://mcp.example.com/mcp',
      { auth: 'cognito' as const },
      {},
      /^--auth cognito: set INBOUND_SECRET=cognito:POOL\/CLIENT/,
    ],
    [
      'https://mcp.example.com/mcp',
      { auth: 'cognito' as const },
      { INBOUND_SECRET: 'kept-to-myself' },
      /^--auth cognito: set INBOUND_SECRET=cognito:POOL\/CLIENT/,
    ],
  ])('%s with %o and %o is refused in words', async (url, options, variables, expected) => {
    const error: unknown = await at(url, options, variables).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(expected) });
    expect(String(error)).not.toContain('kept-to-myself');
  });
});
