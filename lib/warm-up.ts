/**
 * Platform V2 starts sessions from a snapshot of the started process, which loads everything before: when the platform's
 * hook asks for it, or, if the installed CDK doesn't know that hook yet (it came with 2.277), before it listens.
 */
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { ProcessVariable } from '../proxy/config/process-variables.ts';

/** Where the process answers the hook. MCP servers on AgentCore Runtime listen on 8000. */
const HOOK = { Path: '/warm-up', Port: 8000 };

const KNOWS_HOOKS = 'LifecycleHook' in agentcore;

export interface WarmUpPlan {
  readonly environment: Partial<Record<ProcessVariable, string>>;
  /** CloudFormation's `HooksConfiguration` of the runtime. */
  readonly hooks: object | undefined;
}

/** @param knowsHooks @default - whether the installed CDK does */
export function planWarmUp({ value }: agentcore.PlatformVersion, knowsHooks: boolean = KNOWS_HOOKS): WarmUpPlan {
  if (value !== agentcore.PlatformVersion.V2.value) return { environment: {}, hooks: undefined };
  if (!knowsHooks) return { environment: { WARM_UP: 'start' }, hooks: undefined };
  return { environment: { WARM_UP: 'hook' }, hooks: { Build: { Warmup: { Action: { HttpPost: HOOK } } } } };
}

export function addHooks(runtime: agentcore.Runtime, { hooks }: WarmUpPlan): void {
  const resource = runtime.node.defaultChild;
  if (hooks !== undefined && resource instanceof agentcore.CfnRuntime)
    resource.addPropertyOverride('HooksConfiguration', hooks);
}
