/**
 * An entry as props of `McpProxy`. Existing resources that it names are imported by id, so that synth makes no request.
 */
import { resolve } from 'node:path';
import { Annotations, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { CommonOptions } from '../common-options.ts';
import { InboundAuth, type JwtOptions, type NewUserPoolOptions } from '../inbound-auth.ts';
import type { Only } from '../only.ts';
import type { CallerSources, McpProxyProps, VpcPlacement } from '../props.ts';
import { type ConnectionOptions, ProxyUpstream } from '../upstream.ts';
import type { VariableOptions } from '../variable-options.ts';
import type { CallersFromEntry } from './callers.ts';
import { configOf } from './config.ts';
import type { Deployment } from './entry.ts';
import type { InboundAuthEntry } from './inbound-auth.ts';
import { runtimeNameOf } from './names.ts';
import type { VpcNetwork } from './network.ts';
import { secretOptions } from './secret.ts';
import { upstreamAuthOf } from './upstream-auth.ts';
import type { UpstreamEntry } from './upstream.ts';

/**
 * Names all members of an entry, except those that are passed on unchanged, so that a new member doesn't compile until
 * it is handled here.
 * @param folder the deployments file's folder, which `config` is relative to
 */
export function proxyPropsOf(entry: Deployment, folder: string, stack: Stack): McpProxyProps {
  const {
    name,
    stage,
    // Handled by the stack.
    account: _account,
    region: _region,
    tags: _tags,
    callers: _callers,
    config: _config,
    caFile,
    upstream,
    upstreamAuth,
    upstreams,
    inboundAuth,
    callersFrom,
    network,
    bindings,
    logRetentionDays,
    platformVersion,
    idleTimeoutSeconds,
    maxLifetimeSeconds,
    alarmTopicArn,
    removalPolicy,
    ...asItIs
  } = entry;
  asItIs satisfies Only<CommonOptions & VariableOptions, typeof asItIs>;
  const config = configOf(entry, folder);
  return {
    ...asItIs,
    runtimeName: runtimeNameOf(stage === undefined ? { name } : { name, stage }),
    ...(upstream === undefined ? {} : { upstream: upstreamOf(upstream) }),
    ...(config === undefined ? {} : { config }),
    ...(caFile === undefined ? {} : { caFile: resolve(folder, caFile) }),
    ...(upstreamAuth === undefined ? {} : { upstreamAuth: upstreamAuthOf(upstreamAuth) }),
    ...(upstreams === undefined ? {} : { upstreams: upstreamsOf(upstreams) }),
    ...(inboundAuth === undefined ? {} : { inboundAuth: inboundAuthOf(inboundAuth, stack) }),
    ...(callersFrom === undefined ? {} : { callersFrom: sourcesOf(callersFrom) }),
    ...(network === undefined || network === 'public' ? {} : { vpc: placementOf(network, stack) }),
    ...(bindings === undefined ? {} : { bindings }),
    ...(logRetentionDays === undefined ? {} : { logRetention: retentionOf(logRetentionDays) }),
    ...(platformVersion === undefined
      ? {}
      : { platformVersion: platformVersion === 'V1' ? PlatformVersion.V1 : PlatformVersion.V2 }),
    ...(idleTimeoutSeconds === undefined ? {} : { idleTimeout: Duration.seconds(idleTimeoutSeconds) }),
    ...(maxLifetimeSeconds === undefined ? {} : { maxLifetime: Duration.seconds(maxLifetimeSeconds) }),
    ...(alarmTopicArn === undefined ? {} : { alarmTopic: Topic.fromTopicArn(stack, 'AlarmTopic', alarmTopicArn) }),
    ...(removalPolicy === undefined
      ? {}
      : { removalPolicy: removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
  };
}

function upstreamsOf(entries: NonNullable<Deployment['upstreams']>): NonNullable<McpProxyProps['upstreams']> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, { auth, ...entry }]) => [
      name,
      { upstream: upstreamOf(entry), ...(auth === undefined ? {} : { auth: upstreamAuthOf(auth) }) },
    ]),
  );
}

function upstreamOf({ clientCertificate, ...entry }: UpstreamEntry): ProxyUpstream {
  const connection: ConnectionOptions =
    clientCertificate === undefined ? {} : { clientCertificate: secretOptions(clientCertificate) };
  if ('runtimeArn' in entry) {
    const { runtimeArn, qualifier, ...rest } = entry;
    rest satisfies Record<string, never>;
    return ProxyUpstream.runtimeArn(runtimeArn, { ...connection, ...(qualifier === undefined ? {} : { qualifier }) });
  }
  if ('url' in entry) {
    const { url, gatewayArn, ...rest } = entry;
    rest satisfies Record<string, never>;
    return ProxyUpstream.url(url, { ...connection, ...(gatewayArn === undefined ? {} : { gatewayArn }) });
  }
  const { gatewayArn, ...rest } = entry;
  rest satisfies Record<string, never>;
  return ProxyUpstream.gatewayArn(gatewayArn, connection);
}

function sourcesOf({ vpcIds = [], vpcEndpointIds = [], ...rest }: CallersFromEntry): CallerSources {
  rest satisfies Record<string, never>;
  return {
    vpcs: vpcIds.map((vpcId) => ({ vpcId })),
    vpcEndpoints: vpcEndpointIds.map((vpcEndpointId) => ({ vpcEndpointId })),
  };
}

function inboundAuthOf(entry: InboundAuthEntry, stack: Stack): InboundAuth {
  if (entry === 'iam') return InboundAuth.iam();
  if ('jwt' in entry) return InboundAuth.jwt(entry.jwt satisfies Only<JwtOptions, typeof entry.jwt>);
  if ('newUserPool' in entry)
    return InboundAuth.newUserPool(entry.newUserPool satisfies Only<NewUserPoolOptions, typeof entry.newUserPool>);
  const { userPoolId, clientIds, scopes, ...rest } = entry.userPool;
  rest satisfies Record<string, never>;
  const clients = clientIds.map((id, index) => UserPoolClient.fromUserPoolClientId(stack, `Client${index}`, id));
  // An ARN, since the region is in the pool's id: for a bare id CDK would assume the stack's region.
  const userPoolArn = stack.formatArn({
    service: 'cognito-idp',
    region: userPoolId.split('_', 1)[0] ?? '',
    resource: 'userpool',
    resourceName: userPoolId,
  });
  return InboundAuth.userPool(UserPool.fromUserPoolArn(stack, 'UserPool', userPoolArn), {
    clients,
    ...(scopes === undefined ? {} : { scopes }),
  });
}

function placementOf({ vpcId, subnetIds, securityGroupIds, ...rest }: VpcNetwork, stack: Stack): VpcPlacement {
  rest satisfies Record<string, never>;
  // Nothing here depends on zones; a VPC can't be imported without any.
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId, availabilityZones: ['unknown'] });
  const subnets = subnetIds.map((id, index) => Subnet.fromSubnetId(stack, `Subnet${index}`, id));
  for (const subnet of subnets)
    Annotations.of(subnet).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'nothing is routed here');
  const securityGroups = securityGroupIds?.map((id, index) =>
    SecurityGroup.fromSecurityGroupId(stack, `SecurityGroup${index}`, id, { mutable: false }),
  );
  return { vpc, vpcSubnets: { subnets }, ...(securityGroups === undefined ? {} : { securityGroups }) };
}

/** `RetentionDays` are numbers of days; the one that isn't means "never". */
function retentionOf(days: NonNullable<Deployment['logRetentionDays']>): RetentionDays {
  return days === 'forever' ? 9999 : days;
}
