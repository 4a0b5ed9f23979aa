/** For tests: deploys a template through the API as the CLI does, with AWS's own client. */
import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { FakeAws } from './aws/server.ts';

export function clientOptions({ url, account }: FakeAws) {
  const { accessKeyId, secretAccessKey } = account.user;
  return { endpoint: url, region: account.region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
}

export interface Deployment {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The reasons of failed resources. */
  readonly reasons: readonly string[];
}

export async function deploy(
  aws: FakeAws,
  StackName: string,
  template: unknown,
  parameters: Readonly<Record<string, string>> = {},
  Capabilities: readonly 'CAPABILITY_IAM'[] = ['CAPABILITY_IAM'],
): Promise<Deployment> {
  const client = new CloudFormationClient(clientOptions(aws));
  const ChangeSetName = `change-${randomUUID()}`;
  const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      TemplateBody: JSON.stringify(template),
      Parameters,
      Capabilities: [...Capabilities],
    }),
  );
  const { Status, StatusReason } = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
  if (Status !== 'CREATE_COMPLETE') throw new Error(StatusReason);
  await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  return settled(client, StackName);
}

export async function destroy(aws: FakeAws, StackName: string): Promise<Deployment> {
  const client = new CloudFormationClient(clientOptions(aws));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  await client.send(new DeleteStackCommand({ StackName }));
  return settled(client, Stacks?.[0]?.StackId ?? StackName);
}

async function settled(client: CloudFormationClient, StackName: string): Promise<Deployment> {
  let stack: Stack | undefined;
  do {
    await new Promise((resolve) => setTimeout(resolve, 10));
    stack = (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } while (stack?.StackStatus?.endsWith('_IN_PROGRESS') !== false);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return {
    status: stack.StackStatus ?? '',
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    reasons: StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED')).map(
      ({ ResourceStatusReason = '' }) => ResourceStatusReason,
    ),
  };
}
