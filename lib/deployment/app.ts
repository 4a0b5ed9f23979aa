/** The whole app: a stack for each entry, the sample on request, and one report of all faults. */
import { dirname } from 'node:path';
import { type App, RemovalPolicy } from 'aws-cdk-lib';
import { InboundAuth } from '../inbound-auth.ts';
import { McpProxyStack } from '../proxy-stack.ts';
import { moduleFile } from '../root.ts';
import { either } from '../rules/parse.ts';
import { type SampleClient, SampleGatewayStack } from '../sample-gateway-stack.ts';
import { UpstreamAuth } from '../upstream-auth.ts';
import { ProxyUpstream } from '../upstream.ts';
import { loadDeployments } from './load.ts';
import { runtimeNameOf, stackNameOf } from './names.ts';
import { addProxy, attempt, restOfFaults } from './stacks.ts';

const SAMPLE_GATEWAY = 'sample-gateway';
const SAMPLE_PROXY = { name: 'calculator', stage: 'sample' };
const SAMPLED = [SAMPLE_GATEWAY, stackNameOf(SAMPLE_PROXY)];

/** `iam` and `jwt`: who may call, and how the proxy authenticates to the gateway. `two`: as `iam`, before two gateways. */
const SAMPLES = ['iam', 'jwt', 'two'] as const;
type Sample = (typeof SAMPLES)[number];

/** The config of a proxy before two gateways. */
const TWO = moduleFile('lib/deployment/sample-two.config');

/**
 * Adds the stacks of a deployments file, and with the context value `sample` those of the sample.
 * @param file an absolute path
 * @returns the faults, one line each; empty if there are none
 */
export async function addStacks(app: App, file: string): Promise<string[]> {
  const sample: unknown = app.node.tryGetContext('sample');
  const folder = dirname(file);
  const { entries, refused, faults: unread } = await loadDeployments(file);
  const faults = [...unread];
  for (const entry of refused) faults.push(...restOfFaults(entry, folder, app.node.getAllContext()));
  for (const entry of entries) {
    const id = stackNameOf(entry.deployment);
    if (sample !== undefined && SAMPLED.includes(id))
      faults.push(`${entry.label}: name: expected another stack than ${id}, which is the sample's`);
    else faults.push(...addProxy(app, entry, folder));
  }
  const chosen = SAMPLES.find((known) => known === sample);
  if (chosen !== undefined) faults.push(...attempt('sample', () => addSample(app, chosen)));
  else if (sample !== undefined) faults.push(`-c sample: expected ${either(SAMPLES)}, got ${JSON.stringify(sample)}`);
  if (faults.length === 0 && app.node.children.length === 0) {
    faults.push(
      `nothing to deploy: ${file} lists no deployments; add one (docs/deploy.md), or try the sample with "-c sample=iam"`,
    );
  }
  return faults;
}

/** Uses the account and region of the credentials: the sample is for any account that a person tries it in. */
function addSample(app: App, sample: Sample): McpProxyStack {
  const inboundAuth = sample === 'jwt' ? 'jwt' : 'iam';
  const { gateway, second, client } = new SampleGatewayStack(app, SAMPLE_GATEWAY, {
    inboundAuth,
    two: sample === 'two',
  });
  return new McpProxyStack(app, stackNameOf(SAMPLE_PROXY), {
    proxy: {
      runtimeName: runtimeNameOf(SAMPLE_PROXY),
      ...(second === undefined
        ? { upstream: ProxyUpstream.gateway(gateway), upstreamAuth: sampleAuth(client) }
        : {
            config: TWO,
            upstreams: {
              one: { upstream: ProxyUpstream.gateway(gateway) },
              two: { upstream: ProxyUpstream.gateway(second) },
            },
          }),
      inboundAuth: inboundAuth === 'iam' ? InboundAuth.iam() : InboundAuth.newUserPool(),
      removalPolicy: RemovalPolicy.DESTROY,
    },
  });
}

function sampleAuth(client: SampleClient | undefined): UpstreamAuth {
  if (client === undefined) return UpstreamAuth.iam();
  return UpstreamAuth.oauth({
    secret: { userPool: client.userPool, userPoolClient: client.client },
    scopes: client.scopes,
  });
}
