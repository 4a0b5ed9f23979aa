/** Who may invoke: through its own policy in this account, through the runtime's resource policy from anywhere else. */
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AccountPrincipal,
  AccountRootPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  FederatedPrincipal,
  type Grant,
  Group,
  type IGrantable,
  ManagedPolicy,
  OrganizationPrincipal,
  PrincipalWithConditions,
  Role,
  ServicePrincipal,
  StarPrincipal,
  User,
} from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { type CallerSources, InboundAuth } from '../../lib/index.ts';
import { validateTemplate } from '../cloudformation/validate.ts';
import { ACCOUNT, faultsOf, flat, REGION, synth, type Synthesized } from './synth.ts';

const OTHER = '999988887777';
const INVOKE = 'bedrock-agentcore:InvokeAgentRuntime';
const trust = new AccountRootPrincipal();

type Statement = Readonly<Record<string, unknown>>;

/** Statements of each resource policy by the ARN that it is attached to, as text. */
function policiesOf(template: Template): Readonly<Record<string, readonly Statement[]>> {
  const found = Object.values(template.findResources('AWS::BedrockAgentCore::ResourcePolicy')).map(
    ({ Properties }) => flat(Properties) as { ResourceArn: string; Policy: string },
  );
  return Object.fromEntries(
    found.map(({ ResourceArn, Policy }) => [
      ResourceArn.replace(/<Proxy\w+?(Endpoint\w+?)?[0-9A-F]{8}\.(\w+)>/, '<$2>'),
      (JSON.parse(Policy) as { Statement: Statement[] }).Statement,
    ]),
  );
}

/** The statements that a grant adds to the runtime's policy: principal and condition. */
function statementsOf(grantee: (stack: Stack) => IGrantable, synthesized: Synthesized = synth()): readonly unknown[] {
  expect(synthesized.proxy.grantInvoke(grantee(synthesized.stack)).success).toBe(true);
  const policies = Object.values(policiesOf(synthesized.template));
  expect(policies).toHaveLength(2);
  const [first = [], second = []] = policies.map((statements) =>
    statements
      .filter(({ Sid }) => Sid !== 'OwnAccount')
      .map((statement): Statement =>
        Object.fromEntries(Object.entries(statement).filter(([member]) => member !== 'Resource')),
      ),
  );
  expect(second).toEqual(first);
  for (const statement of first) expect(statement).toMatchObject({ Effect: 'Allow', Action: INVOKE });
  return first.map(({ Principal, Condition }) => (Condition === undefined ? Principal : [Principal, Condition]));
}

const warningsOf = ({ proxy }: Synthesized): readonly string[] =>
  proxy.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));

describe('a grantee of the same account', () => {
  it.each<[string, (stack: Stack) => IGrantable]>([
    ['a role', (stack) => new Role(stack, 'Caller', { assumedBy: trust })],
    ['an imported role', (stack) => Role.fromRoleArn(stack, 'Caller', `arn:aws:iam::${ACCOUNT}:role/caller`)],
    ['a user', (stack) => new User(stack, 'Caller')],
    ['a group', (stack) => new Group(stack, 'Caller')],
    [
      'a role in another stack',
      (stack) =>
        new Role(new Stack(stack.node.root, 'Other', { env: { account: ACCOUNT, region: REGION } }), 'Caller', {
          assumedBy: trust,
        }),
    ],
  ])('%s: gets its own policy, and the runtime gets none', (_, grantee) => {
    const synthesized = synth();
    const caller = grantee(synthesized.stack);
    expect(synthesized.proxy.grantInvoke(caller).success).toBe(true);
    expect(policiesOf(synthesized.template)).toEqual({});
    const template = Template.fromStack(caller instanceof Role ? Stack.of(caller) : synthesized.stack);
    const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes(INVOKE),
    );
    expect(policies).toHaveLength(1);
    expect(warningsOf(synthesized)).toEqual([]);
  });

  it('in another region gets a policy for all ids that the runtime may get', () => {
    const synthesized = synth();
    const caller = new Role(
      new Stack(synthesized.stack.node.root, 'Other', { env: { account: ACCOUNT, region: 'us-east-1' } }),
      'Caller',
      { assumedBy: trust },
    );
    synthesized.proxy.grantInvoke(caller);
    const [policy] = Object.values(Template.fromStack(Stack.of(caller)).findResources('AWS::IAM::Policy'));
    expect(flat(policy?.Properties.PolicyDocument.Statement)).toMatchObject([
      { Action: INVOKE, Resource: `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/calculator-*` },
    ]);
    expect(policiesOf(synthesized.template)).toEqual({});
  });

  it("is allowed by the runtime's policy if its own policy may not be changed, or is elsewhere", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/caller`;
    expect(statementsOf((stack) => Role.fromRoleArn(stack, 'Caller', arn, { mutable: false }))).toEqual([{ AWS: arn }]);
    expect(statementsOf(() => new ArnPrincipal(arn))).toEqual([{ AWS: arn }]);
    expect(statementsOf((stack) => new Role(stack, 'Caller', { assumedBy: trust }).withoutPolicyUpdates())).toEqual([
      { AWS: expect.stringMatching(/^<Caller\w+\.Arn>$/) },
    ]);
  });
});

describe('a grantee of another account', () => {
  const arn = `arn:aws:iam::${OTHER}:role/caller`;

  it.each<[string, (stack: Stack) => IGrantable, readonly unknown[]]>([
    ['a role by its ARN', () => new ArnPrincipal(arn), [{ AWS: arn }]],
    ['an imported role', (stack) => Role.fromRoleArn(stack, 'Caller', arn), [{ AWS: arn }]],
    [
      'an imported user',
      (stack) => User.fromUserArn(stack, 'Caller', arn.replace('role', 'user')),
      [{ AWS: arn.replace('role', 'user') }],
    ],
    ['an account', () => new AccountPrincipal(OTHER), [{ AWS: `arn:aws:iam::${OTHER}:root` }]],
    [
      'an organization',
      () => new OrganizationPrincipal('o-abcdef1234'),
      [[{ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdef1234' } }]],
    ],
    [
      'a role with a condition',
      () => new PrincipalWithConditions(new ArnPrincipal(arn), { StringEquals: { 'aws:PrincipalTag/team': 'a' } }),
      [[{ AWS: arn }, { StringEquals: { 'aws:PrincipalTag/team': 'a' } }]],
    ],
    [
      'several, with one statement each',
      () => new CompositePrincipal(new ArnPrincipal(arn), new AccountPrincipal('111122223333')),
      [{ AWS: arn }, { AWS: 'arn:aws:iam::111122223333:root' }],
    ],
  ])(
    '%s: is allowed by the policies of the runtime and its endpoint, with a warning that its own account must allow it, too',
    (_, grantee, principals) => {
      const synthesized = synth();
      expect(statementsOf(grantee, synthesized)).toEqual(principals);
      expect(warningsOf(synthesized)).toEqual([
        expect.stringMatching(
          /^grantInvoke: the runtime's resource policy allows .+, which is not enough for another account: a policy there must also allow bedrock-agentcore:InvokeAgentRuntime on the runtime and its endpoints/,
        ),
      ]);
      synthesized.template.resourceCountIs('AWS::IAM::User', 0);
      expect(
        Object.values(synthesized.template.findResources('AWS::IAM::Policy')).filter((policy) =>
          JSON.stringify(policy).includes(INVOKE),
        ),
      ).toEqual([]);
    },
  );

  it('that this app defines gets both permissions, and is created first', () => {
    const synthesized = synth();
    const caller = new Role(
      new Stack(synthesized.stack.node.root, 'Other', { env: { account: OTHER, region: REGION } }),
      'Caller',
      { roleName: 'caller', assumedBy: trust },
    );
    expect(statementsOf(() => caller, synthesized)).toEqual([{ AWS: `arn:aws:iam::${OTHER}:role/caller` }]);
    const [policy] = Object.values(Template.fromStack(Stack.of(caller)).findResources('AWS::IAM::Policy'));
    expect(flat(policy?.Properties.PolicyDocument.Statement)).toMatchObject([
      { Action: INVOKE, Resource: `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/calculator-*` },
    ]);
    expect(warningsOf(synthesized)).toEqual([]);
    expect(synthesized.stack.dependencies.map(({ node }) => node.id)).toEqual(['Other']);
  });

  it('that is a managed policy is replaced by its account', () => {
    expect(
      statementsOf(
        (stack) =>
          new ManagedPolicy(
            new Stack(stack.node.root, 'Other', { env: { account: OTHER, region: REGION } }),
            'Callers',
          ),
      ),
    ).toEqual([{ AWS: `arn:aws:iam::${OTHER}:root` }]);
  });

  it('is allowed if its account is only known at deploy time', () => {
    expect(statementsOf(() => new AccountPrincipal(OTHER), synth({}, { env: {} }))).toEqual([
      { AWS: `arn:aws:iam::${OTHER}:root` },
    ]);
  });
});

describe("the grants of the runtime itself, which in CDK write only the grantee's policy", () => {
  const FOR_USER = `${INVOKE}ForUser`;
  const GRANTS: readonly [string, (synthesized: Synthesized, to: IGrantable) => Grant, readonly string[]][] = [
    ['grantInvokeRuntime', ({ proxy }, to) => proxy.runtime.grantInvokeRuntime(to), [INVOKE]],
    ['grantInvokeRuntimeForUser', ({ proxy }, to) => proxy.runtime.grantInvokeRuntimeForUser(to), [FOR_USER]],
    ['grantInvoke', ({ proxy }, to) => proxy.runtime.grantInvoke(to), [INVOKE, FOR_USER]],
  ];

  it.each(GRANTS)(
    '%s: allows another account in the resource policies, and warns that its own account must allow it, too',
    (_, grant, actions) => {
      const synthesized = synth();
      const caller = Role.fromRoleArn(synthesized.stack, 'Caller', `arn:aws:iam::${OTHER}:role/caller`);
      expect(grant(synthesized, caller).success).toBe(true);
      for (const statements of Object.values(policiesOf(synthesized.template))) {
        expect(statements[1]).toMatchObject({
          Effect: 'Allow',
          Action: actions.length === 1 ? actions[0] : actions,
          Principal: { AWS: `arn:aws:iam::${OTHER}:role/caller` },
        });
      }
      expect(warningsOf(synthesized)).toEqual([
        expect.stringContaining(`must also allow ${actions.join(' and ')} on the runtime`),
      ]);
    },
  );

  it.each(GRANTS)('%s: warns that it has no effect if callers send a JWT', (_, grant) => {
    const synthesized = synth({
      inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com', allowedClients: ['a'] }),
    });
    expect(grant(synthesized, new Role(synthesized.stack, 'Caller', { assumedBy: trust })).success).toBe(false);
    expect(warningsOf(synthesized)).toEqual([expect.stringMatching(/^grantInvoke has no effect/)]);
  });
});

describe('a grantee that is', () => {
  it('a service may call only for this account', () => {
    expect(statementsOf(() => new ServicePrincipal('lambda.amazonaws.com'))).toEqual([
      [{ Service: 'lambda.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
    ]);
    const arnLike = { ArnLike: { 'aws:SourceArn': `arn:aws:lambda:${REGION}:${OTHER}:function:f` } };
    expect(statementsOf(() => new ServicePrincipal('lambda.amazonaws.com', { conditions: arnLike }))).toEqual([
      [{ Service: 'lambda.amazonaws.com' }, arnLike],
    ]);
  });

  it.each<[string, IGrantable, RegExp]>([
    ['everybody', new AnyPrincipal(), /got everyone: any account in AWS could call/],
    ['the star', new StarPrincipal(), /got everyone: any account in AWS could call/],
    [
      'federated',
      new FederatedPrincipal('cognito-identity.amazonaws.com'),
      /got Federated, which a resource policy doesn't accept: grant the role that it assumes/,
    ],
  ])('%s is refused', (_, grantee, message) => {
    expect(() => synth().proxy.grantInvoke(grantee)).toThrow(message);
  });
});

describe('the resource policies', () => {
  it('are attached to the runtime and each endpoint, name only themselves, and leave the own account to its identities', () => {
    const synthesized = synth({ endpoints: [{ name: 'live' }] });
    synthesized.proxy.grantInvoke(new AccountPrincipal(OTHER));
    const policies = policiesOf(synthesized.template);
    expect(Object.keys(policies)).toEqual([
      '<AgentRuntimeArn>',
      '<AgentRuntimeArn>/runtime-endpoint/DEFAULT',
      '<AgentRuntimeEndpointArn>',
    ]);
    for (const [own] of Object.values(policies))
      expect(own).toMatchObject({
        Sid: 'OwnAccount',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: expect.arrayContaining([INVOKE]),
      });
    for (const { Properties } of Object.values(
      synthesized.template.findResources('AWS::BedrockAgentCore::ResourcePolicy'),
    )) {
      const { ResourceArn, Policy } = flat(Properties) as { ResourceArn: string; Policy: string };
      for (const { Resource } of (JSON.parse(Policy) as { Statement: Statement[] }).Statement)
        expect(Resource).toBe(ResourceArn);
    }
    expect(validateTemplate(synthesized.template.toJSON())).toEqual([]);
  });

  it('exist only if something needs them', () => {
    synth().template.resourceCountIs('AWS::BedrockAgentCore::ResourcePolicy', 0);
  });
});

describe('callers only from a VPC or a VPC endpoint', () => {
  const from: CallerSources = {
    vpcs: [{ vpcId: 'vpc-12345678' }, { vpcId: 'vpc-87654321' }],
    vpcEndpoints: [{ vpcEndpointId: 'vpce-12345678' }],
  };
  const deny = {
    Sid: 'FromNowhereElse',
    Effect: 'Deny',
    Principal: '*',
    Condition: {
      StringNotEquals: { 'aws:SourceVpc': ['vpc-12345678', 'vpc-87654321'], 'aws:SourceVpce': ['vpce-12345678'] },
    },
  };

  it('with a JWT: all callers are allowed from there, and none from elsewhere', () => {
    const policies = policiesOf(
      synth({
        inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com', allowedClients: ['a'] }),
        callersFrom: from,
        endpoints: [{ name: 'live' }],
      }).template,
    );
    expect(Object.keys(policies)).toHaveLength(3);
    for (const statements of Object.values(policies)) {
      expect(statements).toMatchObject([
        {
          Effect: 'Allow',
          Principal: '*',
          Action: INVOKE,
          Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-12345678', 'vpc-87654321'] } },
        },
        {
          Effect: 'Allow',
          Principal: '*',
          Action: INVOKE,
          Condition: { StringEquals: { 'aws:SourceVpce': ['vpce-12345678'] } },
        },
        deny,
      ]);
    }
  });

  it('with IAM: permissions are decided as before, and no call is allowed from elsewhere', () => {
    const [statements] = Object.values(policiesOf(synth({ callersFrom: from }).template));
    expect(statements).toMatchObject([{ Sid: 'OwnAccount', Effect: 'Allow' }, deny]);
    expect(statements).toHaveLength(2);
  });

  it("accepts CDK's own VPCs", () => {
    const { template } = synth((stack) => {
      const vpc = new Vpc(stack, 'Vpc');
      return {
        callersFrom: {
          vpcs: [vpc],
          vpcEndpoints: [
            vpc.addInterfaceEndpoint('AgentCore', {
              service: { name: 'com.amazonaws.eu-west-1.bedrock-agentcore', port: 443 },
            }),
          ],
        },
      };
    });
    const [statements = []] = Object.values(policiesOf(template));
    expect(statements[1]).toMatchObject({
      Effect: 'Deny',
      Condition: {
        StringNotEquals: {
          'aws:SourceVpc': [expect.stringMatching(/^<Vpc\w+>$/)],
          'aws:SourceVpce': [expect.stringMatching(/^<Vpc\w+>$/)],
        },
      },
    });
  });

  it('is refused if it names nothing, or something else', () => {
    expect(faultsOf({ callersFrom: {} })).toEqual([
      'callersFrom: expected at least one VPC or VPC endpoint, got none (no caller would be allowed)',
    ]);
    expect(
      faultsOf({
        callersFrom: { vpcs: [{ vpcId: 'vpce-12345678' }], vpcEndpoints: [{ vpcEndpointId: 'vpc-12345678' }] },
      }),
    ).toEqual([
      'callersFrom.vpcs[0].vpcId: expected an id such as vpc-0123456789abcdef0, got "vpce-12345678"',
      'callersFrom.vpcEndpoints[0].vpcEndpointId: expected an id such as vpce-0123456789abcdef0, got "vpc-12345678"',
    ]);
  });
});
