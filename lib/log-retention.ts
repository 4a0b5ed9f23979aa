/**
 * Sets how long a runtime's logs are kept. The service creates their group at an unknown time, so a `LogGroup` in the
 * stack would fail if the service was first. Instead, CDK's provider for single API calls creates the group if it is
 * missing, and sets its retention. The provider may do that only for this runtime's groups.
 */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  AwsCustomResource,
  AwsCustomResourcePolicy,
  type AwsSdkCall,
  PhysicalResourceId,
} from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeResource } from './acknowledge.ts';
import { logGroupsArn } from './execution-role.ts';

export interface LogRetentionProps {
  readonly runtimeName: string;
  readonly logGroupName: string;
  readonly retention: RetentionDays;
  /** With `DESTROY`, the group is deleted with the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** Creates one log group and sets its retention. Its resources are `Custom::LogGroup` and `Custom::LogRetention`. */
export function keepLogs(
  scope: Construct,
  id: string,
  { runtimeName, logGroupName, retention, removalPolicy }: LogRetentionProps,
): void {
  const site = new Construct(scope, id);
  const resources = [logGroupsArn(Stack.of(scope), runtimeName)];
  const call = (action: string, more: Partial<AwsSdkCall> = {}): AwsSdkCall => ({
    service: 'CloudWatchLogs',
    action,
    parameters: { logGroupName },
    physicalResourceId: PhysicalResourceId.of(logGroupName),
    ...more,
  });
  const resource = (name: string, actions: string[], onUpdate: AwsSdkCall, onDelete?: AwsSdkCall): AwsCustomResource =>
    new AwsCustomResource(site, name, {
      resourceType: `Custom::${name}`,
      onUpdate,
      ...(onDelete === undefined ? {} : { onDelete }),
      // The API is older than any SDK in Lambda.
      installLatestAwsSdk: false,
      policy: AwsCustomResourcePolicy.fromStatements([new PolicyStatement({ actions, resources })]),
    });

  const create = call('createLogGroup', { ignoreErrorCodesMatching: 'ResourceAlreadyExistsException' });
  const group =
    removalPolicy === RemovalPolicy.DESTROY
      ? resource(
          'LogGroup',
          ['logs:CreateLogGroup', 'logs:DeleteLogGroup'],
          create,
          call('deleteLogGroup', { ignoreErrorCodesMatching: 'ResourceNotFoundException' }),
        )
      : resource('LogGroup', ['logs:CreateLogGroup'], create);
  const kept =
    retention === RetentionDays.INFINITE
      ? resource('LogRetention', ['logs:DeleteRetentionPolicy'], call('deleteRetentionPolicy'))
      : resource(
          'LogRetention',
          ['logs:PutRetentionPolicy'],
          call('putRetentionPolicy', { parameters: { logGroupName, retentionInDays: retention } }),
        );
  kept.node.addDependency(group);
  acknowledgeProvider(site, resources);
}

/** Where CDK puts the function that makes the calls: one per stack, shared with other constructs that use it. */
const PROVIDER = AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '');

function acknowledgeProvider(site: Construct, resources: readonly string[]): void {
  for (const groups of resources)
    acknowledgeResource(
      site,
      groups,
      "the runtime's id, which is in its groups' names, isn't known before it is created: no other runtime's name matches",
    );
  const provider = Stack.of(site).node.tryFindChild(`AWS${PROVIDER}`);
  if (provider === undefined) return;
  acknowledge(
    provider,
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    "CDK's own provider: the policy lets it write its log",
  );
}
