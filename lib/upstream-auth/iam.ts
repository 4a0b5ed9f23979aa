/** SigV4 with the execution role, which may invoke the upstream. */
import { Annotations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { got } from '../faults.ts';
import { oneOf } from '../rules/parse.ts';
import { invokeAllGateways } from '../upstream.ts';
import { way } from './way.ts';

export interface IamAuthOptions {
  /** The SigV4 service name. @default 'bedrock-agentcore' */
  readonly service?: string;
  /**
   * The role's permissions at an upstream that isn't on AgentCore.
   * @default - invoke the gateway or runtime that the upstream names
   */
  readonly statements?: readonly PolicyStatement[];
}

export const iam = way({
  name: 'iam',
  written: 'as a word',
  key: 'iam',
  entry: oneOf(['iam']),
  options: (): IamAuthOptions => ({}),

  bind({ service, statements }: IamAuthOptions, { scope, stack, upstream, where, statementId, allGateways, faults }) {
    const environment = { SERVICE: service };
    if (statements !== undefined) return { environment, region: upstream.region, statements };
    if (service !== undefined && service !== 'bedrock-agentcore') {
      faults.add(
        `${where.auth}: expected statements besides the service ${got(service)} (what the execution role may do there is known for AgentCore only), got none`,
      );
    } else if (upstream.invoke === undefined && !allGateways) {
      faults.add(
        `${where.upstream}: expected an address that says which gateway may be invoked, got ${upstream.shown}: give its gatewayArn with the url, or allow every gateway of the account with allGateways: true`,
      );
    } else if (upstream.invoke === undefined) {
      Annotations.of(scope).addWarningV2(
        'agentcore-mcp-proxy:allGateways',
        'the execution role may invoke every gateway of the account: if you can, give the gatewayArn with the url instead',
      );
    }
    return {
      environment,
      region: upstream.region,
      statements: [upstream.invoke ?? invokeAllGateways(stack, statementId)],
    };
  },
});
