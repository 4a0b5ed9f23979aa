/** The execution role, statement by statement. */
import { Stack } from 'aws-cdk-lib';
import {
  type AddToPrincipalPolicyResult,
  Policy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeResource } from './acknowledge.ts';

export interface ExecutionRoleProps {
  readonly runtimeName: string;
  /** The statements for pulling the image, or reading the code. */
  readonly artifact: readonly PolicyStatement[];
  /** The statements for the upstream, its authentication, the bindings and traces. */
  readonly uses: readonly PolicyStatement[];
}

/**
 * The execution role. One policy holds exactly what the proxy needs. It is the role's child: the runtime depends on the
 * role, so it never starts with only a part of it. It isn't an inline property of the role, so that the policy can name
 * a secret whose KMS key policy names the role. Otherwise the two would wait for each other.
 */
export class ExecutionRole extends Role {
  #grants: Policy | undefined;
  #ready = false;

  constructor(scope: Construct, id: string, { runtimeName, artifact, uses }: ExecutionRoleProps) {
    const stack = Stack.of(scope);
    const runtime = (name: string): string =>
      stack.formatArn({ service: 'bedrock-agentcore', resource: 'runtime', resourceName: name });
    super(scope, id, {
      description: `what the MCP proxy ${runtimeName} may do`,
      assumedBy: new ServicePrincipal('bedrock-agentcore.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          // A runtime's id is its name, a hyphen and ten characters. Names have no hyphens, so no other runtime
          // matches.
          ArnLike: { 'aws:SourceArn': [runtime(runtimeName), runtime(`${runtimeName}-*`)] },
        },
      }),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [this],
      document: new PolicyDocument({ statements: [...logStatements(stack, runtimeName), ...artifact, ...uses] }),
    });
    const groups = logGroupsArn(stack, runtimeName);
    for (const own of [groups, `${groups}:log-stream:*`])
      acknowledgeResource(
        policy,
        own,
        "the runtime's id, which is in its groups' names, isn't known before the role is: no other runtime's name matches",
      );
    if (hasAll([...artifact, ...uses]))
      acknowledgeResource(
        policy,
        '*',
        'ecr:GetAuthorizationToken, sts:GetWebIdentityToken and the actions that send spans to X-Ray name no resource',
      );
  }

  /** From now on, grants are added. During its construction, the L2 `Runtime` would add eight broad statements. */
  acceptGrants(): void {
    this.#ready = true;
  }

  /**
   * Grants from outside go into a separate policy, so that they are visible as such. The runtime doesn't wait for it,
   * since what is granted may depend on the runtime. `grant.applyBefore(proxy.runtime)` makes it wait.
   */
  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    if (!this.#ready) return { statementAdded: true, policyDependable: this };
    this.#grants ??= new Policy(new Construct(this.node.scope ?? this, `${this.node.id}Grants`), 'Policy', {
      roles: [this],
    });
    this.#grants.addStatements(statement);
    return { statementAdded: true, policyDependable: this.#grants };
  }
}

function hasAll(statements: readonly PolicyStatement[]): boolean {
  return statements.some(({ resources }) => resources.includes('*'));
}

/** Statements for its own log groups, one for each endpoint: the service writes them with this role. */
function logStatements(stack: Stack, runtimeName: string): PolicyStatement[] {
  const groups = logGroupsArn(stack, runtimeName);
  return [
    new PolicyStatement({
      sid: 'OwnLogGroups',
      actions: ['logs:CreateLogGroup', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
      resources: [groups],
    }),
    new PolicyStatement({
      sid: 'OwnLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${groups}:log-stream:*`],
    }),
  ];
}

/** `/aws/bedrock-agentcore/runtimes/<id>-<endpoint>`, only of this runtime. */
export function logGroupsArn(stack: Stack, runtimeName: string): string {
  return `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:/aws/bedrock-agentcore/runtimes/${runtimeName}-*`;
}
