/** The execution role, complete: a statement more or less fails here. */
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { InboundAuth, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { ACCOUNT, configThatNeeds, flat, GATEWAY_ARN, GATEWAY_URL, only, REGION, RUNTIME_ARN, SECRET_ARN, statementsOf, synth } from './synth.ts';

const GROUPS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/bedrock-agentcore/runtimes/calculator-*`;
const LOGS = [`logs:CreateLogGroup logs:DescribeLogGroups logs:DescribeLogStreams @ ${GROUPS}`, `logs:CreateLogStream logs:PutLogEvents @ ${GROUPS}:log-stream:*`];
const IMAGE = [
  `ecr:BatchGetImage ecr:GetDownloadUrlForLayer @ arn:aws:ecr:${REGION}:${ACCOUNT}:repository/cdk-hnb659fds-container-assets-${ACCOUNT}-${REGION}`,
  'ecr:GetAuthorizationToken @ *',
];
const ALWAYS = [...LOGS, ...IMAGE];
const INVOKE = `bedrock-agentcore:InvokeGateway @ ${GATEWAY_ARN}`;

describe('the execution role holds', () => {
  it('for a gateway: its own logs, its image, and that gateway', () => {
    expect(statementsOf(synth().template)).toEqual([...ALWAYS, INVOKE]);
  });

  it("for a gateway's URL: the gateway that the host names, in the stack's account", () => {
    expect(statementsOf(synth({ upstream: ProxyUpstream.url(GATEWAY_URL) }).template)).toEqual([...ALWAYS, INVOKE]);
  });

  it("for a runtime: that runtime and the one endpoint that is called, by ARN or by the URL's", () => {
    const invoke = (endpoint: string): string => `bedrock-agentcore:InvokeAgentRuntime @ ${RUNTIME_ARN} ${RUNTIME_ARN}/runtime-endpoint/${endpoint}`;
    const url = `https://bedrock-agentcore.${REGION}.amazonaws.com/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations?qualifier=blue`;
    expect(statementsOf(synth({ upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN) }).template)).toEqual([...ALWAYS, invoke('DEFAULT')]);
    expect(statementsOf(synth({ upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN, { qualifier: 'blue' }) }).template)).toEqual([...ALWAYS, invoke('blue')]);
    expect(statementsOf(synth({ upstream: ProxyUpstream.url(url) }).template)).toEqual([...ALWAYS, invoke('blue')]);
  });

  it('for a custom domain: the gateway that was named, and every gateway only where that was asked for', () => {
    const url = 'https://tools.example.com/mcp';
    const named = synth({ upstream: ProxyUpstream.url(url, { gatewayArn: GATEWAY_ARN }) }).template;
    const all = synth({ upstream: ProxyUpstream.url(url), upstreamAuth: UpstreamAuth.iam(), allGateways: true }).template;
    expect(statementsOf(named)).toEqual([...ALWAYS, INVOKE]);
    expect(statementsOf(all)).toEqual([...ALWAYS, `bedrock-agentcore:InvokeGateway @ arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/*`]);
  });

  it('for an upstream without authentication: nothing of it', () => {
    expect(statementsOf(synth({ upstream: ProxyUpstream.url('https://tools.example.com/mcp') }).template)).toEqual(ALWAYS);
  });

  it('for the secret of a Cognito client: a look at the clients of that pool, and not the gateway', () => {
    const upstreamAuth = UpstreamAuth.oauth({ secret: 'cognito:eu-central-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE' });
    expect(statementsOf(synth({ upstreamAuth }).template)).toEqual([...ALWAYS, `cognito-idp:DescribeUserPoolClient @ arn:aws:cognito-idp:eu-central-1:${ACCOUNT}:userpool/eu-central-1_AbCdEfGhI`]);
  });

  it('for a secret under a key of its own: that secret, and that key on behalf of Secrets Manager', () => {
    const { template } = synth((stack) => ({
      upstreamAuth: UpstreamAuth.bearer({ secret: new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') }) }),
    }));
    const [secret, decrypt] = statementsOf(template).slice(ALWAYS.length);
    expect(secret).toMatch(/^secretsmanager:GetSecretValue @ <Secret\w+>$/);
    expect(decrypt).toMatch(/^kms:Decrypt @ <Key\w+\.Arn> /);
    expect(decrypt).toContain(`{"StringEquals":{"kms:ViaService":"secretsmanager.${REGION}.amazonaws.com"}}`);
  });

  it("for a config's bindings and traces: each on one ARN, spans on *", () => {
    const config = configThatNeeds(
      'all-kinds',
      `{ TABLE: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' }, PEPPER: { for: 'fingerprints', kind: 'secret' }, SIGNER: { for: 'receipts', actions: ['kms:Sign'] }, LABEL: 'a text' }`,
    );
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const { template } = synth({ config, bindings: { PEPPER: SECRET_ARN, SIGNER: key, LABEL: 'blue' }, traces: 'xray' });
    const [table, ring, decrypt, ...rest] = statementsOf(template).slice(ALWAYS.length + 1);
    expect(table).toMatch(/^dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem @ <ProxyBindingsTABLE\w+\.Arn>$/);
    expect(ring).toMatch(/^secretsmanager:GetSecretValue @ <ProxyBindingsRINGSecret\w+>$/);
    expect(decrypt).toMatch(/^kms:Decrypt @ <ProxyBindingsRINGKey\w+\.Arn> \{"StringEquals":\{"kms:ViaService":"secretsmanager\.eu-west-1\.amazonaws\.com"\}\}$/);
    expect(rest).toEqual([`secretsmanager:GetSecretValue @ ${SECRET_ARN}`, `kms:Sign @ ${key}`, 'xray:PutTraceSegments xray:PutSpans xray:PutSpansForIndexing @ *']);
  });

  it('for the zip artifact: the one object with the code', () => {
    const statements = statementsOf(synth({ artifact: 'zip' }).template);
    expect(statements).toEqual([...LOGS, expect.stringMatching(new RegExp(`^s3:GetObject @ arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT}-${REGION}/[0-9a-f]{64}\\.zip$`)), INVOKE]);
  });

  it('for an upstream that another service signs for: what was said, and nothing else', () => {
    const statements = [new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [`arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*`] })];
    const upstreamAuth = UpstreamAuth.iam({ service: 'execute-api', statements });
    const upstream = ProxyUpstream.url(`https://abc123.execute-api.${REGION}.amazonaws.com/mcp`);
    expect(statementsOf(synth({ upstream, upstreamAuth }).template)).toEqual([...ALWAYS, `execute-api:Invoke @ arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*`]);
  });
});

describe('nothing is added to the execution role', () => {
  it('by anybody who is handed it: grants, statements, managed policies', () => {
    const synthesized = synth();
    const { proxy, stack } = synthesized;
    const bucket = new Bucket(stack, 'Bucket');
    bucket.grantReadWrite(proxy.executionRole);
    bucket.grantRead(proxy.runtime);
    proxy.runtime.addToRolePolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    proxy.executionRole.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    proxy.executionRole.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess'));
    const { template } = synthesized;
    const role = only(template, 'AWS::IAM::Role', ({ Description }) => String(Description).startsWith('what the MCP proxy'));
    expect(statementsOf(template)).toEqual([...ALWAYS, INVOKE]);
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    const [name] = Object.entries(template.findResources('AWS::IAM::Role')).find(([, { Properties }]) => String(Properties.Description).startsWith('what the MCP proxy')) ?? [''];
    const policies = [...Object.values(template.findResources('AWS::IAM::Policy')), ...Object.values(template.findResources('AWS::IAM::ManagedPolicy'))];
    expect(JSON.stringify(policies)).not.toContain(name);
  });
});

describe('who may take the execution role', () => {
  it('is AgentCore, for this runtime of this account', () => {
    const role = only(synth().template, 'AWS::IAM::Role', ({ Description }) => String(Description).startsWith('what the MCP proxy'));
    const runtime = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/calculator`;
    expect(flat(role['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': [runtime, `${runtime}-*`] } },
        },
      ],
    });
  });
});

describe('who may invoke', () => {
  it('is whom it was granted to: the runtime and its endpoints, not on behalf of others', () => {
    const synthesized = synth({ endpoints: [{ name: 'blue' }] });
    synthesized.proxy.grantInvoke(new ManagedPolicy(synthesized.stack, 'Callers'));
    const { PolicyDocument } = only(synthesized.template, 'AWS::IAM::ManagedPolicy');
    const arn = expect.stringMatching(/^<ProxyRuntime\w+\.AgentRuntimeArn>$/);
    expect(flat(PolicyDocument)).toMatchObject({
      Statement: [{ Action: 'bedrock-agentcore:InvokeAgentRuntime', Effect: 'Allow', Resource: [arn, expect.stringMatching(/>\/runtime-endpoint\/DEFAULT$/), expect.stringMatching(/>\/runtime-endpoint\/blue$/)] }],
    });
  });

  it('has nothing to do with IAM where callers bring a JWT, and says so', () => {
    const { proxy, stack } = synth({ inboundAuth: InboundAuth.newUserPool() });
    proxy.grantInvoke(new ManagedPolicy(stack, 'Callers'));
    expect(proxy.node.metadata.map(({ data }) => String(data)).join()).toContain('grantInvoke has no effect');
  });
});
