/** One proxy in its own stack, with outputs by which the operator's commands find it. */
import { createHash } from 'node:crypto';
import { CfnOutput, RemovalPolicies, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeResource } from './acknowledge.ts';
import { McpProxy } from './mcp-proxy.ts';
import type { McpProxyProps } from './props.ts';

export interface McpProxyStackProps extends StackProps {
  /** Props of the proxy, or a function of the stack if they import resources into it. */
  readonly proxy: McpProxyProps | ((stack: Stack) => McpProxyProps);
}

/**
 * A stack with one proxy. Other tools rely on the names of its outputs: `RuntimeArn`, `InvocationUrl`,
 * `ExecutionRoleArn`, `LogGroupName`; with its own user pool also `UserPoolId`, `ClientId` and `TokenUrl`; and for each
 * endpoint besides `DEFAULT` an `InvocationUrl` with its name.
 */
export class McpProxyStack extends Stack {
  readonly proxy: McpProxy;

  constructor(scope: Construct, id: string, { proxy, ...props }: McpProxyStackProps) {
    super(scope, id, { description: 'MCP proxy on Amazon Bedrock AgentCore Runtime', ...props });
    const proxyProps = typeof proxy === 'function' ? proxy(this) : proxy;
    this.proxy = new McpProxy(this, 'Proxy', proxyProps);
    if (proxyProps.allGateways === true) {
      acknowledgeResource(
        this.proxy,
        this.formatArn({ service: 'bedrock-agentcore', resource: 'gateway', resourceName: '*' }),
        'allGateways asks for it, and the construct warns of it',
      );
    }
    // The log of the function by which CDK makes single API calls, which is useless without the stack. The proxy's own
    // logs are not in it.
    RemovalPolicies.of(this).destroy({ applyToResourceTypes: [CfnLogGroup.CFN_RESOURCE_TYPE_NAME] });
    const { runtimeArn, invocationUrl, executionRole, logGroupName, userPool, userPoolClient, tokenUrl } = this.proxy;
    this.#output('RuntimeArn', 'ARN of the AgentCore runtime', runtimeArn);
    this.#output('InvocationUrl', 'MCP endpoint of the proxy', invocationUrl);
    for (const [name, url] of Object.entries(this.proxy.endpointUrls))
      this.#output(outputOf(name), `MCP endpoint of the proxy's endpoint ${name}`, url);
    this.#output('ExecutionRoleArn', 'Role that the proxy runs as', executionRole.roleArn);
    this.#output('LogGroupName', "Log group of the runtime's DEFAULT endpoint", logGroupName);
    this.#output('UserPoolId', 'User pool whose tokens the proxy accepts', userPool?.userPoolId);
    this.#output(
      'ClientId',
      'Machine client of the user pool; its secret is read through the Cognito API',
      userPoolClient?.userPoolClientId,
    );
    this.#output('TokenUrl', 'Where the client gets its tokens', tokenUrl);
  }

  #output(name: string, description: string, value: string | undefined): CfnOutput | undefined {
    return value === undefined ? undefined : new CfnOutput(this, name, { description, value });
  }
}

/**
 * `InvocationUrllive`. An output's id has only letters and digits, so a name with underscores also gets its hash, since
 * `a_b` isn't `ab`.
 */
function outputOf(endpoint: string): string {
  const plain = endpoint.replaceAll('_', '');
  return `InvocationUrl${plain}${plain === endpoint ? '' : createHash('sha256').update(endpoint).digest('hex').slice(0, 8)}`;
}
