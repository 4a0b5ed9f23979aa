/** The runtime and the resources around it, in precise assertions. */
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Gateway, PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import { type IUserPool, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../lib/faults.ts';
import { allowlist } from '../../lib/headers.ts';
import { InboundAuth, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import {
  configThatNeeds,
  environmentOf,
  flat,
  GATEWAY_ARN,
  GATEWAY_URL,
  only,
  REGION,
  runtimeOf,
  SECRET_ARN,
  statementsOf,
  synth,
} from './synth.ts';

const OPTIONAL_HEADERS = [
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id',
  'traceparent',
  'tracestate',
];

describe('one line deploys', () => {
  const { proxy, stack, template } = synth();

  it('an MCP server on an arm64 image, in the public network, on platform V1, with IAM', () => {
    expect(runtimeOf(template)).toEqual({
      AgentRuntimeName: 'calculator',
      AgentRuntimeArtifact: {
        ContainerConfiguration: {
          ContainerUri: expect.stringMatching(
            /^123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/cdk-hnb659fds-container-assets-123456789012-eu-west-1:[0-9a-f]{64}$/,
          ),
        },
      },
      Description: `MCP proxy in front of ${GATEWAY_ARN}`,
      EnvironmentVariables: {
        UPSTREAM_ARN: GATEWAY_ARN,
        UPSTREAM_AUTH: 'iam',
        PROXY_NAME: 'calculator',
        METRICS_NAMESPACE: 'AgentCoreMcpProxy',
      },
      LifecycleConfiguration: { IdleRuntimeSessionTimeout: 900, MaxLifetime: 28_800 },
      NetworkConfiguration: { NetworkMode: 'PUBLIC' },
      PlatformVersion: 'V1',
      ProtocolConfiguration: 'MCP',
      RequestHeaderConfiguration: { RequestHeaderAllowlist: OPTIONAL_HEADERS },
      RoleArn: expect.stringMatching(/^<ProxyExecutionRole\w+\.Arn>$/),
    });
  });

  it('no table, no keyring, no user pool, and no log delivery of payloads', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
      'AWS::Cognito::UserPool',
      'AWS::Logs::DeliverySource',
    ])
      expect(template.findResources(type)).toEqual({});
  });

  it('the URL to call, with the ARN percent-encoded at deploy time', () => {
    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^ProxyRuntime/), 'AgentRuntimeArn'] };
    const colons = { 'Fn::Join': ['%3A', { 'Fn::Split': [':', arn] }] };
    expect(stack.resolve(proxy.invocationUrl)).toEqual({
      'Fn::Join': [
        '',
        [
          'https://bedrock-agentcore.eu-west-1.',
          { Ref: 'AWS::URLSuffix' },
          '/runtimes/',
          { 'Fn::Join': ['%2F', { 'Fn::Split': ['/', colons] }] },
          '/invocations?qualifier=DEFAULT',
        ],
      ],
    });
  });

  it('a retention for only the log group, even if the service creates it first', () => {
    const name = expect.stringMatching(
      /"logGroupName":"\/aws\/bedrock-agentcore\/runtimes\/<ProxyRuntime\w+\.AgentRuntimeId>-DEFAULT"/,
    );
    const group = only(template, 'Custom::LogGroup');
    expect(group).toMatchObject({ Create: name, Update: name });
    expect(group).not.toHaveProperty('Delete');
    expect(String(group['Create'])).toContain('"ignoreErrorCodesMatching":"ResourceAlreadyExistsException"');
    expect(String(only(template, 'Custom::LogRetention')['Create'])).toContain('"retentionInDays":180');
    const groups = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/calculator-*';
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith('ProxyLogs'))
      .map(([, { Properties }]) => flat(Properties.PolicyDocument.Statement));
    expect(policies).toEqual([
      [{ Action: 'logs:CreateLogGroup', Effect: 'Allow', Resource: groups }],
      [{ Action: 'logs:PutRetentionPolicy', Effect: 'Allow', Resource: groups }],
    ]);
  });
});

describe('a proxy', () => {
  it("is named after its path if no name is given, within AgentCore's limits", () => {
    const { proxy, template } = synth({}, { named: false });
    expect(proxy.runtimeName).toMatch(/^Test_Proxy_[A-Z0-9]+$/);
    expect(environmentOf(template)['PROXY_NAME']).toBe(proxy.runtimeName);
    expect(proxy.node.metadata.map(({ data }) => String(data)).join()).toContain(
      "would replace the runtime and change every client's URL; give it a fixed runtimeName",
    );
    expect(synth().proxy.node.metadata).toEqual([]);
  });

  it('uses platform, lifetimes, network, hosts and tags as given', () => {
    const { template } = synth((stack) => ({
      platformVersion: PlatformVersion.V2,
      idleTimeout: Duration.minutes(1),
      maxLifetime: Duration.hours(8),
      vpc: {
        vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-12345678',
          availabilityZones: ['eu-west-1a'],
          privateSubnetIds: ['subnet-12345678'],
        }),
      },
      allowedHosts: ['tools.example.com', 'localhost:8000'],
      httpsProxy: 'http://proxy.internal:3128',
      noProxy: ['.internal', '10.0.0.0/8'],
      plainHttpHosts: ['mcp.mesh.internal'],
      tags: { team: 'agents' },
    }));
    expect(runtimeOf(template)).toMatchObject({
      PlatformVersion: 'V2',
      LifecycleConfiguration: { IdleRuntimeSessionTimeout: 60, MaxLifetime: 28_800 },
      NetworkConfiguration: {
        NetworkMode: 'VPC',
        NetworkModeConfig: { SecurityGroups: [expect.any(String)], Subnets: ['subnet-12345678'] },
      },
      EnvironmentVariables: {
        ALLOWED_HOSTS: 'tools.example.com,localhost:8000',
        HTTPS_PROXY: 'http://proxy.internal:3128',
        NO_PROXY: '.internal,10.0.0.0/8',
        PLAIN_HTTP_HOSTS: 'mcp.mesh.internal',
        WARM_UP: 'start',
      },
      Tags: { team: 'agents' },
    });
  });

  it('has endpoints pinned to a version: the given one, or the one that this deployment creates', () => {
    const { proxy, stack, template } = synth({
      endpoints: [
        { name: 'stable', version: '3' },
        { name: 'next', description: 'what comes' },
      ],
    });
    expect(only(template, 'AWS::BedrockAgentCore::RuntimeEndpoint', ({ Name }) => Name === 'stable')).toMatchObject({
      AgentRuntimeVersion: '3',
    });
    expect(only(template, 'AWS::BedrockAgentCore::RuntimeEndpoint', ({ Name }) => Name === 'next')).toMatchObject({
      AgentRuntimeVersion: expect.stringMatching(/^<ProxyRuntime\w+\.AgentRuntimeVersion>$/),
      Description: 'what comes',
    });
    template.resourceCountIs('Custom::LogRetention', 3);
    expect(Object.keys(proxy.endpointUrls)).toEqual(['stable', 'next']);
    expect(JSON.stringify(stack.resolve(proxy.endpointUrls['stable']))).toBe(
      JSON.stringify(stack.resolve(proxy.invocationUrl)).replace('qualifier=DEFAULT', 'qualifier=stable'),
    );
  });

  it('leaves no logs behind if everything is to be deleted', () => {
    const { template } = synth({ removalPolicy: RemovalPolicy.DESTROY, logRetention: RetentionDays.INFINITE });
    expect(String(only(template, 'Custom::LogGroup')['Delete'])).toContain('"action":"deleteLogGroup"');
    expect(String(only(template, 'Custom::LogRetention')['Create'])).toContain('"action":"deleteRetentionPolicy"');
  });

  it('sends spans to the configured place: X-Ray of its region, or an endpoint', () => {
    const endpoint = (traces: 'xray' | { otlpEndpoint: string }): string | undefined =>
      environmentOf(synth({ traces }).template)['OTEL_EXPORTER_OTLP_ENDPOINT'];
    expect(endpoint('xray')).toBe('https://xray.eu-west-1.amazonaws.com');
    expect(endpoint({ otlpEndpoint: 'https://otel.example.com' })).toBe('https://otel.example.com');
    expect(environmentOf(synth().template)).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it("sends MCP's own metric to an endpoint, if one is given", () => {
    const bound = (options: { metricsEndpoint?: string }): string | undefined =>
      environmentOf(synth(options).template)['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'];
    expect(bound({ metricsEndpoint: 'https://otlp.example.com/v1/metrics' })).toBe(
      'https://otlp.example.com/v1/metrics',
    );
    expect(bound({})).toBeUndefined();
  });

  it('has a dashboard unless that is turned off', () => {
    synth({ dashboard: true }).template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    synth({ dashboard: false }).template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});

describe('the upstream is bound', () => {
  it('to a gateway of the same app, without a copied ARN', () => {
    const { template } = synth((stack) => ({
      upstream: ProxyUpstream.gateway(new Gateway(stack, 'Gateway', { gatewayName: 'tools' })),
    }));
    expect(environmentOf(template)).toMatchObject({
      UPSTREAM_ARN: expect.stringMatching(/^<Gateway\w+\.GatewayArn>$/),
      UPSTREAM_AUTH: 'iam',
    });
  });

  it('to a custom domain, signed for the region of its gateway or of the stack', () => {
    const upstream = (gatewayArn?: string) =>
      ProxyUpstream.url('https://tools.example.com/mcp', gatewayArn === undefined ? {} : { gatewayArn });
    const elsewhere = GATEWAY_ARN.replace(REGION, 'us-east-1');
    expect(environmentOf(synth({ upstream: upstream(elsewhere) }).template)).toMatchObject({
      UPSTREAM_URL: 'https://tools.example.com/mcp',
      UPSTREAM_ARN: elsewhere,
      UPSTREAM_AUTH: 'iam',
    });
    expect(
      environmentOf(synth({ upstream: upstream(), upstreamAuth: UpstreamAuth.iam(), allGateways: true }).template),
    ).toMatchObject({ AWS_REGION: REGION });
    expect(environmentOf(synth({ upstream: upstream() }).template)).toMatchObject({ UPSTREAM_AUTH: 'none' });
  });

  it('with a warning if every gateway is allowed', () => {
    const { proxy } = synth({
      upstream: ProxyUpstream.url('https://tools.example.com/mcp'),
      upstreamAuth: UpstreamAuth.iam(),
      allGateways: true,
    });
    expect(proxy.node.metadata.map(({ data }) => String(data)).join()).toContain(
      'may invoke every gateway of the account',
    );
  });

  it('with OAuth client credentials, naming the place of the secret and never its value', () => {
    const upstreamAuth = UpstreamAuth.oauth({
      tokenUrl: 'https://login.example.com/token',
      issuer: 'https://login.example.com',
      clientId: 'proxy',
      scopes: ['read', 'write'],
      resource: 'https://tools.example.com',
      secret: `${SECRET_ARN}#clientSecret`,
    });
    expect(environmentOf(synth({ upstream: ProxyUpstream.url(GATEWAY_URL), upstreamAuth }).template)).toMatchObject({
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_TOKEN_URL: 'https://login.example.com/token',
      UPSTREAM_ISSUER: 'https://login.example.com',
      UPSTREAM_CLIENT_ID: 'proxy',
      UPSTREAM_SCOPES: 'read write',
      UPSTREAM_RESOURCE: 'https://tools.example.com',
      UPSTREAM_SECRET: `${SECRET_ARN}#clientSecret`,
    });
  });

  it('with the client of a user pool in the same app', () => {
    const { template } = synth((stack) => {
      const userPool = new UserPool(stack, 'Pool');
      return {
        upstreamAuth: UpstreamAuth.oauth({
          secret: { userPool, userPoolClient: userPool.addClient('Client', { generateSecret: true }) },
        }),
      };
    });
    expect(environmentOf(template)['UPSTREAM_SECRET']).toMatch(/^cognito:<Pool\w+>\/<PoolClient\w+>$/);
  });

  it('with the client of a user pool in another region, which the role may read there', () => {
    const { template } = synth((stack) => ({
      upstreamAuth: UpstreamAuth.oauth({
        secret: {
          userPool: UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbCdEfGhI'),
          userPoolClient: UserPoolClient.fromUserPoolClientId(stack, 'Client', 'a'),
        },
      }),
    }));
    expect(statementsOf(template)).toContain(
      'cognito-idp:DescribeUserPoolClient @ arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI',
    );
  });

  it('with a key in a header', () => {
    const upstreamAuth = UpstreamAuth.bearer({ secret: SECRET_ARN, header: 'X-Api-Key' });
    expect(
      environmentOf(synth({ upstream: ProxyUpstream.url('https://crm.example.com/mcp'), upstreamAuth }).template),
    ).toMatchObject({ UPSTREAM_AUTH: 'bearer', UPSTREAM_HEADER: 'X-Api-Key', UPSTREAM_SECRET: SECRET_ARN });
  });
});

describe('callers are authorized', () => {
  const jwt = configThatNeeds('jwt-caller', '{}', { caller: 'agentcoreJwt()', perCaller: true });

  it('by the JWT of an issuer; the token reaches the proxy only if the config reads it', () => {
    const inboundAuth = InboundAuth.jwt({
      issuer: 'https://login.example.com/',
      allowedClients: ['agent'],
      allowedAudiences: ['mcp'],
      allowedScopes: ['mcp/invoke'],
    });
    const unread = synth({ inboundAuth }).template;
    expect(runtimeOf(unread)).toMatchObject({
      AuthorizerConfiguration: {
        CustomJWTAuthorizer: {
          DiscoveryUrl: 'https://login.example.com/.well-known/openid-configuration',
          AllowedClients: ['agent'],
          AllowedAudience: ['mcp'],
          AllowedScopes: ['mcp/invoke'],
        },
      },
      EnvironmentVariables: { INBOUND_AUTH: 'jwt' },
      RequestHeaderConfiguration: { RequestHeaderAllowlist: OPTIONAL_HEADERS },
    });
    expect(runtimeOf(synth({ inboundAuth, config: jwt }).template)).toMatchObject({
      RequestHeaderConfiguration: { RequestHeaderAllowlist: ['authorization', ...OPTIONAL_HEADERS] },
    });
  });

  it('by an existing user pool: its clients and scopes, since its tokens have no audience', () => {
    const { template } = synth((stack) => {
      const pool = new UserPool(stack, 'Pool');
      return {
        inboundAuth: InboundAuth.userPool(pool, { clients: [pool.addClient('Client')], scopes: ['mcp/invoke'] }),
      };
    });
    const authorizer = runtimeOf(template)['AuthorizerConfiguration'];
    expect(authorizer).toEqual({
      CustomJWTAuthorizer: {
        DiscoveryUrl: expect.stringMatching(
          /^https:\/\/cognito-idp\.eu-west-1\.amazonaws\.com\/<Pool\w+>\/\.well-known\/openid-configuration$/,
        ),
        AllowedClients: [expect.stringMatching(/^<PoolClient/)],
        AllowedScopes: ['mcp/invoke'],
      },
    });
  });

  it('by a user pool of another region or partition, however it was imported', () => {
    const discovery = (pool: (stack: Stack) => IUserPool, region = REGION): unknown => {
      const { template } = synth(
        (stack) => ({
          upstream: ProxyUpstream.url('https://tools.example.com/mcp'),
          inboundAuth: InboundAuth.userPool(pool(stack), {
            clients: [UserPoolClient.fromUserPoolClientId(stack, 'Client', 'a')],
          }),
        }),
        { env: { account: '123456789012', region } },
      );
      const { CustomJWTAuthorizer }: { CustomJWTAuthorizer?: { DiscoveryUrl?: unknown } } =
        runtimeOf(template)['AuthorizerConfiguration'] ?? {};
      return CustomJWTAuthorizer?.DiscoveryUrl;
    };
    expect(discovery((stack) => UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbCdEfGhI'))).toBe(
      'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI/.well-known/openid-configuration',
    );
    expect(discovery((stack) => UserPool.fromUserPoolId(stack, 'Pool', 'cn-north-1_AbCdEfGhI'), 'cn-north-1')).toBe(
      'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI/.well-known/openid-configuration',
    );
  });

  it('by a created user pool: a machine client with a secret that is in no template', () => {
    const { proxy, stack, template } = synth({ inboundAuth: InboundAuth.newUserPool({ scopes: ['read', 'write'] }) });
    expect(only(template, 'AWS::Cognito::UserPoolClient')).toMatchObject({
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['mcp/read', 'mcp/write'],
    });
    expect(only(template, 'AWS::Cognito::UserPoolResourceServer')).toMatchObject({
      Identifier: 'mcp',
      Scopes: [{ ScopeName: 'read' }, { ScopeName: 'write' }],
    });
    expect(only(template, 'AWS::Cognito::UserPool')).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      DeletionProtection: 'ACTIVE',
    });
    expect(runtimeOf(template)['AuthorizerConfiguration']).toMatchObject({
      CustomJWTAuthorizer: { AllowedScopes: ['mcp/read', 'mcp/write'] },
    });
    expect(flat(stack.resolve(proxy.tokenUrl))).toMatch(
      /^https:\/\/<ProxyInboundUserPoolDomain\w+>\.auth\.eu-west-1\.amazoncognito\.com\/oauth2\/token$/,
    );
    expect(proxy.userPool).toBeDefined();
    expect(proxy.userPoolClient).toBeDefined();
    expect(JSON.stringify(template.toJSON())).not.toContain('ClientSecret');
  });

  it('by IAM: nothing makes the container trust a token', () => {
    const { proxy, template } = synth();
    expect(environmentOf(template)).not.toHaveProperty('INBOUND_AUTH');
    expect(runtimeOf(template)).not.toHaveProperty('AuthorizerConfiguration');
    expect([proxy.userPool, proxy.userPoolClient, proxy.tokenUrl]).toEqual([undefined, undefined, undefined]);
  });

  it('by a header that a trusted client sets, which is then first in the allowlist', () => {
    const config = configThatNeeds('header-caller', '{}', {
      caller: "header('X-Amzn-Bedrock-AgentCore-Runtime-Custom-Caller')",
      perCaller: true,
    });
    expect(runtimeOf(synth({ config }).template)).toMatchObject({
      RequestHeaderConfiguration: {
        RequestHeaderAllowlist: ['x-amzn-bedrock-agentcore-runtime-custom-caller', ...OPTIONAL_HEADERS],
      },
    });
  });
});

describe('bound on request', () => {
  it("are the proxy's optional variables, and the key of session ids is then readable", () => {
    const { template } = synth({ bindings: { SESSION_SECRET: SECRET_ARN, OTEL_TRACES_SAMPLER: 'always_off' } });
    expect(environmentOf(template)).toMatchObject({ SESSION_SECRET: SECRET_ARN, OTEL_TRACES_SAMPLER: 'always_off' });
    expect(statementsOf(template)).toContain(`secretsmanager:GetSecretValue @ ${SECRET_ARN}`);
  });
});

describe('a caller that is always the same', () => {
  it('causes a warning', () => {
    const { proxy } = synth({
      config: configThatNeeds('fixed-caller', '{}', { caller: "fixed({ sub: 'me' })", perCaller: true }),
    });
    expect(proxy.node.metadata.map(({ data }) => String(data)).join()).toContain('all callers count as the same one');
  });
});

describe('the allowlist of headers', () => {
  const header = (name: string, required = false) => ({ name, required, for: 'a test' });

  it('begins with the required ones, and ends at 20', () => {
    const faults = new Faults();
    const many = Array.from({ length: 25 }, (_, i) => header(`x-optional-${i}`));
    const list = allowlist([...many, header('x-required', true), header('X-Optional-0', true)], false, faults);
    expect(list).toHaveLength(20);
    expect(list.slice(0, 2).toSorted()).toEqual(['x-optional-0', 'x-required']);
    expect(faults.found).toEqual([]);
  });

  it('leaves out optional headers that are withheld, and refuses more than 20 required ones', () => {
    const faults = new Faults();
    expect(
      allowlist([header('cookie'), header('authorization'), header('x-amz-date'), header('x-ok')], false, faults),
    ).toEqual(['x-ok']);
    expect(faults.found).toEqual([]);
    allowlist(
      Array.from({ length: 21 }, (_, i) => header(`x-required-${i}`, true)),
      true,
      faults,
    );
    expect(faults.found).toEqual([
      "headers: expected at most 20 that the config needs (the limit of the runtime's allowlist), got 21",
    ]);
  });
});

describe('a resource that a control needs and that is not bound is created', () => {
  const config = configThatNeeds(
    'creates',
    `{ SHARED: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' } }`,
  );
  const { template } = synth({ config });
  const gone = synth({ config, removalPolicy: RemovalPolicy.DESTROY }).template;

  it('a table: on demand, with its keys, expiry and point-in-time recovery, retained when the stack is deleted', () => {
    expect(only(template, 'AWS::DynamoDB::Table')).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    gone.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });

  it('a keyring: under its own rotated key, with a value that Secrets Manager generates', () => {
    expect(only(template, 'AWS::SecretsManager::Secret')).toMatchObject({
      KmsKeyId: expect.stringMatching(/^<ProxyBindingsRINGKey\w+\.Arn>$/),
      GenerateSecretString: {
        SecretStringTemplate: '{"current":"k1"}',
        GenerateStringKey: 'keys',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    });
    expect(only(template, 'AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true });
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::KMS::Key']) {
      template.hasResource(type, { DeletionPolicy: 'Retain' });
      gone.hasResource(type, { DeletionPolicy: 'Delete' });
    }
  });

  it('and both are bound by their ARNs', () => {
    expect(environmentOf(template)).toMatchObject({
      SHARED: expect.stringMatching(/^<ProxyBindingsSHARED\w+\.Arn>$/),
      RING: expect.stringMatching(/^<ProxyBindingsRINGSecret\w+>$/),
    });
  });
});
