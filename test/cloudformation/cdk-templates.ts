/** Templates that CDK itself writes, with many kinds of resource in each. They are valid, so no check may complain. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  CfnCondition,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  CustomResource,
  Duration,
  Fn,
  RemovalPolicy,
  Stack,
  Tags,
  Token,
} from 'aws-cdk-lib';
import {
  Gateway,
  LambdaInterceptor,
  Runtime,
  AgentRuntimeArtifact,
  ProtocolType,
  RuntimeAuthorizerConfiguration,
} from 'aws-cdk-lib/aws-bedrockagentcore';
import { Alarm, Dashboard, GraphWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { UserPool, OAuthScope } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, SecurityGroup, Vpc, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime as LambdaRuntime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogRetention, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

/** The template that `cdk bootstrap` deploys. */
export function bootstrapTemplate(): unknown {
  return parse(
    execFileSync(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), 'bootstrap', '--show-template'], {
      encoding: 'utf8',
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    }),
  );
}

/** The synthesized template of the stack that `build` creates. */
export function synthesized(
  build: (stack: Stack) => void,
  env = { account: '111122223333', region: 'eu-west-1' },
): unknown {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-template-'));
  try {
    const app = new App({ analyticsReporting: true, outdir });
    const stack = new Stack(app, 'Sample', { env });
    build(stack);
    return app.synth().getStackByName('Sample').template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export const SAMPLES: Readonly<Record<string, (stack: Stack) => void>> = {
  'a user pool with a domain, scopes and a machine client': (stack) => {
    const pool = new UserPool(stack, 'Pool', { removalPolicy: RemovalPolicy.DESTROY });
    pool.addDomain('Domain', { cognitoDomain: { domainPrefix: 'sample-e2e' } });
    const scope = { scopeName: 'invoke', scopeDescription: 'call tools' };
    const server = pool.addResourceServer('Server', { identifier: 'mcp', scopes: [scope] });
    const client = pool.addClient('Client', {
      generateSecret: true,
      oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(server, scope)] },
    });
    new CfnOutput(stack, 'ClientId', { value: client.userPoolClientId, exportName: 'client' });
  },
  'a table, a key, a secret and a topic': (stack) => {
    const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
    new TableV2(stack, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    new Secret(stack, 'Secret', {
      encryptionKey,
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'key' },
    });
    new Topic(stack, 'Topic', { masterKey: encryptionKey });
    new StringParameter(stack, 'Parameter', { stringValue: encryptionKey.keyArn });
    Tags.of(stack).add('team', 'platform');
  },
  'a custom resource for log retention, a provider and a bucket deployment': (stack) => {
    new LogRetention(stack, 'Retention', {
      logGroupName: '/aws/bedrock-agentcore/runtimes/x',
      retention: RetentionDays.ONE_MONTH,
    });
    const onEventHandler = new Function(stack, 'Handler', {
      runtime: LambdaRuntime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({})'),
      timeout: Duration.seconds(10),
      logGroup: new LogGroup(stack, 'Logs'),
    });
    new CustomResource(stack, 'Custom', {
      serviceToken: new Provider(stack, 'Provider', { onEventHandler }).serviceToken,
      resourceType: 'Custom::Sample',
      properties: { anything: [1, { nested: true }] },
    });
    const bucket = new Bucket(stack, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    new BucketDeployment(stack, 'Deployment', {
      destinationBucket: bucket as IBucket,
      sources: [Source.data('a.txt', 'text')],
    });
  },
  'an AgentCore gateway with a target, and a runtime': (stack) => {
    const calculator = new Function(stack, 'Calculator', {
      runtime: LambdaRuntime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({})'),
    });
    const gateway = new Gateway(stack, 'Gateway', { gatewayName: 'sample' });
    gateway.addInterceptor(LambdaInterceptor.forRequest(calculator, { passRequestHeaders: true }));
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('bedrock-agentcore.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({ actions: ['bedrock-agentcore:InvokeGateway'], resources: [gateway.gatewayArn] }),
    );
    const runtime = new Runtime(stack, 'Runtime', {
      runtimeName: 'sample_runtime',
      agentRuntimeArtifact: AgentRuntimeArtifact.fromEcrRepository(new Repository(stack, 'Images'), 'v1'),
      executionRole: role,
      protocolConfiguration: ProtocolType.MCP,
      authorizerConfiguration: RuntimeAuthorizerConfiguration.usingJWT(
        'https://issuer.example.com/.well-known/openid-configuration',
        ['client'],
      ),
      environmentVariables: { UPSTREAM_URL: gateway.gatewayUrl ?? '' },
    });
    runtime.addEndpoint('live', { version: '1' });
  },
  'a VPC, a dashboard, an alarm and a rule': (stack) => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    vpc.addInterfaceEndpoint('Ecr', { service: InterfaceVpcEndpointAwsService.ECR });
    new SecurityGroup(stack, 'Group', { vpc: vpc as IVpc });
    const metric = new Metric({ namespace: 'N', metricName: 'M', dimensionsMap: { a: 'b' } });
    new Dashboard(stack, 'Dashboard', { widgets: [[new GraphWidget({ left: [metric] })]] });
    new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1 });
    const handler = new Function(stack, 'Handler', {
      runtime: LambdaRuntime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({})'),
    });
    new Rule(stack, 'Rule', { schedule: Schedule.rate(Duration.hours(1)), targets: [new LambdaFunction(handler)] });
  },
  'conditions, mappings, parameters and every function': (stack) => {
    const parameter = new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList', default: 'a,b' });
    const mapping = new CfnMapping(stack, 'Map', { mapping: { 'eu-west-1': { name: 'x' } } });
    const condition = new CfnCondition(stack, 'InEurope', {
      expression: Fn.conditionAnd(
        Fn.conditionEquals(Fn.select(1, parameter.valueAsList), 'b'),
        Fn.conditionNot(Fn.conditionEquals(Fn.select(0, parameter.valueAsList), 'z')),
      ),
    });
    const policy = new ManagedPolicy(stack, 'Policy', {
      statements: [
        new PolicyStatement({
          actions: ['s3:*'],
          resources: [
            Fn.sub('arn:${AWS::Partition}:s3:::${Bucket}/*', { Bucket: mapping.findInMap(stack.region, 'name') }),
          ],
        }),
      ],
    });
    new StringParameter(stack, 'Parameter', {
      stringValue: Token.asString(
        Fn.conditionIf(condition.logicalId, policy.managedPolicyArn, Fn.importValue('elsewhere')),
      ),
    });
    new StringParameter(stack, 'Split', { stringValue: Fn.join('-', Fn.split(',', Fn.base64('a,b'))) });
  },
};
