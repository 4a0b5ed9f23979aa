import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeAws, startFakeAws } from './aws/server.ts';
import { clientOptions } from './deploying.ts';

let aws: FakeAws;
beforeAll(async () => {
  aws = await startFakeAws({ account: '111122223333', region: 'eu-west-1' });
  aws.account.parameters.set('name', 'value');
});
afterAll(() => aws[Symbol.asyncDispose]());

const ask = (options: Partial<ReturnType<typeof clientOptions>> = {}) =>
  new SSMClient({ ...clientOptions(aws), ...options }).send(new GetParameterCommand({ Name: 'name' }));
const stranger = (more: object = {}) => ({ ...clientOptions(aws).credentials, ...more });

/** Runs something that must be refused and remembered as refused. */
async function expectRefusal(work: () => Promise<unknown>, name: string, remembered: RegExp): Promise<void> {
  const before = aws.refused.length;
  await expect(work()).rejects.toMatchObject({ name });
  expect(aws.refused.slice(before)).toEqual([expect.stringMatching(remembered)]);
}

describe('AWS on loopback verifies every request', () => {
  test('a correct signature is answered', async () => {
    expect((await ask()).Parameter?.Value).toBe('value');
    expect((await new STSClient(clientOptions(aws)).send(new GetCallerIdentityCommand({}))).Account).toBe(
      '111122223333',
    );
    expect(aws.refused).toEqual([]);
  });

  test('a signature with another key is refused', () =>
    expectRefusal(
      () => ask({ credentials: stranger({ secretAccessKey: 'another' }) }),
      'InvalidSignatureException',
      /does not match/,
    ));

  test('unknown credentials are refused', () =>
    expectRefusal(
      () => ask({ credentials: stranger({ accessKeyId: 'AKIAUNKNOWN' }) }),
      'UnrecognizedClientException',
      /token included in the request is invalid/,
    ));

  test('a session token that does not belong to the key is refused', () =>
    expectRefusal(
      () => ask({ credentials: stranger({ sessionToken: 'stolen' }) }),
      'UnrecognizedClientException',
      /is invalid/,
    ));

  test('a signature for another region is refused', () =>
    expectRefusal(
      () => ask({ region: 'us-east-1' }),
      'InvalidSignatureException',
      /credential scope is for us-east-1/,
    ));

  test('a body that was changed on the way is refused', async () => {
    const client = new SSMClient(clientOptions(aws));
    client.middlewareStack.add(
      (next) => (parameters) => {
        const { request } = parameters as { readonly request: { body: unknown } };
        request.body = '{"Name":"nami"}';
        return next(parameters);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expectRefusal(
      () => client.send(new GetParameterCommand({ Name: 'name' })),
      'InvalidSignatureException',
      /is not the hash of the body|does not match/,
    );
  });

  test('a request without a signature is refused', async () => {
    const response = await fetch(aws.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{"Name":"name"}',
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });
});

test('an unknown action is refused, not faked', () =>
  expectRefusal(
    () => new SSMClient(clientOptions(aws)).send(new PutParameterCommand({ Name: 'a', Value: 'b' })),
    'InvalidAction',
    /ssm\.PutParameter is not known here/,
  ));

describe('the registry', () => {
  const authorization = () => `Basic ${Buffer.from(`AWS:${aws.account.registryPassword}`).toString('base64')}`;
  const send = (method: string, path: string, body = '', password = authorization()) =>
    fetch(`${aws.url}${path}`, { method, headers: { authorization: password }, ...(body === '' ? {} : { body }) });

  test('accepts only the password of GetAuthorizationToken', async () => {
    expect((await send('GET', '/v2/')).status).toBe(200);
    expect((await send('GET', '/v2/', '', 'Basic QVdTOm5v')).status).toBe(401);
  });

  test('refuses a repository that no stack created, content that does not match its digest, and a manifest whose layers are missing', async () => {
    aws.account.repositories.set('images', { tags: new Map(), manifests: new Map() });
    expect((await send('POST', '/v2/elsewhere/blobs/uploads/')).status).toBe(404);
    const { headers } = await send('POST', '/v2/images/blobs/uploads/');
    expect((await send('PUT', `${headers.get('location')}?digest=sha256:${'0'.repeat(64)}`, 'content')).status).toBe(
      400,
    );
    expect(
      (await send('PUT', '/v2/images/manifests/tag', `{"config":{"digest":"sha256:${'0'.repeat(64)}"},"layers":[]}`))
        .status,
    ).toBe(400);
    expect(aws.account.repositories.get('images')?.tags.size).toBe(0);
  });
});
