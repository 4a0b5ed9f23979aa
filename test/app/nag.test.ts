/** cdk-nag's AwsSolutions rules and CDK's own find only what isn't acknowledged. */
import { Validations } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { findings, make, ORDERS, written } from './app-of.ts';
import '../support/template-validation.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm/key-AbCdEf';
const STATEFUL = `import { defineControl, defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({
  controls: [
    defineControl({ name: 'counts', bindings: { COUNTS: { for: 'calls of each caller', kind: 'table' } }, replies: 'ignores', setup: () => ({ otherwise: 'pass' }) }),
    defineControl({ name: 'hides', bindings: { KEYS: { for: 'keys of tokens', kind: 'keyring' } }, replies: 'ignores', setup: () => ({ otherwise: 'pass' }) }),
  ],
});
`;

describe('there are no findings in a proxy', () => {
  it.each<[string, object]>([
    ['with inbound IAM', {}],
    ['with an issuer', { inboundAuth: { jwt: { issuer: 'https://id.example.com', allowedClients: ['a'] } } }],
    ['with a user pool', { inboundAuth: { userPool: { userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['a'] } } }],
    ['with a new user pool, retained', { inboundAuth: { newUserPool: {} } }],
    ['with a new user pool, not retained', { inboundAuth: { newUserPool: {} }, removalPolicy: 'destroy' }],
    [
      'in a VPC, with a new security group',
      { network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'] } },
    ],
    [
      'in a VPC, with a given security group',
      {
        network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] },
      },
    ],
    ['with a table and a keyring', { config: 'stateful.config.ts' }],
    [
      'with a secret, endpoints, spans, alarms',
      {
        upstreamAuth: { bearer: { secretArn: SECRET } },
        endpoints: [{ name: 'live' }],
        traces: 'xray',
        alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
      },
    ],
    ['as a zip', { artifact: 'zip' }],
  ])('%s', async (_, more) => {
    written('stateful.config.ts', STATEFUL);
    const made = await make([{ ...ORDERS, ...more }]);
    expect(made.faults).toEqual([]);
    expect(await findings(made)).toEqual([]);
  });
});

it('a proxy that may invoke every gateway of its account, as its entry says, only causes a warning', async () => {
  const made = await make([
    { ...ORDERS, upstream: { url: 'https://tools.example.com' }, upstreamAuth: 'iam', allGateways: true },
  ]);
  expect(made.faults).toEqual([]);
  expect(await findings(made)).toEqual(['Annotation::agentcore-mcp-proxy:allGateways orders/Proxy']);
});

describe.each(['iam', 'jwt', 'two'] as const)('the sample with %s', (sample) => {
  it('has no findings', async () => {
    const made = await make([], { sample });
    expect(made.faults).toEqual([]);
    expect(await findings(made)).toEqual([]);
  });
});

describe('a finding without an acknowledgement', () => {
  it('is reported, and ends synth', async () => {
    const made = await make([ORDERS]);
    const { node } = new Bucket(made.app.node.findChild('orders'), 'Bucket');
    expect(await findings(made)).toEqual(
      expect.arrayContaining([`AwsSolutions-S1 ${node.path}/Resource`, `AwsSolutions-S10 ${node.path}/Resource`]),
    );
    expect(() => made.app.synth()).toThrow('AwsSolutions-S1');
  });

  it('is reported in the execution role too, if a wildcard is new', async () => {
    const made = await make([ORDERS]);
    const role = made.app.node.findChild('orders').node.findChild('Proxy').node.findChild('ExecutionRole')
      .node.defaultChild;
    if (!(role instanceof CfnRole)) throw new Error('expected the execution role');
    role.policies = [
      {
        policyName: 'more',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'bedrock-agentcore:InvokeGateway',
              Resource: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/*',
            },
          ],
        },
      },
    ];
    expect(await findings(made)).toEqual([
      expect.stringMatching(
        /^AwsSolutions-IAM5\[Resource::arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway\/\*\] orders\/Proxy\/ExecutionRole/,
      ),
    ]);
  });
});

it('each acknowledgement has a reason', async () => {
  written('stateful.config.ts', STATEFUL);
  const made = await make(
    [{ ...ORDERS, inboundAuth: { newUserPool: {} }, config: 'stateful.config.ts', artifact: 'zip' }],
    { sample: 'jwt' },
  );
  expect(made.faults).toEqual([]);
  const reasons = made.app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(data as Record<string, unknown>)),
    );
  expect(reasons.length).toBeGreaterThan(3);
  for (const [rule, reason] of reasons) expect(String(reason), rule).toMatch(/^\S+(?: \S+){3,}$/);
});
