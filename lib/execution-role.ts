/** The execution role, statement by statement. */
import { Stack } from 'aws-cdk-lib';
import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeResource } from './acknowledge.ts';

export interface ExecutionRoleProps {
  readonly runtimeName: string;
  /** Pulling the image, or reading the code. */
  readonly artifact: readonly PolicyStatement[];
  /** The upstream, its authentication, the bindings, traces. */
  readonly uses: readonly PolicyStatement[];
}

/**
 * All of it is in the role itself, so that the runtime never starts with a part, and nothing is appended: neither by the L2
 * `Runtime`, which would add eight broad statements, nor by anybody's `grant…`.
 */
export function executionRole(scope: Construct, { runtimeName, artifact, uses }: ExecutionRoleProps): IRole {
  const stack = Stack.of(scope);
  const runtime = (name: string): string => stack.formatArn({ service: 'bedrock-agentcore', resource: 'runtime', resourceName: name });
  const role = new Role(scope, 'ExecutionRole', {
    description: `what the MCP proxy ${runtimeName} may do`,
    assumedBy: new ServicePrincipal('bedrock-agentcore.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        // A runtime's id is its name, a hyphen and ten characters; names have no hyphens, so no other runtime matches.
        ArnLike: { 'aws:SourceArn': [runtime(runtimeName), runtime(`${runtimeName}-*`)] },
      },
    }),
    inlinePolicies: { Proxy: new PolicyDocument({ statements: [...logStatements(stack, runtimeName), ...artifact, ...uses] }) },
  });
  const groups = logGroupsArn(stack, runtimeName);
  for (const own of [groups, `${groups}:log-stream:*`]) acknowledgeResource(role, own, "the runtime's id, which is in its groups' names, isn't known before the role is: no other runtime's name matches");
  if (hasAll([...artifact, ...uses])) acknowledgeResource(role, '*', 'ecr:GetAuthorizationToken and the actions that send spans to X-Ray name no resource');
  return role.withoutPolicyUpdates();
}

function hasAll(statements: readonly PolicyStatement[]): boolean {
  return statements.some(({ resources }) => resources.includes('*'));
}

/** Its own log groups, one for each endpoint: the service writes them with this role. */
function logStatements(stack: Stack, runtimeName: string): PolicyStatement[] {
  const groups = logGroupsArn(stack, runtimeName);
  return [
    new PolicyStatement({ sid: 'OwnLogGroups', actions: ['logs:CreateLogGroup', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'], resources: [groups] }),
    new PolicyStatement({ sid: 'OwnLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${groups}:log-stream:*`] }),
  ];
}

/** `/aws/bedrock-agentcore/runtimes/<id>-<endpoint>`, of this runtime and no other. */
export function logGroupsArn(stack: Stack, runtimeName: string): string {
  return `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/bedrock-agentcore/runtimes/${runtimeName}-*`;
}
