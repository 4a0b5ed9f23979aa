/** CloudFormation's record of a stack, available by its id for 90 days after deletion. */
import { awsFailure, clientOptions } from '../aws.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  /** For example `DELETE_SKIPPED`: kept when the stack was deleted. */
  readonly status: string;
  readonly reason: string | undefined;
}

/** The id of the last deleted stack of this name; undefined if CloudFormation has no record. */
export async function lastDeleted(name: string, region: string | undefined): Promise<string | undefined> {
  const { CloudFormationClient, paginateListStacks } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientOptions(region));
  let last: { readonly id: string; readonly at: number } | undefined;
  try {
    for await (const { StackSummaries = [] } of paginateListStacks(
      { client },
      { StackStatusFilter: ['DELETE_COMPLETE'] },
    )) {
      for (const { StackName, StackId: id, DeletionTime } of StackSummaries) {
        const at = DeletionTime?.getTime() ?? 0;
        if (StackName === name && id !== undefined && (last === undefined || at > last.at)) last = { id, at };
      }
    }
    return last?.id;
  } catch (error) {
    throw awsFailure(error, 'list the stacks that were deleted', 'cloudformation:ListStacks');
  } finally {
    client.destroy();
  }
}

export async function resourcesOf(stackId: string, region: string): Promise<readonly StackResource[]> {
  const { CloudFormationClient, paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientOptions(region));
  const resources: StackResource[] = [];
  try {
    for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
      for (const resource of page.StackResourceSummaries ?? []) {
        resources.push({
          logicalId: resource.LogicalResourceId ?? '',
          physicalId: resource.PhysicalResourceId ?? '',
          type: resource.ResourceType ?? '',
          status: resource.ResourceStatus ?? '',
          reason: resource.ResourceStatusReason,
        });
      }
    }
    return resources;
  } catch (error) {
    throw awsFailure(error, 'list what was in the stack', 'cloudformation:ListStackResources');
  } finally {
    client.destroy();
  }
}
