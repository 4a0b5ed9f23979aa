/**
 * The regions with AgentCore Runtime. The list grows faster than this package is released, so a region that isn't on it
 * causes a warning, not a fault.
 */
import { Annotations, type Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { known } from './faults.ts';

/**
 * Runtimes on microVMs, as of November 2026.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-regions.html
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/bedrock-agentcore.html
 */
const AGENTCORE_REGIONS: ReadonlySet<string> = new Set(
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1
  eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
  ap-northeast-1 ap-northeast-2 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-5 ap-southeast-7
  us-gov-west-1 cn-north-1 cn-northwest-1`.split(/\s+/),
);

export function checkRegionHasAgentCore(scope: IConstruct, { region }: Stack): void {
  if (!known(region) || AGENTCORE_REGIONS.has(region)) return;
  Annotations.of(scope).addWarningV2(
    'agentcore-mcp-proxy:region',
    `AgentCore Runtime wasn't in ${region} in November 2026, and a deployment fails in regions without it: see AWS's page of AgentCore's regions`,
  );
}
