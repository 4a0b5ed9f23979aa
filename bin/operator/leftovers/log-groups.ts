/**
 * Log groups that a stack leaves behind. Services created most of them for the stack's resources, so CloudFormation
 * doesn't know them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { awsFailure, clientOptions, nameOf } from '../aws.ts';
import type { StackResource } from './stack-record.ts';

/** A service may write its last lines after the group was deleted, and then creates it again. */
const SETTLE_MS = 4_000;
const ROUNDS = 3;

/** Prefixes that only this stack's groups have, each ending at the end of a name. */
export function prefixesOf(resources: readonly StackResource[]): readonly string[] {
  return resources.flatMap(({ type, physicalId }) => {
    if (physicalId === '') return [];
    if (type === 'AWS::BedrockAgentCore::Runtime')
      return [`/aws/bedrock-agentcore/runtimes/${physicalId.split('/').at(-1) ?? physicalId}-`];
    if (type === 'AWS::Lambda::Function') return [`/aws/lambda/${physicalId}`];
    // A group that the stack itself created, to be kept.
    if (type === 'AWS::Logs::LogGroup') return [physicalId];
    return [];
  });
}

/** Compares whole names unless the prefix ends in `-`: a function's name may be the start of another's. */
function belongs(name: string, prefix: string): boolean {
  return prefix.endsWith('-') ? name.startsWith(prefix) : name === prefix;
}

export interface Group {
  readonly name: string;
  readonly bytes: number;
}

export async function listGroups(prefixes: readonly string[], region: string): Promise<readonly Group[]> {
  const { CloudWatchLogsClient, paginateDescribeLogGroups } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(clientOptions(region));
  const groups: Group[] = [];
  try {
    for (const prefix of prefixes) {
      for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix })) {
        for (const { logGroupName: name, storedBytes: bytes = 0 } of logGroups)
          if (name !== undefined && belongs(name, prefix)) groups.push({ name, bytes });
      }
    }
    return groups;
  } catch (error) {
    throw awsFailure(error, 'list the log groups', 'logs:DescribeLogGroups');
  } finally {
    client.destroy();
  }
}

/** Deletes groups until a later look finds none. Returns the deleted ones. */
export async function removeGroups(
  prefixes: readonly string[],
  region: string,
  settleMs = SETTLE_MS,
): Promise<readonly Group[]> {
  const { CloudWatchLogsClient, DeleteLogGroupCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(clientOptions(region));
  const removed = new Map<string, Group>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const found = await listGroups(prefixes, region);
      if (found.length === 0) break;
      for (const group of found) {
        await client.send(new DeleteLogGroupCommand({ logGroupName: group.name })).catch((error: unknown) => {
          if (nameOf(error) !== 'ResourceNotFoundException')
            throw awsFailure(error, `delete the log group ${group.name}`, 'logs:DeleteLogGroup');
        });
        removed.set(group.name, removed.get(group.name) ?? group);
      }
      await sleep(settleMs);
    }
    return [...removed.values()];
  } finally {
    client.destroy();
  }
}
