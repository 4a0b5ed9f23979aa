import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from './aws/account.ts';
import { type FakeAws, startFakeAws } from './aws/server.ts';
import { deploy, destroy } from './deploying.ts';

let aws: FakeAws;
beforeEach(async () => {
  aws = await startFakeAws({ account: '111122223333', region: 'eu-west-1' });
});
afterEach(() => aws[Symbol.asyncDispose]());

const parameter = (Value: unknown, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: 'name', Type: 'String', Value, ...more },
});
const trusting = (service: string, condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, ...condition }],
});
const allowing = (Action: string | string[], Resource = '*') => ({
  PolicyName: 'own',
  PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
});

describe('a stack', () => {
  test('is created with its functions resolved', async () => {
    const { status, outputs } = await deploy(
      aws,
      'functions',
      {
        Parameters: { Name: { Type: 'String' }, List: { Type: 'CommaDelimitedList', Default: 'a,b' } },
        Mappings: { Map: { 'eu-west-1': { word: 'mapped' } } },
        Conditions: {
          Here: {
            'Fn::And': [
              { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
              { 'Fn::Not': [{ Condition: 'Never' }] },
            ],
          },
          Never: { 'Fn::Equals': ['a', 'b'] },
        },
        Resources: {
          One: parameter({ Ref: 'Name' }),
          Absent: { ...parameter('x', { Name: 'absent' }), Condition: 'Never' },
        },
        Outputs: {
          Ref: { Value: { Ref: 'One' } },
          GetAtt: { Value: { 'Fn::GetAtt': ['One', 'Value'] } },
          Sub: { Value: { 'Fn::Sub': ['${One.Value} ${Own} ${AWS::AccountId} ${!Literal}', { Own: 'own' }] } },
          Join: { Value: { 'Fn::Join': ['-', { Ref: 'List' }] } },
          Select: { Value: { 'Fn::Select': [1, { 'Fn::Split': ['/', 'x/y'] }] } },
          If: { Value: { 'Fn::If': ['Here', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'word'] }, 'no'] } },
          Never: { Value: 'x', Condition: 'Never' },
        },
      },
      { Name: 'given' },
    );
    expect(status).toBe('CREATE_COMPLETE');
    expect(outputs).toEqual({
      Ref: 'name',
      GetAtt: 'given',
      Sub: 'given own 111122223333 ${Literal}',
      Join: 'a-b',
      Select: 'y',
      If: 'mapped',
    });
    expect([...aws.account.parameters]).toEqual([['name', 'given']]);
  });

  test('with an unknown property is rolled back, and leaves nothing', async () => {
    const { status, reasons } = await deploy(aws, 'unknown', {
      Resources: { One: parameter('x'), Two: { ...parameter('y', { Name: 'two', Colour: 'red' }), DependsOn: 'One' } },
    });
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(reasons).toEqual([expect.stringMatching(/^Two\.Colour: unknown property/)]);
    expect(aws.account.parameters.size).toBe(0);
  });

  test.each([
    ['a Ref to nothing', { Resources: { One: parameter({ Ref: 'Nobody' }) } }, /no resource or parameter "Nobody"/],
    [
      'a circle',
      { Resources: { One: { ...parameter('x'), DependsOn: 'Two' }, Two: { ...parameter('y'), DependsOn: 'One' } } },
      /circular dependency/,
    ],
    [
      'a parameter without a value',
      { Parameters: { Name: { Type: 'String' } }, Resources: { One: parameter({ Ref: 'Name' }) } },
      /Parameters: \[Name\] must have values/,
    ],
    [
      'an SSM parameter that does not exist',
      {
        Parameters: { Name: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } },
        Resources: { One: parameter({ Ref: 'Name' }) },
      },
      /Unable to fetch parameters \[\/none\]/,
    ],
  ])('with %s is refused before anything is created', async (_, template, message) => {
    await expect(deploy(aws, 'refused', template)).rejects.toThrow(message);
    expect(aws.account.parameters.size).toBe(0);
  });

  test('with IAM resources needs the capability', async () => {
    const template = {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') } },
      },
    };
    await expect(deploy(aws, 'roles', template, {}, [])).rejects.toThrow(/Requires capabilities : \[CAPABILITY_IAM\]/);
    expect((await deploy(aws, 'roles', template)).status).toBe('CREATE_COMPLETE');
  });

  test('with a type that no maker creates is rolled back', async () => {
    const { status, reasons } = await deploy(aws, 'queue', { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } });
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(reasons).toEqual([expect.stringMatching(/AWS::SQS::Queue can't be created here/)]);
  });

  test('returns to its previous state if an update is refused', async () => {
    await deploy(aws, 'update', { Resources: { One: parameter('before') } });
    const { status } = await deploy(aws, 'update', {
      Resources: {
        One: parameter('after'),
        Two: { ...parameter('x', { Name: 'two', Type: 'Number' }), DependsOn: 'One' },
      },
    });
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([...aws.account.parameters]).toEqual([['name', 'before']]);
    await expect(deploy(aws, 'update', { Resources: { One: parameter('before') } })).rejects.toThrow(
      /didn't contain changes/,
    );
  });

  test('keeps what is to be retained, and deletes the rest', async () => {
    await deploy(aws, 'kept', {
      Resources: { One: { ...parameter('x'), DeletionPolicy: 'Retain' }, Two: parameter('y', { Name: 'two' }) },
    });
    expect((await destroy(aws, 'kept')).status).toBe('DELETE_COMPLETE');
    expect([...aws.account.parameters.keys()]).toEqual(['name']);
  });

  test('whose export another one imports is kept', async () => {
    await deploy(aws, 'exporter', {
      Resources: { One: parameter('x') },
      Outputs: { Name: { Value: { Ref: 'One' }, Export: { Name: 'shared' } } },
    });
    expect(
      (
        await deploy(aws, 'importer', {
          Resources: { Two: parameter({ 'Fn::ImportValue': 'shared' }, { Name: 'two' }) },
        })
      ).status,
    ).toBe('CREATE_COMPLETE');
    expect(aws.account.parameters.get('two')).toBe('name');
    expect((await destroy(aws, 'exporter')).status).toBe('DELETE_FAILED');
    await destroy(aws, 'importer');
    expect((await destroy(aws, 'exporter')).status).toBe('DELETE_COMPLETE');
    expect(
      (await deploy(aws, 'importer', { Resources: { Two: parameter({ 'Fn::ImportValue': 'shared' }) } })).status,
    ).toBe('ROLLBACK_COMPLETE');
  });
});

describe('assets must exist', () => {
  const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') } };

  test('a function without uploaded code is refused', async () => {
    const template = {
      Resources: {
        Role: role,
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Handler: 'index.handler',
            Runtime: 'nodejs22.x',
            Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
          },
        },
      },
    };
    const { status, reasons } = await deploy(aws, 'code', template);
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(reasons).toEqual([expect.stringMatching(/s3:\/\/assets\/code\.zip does not exist/)]);
  });

  test('a custom resource whose service token is not a function is refused', async () => {
    const { reasons } = await deploy(aws, 'custom', {
      Resources: {
        Thing: {
          Type: 'Custom::Thing',
          Properties: { ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:none' },
        },
      },
    });
    expect(reasons).toEqual([expect.stringMatching(/no function arn:aws:lambda/)]);
  });
});

describe('a runtime', () => {
  const PULL = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  const template = (trust = trusting('bedrock-agentcore.amazonaws.com'), policy = allowing(PULL)) => ({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, Policies: [policy] } },
      Runtime: {
        Type: 'AWS::BedrockAgentCore::Runtime',
        Properties: {
          AgentRuntimeName: 'sample',
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          AgentRuntimeArtifact: {
            ContainerConfiguration: {
              ContainerUri: { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/images:tag' },
            },
          },
          NetworkConfiguration: { NetworkMode: 'PUBLIC' },
        },
      },
    },
  });

  test('is created from an arm64 image that its role may pull', async () => {
    pushImage(aws.account, 'arm64');
    expect((await deploy(aws, 'runtime', template())).status).toBe('CREATE_COMPLETE');
    expect([...aws.account.runtimes.values()]).toMatchObject([{ version: 1 }]);
  });

  test('is refused without its image', async () => {
    expect((await deploy(aws, 'runtime', template())).reasons).toEqual([
      expect.stringMatching(/images:tag is not in the registry/),
    ]);
  });

  test('is refused with an image for another architecture', async () => {
    pushImage(aws.account, 'amd64');
    expect((await deploy(aws, 'runtime', template())).reasons).toEqual([
      expect.stringMatching(/is for amd64, expected arm64/),
    ]);
  });

  test('is refused with a role that may not pull', async () => {
    pushImage(aws.account, 'arm64');
    expect((await deploy(aws, 'runtime', template(undefined, allowing(PULL.slice(0, 2))))).reasons).toEqual([
      expect.stringMatching(/not authorized to perform ecr:GetDownloadUrlForLayer/),
    ]);
  });

  test('is refused with a role that does not trust the service, or trusts it only for others', async () => {
    pushImage(aws.account, 'arm64');
    const elsewhere = trusting('bedrock-agentcore.amazonaws.com', {
      Condition: { StringEquals: { 'aws:SourceAccount': '444455556666' } },
    });
    for (const trust of [trusting('lambda.amazonaws.com'), elsewhere])
      expect((await deploy(aws, `trust-${trust === elsewhere}`, template(trust))).reasons).toEqual([
        expect.stringMatching(/can't be assumed by bedrock-agentcore/),
      ]);
  });

  /** The same runtime with other properties and other resources. */
  const runtimeWith = (properties: object, more: object = {}) => {
    const { Resources } = template();
    return {
      Resources: {
        ...Resources,
        Runtime: { ...Resources.Runtime, Properties: { ...Resources.Runtime.Properties, ...properties } },
        ...more,
      },
    };
  };

  test.each([
    [{ LifecycleConfiguration: { MaxLifetime: 1 } }, /MaxLifetime: expected 60 to 28800, got 1;/],
    [{ LifecycleConfiguration: { MaxLifetime: 1_209_600 } }, /MaxLifetime: expected 60 to 28800, got 1209600/],
    [
      { RequestHeaderConfiguration: { RequestHeaderAllowlist: ['etag'] } },
      /RequestHeaderAllowlist: etag is a restricted header/,
    ],
    [{ EnvironmentVariables: { LONG: 'x'.repeat(2049) } }, /EnvironmentVariables\.LONG: expected 0 to 2048 characters/],
    [{ Tags: { 'aws:team': 'x' } }, /Tags\.aws:team: expected /],
  ])("is refused outside the service's limits: %j", async (properties, reason) => {
    pushImage(aws.account, 'arm64');
    expect((await deploy(aws, 'runtime', runtimeWith(properties))).reasons).toEqual([expect.stringMatching(reason)]);
  });

  test('is refused with an image of more than 2 GB', async () => {
    pushImage(aws.account, 'arm64', 2 * 2 ** 30 + 1);
    expect((await deploy(aws, 'runtime', template())).reasons).toEqual([
      expect.stringMatching(/images:tag has 2147483649 bytes, expected at most 2147483648/),
    ]);
  });

  test('is refused with code that its role may not read', async () => {
    aws.account.buckets.set('assets', new Map([['code.zip', Buffer.from('zip')]]));
    const code = {
      AgentRuntimeArtifact: {
        CodeConfiguration: {
          Code: { S3: { Bucket: 'assets', Prefix: 'code.zip' } },
          Runtime: 'NODE_22',
          EntryPoint: ['main.mjs'],
        },
      },
    };
    expect((await deploy(aws, 'runtime', runtimeWith(code))).reasons).toEqual([
      expect.stringMatching(/not authorized to perform s3:GetObject on arn:aws:s3:::assets\/code\.zip/),
    ]);
  });

  test('has at most ten endpoints with different names, and none that is called DEFAULT', async () => {
    pushImage(aws.account, 'arm64');
    const endpoint = (Name: string) => ({
      Type: 'AWS::BedrockAgentCore::RuntimeEndpoint',
      Properties: { AgentRuntimeId: { Ref: 'Runtime' }, Name },
    });
    const named = (names: readonly string[]) =>
      runtimeWith({}, Object.fromEntries(names.map((name, i) => [`Endpoint${i}`, endpoint(name)])));
    const ten = Array.from({ length: 10 }, (_, i) => `e${i}`);
    expect((await deploy(aws, 'ten', named(ten))).status).toBe('CREATE_COMPLETE');
    await destroy(aws, 'ten');
    expect((await deploy(aws, 'more', named([...ten, 'e10']))).reasons).toEqual([
      expect.stringMatching(/has 10 endpoints, which is the most/),
    ]);
    expect((await deploy(aws, 'twice', named(['live', 'live']))).reasons).toEqual([
      expect.stringMatching(/has an endpoint live already/),
    ]);
    expect((await deploy(aws, 'default', named(['DEFAULT']))).reasons).toEqual([
      expect.stringMatching(/has an endpoint DEFAULT already/),
    ]);
  });

  test('accepts a resource policy that names only itself, also on its endpoint DEFAULT', async () => {
    pushImage(aws.account, 'arm64');
    const { Resources } = template();
    const withPolicy = (at: string, Resource: unknown): object => {
      const arn = { 'Fn::Sub': `\${Runtime.AgentRuntimeArn}${at}` };
      const policy = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::999988887777:root' },
            Action: 'bedrock-agentcore:InvokeAgentRuntime',
            Resource,
          },
        ],
      };
      return {
        Resources: {
          ...Resources,
          Policy: {
            Type: 'AWS::BedrockAgentCore::ResourcePolicy',
            Properties: { ResourceArn: arn, Policy: { 'Fn::Sub': JSON.stringify(policy) } },
          },
        },
      };
    };
    for (const [name, at] of [
      ['runtime', ''],
      ['endpoint', '/runtime-endpoint/DEFAULT'],
    ] as const) {
      expect((await deploy(aws, name, withPolicy(at, `\${Runtime.AgentRuntimeArn}${at}`))).reasons).toEqual([]);
      await destroy(aws, name);
    }
    expect((await deploy(aws, 'all', withPolicy('', '*'))).reasons).toEqual([
      expect.stringMatching(/must contain exactly one resource ARN that matches/),
    ]);
    expect((await deploy(aws, 'nowhere', withPolicy('/runtime-endpoint/live', '*'))).reasons).toEqual([
      expect.stringMatching(/no runtime or endpoint .*\/runtime-endpoint\/live/),
    ]);
  });

  test('is refused if it does not depend on its policy, which may come too late', async () => {
    pushImage(aws.account, 'arm64');
    const { Role, Runtime } = template().Resources;
    const { Policies, ...withoutPolicies } = Role.Properties;
    const policy = { Type: 'AWS::IAM::Policy', Properties: { ...Policies[0], Roles: [{ Ref: 'Role' }] } };
    const late = { Resources: { Role: { ...Role, Properties: withoutPolicies }, Policy: policy, Runtime } };
    expect((await deploy(aws, 'late', late)).reasons).toEqual([
      expect.stringMatching(/not authorized to perform ecr:GetAuthorizationToken/),
    ]);
    expect(
      (await deploy(aws, 'waits', { Resources: { ...late.Resources, Runtime: { ...Runtime, DependsOn: 'Policy' } } }))
        .status,
    ).toBe('CREATE_COMPLETE');
  });
});

function pushImage(account: Account, architecture: string, size = 1): void {
  const config = Buffer.from(JSON.stringify({ architecture, os: 'linux', config: {} }));
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  account.blobs.set(digest, config);
  account.repositories.set('images', {
    tags: new Map([['tag', 'sha256:manifest']]),
    manifests: new Map([
      [
        'sha256:manifest',
        {
          body: Buffer.from(JSON.stringify({ config: { digest }, layers: [{ digest: 'sha256:layer', size }] })),
          type: '',
        },
      ],
    ]),
  });
}
