/**
 * CDK's `Runtime`, with the grants of the proxy. CDK's own grants write only the grantee's policy, and report it if
 * that had no effect.
 */
import { Runtime, type RuntimeProps } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { INVOKE, INVOKE_FOR_USER } from './runtime-policy.ts';

export interface ProxyRuntimeProps extends RuntimeProps {
  readonly letIn: (grantee: IGrantable, actions: readonly string[]) => Grant;
}

export class ProxyRuntime extends Runtime {
  readonly #letIn: ProxyRuntimeProps['letIn'];

  constructor(scope: Construct, id: string, { letIn, ...props }: ProxyRuntimeProps) {
    super(scope, id, props);
    this.#letIn = letIn;
  }

  override grantInvokeRuntime(grantee: IGrantable): Grant {
    return this.#letIn(grantee, [INVOKE]);
  }

  override grantInvokeRuntimeForUser(grantee: IGrantable): Grant {
    return this.#letIn(grantee, [INVOKE_FOR_USER]);
  }

  override grantInvoke(grantee: IGrantable): Grant {
    return this.#letIn(grantee, [INVOKE, INVOKE_FOR_USER]);
  }
}
