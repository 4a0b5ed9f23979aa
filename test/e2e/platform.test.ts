import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFront } from '../support/front.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { Account } from './aws/account.ts';
import { allows } from './aws/iam.ts';
import { startFakeAws } from './aws/server.ts';
import { openEngine } from './container/engine.ts';
import { runCommand } from './container/run-command.ts';
import { bearing, post, signedBy } from './platform/caller.ts';
import { environmentOf } from './platform/environment.ts';
import { startGateway } from './platform/gateway.ts';
import { deliverLog } from './platform/log-delivery.ts';
import { type RuntimeService, startRuntimeService } from './platform/runtime-service.ts';

const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}';
const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}';
const DISCOVERY = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI/.well-known/openid-configuration';

function accountWith(properties: Readonly<Record<string, unknown>>): {
  readonly account: Account;
  readonly path: string;
} {
  const account = new Account('111122223333', 'eu-west-1');
  const id = 'sample-abcdefghij';
  const arn = account.arn('bedrock-agentcore', `runtime/${id}`);
  account.runtimes.set(id, { id, arn, version: 1, properties, endpoints: new Map() });
  return { account, path: `/runtimes/${encodeURIComponent(arn)}/invocations?qualifier=DEFAULT` };
}

describe('a runtime with IAM inbound', () => {
  const { account, path } = accountWith({
    RequestHeaderConfiguration: { RequestHeaderAllowlist: ['mcp-protocol-version'] },
  });
  let container: Upstream;
  let service: RuntimeService;
  beforeAll(async () => {
    [container, service] = await Promise.all([startUpstream(), startRuntimeService(account, new Map())]);
    service.containers.set('sample-abcdefghij', new URL(container.url).origin);
  });
  afterAll(() => Promise.all([container[Symbol.asyncDispose](), service[Symbol.asyncDispose]()]));
  const call = (target = path, authenticate = signedBy(account.user, 'eu-west-1')) =>
    post(new URL(target, service.url), LIST, authenticate);

  test('passes a signed call on to /mcp, with a session and without credentials', async () => {
    expect((await call()).status).toBe(200);
    const [request] = container.received;
    expect(request?.target).toBe('/mcp');
    expect(request?.text).toBe(LIST);
    expect(request?.header('x-amzn-bedrock-agentcore-runtime-session-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(request?.header('authorization')).toBeUndefined();
  });

  test('passes on only the headers of the allowlist', async () => {
    const before = container.received.length;
    await call(path, ({ headers, ...request }) =>
      signedBy(
        account.user,
        'eu-west-1',
      )({ ...request, headers: { ...headers, 'mcp-protocol-version': '2025-11-25', cookie: 'a=b', 'x-other': 'c' } }),
    );
    expect(container.received[before]?.header('mcp-protocol-version')).toBe('2025-11-25');
    expect(container.received[before]?.header('cookie')).toBeUndefined();
    expect(container.received[before]?.header('x-other')).toBeUndefined();
  });

  test.each([
    [
      'a session id of 32 characters',
      { 'x-amzn-bedrock-agentcore-runtime-session-id': 'x'.repeat(32) },
      /session-id: expected 33 to 256 characters, got 32/,
    ],
    [
      'a header of the allowlist with more than 4 KB',
      { 'mcp-protocol-version': 'x'.repeat(4097) },
      /mcp-protocol-version: expected at most 4096 bytes/,
    ],
  ])('refuses %s, as documented', async (_, more, message) => {
    const before = container.received.length;
    const { status, text } = await call(path, ({ headers, ...request }) =>
      signedBy(account.user, 'eu-west-1')({ ...request, headers: { ...headers, ...more } }),
    );
    expect(status).toBe(400);
    expect(text).toMatch(message);
    expect(container.received.length).toBe(before);
  });

  test('accepts only one form of its URL: the ARN encoded, the endpoint DEFAULT', async () => {
    expect((await call(path.replaceAll('%3A', ':'))).status).toBe(404);
    expect((await call(path.replace('DEFAULT', 'live'))).status).toBe(404);
  });

  test('refuses a role without InvokeAgentRuntime, and accepts one with it', async () => {
    const role = {
      name: 'caller',
      arn: 'arn:aws:iam::111122223333:role/caller',
      trust: { Statement: [] },
      policies: new Map(),
    };
    account.roles.set('caller', role);
    const caller = signedBy(account.assume(role.arn), 'eu-west-1');
    expect((await call(path, caller)).status).toBe(403);
    role.policies.set('invoke', {
      Statement: {
        Effect: 'Allow',
        Action: 'bedrock-agentcore:InvokeAgentRuntime',
        Resource: account.arn('bedrock-agentcore', 'runtime/sample-*'),
      },
    });
    expect((await call(path, caller)).status).toBe(200);
  });
});

test('a runtime with a JWT authorizer accepts only tokens of its clients', async () => {
  await using issuer = await startTokenIssuer({ clientId: 'client' });
  await using container = await startUpstream();
  const token = await fetch(issuer.tokenEndpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('client:first-secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials&scope=mcp/invoke',
  }).then((response) => response.json() as Promise<{ readonly access_token: string }>);
  const issuers = new Map([
    [DISCOVERY, { issuer: issuer.issuer.href, jwksUri: `${issuer.issuer.href}/.well-known/jwks.json` }],
  ]);
  const statuses: number[] = [];
  for (const AllowedClients of [['client'], ['another']]) {
    const { account, path } = accountWith({
      AuthorizerConfiguration: { CustomJWTAuthorizer: { DiscoveryUrl: DISCOVERY, AllowedClients } },
    });
    await using service = await startRuntimeService(account, issuers);
    service.containers.set('sample-abcdefghij', new URL(container.url).origin);
    statuses.push((await post(new URL(path, service.url), LIST, bearing(token.access_token))).status);
  }
  expect(statuses).toEqual([200, 401]);
});

test('the gateway answers a role that may invoke it, and refuses the same proxy with another role', async () => {
  const { account } = accountWith({});
  const arn = account.arn('bedrock-agentcore', 'gateway/tools-abcdefghij');
  await using gateway = await startGateway(account, arn);
  const answers: string[] = [];
  for (const [name, Resource] of [
    ['right', arn],
    ['wrong', `${arn}-other`],
  ] as const) {
    const roleArn = account.arn('iam', `role/${name}`);
    account.roles.set(name, {
      name,
      arn: roleArn,
      trust: { Statement: [] },
      policies: new Map([
        ['own', { Statement: [{ Effect: 'Allow', Action: 'bedrock-agentcore:InvokeGateway', Resource }] }],
      ]),
    });
    const { accessKeyId, secretAccessKey, sessionToken = '' } = account.assume(roleArn);
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
    await using front = await startFront(gateway, { environment: { UPSTREAM_AUTH: 'iam', AWS_REGION: 'eu-west-1' } });
    answers.push((await post(new URL(front.proxy.url), INITIALIZE, undefined)).text);
    vi.unstubAllEnvs();
  }
  expect(answers).toEqual([expect.stringContaining(`"result":`), expect.stringContaining(`"reason":"upstream-auth"`)]);
  expect(gateway.refused).toEqual([
    expect.stringMatching(/role\/wrong is not authorized to perform bedrock-agentcore:InvokeGateway/),
  ]);
});

test("a container's environment equals the template's except for the upstream, and that is reported", () => {
  const { account } = accountWith({
    EnvironmentVariables: { UPSTREAM_ARN: 'arn:x', UPSTREAM_AUTH: 'iam', PROXY_NAME: 'sample' },
  });
  const [runtime] = [...account.runtimes.values()];
  const { environment, replaced } = environmentOf(runtime ?? expect.fail('no runtime'), {
    region: 'eu-west-1',
    metadata: 'http://127.0.0.1:1',
    upstream: 'http://127.0.0.1:2/mcp',
  });
  expect(environment).toEqual({
    UPSTREAM_URL: 'http://127.0.0.1:2/mcp',
    UPSTREAM_AUTH: 'iam',
    PROXY_NAME: 'sample',
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1',
  });
  expect(replaced).toBe('UPSTREAM_ARN=arn:x is replaced by UPSTREAM_URL=http://127.0.0.1:2/mcp');
});

describe('the log of a runtime is written with its execution role', () => {
  const ACTIONS = ['CreateLogGroup', 'DescribeLogGroups', 'DescribeLogStreams', 'CreateLogStream', 'PutLogEvents'];
  const GROUP = '/aws/bedrock-agentcore/runtimes/sample-abcdefghij-DEFAULT';

  async function delivered(
    actions: readonly string[],
    resource = `arn:aws:logs:eu-west-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes/sample-*`,
  ) {
    await using aws = await startFakeAws({ account: '111122223333', region: 'eu-west-1' });
    const arn = aws.account.arn('iam', 'role/execution');
    const policy = {
      Statement: [{ Effect: 'Allow', Action: actions.map((action) => `logs:${action}`), Resource: resource }],
    };
    aws.account.roles.set('execution', {
      name: 'execution',
      arn,
      trust: { Statement: [] },
      policies: new Map([['own', policy]]),
    });
    const log = await deliverLog(
      aws.account,
      { id: 'sample-abcdefghij', properties: { RoleArn: arn } },
      '{"event":"listening"}\n{"event":"draining"}\n',
    );
    return { ...log, streams: [...(aws.account.logGroups.get(GROUP)?.streams.values() ?? [])] };
  }

  test('line by line, into the group of the endpoint DEFAULT', async () => {
    expect(await delivered(ACTIONS)).toEqual({
      group: GROUP,
      lines: 2,
      streams: [['{"event":"listening"}', '{"event":"draining"}']],
    });
  });

  test.each(ACTIONS)('but not by a role without logs:%s', async (missing) => {
    await expect(delivered(ACTIONS.filter((action) => action !== missing))).rejects.toThrow(
      new RegExp(`not authorized to perform logs:${missing}`),
    );
  });

  test('but not by a role that may only write to another runtime', async () => {
    await expect(
      delivered(ACTIONS, 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/bedrock-agentcore/runtimes/other-*'),
    ).rejects.toThrow(/not authorized to perform logs:CreateLogGroup/);
  });
});

describe('policies', () => {
  const asked = { action: 'logs:PutLogEvents', resource: 'arn:aws:logs:eu-west-1:1:log-group:a' };
  const allow = { Effect: 'Allow', Action: 'logs:Put*', Resource: '*' };

  test('allow only what they allow, and nothing that they also deny', () => {
    expect(allows([{ Statement: [] }], asked)).toBe(false);
    expect(allows([{ Statement: allow }], asked)).toBe(true);
    expect(allows([{ Statement: [allow, { ...allow, Effect: 'Deny' }] }], asked)).toBe(false);
    expect(allows([{ Statement: { ...allow, Resource: 'arn:aws:logs:eu-west-1:1:log-group:b*' } }], asked)).toBe(false);
  });

  test('apply a condition, and an unknown one refuses', () => {
    const when = (Condition: object) => [{ Statement: { ...allow, Condition } }];
    expect(
      allows(when({ StringEquals: { 'aws:SourceAccount': '1' } }), { ...asked, context: { 'aws:SourceAccount': '1' } }),
    ).toBe(true);
    expect(allows(when({ StringEquals: { 'aws:SourceAccount': '1' } }), asked)).toBe(false);
    const elsewhere = when({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } });
    expect(allows(elsewhere, asked)).toBe(true);
    expect(allows(elsewhere, { ...asked, context: { 'aws:SourceVpce': 'vpce-2' } })).toBe(true);
    expect(allows(elsewhere, { ...asked, context: { 'aws:SourceVpce': 'vpce-1' } })).toBe(false);
    expect(() => allows(when({ IpAddress: { 'aws:SourceIp': '::1' } }), asked)).toThrow(/IpAddress is not known here/);
  });
});

describe('what builds the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const program = (name: string, script: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const account = new Account('111122223333', 'eu-west-1');
  account.endpoint = 'http://127.0.0.1:1';

  test('is podman if that is installed: if it fails, the run fails', async () => {
    program('podman', 'test "$1" = --version || { echo broken >&2; exit 1; }');
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
    await expect(openEngine(account, join(folder, 'with'))).rejects.toThrow();
    vi.unstubAllEnvs();
  });

  test('is the folder if podman is not installed, and says so', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const engine = await openEngine(account, join(folder, 'without'));
    vi.unstubAllEnvs();
    expect(engine.kind).toBe('folder');
    expect(engine.described).toMatch(/^the built folder on this machine's Node .*: podman is not installed$/);
  });

  test('without podman, refuses a Dockerfile that runs something', async () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nRUN make\n');
    const build = runCommand(
      process.execPath,
      [
        join(import.meta.dirname, 'container/image-builder.ts'),
        'build',
        '--tag',
        'x',
        '--platform',
        'linux/arm64',
        '.',
      ],
      { cwd: folder, env: { ...process.env, E2E_IMAGES: join(folder, 'images') } },
    );
    await expect(build).rejects.toThrow(/image-builder: RUN is not known here/);
  });
});
