/**
 * CDK's `Runtime`, with the grants of the proxy. CDK's own grants write only the grantee's policy, and report it if
 * that had no effect.
 */
import { Runtime, type RuntimeProps } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { INVOKE, INVOKE_FOR_USER } from './runtime-policy.ts';

export interface ProxyRuntimeProps extends RuntimeProps {
  readonly allow: (grantee: IGrantable, actions: readonly string[]) => Grant;
}

export class ProxyRuntime extends Runtime {
  readonly #allow: ProxyRuntimeProps['allow'];

  constructor(scope: Construct, id: string, { allow, ...props }: ProxyRuntimeProps) {
    super(scope, id, props);
    this.#allow = allow;
  }

  override grantInvokeRuntime(grantee: IGrantable): Grant {
    return this.#allow(grantee, [INVOKE]);
  }

  override grantInvokeRuntimeForUser(grantee: IGrantable): Grant {
    return this.#allow(grantee, [INVOKE_FOR_USER]);
  }

  override grantInvoke(grantee: IGrantable): Grant {
    return this.#allow(grantee, [INVOKE, INVOKE_FOR_USER]);
  }
}
