/** The complete execution role: one statement more or less fails here. */
import { Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { type BindingValue, InboundAuth, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import {
  ACCOUNT,
  configThatNeeds,
  environmentOf,
  flat,
  GATEWAY_ARN,
  GATEWAY_URL,
  grantsOf,
  only,
  REGION,
  RUNTIME_ARN,
  SECRET_ARN,
  statementsOf,
  synth,
} from './synth.ts';

const GROUPS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/bedrock-agentcore/runtimes/calculator-*`;
const LOGS = [
  `logs:CreateLogGroup logs:DescribeLogGroups logs:DescribeLogStreams @ ${GROUPS}`,
  `logs:CreateLogStream logs:PutLogEvents @ ${GROUPS}:log-stream:*`,
];
const IMAGE = [
  `ecr:BatchGetImage ecr:GetDownloadUrlForLayer @ arn:aws:ecr:${REGION}:${ACCOUNT}:repository/cdk-hnb659fds-container-assets-${ACCOUNT}-${REGION}`,
  'ecr:GetAuthorizationToken @ *',
];
const ALWAYS = [...LOGS, ...IMAGE];
const INVOKE = `bedrock-agentcore:InvokeGateway @ ${GATEWAY_ARN}`;

describe('the execution role holds', () => {
  it('for a key in KMS: signing with that key and algorithm', () => {
    const keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const client = { issuer: 'https://id.example.com', clientId: 'me', signingKey: { keyArn } };
    const role = (upstreamAuth: UpstreamAuth) =>
      synth({ upstream: ProxyUpstream.url('https://crm.example.com/mcp'), upstreamAuth }).template;
    const template = role(UpstreamAuth.oauth({ ...client, signingAlgorithm: 'ES256', keyId: 'k' }));
    expect(statementsOf(template)).toEqual([
      ...ALWAYS,
      `kms:Sign @ ${keyArn} {"StringEquals":{"kms:SigningAlgorithm":"ECDSA_SHA_256"}}`,
    ]);
    expect(environmentOf(template)).toMatchObject({
      UPSTREAM_SIGNING_KEY: keyArn,
      UPSTREAM_SIGNING_ALGORITHM: 'ES256',
      UPSTREAM_KEY_ID: 'k',
    });
    expect(statementsOf(role(UpstreamAuth.oauth(client)))).toEqual([
      ...ALWAYS,
      `kms:Sign @ ${keyArn} {"StringEquals":{"kms:SigningAlgorithm":"RSASSA_PKCS1_V1_5_SHA_256"}}`,
    ]);
  });

  it("for the role's own identity: tokens for one audience, of a minute, with one algorithm", () => {
    const oauth = (more: object) =>
      synth({
        upstream: ProxyUpstream.url('https://crm.example.com/mcp'),
        upstreamAuth: UpstreamAuth.oauth({ clientId: 'me', authMethod: 'web_identity', ...more }),
      }).template;
    const shows = (audience: string, algorithm = 'RS256'): string =>
      `sts:GetWebIdentityToken @ * {"ForAllValues:StringEquals":{"sts:IdentityTokenAudience":"${audience}"},"Null":{"sts:IdentityTokenAudience":"false"},"StringEquals":{"sts:SigningAlgorithm":"${algorithm}"},"NumericLessThanEquals":{"sts:DurationSeconds":"60"}}`;
    const entra = oauth({ issuer: 'https://login.microsoftonline.com/TENANT/v2.0', scopes: ['api://crm/.default'] });
    expect(statementsOf(entra)).toEqual([...ALWAYS, shows('api://AzureADTokenExchange')]);
    expect(environmentOf(entra)).toMatchObject({
      UPSTREAM_AUTH_METHOD: 'web_identity',
      UPSTREAM_ASSERTION_AUDIENCE: 'api://AzureADTokenExchange',
      UPSTREAM_STS_REGION: REGION,
    });
    expect(statementsOf(oauth({ issuer: 'https://id.example.com', signingAlgorithm: 'ES384' }))).toEqual([
      ...ALWAYS,
      shows('https://id.example.com', 'ES384'),
    ]);
    expect(statementsOf(oauth({ tokenUrl: 'https://id.example.com/token', assertionAudience: 'urn:own' }))).toEqual([
      ...ALWAYS,
      shows('urn:own'),
    ]);
  });

  it('for a client certificate: its secret, beside the secret of the way to authenticate', () => {
    const certificate = SECRET_ARN.replace('crm-key', 'certificate');
    const upstream = ProxyUpstream.url('https://crm.example.com/mcp', { clientCertificate: { secret: certificate } });
    const read = (arn: string): string => `secretsmanager:GetSecretValue @ ${arn}`;
    const { template } = synth({ upstream, upstreamAuth: UpstreamAuth.bearer({ secret: SECRET_ARN }) });
    expect(statementsOf(template)).toEqual([...ALWAYS, read(SECRET_ARN), read(certificate)]);
    const client = { issuer: 'https://id.example.com', clientId: 'me', authMethod: 'tls_client_auth' } as const;
    const certified = synth({ upstream, upstreamAuth: UpstreamAuth.oauth(client) }).template;
    expect(statementsOf(certified)).toEqual([...ALWAYS, read(certificate)]);
    expect(environmentOf(certified)).toMatchObject({
      UPSTREAM_CLIENT_CERTIFICATE: certificate,
      UPSTREAM_AUTH_METHOD: 'tls_client_auth',
    });
    expect(environmentOf(certified)).not.toHaveProperty('UPSTREAM_SECRET');
  });

  it('for a gateway: its own logs, its image, and that gateway', () => {
    expect(statementsOf(synth().template)).toEqual([...ALWAYS, INVOKE]);
  });

  it("for a gateway's URL: the gateway that the host names, in the stack's account", () => {
    expect(statementsOf(synth({ upstream: ProxyUpstream.url(GATEWAY_URL) }).template)).toEqual([...ALWAYS, INVOKE]);
  });

  it('for a runtime: that runtime and only the called endpoint, given by ARN or by URL', () => {
    const invoke = (endpoint: string): string =>
      `bedrock-agentcore:InvokeAgentRuntime @ ${RUNTIME_ARN} ${RUNTIME_ARN}/runtime-endpoint/${endpoint}`;
    const url = `https://bedrock-agentcore.${REGION}.amazonaws.com/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=blue`;
    expect(statementsOf(synth({ upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN) }).template)).toEqual([
      ...ALWAYS,
      invoke('DEFAULT'),
    ]);
    expect(
      statementsOf(synth({ upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN, { qualifier: 'blue' }) }).template),
    ).toEqual([...ALWAYS, invoke('blue')]);
    expect(statementsOf(synth({ upstream: ProxyUpstream.url(url) }).template)).toEqual([...ALWAYS, invoke('blue')]);
  });

  it('for a custom domain: the named gateway, and every gateway only on request', () => {
    const url = 'https://tools.example.com/mcp';
    const named = synth({ upstream: ProxyUpstream.url(url, { gatewayArn: GATEWAY_ARN }) }).template;
    const all = synth({
      upstream: ProxyUpstream.url(url),
      upstreamAuth: UpstreamAuth.iam(),
      allGateways: true,
    }).template;
    expect(statementsOf(named)).toEqual([...ALWAYS, INVOKE]);
    expect(statementsOf(all)).toEqual([
      ...ALWAYS,
      `bedrock-agentcore:InvokeGateway @ arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/*`,
    ]);
  });

  it('for an upstream without authentication: no permission for it', () => {
    expect(statementsOf(synth({ upstream: ProxyUpstream.url('https://tools.example.com/mcp') }).template)).toEqual(
      ALWAYS,
    );
  });

  it('for the secret of a Cognito client: reading the clients of that pool, and not the gateway', () => {
    const upstreamAuth = UpstreamAuth.oauth({ secret: 'cognito:eu-central-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE' });
    expect(statementsOf(synth({ upstreamAuth }).template)).toEqual([
      ...ALWAYS,
      `cognito-idp:DescribeUserPoolClient @ arn:aws:cognito-idp:eu-central-1:${ACCOUNT}:userpool/eu-central-1_AbCdEfGhI`,
    ]);
  });

  it('for a secret under its own key: that secret, and use of that key by Secrets Manager', () => {
    const { template } = synth((stack) => ({
      upstreamAuth: UpstreamAuth.bearer({
        secret: new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') }),
      }),
    }));
    const [secret, decrypt] = statementsOf(template).slice(ALWAYS.length);
    expect(secret).toMatch(/^secretsmanager:GetSecretValue @ <Secret\w+>$/);
    expect(decrypt).toMatch(/^kms:Decrypt @ <Key\w+\.Arn> /);
    expect(decrypt).toContain(`{"StringEquals":{"kms:ViaService":"secretsmanager.${REGION}.amazonaws.com"}}`);
  });

  it('for a secret by its ARN: that secret, and the key only if it is given', () => {
    const permissions = (encryptionKey?: (stack: Stack) => Key): readonly string[] => {
      const { template } = synth((stack) => ({
        upstreamAuth: UpstreamAuth.bearer({
          secret: `${SECRET_ARN}#token`,
          ...(encryptionKey && { encryptionKey: encryptionKey(stack) }),
        }),
      }));
      return statementsOf(template).slice(ALWAYS.length);
    };
    expect(permissions()).toEqual([`secretsmanager:GetSecretValue @ ${SECRET_ARN}`]);
    const [secret, decrypt, ...rest] = permissions((stack) => new Key(stack, 'Key'));
    expect(secret).toBe(`secretsmanager:GetSecretValue @ ${SECRET_ARN}`);
    expect(decrypt).toMatch(/^kms:Decrypt @ <Key\w+\.Arn> .*"kms:ViaService":"secretsmanager\./);
    expect(rest).toEqual([]);
  });

  it("for a config's bindings and traces: each on one ARN, spans on *", () => {
    const config = configThatNeeds(
      'all-kinds',
      `{ TABLE: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' }, PEPPER: { for: 'fingerprints', kind: 'secret' }, SIGNER: { for: 'receipts', actions: ['kms:Sign'] }, LABEL: 'a text' }`,
    );
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const { template } = synth({
      config,
      bindings: { PEPPER: SECRET_ARN, SIGNER: key, LABEL: 'blue' },
      traces: 'xray',
    });
    const [table, ring, decrypt, ...rest] = statementsOf(template).slice(ALWAYS.length + 1);
    expect(table).toMatch(
      /^dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem @ <ProxyBindingsTABLE\w+\.Arn>$/,
    );
    expect(ring).toMatch(/^secretsmanager:GetSecretValue @ <ProxyBindingsRINGSecret\w+>$/);
    expect(decrypt).toMatch(
      /^kms:Decrypt @ <ProxyBindingsRINGKey\w+\.Arn> \{"StringEquals":\{"kms:ViaService":"secretsmanager\.eu-west-1\.amazonaws\.com"\}\}$/,
    );
    expect(rest).toEqual([
      `secretsmanager:GetSecretValue @ ${SECRET_ARN}`,
      `kms:Sign @ ${key}`,
      'xray:PutTraceSegments xray:PutSpans xray:PutSpansForIndexing @ *',
    ]);
  });

  it('for a key that a control signs with: under the conditions that the control gives', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const limited = `{ for: 'receipts', actions: ['kms:Sign'], conditions: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } }`;
    const config = configThatNeeds('limited', `{ SIGNER: ${limited} }`);
    expect(statementsOf(synth({ config, bindings: { SIGNER: key } }).template)).toContain(
      `kms:Sign @ ${key} {"StringEquals":{"kms:SigningAlgorithm":"ECDSA_SHA_256"}}`,
    );
  });

  it('for the zip artifact: the one object with the code', () => {
    const statements = statementsOf(synth({ artifact: 'zip' }).template);
    expect(statements).toEqual([
      ...LOGS,
      expect.stringMatching(
        new RegExp(`^s3:GetObject @ arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT}-${REGION}/[0-9a-f]{64}\\.zip$`),
      ),
      INVOKE,
    ]);
  });

  it('for an upstream that another service signs for: only the given statements', () => {
    const statements = [
      new PolicyStatement({
        actions: ['execute-api:Invoke'],
        resources: [`arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*`],
      }),
    ];
    const upstreamAuth = UpstreamAuth.iam({ service: 'execute-api', statements });
    const upstream = ProxyUpstream.url(`https://abc123.execute-api.${REGION}.amazonaws.com/mcp`);
    expect(statementsOf(synth({ upstream, upstreamAuth }).template)).toEqual([
      ...ALWAYS,
      `execute-api:Invoke @ arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*`,
    ]);
  });
});

describe('what is granted to the execution role', () => {
  it('is added in a separate policy, besides what the proxy needs', () => {
    const synthesized = synth();
    const { proxy, stack } = synthesized;
    const bucket = new Bucket(stack, 'Bucket');
    const key = new Key(stack, 'Key');
    const table = new Table(stack, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      encryptionKey: key,
    });
    const grants = [
      bucket.grantRead(proxy.executionRole),
      table.grantReadData(proxy.executionRole),
      key.grantEncryptDecrypt(proxy.executionRole),
      bucket.grantPut(proxy.runtime),
      proxy.runtime.grant(['s3:ListAllMyBuckets'], ['*']),
    ];
    proxy.runtime.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }));
    expect(
      proxy.executionRole.addToPrincipalPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] }))
        .statementAdded,
    ).toBe(true);
    proxy.executionRole.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
    expect(grants.map(({ success }) => success)).toEqual([true, true, true, true, true]);
    const { template } = synthesized;
    const granted = grantsOf(template).map((statement) => statement.split(' @ ')[0]?.split(' ')[0]);
    expect(granted).toEqual(
      expect.arrayContaining([
        's3:GetObject*',
        'dynamodb:BatchGetItem',
        'kms:Decrypt',
        's3:PutObject',
        's3:ListAllMyBuckets',
        'sns:Publish',
        'sqs:SendMessage',
      ]),
    );
    expect(
      JSON.stringify(
        only(template, 'AWS::IAM::Role', ({ Description }) => String(Description).startsWith('what the MCP proxy'))[
          'ManagedPolicyArns'
        ],
      ),
    ).toContain('ReadOnlyAccess');
  });

  it('by CDK itself is nothing: neither by the L2 Runtime nor by its artifact', () => {
    expect(grantsOf(synth().template)).toEqual([]);
    expect(grantsOf(synth({ artifact: 'zip' }).template)).toEqual([]);
  });

  it("doesn't change the proxy's own policy, which the runtime waits for", () => {
    const synthesized = synth();
    new Bucket(synthesized.stack, 'Bucket').grantRead(synthesized.proxy.executionRole);
    const { template } = synthesized;
    expect(statementsOf(template)).toEqual([...ALWAYS, INVOKE]);
    const [policy] = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) =>
      id.startsWith('ProxyExecutionRolePolicy'),
    );
    const [runtime] = Object.values(template.findResources('AWS::BedrockAgentCore::Runtime'));
    expect(runtime?.['DependsOn']).toContain(policy);
  });

  it('may depend on the runtime, and the runtime can be told to wait for it', () => {
    const circle = synth();
    circle.proxy.grantInvoke(circle.proxy.executionRole);
    expect(grantsOf(circle.template)).toEqual([
      expect.stringMatching(/^bedrock-agentcore:InvokeAgentRuntime @ <ProxyRuntime/),
    ]);
    const waits = synth();
    new Bucket(waits.stack, 'Bucket').grantRead(waits.proxy.executionRole).applyBefore(waits.proxy.runtime);
    const [runtime] = Object.values(waits.template.findResources('AWS::BedrockAgentCore::Runtime'));
    expect(runtime?.['DependsOn']).toContainEqual(expect.stringMatching(/^ProxyExecutionRoleGrants/));
  });
});

describe('a key in the same stack', () => {
  const config = configThatNeeds(
    'encrypted',
    `{ SHARED: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' }, STREAM: { for: 'records', actions: ['kinesis:PutRecord'] } }`,
  );
  const via = (service: string): string => `{"StringEquals":{"kms:ViaService":"${service}.${REGION}.amazonaws.com"}}`;

  it('of a table, a secret and a stream can only be used through their services, wherever its policy names the role', () => {
    const synthesized = synth((stack) => {
      const encryptionKey = new Key(stack, 'Key');
      return {
        config,
        bindings: {
          SHARED: new Table(stack, 'Table', {
            partitionKey: { name: 'pk', type: AttributeType.STRING },
            sortKey: { name: 'sk', type: AttributeType.STRING },
            encryptionKey,
          }),
          RING: new Secret(stack, 'Ring', { encryptionKey }),
          STREAM: new Stream(stack, 'Stream', { encryption: StreamEncryption.KMS, encryptionKey }),
        },
      };
    });
    const { proxy, stack } = synthesized;
    // Each of these names the role in the key's policy.
    const [key, ring] = [stack.node.findChild('Key') as Key, stack.node.findChild('Ring') as Secret];
    ring.grantRead(proxy.executionRole);
    key.addToResourcePolicy(
      new PolicyStatement({ actions: ['kms:Decrypt'], principals: [proxy.executionRole], resources: ['*'] }),
    );
    const statements = statementsOf(synthesized.template)
      .slice(ALWAYS.length + 1)
      .map((statement) => statement.replaceAll(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1>'));
    expect(statements).toEqual([
      'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem @ <Table>',
      `kms:Encrypt kms:Decrypt kms:ReEncryptFrom kms:ReEncryptTo kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:DescribeKey @ <Key> ${via('dynamodb')}`,
      'secretsmanager:GetSecretValue @ <Ring>',
      `kms:Decrypt @ <Key> ${via('secretsmanager')}`,
      `kms:Decrypt kms:GenerateDataKey @ <Key> ${via('kinesis')}`,
      'kinesis:PutRecord @ <Stream>',
    ]);
  });

  it('of the secret that the upstream needs may name the role, too', () => {
    const synthesized = synth((stack) => ({
      upstreamAuth: UpstreamAuth.bearer({
        secret: new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') }),
      }),
    }));
    (synthesized.stack.node.findChild('Secret') as Secret).grantRead(synthesized.proxy.executionRole);
    expect(statementsOf(synthesized.template)).toHaveLength(ALWAYS.length + 2);
  });
});

describe('a resource that is bound directly', () => {
  const config = configThatNeeds('any-resource', `{ IT: { for: 'a test', actions: ['kms:Sign'] } }`);
  const bound = (it: (stack: Stack) => BindingValue): readonly string[] => {
    const { template } = synth((stack) => ({ config, bindings: { IT: it(stack) } }));
    return [environmentOf(template)['IT'] ?? '', ...statementsOf(template).slice(ALWAYS.length + 1)].map((text) =>
      text.replaceAll(/<(\w+?)[0-9A-F]{8}(\.\w+)?>/g, '<$1>'),
    );
  };

  it.each<[string, (stack: Stack) => BindingValue]>([
    ['a key', (stack) => new Key(stack, 'It')],
    ['a stream', (stack) => new Stream(stack, 'It', { encryption: StreamEncryption.UNENCRYPTED })],
    ['a queue', (stack) => new Queue(stack, 'It')],
    ['a topic', (stack) => new Topic(stack, 'It')],
    ['a user pool', (stack) => new UserPool(stack, 'It')],
    ['a table', (stack) => new TableV2(stack, 'It', { partitionKey: { name: 'pk', type: AttributeType.STRING } })],
  ])('%s: its ARN is bound, and only that ARN is allowed', (_, it) => {
    expect(bound(it)).toEqual(['<It>', 'kms:Sign @ <It>']);
  });

  it('in another stack is bound like one in the same stack', () => {
    const other = (stack: Stack): Key =>
      new Key(new Stack(stack.node.root, 'Other', { env: { account: ACCOUNT, region: REGION } }), 'It');
    const [value, statement] = bound(other);
    expect(statement).toBe(`kms:Sign @ ${value}`);
  });

  it('in another account causes a warning that its policy must allow the role', () => {
    const elsewhere = `arn:aws:kms:${REGION}:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const warnings = (arn: string): string =>
      synth({ config, bindings: { IT: arn } })
        .proxy.node.metadata.map(({ data }) => String(data))
        .join();
    expect(warnings(elsewhere)).toContain(
      `binding IT for control vault (a test): is in account 999988887777, the proxy in ${ACCOUNT}: the policy of that resource, and of its key, must allow the execution role`,
    );
    expect(warnings(elsewhere.replace('999988887777', ACCOUNT))).toBe('');
  });
});

describe('who may assume the execution role', () => {
  it('is AgentCore, for this runtime of this account', () => {
    const role = only(synth().template, 'AWS::IAM::Role', ({ Description }) =>
      String(Description).startsWith('what the MCP proxy'),
    );
    const runtime = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/calculator`;
    expect(flat(role['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': ACCOUNT },
            ArnLike: { 'aws:SourceArn': [runtime, `${runtime}-*`] },
          },
        },
      ],
    });
  });
});

describe('who may invoke', () => {
  it('is only the grantee: for the runtime and its endpoints, not on behalf of others', () => {
    const synthesized = synth({ endpoints: [{ name: 'blue' }] });
    synthesized.proxy.grantInvoke(new ManagedPolicy(synthesized.stack, 'Callers'));
    const { PolicyDocument } = only(synthesized.template, 'AWS::IAM::ManagedPolicy');
    const arn = expect.stringMatching(/^<ProxyRuntime\w+\.AgentRuntimeArn>$/);
    expect(flat(PolicyDocument)).toMatchObject({
      Statement: [
        {
          Action: 'bedrock-agentcore:InvokeAgentRuntime',
          Effect: 'Allow',
          Resource: [
            arn,
            expect.stringMatching(/>\/runtime-endpoint\/DEFAULT$/),
            expect.stringMatching(/>\/runtime-endpoint\/blue$/),
          ],
        },
      ],
    });
  });

  it('does not depend on IAM if callers send a JWT, and a grant warns about that', () => {
    const { proxy, stack } = synth({ inboundAuth: InboundAuth.newUserPool() });
    proxy.grantInvoke(new ManagedPolicy(stack, 'Callers'));
    expect(proxy.node.metadata.map(({ data }) => String(data)).join()).toContain('grantInvoke has no effect');
  });
});
