/**
 * cdk-nag's AwsSolutions rules over everything that the construct can create: there are no findings except those that
 * are acknowledged where they arise.
 */
import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { InboundAuth, McpProxy, type McpProxyProps, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { configThatNeeds, GATEWAY_ARN } from './synth.ts';

const config = configThatNeeds(
  'nag',
  `{ SHARED: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' } }`,
);

/** Findings, one per line. */
function findings(
  props: Partial<McpProxyProps>,
  env: { readonly account?: string; readonly region?: string },
): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'lib-nag-'));
  try {
    const app = new App({ outdir });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const proxy = new McpProxy(new Stack(app, 'Test', { env }), 'Proxy', {
      upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN),
      ...props,
    });
    try {
      app.synth();
    } catch {
      return [
        ...new Set(
          readFileSync(join(outdir, 'validation-report.json'), 'utf8').match(/AwsSolutions-[A-Z]+\d+(?:\[[^\]"]*\])?/g),
        ),
      ].map((finding) => finding.replace(proxy.runtimeName, 'NAME'));
    }
    return [];
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe.each([
  ['a known account and region', { account: '123456789012', region: 'eu-west-1' }],
  ['an account and region that are only known at deploy time', {}],
])('in %s', (_, env) => {
  it('there are no findings in a proxy with all options', () => {
    expect(
      findings({ config, inboundAuth: InboundAuth.newUserPool(), traces: 'xray', endpoints: [{ name: 'blue' }] }, env),
    ).toEqual([]);
    expect(findings({ artifact: 'zip' }, env)).toEqual([]);
  });

  it("a wildcard that the app's author requested is found, and is left for the author to acknowledge", () => {
    const found = findings(
      {
        upstream: ProxyUpstream.url('https://tools.example.com/mcp'),
        upstreamAuth: UpstreamAuth.iam(),
        allGateways: true,
      },
      env,
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^AwsSolutions-IAM5\[Resource::arn:<AWS::Partition>:bedrock-agentcore:.*:gateway\/\*\]$/);
  });
});
