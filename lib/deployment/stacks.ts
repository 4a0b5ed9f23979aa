/**
 * Entries as stacks. Faults that a construct finds are returned as lines, so that one stack's faults don't hide
 * another's.
 */
import { Annotations, App, Tags } from 'aws-cdk-lib';
import { AccountPrincipal, ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { FaultsError } from '../faults.ts';
import { McpProxyStack } from '../proxy-stack.ts';
import type { Placed, Read } from './check.ts';
import { stackNameOf } from './names.ts';
import { proxyPropsOf } from './props.ts';

/**
 * Adds the stack of an entry to an app, or to a stage of a pipeline.
 * @param folder the deployments file's folder
 * @returns its faults, one line each
 */
export function addProxy(scope: Construct, { label, deployment, warnings }: Placed, folder: string): readonly string[] {
  const { account, region, tags = {} } = deployment;
  const stackName = stackNameOf(deployment);
  return attempt(label, () => {
    const stack = new McpProxyStack(scope, stackName, {
      stackName,
      env: { account, region },
      tags,
      proxy: (stack) => proxyPropsOf(deployment, folder, stack),
    });
    for (const caller of deployment.callers ?? [])
      stack.proxy.grantInvoke(/^\d+$/.test(caller) ? new AccountPrincipal(caller) : new ArnPrincipal(caller));
    // CloudFormation passes tags of the stack on, but a diff shows only those on the resources.
    for (const [key, value] of Object.entries(tags)) Tags.of(stack).add(key, value);
    for (const warning of warnings) Annotations.of(stack).addWarningV2('agentcore-mcp-proxy:deployment', warning);
  });
}

/**
 * Returns further faults that the construct finds in a refused entry. Its stack is in an app that is never synthesized.
 */
export function restOfFaults(
  { label, deployment, replaced }: Read['refused'][number],
  folder: string,
  context: object,
): readonly string[] {
  const { account, region } = deployment;
  const scratch = new App({ autoSynth: false, context: { ...context } });
  const found = attempt(
    label,
    () =>
      new McpProxyStack(scratch, 'Refused', {
        env: { account, region },
        proxy: (stack) => proxyPropsOf(deployment, folder, stack),
      }),
  );
  return found.filter((fault) => ![...replaced].some((member) => fault.startsWith(`${label}: ${member}`)));
}

export function attempt(label: string, build: () => unknown): readonly string[] {
  try {
    build();
    return [];
  } catch (error) {
    return faultsIn(error).map((fault) => `${label}: ${fault}`);
  }
}

/** `McpProxy` reports all its faults in one error; any other error of a construct is one fault. */
function faultsIn(error: unknown): readonly string[] {
  const faults = error instanceof FaultsError ? error.faults : [error instanceof Error ? error.message : String(error)];
  return faults.map((fault) => fault.replaceAll(/\s*\n\s*/g, ' '));
}
