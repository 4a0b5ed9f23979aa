/** Entries as stacks: their names and outputs, and the effect of each member of an entry. */
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../lib/deployments.ts';
import { CHECKED_NOW } from '../support/later-types.mjs';
import { GATEWAY, make, ORDERS, written } from './app-of.ts';

const RUNTIME = 'AWS::BedrockAgentCore::Runtime';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm/key-AbCdEf';

async function templateOf(more: Partial<Deployment>): Promise<Template> {
  const made = await make([{ ...ORDERS, ...more }]);
  expect(made.faults).toEqual([]);
  return made.template('orders');
}

function runtimeOf(template: Template): Readonly<Record<string, unknown>> {
  const [runtime] = Object.values(template.findResources(RUNTIME));
  return (runtime as { readonly Properties: Readonly<Record<string, unknown>> }).Properties;
}

const environmentOf = async (more: Partial<Deployment>): Promise<unknown> =>
  runtimeOf(await templateOf(more))['EnvironmentVariables'];

/** The resources of every statement of the execution role that names this action. */
function resourcesOf(template: Template, action: string): unknown[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('ProxyExecutionRole'),
  );
  const statements = policies.flatMap(
    ([, policy]) =>
      (policy as { Properties: { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } } })
        .Properties.PolicyDocument.Statement,
  );
  return statements.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) => Resource);
}

describe('the stacks of a list', () => {
  it('are named after stage and name, in the accounts and regions of the entries', async () => {
    const { app, faults, template } = await make([
      { ...ORDERS, stage: 'prod' },
      {
        ...ORDERS,
        stage: 'prod',
        name: 'orders_us',
        region: 'us-east-1',
        account: '444455556666',
        upstream: { gatewayArn: GATEWAY.replace('eu-west-1', 'us-east-1').replace('111122223333', '444455556666') },
      },
      ORDERS,
    ]);
    expect(faults).toEqual([]);
    const stacks = app
      .synth()
      .stacks.map(({ stackName, hierarchicalId, environment }) => [
        stackName,
        hierarchicalId,
        environment.name,
        runtimeOf(template(stackName))['AgentRuntimeName'],
      ]);
    expect(stacks).toEqual([
      ['orders', 'orders', 'aws://111122223333/eu-west-1', 'orders'],
      ['prod-orders', 'prod-orders', 'aws://111122223333/eu-west-1', 'prod_orders'],
      ['prod-orders-us', 'prod-orders-us', 'aws://444455556666/us-east-1', 'prod_orders_us'],
    ]);
  });

  it('have four outputs, and seven with their own pool', async () => {
    const four = ['RuntimeArn', 'InvocationUrl', 'ExecutionRoleArn', 'LogGroupName'];
    expect(Object.keys((await templateOf({})).toJSON()['Outputs'])).toEqual(four);
    expect(Object.keys((await templateOf({ inboundAuth: { newUserPool: {} } })).toJSON()['Outputs'])).toEqual([
      ...four,
      'UserPoolId',
      'ClientId',
      'TokenUrl',
    ]);
    expect(
      Object.keys(
        (
          await templateOf({ inboundAuth: { userPool: { userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['a'] } } })
        ).toJSON()['Outputs'],
      ),
    ).toEqual(four);
  });

  it('have the URL of each named endpoint', async () => {
    const outputs = (await templateOf({ endpoints: [{ name: 'live' }, { name: 'a_b' }, { name: 'ab' }] })).toJSON()[
      'Outputs'
    ] as Readonly<Record<string, { readonly Value: unknown; readonly Description: string }>>;
    const urls = Object.entries(outputs).filter(([name]) => /^InvocationUrl./.test(name));
    expect(urls.map(([name]) => name)).toEqual([
      'InvocationUrllive',
      expect.stringMatching(/^InvocationUrlab[0-9a-f]{8}$/),
      'InvocationUrlab',
    ]);
    expect(urls.map(([, { Value }]) => /qualifier=(\w+)/.exec(JSON.stringify(Value))?.[1])).toEqual([
      'live',
      'a_b',
      'ab',
    ]);
    expect(urls.map(([, { Description }]) => Description)).toContain("MCP endpoint of the proxy's endpoint a_b");
  });

  it('output where a proxy is, with its ARN percent-encoded at deploy time', async () => {
    const { InvocationUrl } = (await templateOf({})).toJSON()['Outputs'];
    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^ProxyRuntime/), 'AgentRuntimeArn'] };
    expect(InvocationUrl.Value).toEqual({
      'Fn::Join': [
        '',
        [
          'https://bedrock-agentcore.eu-west-1.',
          { Ref: 'AWS::URLSuffix' },
          '/runtimes/',
          { 'Fn::Join': ['%2F', { 'Fn::Split': ['/', { 'Fn::Join': ['%3A', { 'Fn::Split': [':', arn] }] }] }] },
          '/invocations?qualifier=DEFAULT',
        ],
      ],
    });
  });
});

describe("an entry's upstream", () => {
  it.each<[string, Partial<Deployment>, object]>([
    ['gateway', {}, { UPSTREAM_ARN: GATEWAY, UPSTREAM_AUTH: 'iam' }],
    [
      'runtime',
      { upstream: { runtimeArn: GATEWAY.replace('gateway', 'runtime'), qualifier: 'live' } },
      { UPSTREAM_ARN: `${GATEWAY.replace('gateway', 'runtime')}/runtime-endpoint/live`, UPSTREAM_AUTH: 'iam' },
    ],
    [
      'URL',
      { upstream: { url: 'https://mcp.example.com/mcp' } },
      { UPSTREAM_URL: 'https://mcp.example.com/mcp', UPSTREAM_AUTH: 'none' },
    ],
    [
      'URL in front of a gateway',
      { upstream: { url: 'https://tools.example.com/mcp', gatewayArn: GATEWAY } },
      { UPSTREAM_URL: 'https://tools.example.com/mcp', UPSTREAM_ARN: GATEWAY, UPSTREAM_AUTH: 'iam' },
    ],
  ])('may be a %s', async (_, more, expected) => {
    expect(await environmentOf(more)).toEqual({
      ...expected,
      PROXY_NAME: 'orders',
      METRICS_NAMESPACE: 'AgentCoreMcpProxy',
    });
  });

  it('is the only one that the role may invoke', async () => {
    expect(resourcesOf(await templateOf({}), 'bedrock-agentcore:InvokeGateway')).toEqual([GATEWAY]);
    expect(
      resourcesOf(
        await templateOf({ upstream: { url: 'https://tools.example.com/mcp', gatewayArn: GATEWAY } }),
        'bedrock-agentcore:InvokeGateway',
      ),
    ).toEqual([GATEWAY]);
    expect(
      resourcesOf(
        await templateOf({ upstream: { url: 'https://mcp.example.com/mcp' } }),
        'bedrock-agentcore:InvokeGateway',
      ),
    ).toEqual([]);
  });
});

describe("an entry's upstream auth", () => {
  const pool = { userPoolId: 'eu-central-1_AbCdEfGhI', clientId: '1h57kf5cpq17m0eml12EXAMPLE' };

  it.each<[string, NonNullable<Deployment['upstreamAuth']>, object]>([
    ['none', 'none', { UPSTREAM_AUTH: 'none' }],
    ['iam', 'iam', { UPSTREAM_AUTH: 'iam' }],
    [
      'a Cognito client',
      { oauth: pool },
      { UPSTREAM_AUTH: 'oauth', UPSTREAM_SECRET: `cognito:${pool.userPoolId}/${pool.clientId}` },
    ],
    [
      "a Cognito client and its pool's prefix",
      { oauth: { ...pool, domain: 'my-team', scopes: ['mcp/invoke', 'mcp/read'] } },
      {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_SECRET: `cognito:${pool.userPoolId}/${pool.clientId}`,
        UPSTREAM_TOKEN_URL: 'https://my-team.auth.eu-central-1.amazoncognito.com/oauth2/token',
        UPSTREAM_SCOPES: 'mcp/invoke mcp/read',
      },
    ],
    [
      "a Cognito client and its pool's own domain",
      { oauth: { ...pool, domain: 'auth.example.com' } },
      {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_SECRET: `cognito:${pool.userPoolId}/${pool.clientId}`,
        UPSTREAM_TOKEN_URL: 'https://auth.example.com/oauth2/token',
      },
    ],
    [
      'any issuer',
      {
        oauth: {
          issuer: 'https://id.example.com',
          clientId: 'me',
          secretArn: `${SECRET}#client`,
          resource: 'https://mcp.example.com',
        },
      },
      {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_ISSUER: 'https://id.example.com',
        UPSTREAM_CLIENT_ID: 'me',
        UPSTREAM_SECRET: `${SECRET}#client`,
        UPSTREAM_RESOURCE: 'https://mcp.example.com',
      },
    ],
    [
      'a key',
      { bearer: { secretArn: SECRET, header: 'X-Api-Key' } },
      { UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: SECRET, UPSTREAM_HEADER: 'X-Api-Key' },
    ],
  ])('may be %s', async (_, upstreamAuth, expected) => {
    expect(await environmentOf({ upstreamAuth })).toEqual({
      UPSTREAM_ARN: GATEWAY,
      ...expected,
      PROXY_NAME: 'orders',
      METRICS_NAMESPACE: 'AgentCoreMcpProxy',
    });
  });

  it("allows the role to decrypt with the secret's own key, if the entry names it, only through Secrets Manager", async () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const forms = [
      { bearer: { secretArn: SECRET, encryptionKeyArn } },
      { oauth: { issuer: 'https://id.example.com', clientId: 'me', secretArn: SECRET, encryptionKeyArn } },
    ];
    for (const upstreamAuth of forms) {
      const template = await templateOf({ upstreamAuth });
      expect(resourcesOf(template, 'kms:Decrypt')).toEqual([encryptionKeyArn]);
      expect(JSON.stringify(template)).toContain('"kms:ViaService":{"Fn::Join":["",["secretsmanager.eu-west-1."');
    }
    expect(resourcesOf(await templateOf({ upstreamAuth: { bearer: { secretArn: SECRET } } }), 'kms:Decrypt')).toEqual(
      [],
    );
  });

  it('allows the role to sign with a key in KMS, or to show its own identity, in place of reading a secret', async () => {
    const signingKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const client = { issuer: 'https://id.example.com', clientId: 'me' };
    const signs = await templateOf({
      upstreamAuth: { oauth: { ...client, signingKeyArn, signingAlgorithm: 'PS256' } },
    });
    expect(resourcesOf(signs, 'kms:Sign')).toEqual([signingKeyArn]);
    const shows = await templateOf({ upstreamAuth: { oauth: { ...client, authMethod: 'web_identity' } } });
    expect(resourcesOf(shows, 'sts:GetWebIdentityToken')).toEqual(['*']);
    for (const template of [signs, shows]) expect(resourcesOf(template, 'secretsmanager:GetSecretValue')).toEqual([]);
  });

  it('allows the role to read the secret of a client certificate', async () => {
    const certificate = SECRET.replace('secret:', 'secret:certificate-');
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const template = await templateOf({
      upstream: { url: 'https://crm.example.com/mcp', clientCertificate: { secretArn: certificate, encryptionKeyArn } },
      upstreamAuth: { oauth: { issuer: 'https://id.example.com', clientId: 'me', authMethod: 'tls_client_auth' } },
    });
    expect(resourcesOf(template, 'secretsmanager:GetSecretValue')).toEqual([certificate]);
    expect(resourcesOf(template, 'kms:Decrypt')).toEqual([encryptionKeyArn]);
    expect(JSON.stringify(template)).toContain(`"UPSTREAM_CLIENT_CERTIFICATE":"${certificate}"`);
  });

  it('allows the role to read one secret, or the clients of one pool in its region', async () => {
    expect(
      resourcesOf(
        await templateOf({ upstreamAuth: { bearer: { secretArn: `${SECRET}#key` } } }),
        'secretsmanager:GetSecretValue',
      ),
    ).toEqual([SECRET]);
    const [arn] = resourcesOf(
      await templateOf({ upstreamAuth: { oauth: pool } }),
      'cognito-idp:DescribeUserPoolClient',
    );
    expect(JSON.stringify(arn)).toContain(`:cognito-idp:eu-central-1:111122223333:userpool/${pool.userPoolId}`);
  });
});

describe("an entry's inbound auth", () => {
  const authorizer = async (inboundAuth: NonNullable<Deployment['inboundAuth']>): Promise<unknown> =>
    runtimeOf(await templateOf({ inboundAuth }))['AuthorizerConfiguration'];

  it('is IAM by default, and then the container gets no JWT setting', async () => {
    expect(await authorizer('iam')).toBeUndefined();
    expect(await environmentOf({})).not.toHaveProperty('INBOUND_AUTH');
    expect(await environmentOf({ inboundAuth: { newUserPool: {} } })).toHaveProperty('INBOUND_AUTH', 'jwt');
  });

  it('may be an issuer, or the URL of its metadata', async () => {
    const DiscoveryUrl = 'https://id.example.com/.well-known/openid-configuration';
    expect(
      await authorizer({
        jwt: {
          issuer: 'https://id.example.com/',
          allowedAudiences: ['mcp'],
          allowedClients: ['a'],
          allowedScopes: ['s'],
        },
      }),
    ).toEqual({
      CustomJWTAuthorizer: { DiscoveryUrl, AllowedAudience: ['mcp'], AllowedClients: ['a'], AllowedScopes: ['s'] },
    });
    expect(await authorizer({ jwt: { discoveryUrl: DiscoveryUrl, allowedClients: ['a'] } })).toEqual({
      CustomJWTAuthorizer: { DiscoveryUrl, AllowedClients: ['a'] },
    });
  });

  it('may be an existing pool, also in another region', async () => {
    expect(
      await authorizer({
        userPool: { userPoolId: 'us-east-1_AbCdEfGhI', clientIds: ['a', 'b'], scopes: ['mcp/invoke'] },
      }),
    ).toEqual({
      CustomJWTAuthorizer: {
        DiscoveryUrl:
          'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI/.well-known/openid-configuration',
        AllowedClients: ['a', 'b'],
        AllowedScopes: ['mcp/invoke'],
      },
    });
  });

  it('may be a created pool', async () => {
    const template = await templateOf({
      inboundAuth: {
        newUserPool: { domainPrefix: 'orders-team', resourceServer: 'orders', scopes: ['read', 'write'] },
      },
    });
    template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { Domain: 'orders-team' });
    template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'orders',
      Scopes: [Match.objectLike({ ScopeName: 'read' }), Match.objectLike({ ScopeName: 'write' })],
    });
  });
});

describe('the other members of an entry', () => {
  it('put the proxy into a VPC by ids only', async () => {
    const network = { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567', 'subnet-89abcdef'] };
    const given = await templateOf({ network: { ...network, securityGroupIds: ['sg-01234567'] } });
    expect(runtimeOf(given)['NetworkConfiguration']).toEqual({
      NetworkMode: 'VPC',
      NetworkModeConfig: { Subnets: network.subnetIds, SecurityGroups: ['sg-01234567'] },
    });
    given.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    const own = await templateOf({ network });
    own.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: network.vpcId });
    expect(runtimeOf(await templateOf({ network: 'public' }))['NetworkConfiguration']).toEqual({
      NetworkMode: 'PUBLIC',
    });
  });

  it('reach the runtime', async () => {
    const template = await templateOf({
      description: 'Orders',
      platformVersion: 'V2',
      idleTimeoutSeconds: 60,
      maxLifetimeSeconds: 28_800,
      allowedHosts: ['a.example'],
      traces: { otlpEndpoint: 'https://otel.example.com' },
      tags: { team: 'crm' },
    });
    expect(runtimeOf(template)).toMatchObject({
      Description: 'Orders',
      PlatformVersion: 'V2',
      LifecycleConfiguration: { IdleRuntimeSessionTimeout: 60, MaxLifetime: 28_800 },
      EnvironmentVariables: { ALLOWED_HOSTS: 'a.example', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example.com' },
      Tags: { team: 'crm' },
    });
  });

  it('pin endpoints, to a version or to the deployed one', async () => {
    const template = await templateOf({ endpoints: [{ name: 'live', version: '3' }, { name: 'next' }] });
    template.hasResourceProperties('AWS::BedrockAgentCore::RuntimeEndpoint', {
      Name: 'live',
      AgentRuntimeVersion: '3',
    });
    template.hasResourceProperties('AWS::BedrockAgentCore::RuntimeEndpoint', {
      Name: 'next',
      AgentRuntimeVersion: { 'Fn::GetAtt': [Match.anyValue(), 'AgentRuntimeVersion'] },
    });
  });

  it('tag the stack and everything that accepts tags', async () => {
    const made = await make([{ ...ORDERS, tags: { team: 'crm' } }]);
    const template = made.template('orders');
    template.hasResourceProperties('AWS::IAM::Role', { Tags: [{ Key: 'team', Value: 'crm' }] });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Tags: [{ Key: 'team', Value: 'crm' }] });
    expect(made.app.synth().getStackByName('orders').tags).toEqual({ team: 'crm' });
  });

  it('allow callers of other accounts, and callers only from some places', async () => {
    const template = await templateOf({
      callers: ['999988887777', 'arn:aws:iam::999988887777:role/agents'],
      callersFrom: { vpcIds: ['vpc-0123456789abcdef0'], vpcEndpointIds: ['vpce-0123456789abcdef0'] },
    });
    const policies = Object.values(template.findResources('AWS::BedrockAgentCore::ResourcePolicy')).map((policy) =>
      JSON.stringify(policy),
    );
    expect(policies).toHaveLength(2);
    for (const policy of policies)
      for (const part of [
        ':iam::999988887777:root',
        'arn:aws:iam::999988887777:role/agents',
        'vpc-0123456789abcdef0',
        'vpce-0123456789abcdef0',
      ])
        expect(policy).toContain(part);
  });

  it('make alarms notify a topic, and create a dashboard unless it is turned off', async () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
    const template = await templateOf({ alarmTopicArn });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmActions: [alarmTopicArn] });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    (await templateOf({ dashboard: false })).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  it('decide what happens to a created pool', async () => {
    const inboundAuth = { newUserPool: {} };
    (await templateOf({ inboundAuth })).hasResource('AWS::Cognito::UserPool', { DeletionPolicy: 'Retain' });
    (await templateOf({ inboundAuth, removalPolicy: 'destroy' })).hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Delete',
    });
  });

  it('set how long logs are kept', async () => {
    expect(JSON.stringify((await templateOf({ logRetentionDays: 30 })).toJSON())).toContain('\\"retentionInDays\\":30');
  });

  it('cause a warning on the stack if the upstream is in another account', async () => {
    const { app } = await make([{ ...ORDERS, account: '444455556666' }]);
    const { metadata } = app.node.findChild('orders').node;
    expect(metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => data)).toEqual([
      expect.stringContaining(
        "upstream.gatewayArn: is in account 111122223333, the deployment in 444455556666: that gateway's resource policy must allow the execution role",
      ),
    ]);
  });
});

describe('faults that the construct finds', () => {
  const NEEDY = `import { defineControl, defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({ controls: [defineControl({ name: 'asks', bindings: { ASK_URL: 'whom to ask' }, replies: 'ignores', setup: () => ({ otherwise: 'pass' }) })] });
`;

  it('in several entries are reported together with the faults of the entries themselves', async () => {
    written('needy.config.ts', NEEDY);
    written(
      'personal.config.ts',
      "import { agentcoreJwt, defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: [], caller: agentcoreJwt() });\n",
    );
    written('untyped.config.ts', `const x: number = "one";\nexport default x;\n${CHECKED_NOW}`);
    const { faults } = await make([
      { ...ORDERS, name: 'a', config: 'needy.config.ts' },
      { ...ORDERS, name: 'b', region: 'eu-wst-1', config: 'untyped.config.ts' },
      {
        ...ORDERS,
        name: 'c',
        upstream: { url: 'https://tools.example.com' },
        upstreamAuth: 'iam',
        config: 'needy.config.ts',
      },
      { ...ORDERS, name: 'd', config: 'needy.config.ts', bindings: { ASK_URL: 'x'.repeat(2049), UNREAD: 'x' } },
      { ...ORDERS, name: 'e-e', config: 'needy.config.ts' },
      { ...ORDERS, name: 'f', config: 'personal.config.ts' },
      ORDERS,
    ]);
    const at = (start: string, rest: RegExp): unknown =>
      expect.stringMatching(new RegExp(`^${start.replaceAll(/[[\]]/g, '\\$&')}: ${rest.source}`));
    expect(faults).toEqual(
      expect.arrayContaining([
        at('deployments[0] a', /.*ASK_URL/),
        at('deployments[1] b', /region: expected one of AWS's regions/),
        at('deployments[1] b', /config: .*untyped\.config\.ts.* doesn't type-check: .*TS2322/),
        at(
          'deployments[2] c',
          /upstream: expected an address that says which gateway may be invoked, got tools\.example\.com: give its gatewayArn with the url, or/,
        ),
        at('deployments[2] c', /.*ASK_URL/),
        at('deployments[3] d', /environment: expected at most 2048 characters in ASK_URL/),
        at('deployments[3] d', /.*UNREAD/),
        at('deployments[5] f', /caller agentcore-jwt: expected inbound authentication by JWT/),
        at('deployments[4] e-e', /name: expected a letter/),
        at('deployments[4] e-e', /.*ASK_URL/),
      ]),
    );
    for (const fault of faults) expect(fault).toMatch(/^deployments\[[0-5]\] [^\n]+$/);
  });

  it('are none if the binding is there', async () => {
    written('needy.config.ts', NEEDY);
    expect(
      (await make([{ ...ORDERS, config: 'needy.config.ts', bindings: { ASK_URL: 'https://ask.example.com' } }])).faults,
    ).toEqual([]);
  });
});
