import { describe, expect, it } from 'vitest';
import { PROVIDER_ARN, WORKLOAD_ARN } from '../../../proxy/upstream/auth/identity-arns.ts';

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'];

describe.each([
  [
    'a provider of tokens',
    PROVIDER_ARN,
    'token-vault/default/oauth2credentialprovider/my_crm-1',
    ['oauth2', 'my_crm-1'],
  ],
  ['a provider of keys', PROVIDER_ARN, 'token-vault/default/apikeycredentialprovider/k', ['apikey', 'k']],
  ['a workload', WORKLOAD_ARN, 'workload-identity-directory/default/workload-identity/a.b_c-1', ['a.b_c-1']],
])('the ARN of %s', (_what, pattern, resource, names) => {
  const arn = (partition = 'aws', service = 'bedrock-agentcore', region = 'us-gov-west-1', account = '123456789012') =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;

  it.each(PARTITIONS)('is read in the partition %s', (partition) => {
    for (const service of ['bedrock-agentcore', 'acps'])
      expect(pattern.exec(arn(partition, service))?.slice(1)).toEqual([
        partition,
        'us-gov-west-1',
        '123456789012',
        ...names,
      ]);
  });

  it.each([
    ['text before it', `x${arn()}`],
    ['text behind it', `${arn()}/x`],
    ['a line behind it', `${arn()}\n`],
    ['another partition', arn('awsX')],
    ['another service', arn('aws', 'bedrock')],
    ['no region', arn('aws', 'bedrock-agentcore', '')],
    ['a shorter account', arn('aws', 'bedrock-agentcore', 'eu-west-1', '12345678901')],
    ['another vault or directory', arn().replace('/default/', '/mine/')],
    ['no name', arn().replace(/[^/]*$/, '')],
    ['a name with a slash', arn().replace(/[^/]*$/, 'a/b')],
  ])('is not read with %s', (_why, text) => {
    expect(pattern.test(text)).toBe(false);
  });
});

it('names may be as long as the service allows', () => {
  const start = 'arn:aws:bedrock-agentcore:eu-west-1:123456789012:';
  const provider = `${start}token-vault/default/oauth2credentialprovider/`;
  const workload = `${start}workload-identity-directory/default/workload-identity/`;
  expect([1, 128, 129].map((length) => PROVIDER_ARN.test(provider + 'a'.repeat(length)))).toEqual([true, true, false]);
  expect([2, 3, 255, 256].map((length) => WORKLOAD_ARN.test(workload + 'a'.repeat(length)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
