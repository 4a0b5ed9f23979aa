/**
 * What a diff shows of a proxy's controls: metadata of the runtime in the template. It is read by `cdk diff`, by `npm
 * run controls` and by whoever asks CloudFormation for the deployed template; a change of it replaces nothing and
 * creates no version of the runtime.
 */
import { CfnRuntime, type Runtime } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Described } from './described.ts';

/** The key under the resource's `Metadata`. */
export const CONTROLS_METADATA = 'agentcore-mcp-proxy';

/** Controls outermost first. */
export function showControls(runtime: Runtime, { controls, caller, digests }: Described): void {
  const resource = runtime.node.findChild('Resource');
  if (!(resource instanceof CfnRuntime)) throw new Error(`expected the runtime's resource, got ${resource.node.path}`);
  resource.addMetadata(CONTROLS_METADATA, {
    controls: controls.map(({ name, replies, auditOnly, perCaller }) => ({ name, replies, auditOnly, perCaller })),
    caller: { source: caller.source },
    digests: { ...digests },
  });
}
