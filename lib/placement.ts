/**
 * Checks a proxy's place in a VPC, as far as synth can. The zones that AgentCore supports are ids, which differ by
 * account.
 */
import { Annotations, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type Faults, known } from './faults.ts';
import type { VpcPlacement } from './props.ts';
import { PER_RUNTIME } from './rules/counts.ts';

const { min: LEAST, max: MOST } = PER_RUNTIME;

export function checkPlacement(
  scope: IConstruct,
  { vpc, vpcSubnets, securityGroups }: VpcPlacement,
  stack: Stack,
  faults: Faults,
): void {
  const subnets = selected({ vpc, ...(vpcSubnets === undefined ? {} : { vpcSubnets }) }, faults);
  if (subnets === undefined) return;
  if (subnets.length < LEAST || subnets.length > MOST)
    faults.add(`vpc: expected ${LEAST} to ${MOST} subnets, got ${subnets.length === 0 ? 'none' : subnets.length}`);
  if (securityGroups !== undefined && (securityGroups.length < LEAST || securityGroups.length > MOST))
    faults.add(
      `vpc: expected ${LEAST} to ${MOST} security groups, got ${securityGroups.length === 0 ? 'none' : securityGroups.length}`,
    );
  const region = vpc.env.region;
  if (known(region) && known(stack.region) && region !== stack.region)
    faults.add(`vpc: expected a VPC in ${stack.region}, got one in ${region}`);
  const ids = new Set(subnets.map(({ subnetId }) => subnetId));
  const among = (kind: readonly { readonly subnetId: string }[]): boolean =>
    kind.some(({ subnetId }) => ids.has(subnetId));
  if (among(vpc.publicSubnets)) {
    Annotations.of(scope).addWarningV2(
      'agentcore-mcp-proxy:publicSubnet',
      'vpc: AgentCore gives its network interfaces only private addresses, so that nothing on the internet can be reached from a public subnet: use private subnets with a NAT gateway',
    );
  }
  if (among(vpc.isolatedSubnets)) {
    Annotations.of(scope).addWarningV2(
      'agentcore-mcp-proxy:isolatedSubnet',
      'vpc: isolated subnets have no way out: the VPC needs endpoints for ecr.api, ecr.dkr, logs and s3 (a gateway endpoint), for the upstream (bedrock-agentcore.gateway or bedrock-agentcore) and for what the config uses (secretsmanager, dynamodb, cognito-idp, kms)',
    );
  }
}

/** CDK throws if a VPC has no subnets of that kind. */
function selected(
  { vpc, vpcSubnets }: Pick<VpcPlacement, 'vpc' | 'vpcSubnets'>,
  faults: Faults,
): ReturnType<VpcPlacement['vpc']['selectSubnets']>['subnets'] | undefined {
  try {
    return vpc.selectSubnets(vpcSubnets).subnets;
  } catch (error) {
    return faults.add(`vpc: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')}`);
  }
}
