/**
 * Delivers a container's output as AgentCore does: into a stream for its session in the endpoint's log group, written
 * with the execution role, as AWS documents that role's statements.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
 */
import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Account, AgentRuntime } from '../aws/account.ts';

/** Writes the lines of one session; throws CloudWatch's own error if the role may not. */
export async function deliverLog(
  account: Account,
  { id, properties }: Pick<AgentRuntime, 'id' | 'properties'>,
  printed: string,
): Promise<{ readonly group: string; readonly lines: number }> {
  const logGroupName = `/aws/bedrock-agentcore/runtimes/${id}-DEFAULT`;
  const now = new Date();
  const logStreamName = `${now.toISOString().slice(0, 10).replaceAll('-', '/')}/[runtime-logs]${randomUUID()}`;
  const { accessKeyId, secretAccessKey, sessionToken = '' } = account.assume(String(properties['RoleArn']));
  const logs = new CloudWatchLogsClient({
    endpoint: account.endpoint,
    region: account.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
  await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
  await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const lines = printed.split('\n').filter((line) => line !== '');
  await logs.send(
    new PutLogEventsCommand({
      logGroupName,
      logStreamName,
      logEvents: lines.map((message) => ({ timestamp: now.getTime(), message })),
    }),
  );
  return { group: logGroupName, lines: account.logGroups.get(logGroupName)?.streams.get(logStreamName)?.length ?? 0 };
}
