/**
 * An entry as props of `McpProxy`. Whatever it names that exists already is imported by id, so that synth asks nobody.
 */
import { resolve } from 'node:path';
import { Annotations, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { InboundAuth } from '../inbound-auth.ts';
import type { McpProxyProps, VpcPlacement } from '../props.ts';
import { ProxyUpstream } from '../upstream.ts';
import type { Deployment } from './entry.ts';
import type { InboundAuthEntry } from './inbound-auth.ts';
import { runtimeNameOf } from './names.ts';
import type { VpcNetwork } from './network.ts';
import { upstreamAuthOf } from './upstream-auth.ts';
import type { UpstreamEntry } from './upstream.ts';

/** @param folder the deployments file's: `config` is a path from there */
export function proxyPropsOf(entry: Deployment, folder: string, stack: Stack): McpProxyProps {
  const {
    config,
    upstreamAuth,
    inboundAuth,
    callersFrom,
    network,
    logRetentionDays,
    platformVersion,
    idleTimeoutSeconds,
    maxLifetimeSeconds,
    alarmTopicArn,
    removalPolicy,
  } = entry;
  return {
    ...given(
      entry,
      'description',
      'bindings',
      'endpoints',
      'allGateways',
      'allowedHosts',
      'traces',
      'dashboard',
      'baseImage',
      'baseImageDigest',
      'artifact',
    ),
    runtimeName: runtimeNameOf(entry),
    upstream: upstreamOf(entry.upstream),
    ...(config === undefined ? {} : { config: resolve(folder, config) }),
    ...(upstreamAuth === undefined ? {} : { upstreamAuth: upstreamAuthOf(upstreamAuth) }),
    ...(inboundAuth === undefined ? {} : { inboundAuth: inboundAuthOf(inboundAuth, stack) }),
    ...(callersFrom === undefined
      ? {}
      : {
          callersFrom: {
            vpcs: (callersFrom.vpcIds ?? []).map((vpcId) => ({ vpcId })),
            vpcEndpoints: (callersFrom.vpcEndpointIds ?? []).map((vpcEndpointId) => ({ vpcEndpointId })),
          },
        }),
    ...(network === undefined || network === 'public' ? {} : { vpc: placementOf(network, stack) }),
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

/** What has the same name and meaning on both sides. */
function given<K extends keyof Deployment>(entry: Deployment, ...keys: readonly K[]): Pick<Deployment, K> {
  const picked = Object.fromEntries(keys.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
  return picked as Pick<Deployment, K>;
}

function upstreamOf(entry: UpstreamEntry): ProxyUpstream {
  if ('runtimeArn' in entry)
    return ProxyUpstream.runtimeArn(
      entry.runtimeArn,
      entry.qualifier === undefined ? {} : { qualifier: entry.qualifier },
    );
  if ('url' in entry)
    return ProxyUpstream.url(entry.url, entry.gatewayArn === undefined ? {} : { gatewayArn: entry.gatewayArn });
  return ProxyUpstream.gatewayArn(entry.gatewayArn);
}

function inboundAuthOf(entry: InboundAuthEntry, stack: Stack): InboundAuth {
  if (entry === 'iam') return InboundAuth.iam();
  if ('jwt' in entry) return InboundAuth.jwt(entry.jwt);
  if ('newUserPool' in entry) return InboundAuth.newUserPool(entry.newUserPool);
  const { userPoolId, clientIds, scopes } = entry.userPool;
  const clients = clientIds.map((id, index) => UserPoolClient.fromUserPoolClientId(stack, `Client${index}`, id));
  // An ARN, since the region is in the pool's id: by the id alone CDK would take it for the stack's.
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

function placementOf({ vpcId, subnetIds, securityGroupIds }: VpcNetwork, stack: Stack): VpcPlacement {
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

/** `RetentionDays` are numbers of days; the one that isn't stands for "never". */
function retentionOf(days: NonNullable<Deployment['logRetentionDays']>): RetentionDays {
  return days === 'forever' ? 9999 : days;
}
