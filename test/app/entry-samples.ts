/** Entries of a deployments file, one of each form, and faulty ones, for what reads them. */

type Entry = Readonly<Record<string, unknown>>;

const HOME = { name: 'orders', account: '111122223333', region: 'eu-west-1' };
const GATEWAY = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/orders-a1b2c3d4e5';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';
const BASE = { ...HOME, upstream: { gatewayArn: GATEWAY } };
const URL = { ...HOME, upstream: { url: 'https://mcp.example.com/mcp' } };
const TOKENS = { issuer: 'https://login.example.com', clientId: 'proxy', secretArn: SECRET };

export const VALID: readonly (readonly [string, Entry])[] = [
  ['a gateway', BASE],
  [
    'a runtime',
    {
      ...HOME,
      upstream: { runtimeArn: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/crm-1', qualifier: 'live' },
    },
  ],
  ['a URL', URL],
  ['a URL in capitals', { ...HOME, upstream: { url: 'HTTPS://mcp.example.com/mcp' } }],
  ['plain http', { ...HOME, upstream: { url: 'http://crm.internal:8080/mcp' }, plainHttpHosts: ['crm.internal'] }],
  [
    'a client certificate',
    {
      ...HOME,
      upstream: { url: 'https://mcp.example.com/mcp', clientCertificate: { secretArn: SECRET, encryptionKeyArn: KEY } },
    },
  ],
  [
    'several upstreams',
    {
      ...HOME,
      upstreams: {
        crm: { gatewayArn: GATEWAY, auth: 'iam' },
        wiki: { url: 'https://wiki.example.com/mcp', auth: 'none' },
      },
    },
  ],
  ['iam', { ...BASE, upstreamAuth: 'iam' }],
  ['a key', { ...URL, upstreamAuth: { bearer: { secretArn: `${SECRET}#key`, header: 'X-Api-Key' } } }],
  [
    'OAuth of a pool',
    {
      ...URL,
      upstreamAuth: {
        oauth: { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'client1', scopes: ['mcp/invoke'], domain: 'my-team' },
      },
    },
  ],
  ['OAuth of an issuer', { ...URL, upstreamAuth: { oauth: TOKENS } }],
  [
    'OAuth with a key in KMS',
    {
      ...URL,
      upstreamAuth: {
        oauth: {
          issuer: TOKENS.issuer,
          clientId: 'proxy',
          signingKeyArn: KEY,
          signingAlgorithm: 'RS256',
          keyCertificate: 'a'.repeat(64),
        },
      },
    },
  ],
  [
    'token exchange',
    { ...URL, upstreamAuth: { tokenExchange: { ...TOKENS, subjectTokenType: 'access_token', actor: 'client' } } },
  ],
  [
    'AgentCore Identity',
    {
      ...URL,
      upstreamAuth: {
        agentcoreIdentity: {
          providerArn:
            'arn:aws:bedrock-agentcore:eu-west-1:111122223333:token-vault/default/oauth2credentialprovider/crm',
          scopes: ['read'],
        },
      },
    },
  ],
  [
    'an issuer of callers',
    { ...BASE, inboundAuth: { jwt: { issuer: 'https://login.example.com', allowedAudiences: ['mcp'] } } },
  ],
  [
    'a pool of callers',
    { ...BASE, inboundAuth: { userPool: { userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['client1'] } } },
  ],
  ['a new pool', { ...BASE, inboundAuth: { newUserPool: { domainPrefix: 'my-team', scopes: ['invoke', 'read'] } } }],
  [
    'a VPC',
    {
      ...BASE,
      network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] },
    },
  ],
  ['the public network', { ...BASE, network: 'public' }],
  [
    'callers',
    {
      ...BASE,
      callers: ['444455556666', 'arn:aws:iam::444455556666:role/agents'],
      callersFrom: { vpcIds: ['vpc-01234567'] },
    },
  ],
  ['endpoints', { ...BASE, endpoints: [{ name: 'live', version: '3', description: 'pinned' }, { name: 'next' }] }],
  [
    'tags and bindings',
    { ...BASE, tags: { Team: 'CRM', 'cost:center': 'A-1' }, bindings: { COMPLIANCE_URL: 'https://c.example' } },
  ],
  ['logs for ever', { ...BASE, logRetentionDays: 'forever' }],
  ['logs for a month', { ...BASE, logRetentionDays: 30, idleTimeoutSeconds: 60, maxLifetimeSeconds: 28_800 }],
  ['forward proxies', { ...BASE, httpsProxy: 'http://proxy.internal:3128', noProxy: ['10.0.0.0/8', '.internal'] }],
  ['telemetry', { ...BASE, traces: 'xray', metricsEndpoint: 'https://otlp.example.com/v1/metrics', dashboard: false }],
  ['traces elsewhere', { ...BASE, traces: { otlpEndpoint: 'https://otlp.example.com' } }],
  [
    'an image of its own',
    { ...BASE, artifact: 'image', baseImage: 'registry.example/node:26', baseImageDigest: `sha256:${'a'.repeat(64)}` },
  ],
  [
    'the rest',
    {
      ...BASE,
      stage: 'prod',
      config: 'orders.config.ts',
      caFile: 'ca.pem',
      platformVersion: 'V2',
      removalPolicy: 'destroy',
      allGateways: true,
      description: 'orders',
      alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
    },
  ],
];

export const INVALID: readonly (readonly [string, unknown])[] = [
  ['text', 'orders'],
  ['nothing', null],
  ['a list', [BASE]],
  ['a number as account', { ...BASE, account: 111122223333 }],
  ['an account of 11 digits', { ...BASE, account: '11112222333' }],
  ['an unknown region', { ...BASE, region: 'eu-west-9' }],
  ['a name with a hyphen', { ...BASE, name: 'my-orders' }],
  ['a stage with an underscore', { ...BASE, stage: 'pre_prod' }],
  ['an ARN of another service', { ...HOME, upstream: { gatewayArn: 'arn:aws:s3:::bucket' } }],
  ['an upstream without an address', { ...HOME, upstream: {} }],
  ['an upstream as text', { ...HOME, upstream: 'https://mcp.example.com/mcp' }],
  ['an upstream by ftp', { ...HOME, upstream: { url: 'ftp://mcp.example.com/mcp' } }],
  ['a misspelt member of an upstream', { ...HOME, upstream: { gatewayArn: GATEWAY, qualifer: 'x' } }],
  ['an unknown way', { ...BASE, upstreamAuth: 'jwt' }],
  ['OAuth without a client', { ...URL, upstreamAuth: { oauth: { issuer: TOKENS.issuer, secretArn: SECRET } } }],
  ['a secret in place of its ARN', { ...URL, upstreamAuth: { bearer: { secretArn: 'sk-live-1234' } } }],
  ['an unknown algorithm', { ...URL, upstreamAuth: { oauth: { ...TOKENS, signingAlgorithm: 'HS256' } } }],
  ['callers by an unknown form', { ...BASE, inboundAuth: 'cognito' }],
  [
    'an empty list of scopes',
    { ...BASE, inboundAuth: { jwt: { issuer: 'https://login.example.com', allowedScopes: [] } } },
  ],
  [
    'a discovery URL by http',
    { ...BASE, inboundAuth: { jwt: { discoveryUrl: 'http://login.example.com', allowedScopes: ['a'] } } },
  ],
  ['a VPC without subnets', { ...BASE, network: { vpcId: 'vpc-01234567', subnetIds: [] } }],
  [
    '17 subnets',
    { ...BASE, network: { vpcId: 'vpc-01234567', subnetIds: Array.from({ length: 17 }, () => 'subnet-01234567') } },
  ],
  ['a caller by name', { ...BASE, callers: ['ann'] }],
  ['no caller', { ...BASE, callers: [] }],
  ['callers from nowhere', { ...BASE, callersFrom: {} }],
  ['an endpoint without a name', { ...BASE, endpoints: [{ version: '3' }] }],
  ['a version as a number', { ...BASE, endpoints: [{ name: 'live', version: 3 }] }],
  ['a binding as a number', { ...BASE, bindings: { LIMIT: 5 } }],
  ['a binding with a hyphen', { ...BASE, bindings: { 'MY-LIMIT': '5' } }],
  ['a flag in quotes', { ...BASE, dashboard: 'false' }],
  ['days that CloudWatch has not', { ...BASE, logRetentionDays: 31 }],
  ['half a second', { ...BASE, idleTimeoutSeconds: 60.5 }],
  ['more than 8 hours', { ...BASE, maxLifetimeSeconds: 28_801 }],
  ['an unknown platform', { ...BASE, platformVersion: 'V3' }],
  ['an unknown artifact', { ...BASE, artifact: 'lambda' }],
  ['a short digest', { ...BASE, baseImageDigest: 'sha256:abc' }],
  ['a topic of another service', { ...BASE, alarmTopicArn: GATEWAY }],
  ['spans by http', { ...BASE, traces: { otlpEndpoint: 'http://otlp.example.com' } }],
  ['traces as a URL', { ...BASE, traces: 'https://otlp.example.com' }],
  ['an unknown removal', { ...BASE, removalPolicy: 'snapshot' }],
];
