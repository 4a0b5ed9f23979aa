/**
 * Shows a proxy's controls in a diff, as metadata of the runtime in the template. `cdk diff`, `npm run controls` and
 * CloudFormation's deployed template contain it. A change of it replaces nothing and creates no version of the runtime.
 */
import { CfnRuntime, type Runtime } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Described } from './described.ts';

/** The key under the resource's `Metadata`. */
const CONTROLS_METADATA = 'agentcore-mcp-proxy';

/** Controls outermost first. */
export function showControls(runtime: Runtime, { controls, caller, digests, upstreams, search }: Described): void {
  const resource = runtime.node.findChild('Resource');
  if (!(resource instanceof CfnRuntime)) throw new Error(`expected the runtime's resource, got ${resource.node.path}`);
  resource.addMetadata(CONTROLS_METADATA, {
    controls: controls.map(({ bindings: _bindings, ...shown }) => shown),
    caller: { source: caller.source },
    digests: { ...digests },
    upstreams: upstreams.map(({ name, prefix }) => ({ name, prefix })),
    search,
  });
}
