import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UpstreamFailure } from '../../proxy/base/errors.ts';
import { parseSecretSource, readSecret, type SecretSource } from '../../proxy/credentials/secret.ts';
import { startVerifyingServer, type ReceivedRequest, type VerifyingServer } from '../support/sigv4-verifier.ts';
import { everythingOf } from '../upstream/auth/exchange.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/mcp-AbCdEf';
const POOL = 'eu-central-1_AbCdEfGhI';

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'AKIDROLE',
    AWS_SECRET_ACCESS_KEY: 'role-secret',
    AWS_SESSION_TOKEN: 'role-session',
  }))
    vi.stubEnv(name, value);
});
afterEach(() => void vi.unstubAllEnvs());

function sourceOf(text: string): SecretSource {
  const parsed = parseSecretSource(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.source;
}

async function failureOf(promise: Promise<string>): Promise<UpstreamFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UpstreamFailure)) throw new Error(`expected an UpstreamFailure, got ${String(error)}`);
  expect(error.code).toBe('upstream-auth');
  return error;
}

describe('UPSTREAM_SECRET', () => {
  test.each<[string, SecretSource]>([
    [ARN, { kind: 'secrets-manager', arn: ARN, region: 'eu-west-1', key: undefined }],
    [`${ARN}#apiKey`, { kind: 'secrets-manager', arn: ARN, region: 'eu-west-1', key: 'apiKey' }],
    [
      'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:s',
      {
        kind: 'secrets-manager',
        arn: 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:s',
        region: 'us-gov-west-1',
        key: undefined,
      },
    ],
    [
      `cognito:${POOL}/1h57kf5cpq17m0eml12EXAMPLE`,
      { kind: 'cognito', region: 'eu-central-1', userPoolId: POOL, clientId: '1h57kf5cpq17m0eml12EXAMPLE' },
    ],
    ['file:./key.txt', { kind: 'file', path: './key.txt' }],
    ['env:UPSTREAM_KEY', { kind: 'env', name: 'UPSTREAM_KEY' }],
  ])('may be %s', (text, source) => {
    expect(parseSecretSource(text)).toEqual({ source });
  });

  test.each([
    ['s3cr3t-value', 'got another text, expected arn:aws:secretsmanager:'],
    ['', 'got another text, expected arn:aws:secretsmanager:'],
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/key',
      "got an ARN that is not a secret's, expected arn:aws:secretsmanager:",
    ],
    [
      'arn:aws:secretsmanager:eu-west-1:1234:secret:s',
      "got an ARN that is not a secret's, expected arn:aws:secretsmanager:",
    ],
    ['cognito:m2m', 'got cognito: without a pool and a client, expected cognito:POOL/CLIENT'],
    ['file:', 'got file: without a path, expected file:PATH'],
    ['env:NOT A NAME', 'got env: without the name of a variable, expected env:NAME'],
  ])('may not be %j, and the error does not repeat it', (text, error) => {
    expect(parseSecretSource(text)).toEqual({ error: expect.stringContaining(error) });
    if (text === 's3cr3t-value') expect(JSON.stringify(parseSecretSource(text))).not.toContain(text);
  });

  test.each([
    ['file:key.txt', 1],
    ['env:KEY', 1],
    [ARN, 0],
    [`cognito:${POOL}/abc`, 0],
  ])('%s warns %i times that it is for local use', (text, times) => {
    const warnings: string[] = [];
    parseSecretSource(text, (message) => warnings.push(message));
    expect(warnings).toHaveLength(times);
    for (const warning of warnings)
      expect(warning).toContain('for local use only, deploy with a Secrets Manager ARN or cognito:POOL/CLIENT');
  });
});

describe('a file or a variable', () => {
  test('gives its text, without the line end that editors add, and is read again each time', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'secret-'));
    try {
      const file = path.join(folder, 'key.txt');
      for (const [written, read] of [
        ['k-1\n', 'k-1'],
        ['k-2\r\n', 'k-2'],
        [' k-3', ' k-3'],
      ] as const) {
        await writeFile(file, written);
        expect(await readSecret(sourceOf(`file:${file}`))).toBe(read);
      }
      await writeFile(file, '\n');
      expect((await failureOf(readSecret(sourceOf(`file:${file}`)))).message).toContain('it is missing or empty');
      expect((await failureOf(readSecret(sourceOf(`file:${folder}/none`)))).message).toContain('(ENOENT)');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('gives the value of the variable, or says which one is missing', async () => {
    vi.stubEnv('TEST_UPSTREAM_KEY', 'k-1');
    expect(await readSecret(sourceOf('env:TEST_UPSTREAM_KEY'))).toBe('k-1');
    expect((await failureOf(readSecret(sourceOf('env:TEST_NO_SUCH_KEY')))).message).toBe(
      'got no upstream secret from the environment variable TEST_NO_SUCH_KEY: it is missing or empty',
    );
  });
});

/** A service of AWS on loopback: it checks the signature, then answers one operation. */
function service(
  name: string,
  region: string,
  operation: string,
  answer: (input: unknown) => { status?: number; body: unknown },
): Promise<VerifyingServer> {
  const target = (request: ReceivedRequest) =>
    request.rawHeaders[request.rawHeaders.findIndex((header) => header.toLowerCase() === 'x-amz-target') + 1];
  return startVerifyingServer(
    {
      region,
      service: name,
      secretFor: (id, token) => (id === 'AKIDROLE' && token === 'role-session' ? 'role-secret' : undefined),
    },
    (request) =>
      target(request) === operation
        ? answer(JSON.parse(request.body.toString()))
        : { status: 400, body: { __type: 'UnknownOperationException' } },
  );
}

async function fakeSecretsManager(
  answer: (input: unknown) => { status?: number; body: unknown },
): Promise<VerifyingServer> {
  const server = await service('secretsmanager', 'eu-west-1', 'secretsmanager.GetSecretValue', answer);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.url);
  return server;
}

async function fakeCognito(answer: (input: unknown) => { status?: number; body: unknown }): Promise<VerifyingServer> {
  const server = await service(
    'cognito-idp',
    'eu-central-1',
    'AWSCognitoIdentityProviderService.DescribeUserPoolClient',
    answer,
  );
  vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', server.url);
  return server;
}

describe('Secrets Manager', () => {
  test('is asked for only that secret, signed by the execution role in the region of the ARN', async () => {
    const inputs: unknown[] = [];
    await using server = await fakeSecretsManager(
      (input) => (inputs.push(input), { body: { SecretString: 'plain-secret' } }),
    );
    expect(await readSecret(sourceOf(ARN))).toBe('plain-secret');
    expect(inputs).toEqual([{ SecretId: ARN }]);
    expect(server.verdicts).toMatchObject([{ accepted: true, accessKeyId: 'AKIDROLE' }]);
  });

  test.each([
    ['the member that #KEY names', '#upstreamKey', '{"upstreamKey":"k-1","clientSecret":"k-2"}', 'k-1'],
    ['the only member with a usual name', '', '{"clientId":"m2m","clientSecret":"k-2"}', 'k-2'],
    ['client_secret as well', '', '{"client_secret":"k-3"}', 'k-3'],
    ['a plain text that begins with a brace', '', '{k-4', '{k-4'],
  ])('returns %s', async (_what, key, text, expected) => {
    await using _server = await fakeSecretsManager(() => ({ body: { SecretString: text } }));
    expect(await readSecret(sourceOf(`${ARN}${key}`))).toBe(expected);
  });

  test.each([
    [
      'a key that does not exist',
      '#other',
      '{"clientSecret":"k-secret"}',
      'is a JSON object, expected a text under the key "other": append #KEY to UPSTREAM_SECRET to say which',
    ],
    [
      'a member that is not text',
      '#clientSecret',
      '{"clientSecret":{"a":"k-secret"}}',
      'expected a text under the key "clientSecret"',
    ],
    [
      'no usual name',
      '',
      '{"password":"k-secret"}',
      'expected exactly one of the keys clientSecret, client_secret, apiKey, api_key, token, secret: append #KEY',
    ],
    [
      'two usual names',
      '',
      '{"apiKey":"k-secret","token":"k-secret"}',
      'expected exactly one of the keys clientSecret',
    ],
    [
      'a key, but plain text',
      '#other',
      'k-secret',
      'is plain text, expected a JSON object with the key "other": leave out #KEY',
    ],
    ['an empty text', '', '', 'is binary or empty, expected text'],
  ])('with %s causes a failure without the secret', async (_what, key, text, message) => {
    await using _server = await fakeSecretsManager(() => ({ body: { SecretString: text } }));
    const error = await failureOf(readSecret(sourceOf(`${ARN}${key}`)));
    expect(error.message).toContain(message);
    expect(everythingOf(error)).not.toContain('k-secret');
  });

  test.each([
    [
      'AccessDeniedException',
      'allow the execution role secretsmanager:GetSecretValue on it, and kms:Decrypt if it has its own key',
    ],
    ['ResourceNotFoundException', 'it does not exist in that account and region'],
    ['SomethingNewException', 'check the execution role, the network and the region'],
  ])('that answers %s causes a failure that says what to do', async (type, advice) => {
    await using _server = await fakeSecretsManager(() => ({
      status: 400,
      body: { __type: type, message: 'not shown: role-secret' },
    }));
    const error = await failureOf(readSecret(sourceOf(ARN)));
    expect(error.message).toContain(`could not read the secret ${ARN} (${type}): ${advice}`);
    expect(everythingOf(error)).not.toContain('not shown');
  });
});

describe("Cognito's own API", () => {
  test('returns the secret of the client, so that it need not be copied', async () => {
    const inputs: unknown[] = [];
    await using server = await fakeCognito(
      (input) => (inputs.push(input), { body: { UserPoolClient: { ClientSecret: 'pool-secret' } } }),
    );
    expect(await readSecret(sourceOf(`cognito:${POOL}/abc123`))).toBe('pool-secret');
    expect(inputs).toEqual([{ UserPoolId: POOL, ClientId: 'abc123' }]);
    expect(server.verdicts).toMatchObject([{ accepted: true, accessKeyId: 'AKIDROLE' }]);
  });

  test('causes a failure for a client without a secret', async () => {
    await using _server = await fakeCognito(() => ({ body: { UserPoolClient: { ClientId: 'abc123' } } }));
    expect((await failureOf(readSecret(sourceOf(`cognito:${POOL}/abc123`)))).message).toContain(
      'has no secret: create a client with one',
    );
  });

  test('causes a failure that names the missing permission', async () => {
    await using _server = await fakeCognito(() => ({ status: 400, body: { __type: 'AccessDeniedException' } }));
    expect((await failureOf(readSecret(sourceOf(`cognito:${POOL}/abc123`)))).message).toContain(
      'allow the execution role cognito-idp:DescribeUserPoolClient on the pool',
    );
  });
});
