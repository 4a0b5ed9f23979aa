import { describe, expect, test } from 'vitest';
import { bootstrapTemplate, SAMPLES, synthesized } from './cdk-templates.ts';
import { LIMITS } from './limits.ts';
import { definition, resourceSpec } from './spec.ts';
import { validateTemplate } from './validate.ts';

const ROLE = 'arn:aws:iam::111122223333:role/proxy';
const RUNTIME = {
  Type: 'AWS::BedrockAgentCore::Runtime',
  Properties: {
    AgentRuntimeName: 'prod_crm',
    RoleArn: ROLE,
    AgentRuntimeArtifact: {
      ContainerConfiguration: { ContainerUri: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/images:tag' },
    },
    NetworkConfiguration: { NetworkMode: 'PUBLIC' },
    ProtocolConfiguration: 'MCP',
    EnvironmentVariables: { UPSTREAM_URL: 'https://mcp.example.com/mcp' },
  },
};
const CAPACITY = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:capacity-provider/big-abcdefghij';
const QUEUE = { Type: 'AWS::SQS::Queue' };

/** The faults of a runtime with other properties. */
function runtimeWith(properties: Record<string, unknown>): string[] {
  return validateTemplate({
    Resources: { Runtime: { ...RUNTIME, Properties: { ...RUNTIME.Properties, ...properties } } },
  });
}

function resources(members: Record<string, unknown>, sections: Record<string, unknown> = {}): string[] {
  return validateTemplate({ ...sections, Resources: members });
}

describe('a correct template', () => {
  test('passes: the template of cdk bootstrap', () => {
    expect(validateTemplate(bootstrapTemplate())).toEqual([]);
  });

  test.each(Object.entries(SAMPLES))('passes: %s, as CDK writes it', (_, build) => {
    expect(validateTemplate(synthesized(build))).toEqual([]);
  });

  test('passes: a runtime with every property in its correct form', () => {
    expect(
      runtimeWith({ LifecycleConfiguration: { IdleRuntimeSessionTimeout: 900 }, Tags: { team: 'platform' } }),
    ).toEqual([]);
  });
});

describe('properties are checked against the specification', () => {
  test('an unknown one is refused, and the known ones are listed', () => {
    expect(runtimeWith({ Protocol: 'MCP' })).toEqual([
      expect.stringMatching(/^Runtime\.Protocol: unknown property, expected one of AgentRuntimeName, /),
    ]);
    expect(runtimeWith({ NetworkConfiguration: { NetworkMode: 'PUBLIC', Vpc: 'x' } })).toEqual([
      expect.stringMatching(/^Runtime\.NetworkConfiguration\.Vpc: unknown property/),
    ]);
  });

  test('a read-only one is refused as such', () => {
    expect(runtimeWith({ Status: 'READY' })).toEqual(['Runtime.Status: is read-only: the service sets it']);
  });

  test('a missing one is reported, and one that AWS::NoValue removes is missing', () => {
    const { RoleArn, ...rest } = RUNTIME.Properties;
    expect(RoleArn).toBe(ROLE);
    expect(resources({ Runtime: { ...RUNTIME, Properties: rest } })).toEqual([
      'Runtime.RoleArn: required, but missing',
    ]);
    expect(runtimeWith({ RoleArn: { Ref: 'AWS::NoValue' } })).toEqual(['Runtime.RoleArn: required, but missing']);
  });

  test.each([
    [{ Description: ['a'] }, 'Runtime.Description: expected string, got ["a"]'],
    [{ EnvironmentVariables: 'A=b' }, 'Runtime.EnvironmentVariables: expected map, got "A=b"'],
    [{ NetworkConfiguration: 'PUBLIC' }, 'Runtime.NetworkConfiguration: expected ref, got "PUBLIC"'],
    [
      { LifecycleConfiguration: { MaxLifetime: 'long' } },
      'Runtime.LifecycleConfiguration.MaxLifetime: expected integer, got "long"',
    ],
    [
      { RequestHeaderConfiguration: { RequestHeaderAllowlist: 'authorization' } },
      'Runtime.RequestHeaderConfiguration.RequestHeaderAllowlist: expected array, got "authorization"',
    ],
  ])('a value of the wrong type is refused: %o', (properties, fault) => {
    expect(runtimeWith(properties)).toContain(fault);
  });

  test('a boolean is true or false, as a boolean or as text', () => {
    const queue = (FifoQueue: unknown) => resources({ Queue: { ...QUEUE, Properties: { FifoQueue } } });
    expect(queue('true')).toEqual([]);
    expect(queue('yes')).toEqual(['Queue.FifoQueue: expected boolean, got "yes"']);
  });

  test('a value that is not allowed is refused', () => {
    expect(runtimeWith({ ProtocolConfiguration: 'SSE' })).toEqual([
      'Runtime.ProtocolConfiguration: expected one of MCP, HTTP, A2A, AGUI, got "SSE"',
    ]);
  });

  test('both branches of Fn::If are checked', () => {
    const faults = resources(
      {
        Runtime: {
          ...RUNTIME,
          Properties: { ...RUNTIME.Properties, ProtocolConfiguration: { 'Fn::If': ['Yes', 'MCP', 'SSE'] } },
        },
      },
      { Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] } } },
    );
    expect(faults).toEqual([expect.stringMatching(/^Runtime\.ProtocolConfiguration: expected one of MCP/)]);
  });

  test('a function that returns a text is refused if a list is expected, and vice versa', () => {
    expect(
      runtimeWith({ RequestHeaderConfiguration: { RequestHeaderAllowlist: { 'Fn::Join': [',', ['a', 'b']] } } }),
    ).toEqual([
      'Runtime.RequestHeaderConfiguration.RequestHeaderAllowlist: expected array, got Fn::Join, which gives a text',
    ]);
    expect(runtimeWith({ Description: { 'Fn::Split': [',', 'a,b'] } })).toEqual([
      'Runtime.Description: expected string, got Fn::Split, which gives a list',
    ]);
    expect(runtimeWith({ NetworkConfiguration: { Ref: 'AWS::Region' } })).toEqual([
      'Runtime.NetworkConfiguration: expected ref, got Ref, which gives a text',
    ]);
  });

  test('an unknown resource type is refused, a custom one needs its ServiceToken', () => {
    expect(resources({ Thing: { Type: 'AWS::BedrockAgentCore::Proxy' } })).toEqual([
      'Thing.Type: unknown resource type "AWS::BedrockAgentCore::Proxy"',
    ]);
    expect(resources({ Thing: { Type: 'Custom::Thing', Properties: { anything: 1 } } })).toEqual([
      'Thing.ServiceToken: required for a custom resource, but missing',
    ]);
  });
});

describe('references name existing things', () => {
  test.each([
    ['a Ref', { Ref: 'Nobody' }, 'Runtime.Description: Ref: no resource or parameter "Nobody"'],
    ['a Fn::GetAtt', { 'Fn::GetAtt': ['Nobody', 'Arn'] }, 'Runtime.Description: Fn::GetAtt: no resource "Nobody"'],
    [
      'a Fn::GetAtt in dotted form',
      { 'Fn::GetAtt': 'Nobody.Arn' },
      'Runtime.Description: Fn::GetAtt: no resource "Nobody"',
    ],
    [
      'a Fn::Sub',
      { 'Fn::Sub': 'x ${Nobody} ${AWS::Region} ${!Literal}' },
      'Runtime.Description: Fn::Sub: no resource, parameter or variable "Nobody"',
    ],
    [
      'a Fn::Sub with an attribute',
      { 'Fn::Sub': '${Queue.Colour}' },
      expect.stringMatching(/^Runtime\.Description: Fn::GetAtt: AWS::SQS::Queue has no attribute "Colour"/),
    ],
    [
      'a variable of Fn::Sub that nothing uses',
      { 'Fn::Sub': ['a', { b: 'c' }] },
      'Runtime.Description: Fn::Sub: variable "b" is not used',
    ],
    [
      'an attribute',
      { 'Fn::GetAtt': ['Queue', 'Colour'] },
      expect.stringMatching(/has no attribute "Colour", expected one of Arn, /),
    ],
    [
      'a mapping',
      { 'Fn::FindInMap': ['Nowhere', 'a', 'b'] },
      'Runtime.Description: Fn::FindInMap: no mapping "Nowhere"',
    ],
    [
      'a key of a mapping',
      { 'Fn::FindInMap': ['Names', 'a', 'z'] },
      'Runtime.Description: Fn::FindInMap: mapping Names has no key "z" under "a"',
    ],
    ['a condition of Fn::If', { 'Fn::If': ['Never', 'a', 'b'] }, 'Runtime.Description: no condition "Never"'],
    ['an unknown function', { 'Fn::Eval': 'a' }, 'Runtime.Description: unknown function Fn::Eval'],
    [
      'a function with too few arguments',
      { 'Fn::Select': [1] },
      'Runtime.Description: Fn::Select: expected a list of 2, got [1]',
    ],
  ])('%s that does not is refused', (_, Description, fault) => {
    const members = { Runtime: { ...RUNTIME, Properties: { ...RUNTIME.Properties, Description } }, Queue: QUEUE };
    expect(resources(members, { Mappings: { Names: { a: { b: 'c' } } } })).toContainEqual(fault);
  });

  test('DependsOn, a resource condition, a condition within a condition and an output are checked as well', () => {
    const faults = resources(
      { Queue: { ...QUEUE, DependsOn: ['Nobody'], Condition: 'Never' } },
      {
        Conditions: { Odd: { 'Fn::Not': [{ Condition: 'Never' }] }, Wrong: { 'Fn::Equals': ['a'] } },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Nothing'] } }, Empty: {} },
      },
    );
    expect(faults).toEqual([
      'Conditions.Odd: no condition "Never"',
      'Conditions.Wrong: Fn::Equals: expected a list of 2 to 2, got ["a"]',
      'Queue.DependsOn: expected the id of a resource, got "Nobody"',
      'Queue.Condition: no condition "Never"',
      expect.stringMatching(/^Outputs\.Arn\.Value: Fn::GetAtt: AWS::SQS::Queue has no attribute "Nothing"/),
      'Outputs.Empty.Value: required, but missing',
    ]);
  });

  test('a cycle is refused', () => {
    const queue = (other: string) => ({
      ...QUEUE,
      Properties: { QueueName: { 'Fn::Sub': `\${${other}.QueueName}x` } },
    });
    expect(resources({ A: queue('B'), B: queue('A') })).toEqual(['A: circular dependency: A -> B -> A']);
  });
});

describe('the form of a template', () => {
  test.each([
    ['is not an object', 'text', 'template: expected an object, got "text"'],
    [
      'has an unknown section',
      { Resource: {}, Resources: { Queue: QUEUE } },
      expect.stringMatching(/^Resource: unknown section/),
    ],
    ['has no resources', { Resources: {} }, 'Resources: expected at least one resource, got none'],
    [
      'has a resource without a type',
      { Resources: { Queue: {} } },
      'Queue.Type: expected a resource type, got nothing',
    ],
    [
      'has an unknown resource attribute',
      { Resources: { Queue: { ...QUEUE, Property: {} } } },
      expect.stringMatching(/^Queue\.Property: unknown resource attribute/),
    ],
    [
      'has an unknown deletion policy',
      { Resources: { Queue: { ...QUEUE, DeletionPolicy: 'Keep' } } },
      'Queue.DeletionPolicy: expected one of Delete, Retain, RetainExceptOnCreate, Snapshot, got "Keep"',
    ],
  ])('one that %s is refused', (_, template, fault) => {
    expect(validateTemplate(template)).toContainEqual(fault);
  });
});

describe("the AgentCore services' limits", () => {
  test.each([
    [{ AgentRuntimeName: 'prod-crm' }, /^Runtime\.AgentRuntimeName: expected .*, got "prod-crm"/],
    [{ RoleArn: 'arn:aws:iam::111122223333:user/proxy' }, /^Runtime\.RoleArn: expected /],
    [
      { AgentRuntimeArtifact: { ContainerConfiguration: { ContainerUri: 'docker.io/library/node:26' } } },
      /ContainerUri: expected .*, got "docker\.io/,
    ],
    [
      { AuthorizerConfiguration: { CustomJWTAuthorizer: { DiscoveryUrl: 'https://issuer.example.com' } } },
      /DiscoveryUrl: expected /,
    ],
    [
      {
        AuthorizerConfiguration: {
          CustomJWTAuthorizer: {
            DiscoveryUrl: 'https://issuer.example.com/.well-known/openid-configuration',
            AllowedClients: [],
          },
        },
      },
      /AllowedClients: expected at least 1 members, got 0/,
    ],
    [
      { LifecycleConfiguration: { IdleRuntimeSessionTimeout: 30 } },
      /IdleRuntimeSessionTimeout: expected 60 to 28800, got 30/,
    ],
    [{ LifecycleConfiguration: { MaxLifetime: 1_209_600 } }, /MaxLifetime: expected 60 to 28800, got 1209600/],
    [{ LifecycleConfiguration: { MaxLifetime: 28_801 } }, /MaxLifetime: expected 60 to 28800, got 28801/],
    [{ LifecycleConfiguration: { MaxLifetime: '86400' } }, /MaxLifetime: expected 60 to 28800, got 86400/],
    [
      { LifecycleConfiguration: { IdleRuntimeSessionTimeout: 1800, MaxLifetime: 1200 } },
      /IdleRuntimeSessionTimeout: expected at most MaxLifetime \(1200\), got 1800/,
    ],
    [
      { LifecycleConfiguration: { MaxLifetime: 600 } },
      /IdleRuntimeSessionTimeout: expected at most MaxLifetime \(600\), got 900/,
    ],
    [
      {
        CapacityProviderConfiguration: { CapacityProviderArn: CAPACITY },
        LifecycleConfiguration: { MaxLifetime: 1_209_601 },
      },
      /MaxLifetime: expected 60 to 1209600, got 1209601/,
    ],
    [
      {
        CapacityProviderConfiguration: {
          CapacityProviderArn: 'arn:aws:ecs:eu-west-1:111122223333:capacity-provider/big',
        },
      },
      /CapacityProviderArn: expected /,
    ],
    [{ Tags: { 'AWS:team': 'platform' } }, /Tags\.AWS:team: expected /],
    [
      { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`t${i}`, ''])) },
      /Tags: expected 0 to 50 members, got 51/,
    ],
    [{ Tags: { team: 'x'.repeat(257) } }, /Tags\.team: expected 0 to 256 characters, got 257/],
    [{ Description: 'x'.repeat(1201) }, /Description: expected 1 to 1200 characters, got 1201/],
    [
      { RequestHeaderConfiguration: { RequestHeaderAllowlist: Array.from({ length: 21 }, (_, i) => `x-${i}`) } },
      /RequestHeaderAllowlist: expected 1 to 20 members, got 21/,
    ],
    [{ EnvironmentVariables: { 'MY-NAME': 'x' } }, /EnvironmentVariables\.MY-NAME: expected /],
    [
      { EnvironmentVariables: { LONG: 'x'.repeat(2049) } },
      /EnvironmentVariables\.LONG: expected 0 to 2048 characters, got 2049/,
    ],
    [
      { EnvironmentVariables: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`V${i}`, ''])) },
      /EnvironmentVariables: expected 0 to 50 members, got 51/,
    ],
    [
      { PlatformVersion: 'V2', EnvironmentVariables: { A: 'x'.repeat(1500), B: 'x'.repeat(1500) } },
      /EnvironmentVariables: expected at most 2560 bytes on platform V2, got 3002/,
    ],
  ])('a runtime outside them is refused: %#', (properties, fault) => {
    expect(runtimeWith(properties)).toEqual([expect.stringMatching(fault)]);
  });

  test.each([
    'etag',
    'ETag',
    'Set-Cookie',
    'cookie',
    'Host',
    'Link',
    'x-forwarded-for',
    'X-Amz-Security-Token',
    'x-amzn-trace-id',
    'authorization',
  ])('%s is refused on the header allowlist', (header) => {
    expect(runtimeWith({ RequestHeaderConfiguration: { RequestHeaderAllowlist: ['mcp-method', header] } })).toEqual([
      expect.stringMatching(new RegExp(`RequestHeaderAllowlist: ${header.toLowerCase()} (?:is|needs) `)),
    ]);
  });

  test('a header is accepted once, custom ones are accepted, and Authorization is with a JWT authorizer', () => {
    const list = (...RequestHeaderAllowlist: readonly string[]) => ({
      RequestHeaderConfiguration: { RequestHeaderAllowlist },
    });
    const jwt = {
      AuthorizerConfiguration: {
        CustomJWTAuthorizer: {
          DiscoveryUrl: 'https://issuer.example.com/.well-known/openid-configuration',
          AllowedClients: ['client'],
        },
      },
    };
    expect(runtimeWith(list('traceparent', 'TraceParent'))).toEqual([
      expect.stringMatching(/traceparent is already on it/),
    ]);
    expect(
      runtimeWith({
        ...list('Authorization', 'X-Amzn-Bedrock-AgentCore-Runtime-Custom-Tenant', 'x-api-key', 'traceparent'),
        ...jwt,
      }),
    ).toEqual([]);
  });

  test('a session may live 8 hours in a microVM, and 14 days with a capacity provider', () => {
    expect(runtimeWith({ LifecycleConfiguration: { IdleRuntimeSessionTimeout: 60, MaxLifetime: 28_800 } })).toEqual([]);
    expect(
      runtimeWith({
        CapacityProviderConfiguration: { CapacityProviderArn: CAPACITY },
        LifecycleConfiguration: { MaxLifetime: 1_209_600 },
      }),
    ).toEqual([]);
  });

  test('every path of the table is in the specification', () => {
    const unknown = Object.entries(LIMITS).flatMap(([type, limits]) =>
      Object.keys(limits)
        .filter((path) => !exists(type, path))
        .map((path) => `${type} ${path}`),
    );
    expect(unknown).toEqual([]);
  });
});

function exists(type: string, path: string): boolean {
  let at: { readonly properties: ReturnType<typeof definition> } | undefined = resourceSpec(type);
  for (const step of path.split('.')) {
    const name = step.replace(/\[\]|\{k?\}/g, '');
    let found = at?.properties[name]?.type;
    if (found === undefined) return false;
    if (found.type === 'array' || found.type === 'map') found = found.element;
    at = found.type === 'ref' ? { properties: definition(found) } : undefined;
  }
  return true;
}
