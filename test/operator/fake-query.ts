/** The services with form requests and XML answers. */
import { type Asked, AwsRefusal, ROLE_KEY, SECRET_KEY, type Answered } from './wire.ts';
import type { StackThere, World } from './world.ts';

function answered(action: string, result: string): Answered {
  return {
    action,
    type: 'text/xml',
    body: `<${action}Response><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
  };
}

export function answerSts({ body }: Asked, { account }: World): Answered {
  const query = new URLSearchParams(body.toString());
  const action = query.get('Action') ?? '';
  if (action === 'AssumeRole') {
    const role = query.get('RoleArn') ?? '';
    const credentials = `<AccessKeyId>${ROLE_KEY}</AccessKeyId><SecretAccessKey>${SECRET_KEY}</SecretAccessKey><SessionToken>of-the-role</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>`;
    return answered(
      action,
      `<Credentials>${credentials}</Credentials><AssumedRoleUser><Arn>${role}/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>`,
    );
  }
  if (action !== 'GetCallerIdentity') throw new AwsRefusal('InvalidAction', `sts ${action}`);
  return answered(
    action,
    `<Arn>arn:aws:iam::${account}:user/operator</Arn><UserId>AIDA</UserId><Account>${account}</Account>`,
  );
}

export function answerCloudFormation({ body }: Asked, region: string, world: World): Answered {
  const query = new URLSearchParams(body.toString());
  const action = query.get('Action') ?? '';
  const name = query.get('StackName') ?? '';
  // By name, a deleted stack is not found; by id it is.
  const stack =
    region === world.region
      ? world.stacks.find((one) => one.id === name || (one.name === name && one.status !== 'DELETE_COMPLETE'))
      : undefined;
  switch (action) {
    case 'DescribeStacks':
      return answered(action, `<Stacks><member>${describe(found(stack, name))}</member></Stacks>`);
    case 'ListStackResources':
      return answered(
        action,
        `<StackResourceSummaries>${found(stack, name).resources.map(resource).join('')}</StackResourceSummaries>`,
      );
    case 'DeleteStack': {
      const going = found(stack, name);
      for (const one of going.resources)
        if (one.status !== 'DELETE_FAILED') one.status = one.retained === true ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE';
      going.status = going.resources.some((one) => one.status === 'DELETE_FAILED')
        ? 'DELETE_FAILED'
        : 'DELETE_COMPLETE';
      return answered(action, '');
    }
    case 'DescribeStackEvents':
      return answered(action, '<StackEvents></StackEvents>');
    case 'ListStacks': {
      if (query.get('StackStatusFilter.member.1') !== 'DELETE_COMPLETE')
        throw new AwsRefusal('ValidationError', 'only deleted ones are listed here');
      const gone = world.stacks.filter(({ status }) => status === 'DELETE_COMPLETE');
      return answered(
        action,
        `<StackSummaries>${gone.map((one) => `<member><StackId>${one.id}</StackId><StackName>${one.name}</StackName><StackStatus>DELETE_COMPLETE</StackStatus><DeletionTime>2026-11-22T10:00:00Z</DeletionTime></member>`).join('')}</StackSummaries>`,
      );
    }
    default:
      throw new AwsRefusal('InvalidAction', `cloudformation ${action}`);
  }
}

function found(stack: StackThere | undefined, name: string): StackThere {
  if (stack === undefined) throw new AwsRefusal('ValidationError', `Stack with id ${name} does not exist`);
  return stack;
}

function describe({ name, id, status, outputs }: StackThere): string {
  const listed = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('&', '&amp;')}</OutputValue></member>`,
  );
  return `<StackId>${id}</StackId><StackName>${name}</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-20T10:00:00Z</CreationTime><Outputs>${listed.join('')}</Outputs>`;
}

function resource({ logicalId, physicalId, type, status, reason }: StackThere['resources'][number]): string {
  const why = reason === undefined ? '' : `<ResourceStatusReason>${reason}</ResourceStatusReason>`;
  return `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus>${why}<LastUpdatedTimestamp>2026-11-20T10:00:00Z</LastUpdatedTimestamp></member>`;
}
