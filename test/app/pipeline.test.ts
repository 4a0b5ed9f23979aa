/** examples/pipeline.ts: a stage of the pipeline for each stage of the list. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { GATEWAY, listed, ORDERS } from './app-of.ts';

const run = promisify(execFile);
const SETTINGS = {
  account: '999988887777',
  region: 'eu-central-1',
  repository: 'example/proxies',
  connection: 'arn:aws:codeconnections:eu-central-1:999988887777:connection/1',
};
const elsewhere = {
  account: '444455556666',
  upstream: { gatewayArn: GATEWAY.replace('111122223333', '444455556666') },
};

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'pipeline-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

/** Runs as from the CDK CLI: context and folder come in the environment. */
async function synth(list: unknown, settings: Readonly<Record<string, string>> = SETTINGS): Promise<string> {
  const { context: flags } = JSON.parse(await readFile(join(ROOT, 'cdk.json'), 'utf8'));
  const context = JSON.stringify({ ...flags, ...settings, deployments: listed(list) });
  return run(process.execPath, ['examples/pipeline.ts'], {
    cwd: ROOT,
    env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], CDK_OUTDIR: out, CDK_CONTEXT_JSON: context },
    timeout: 300_000,
  }).then(
    () => '',
    ({ stderr }: { stderr: string }) => stderr,
  );
}

describe('the pipeline', () => {
  it('builds, updates itself, publishes, and deploys one stage after another, with an approval before prod', async () => {
    expect(
      await synth([
        { ...ORDERS, stage: 'dev' },
        { ...ORDERS, ...elsewhere, stage: 'prod' },
        { ...ORDERS, ...elsewhere, stage: 'prod', name: 'crm' },
      ]),
    ).toBe('');
    const template = Template.fromJSON(
      JSON.parse(await readFile(join(out, 'mcp-proxy-pipeline.template.json'), 'utf8')),
    );
    const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline')) as {
      Properties: { Stages: { Name: string; Actions: { Name: string }[] }[] };
    }[];
    const stages = pipeline?.Properties.Stages.map(({ Name, Actions }) => [Name, Actions.map(({ Name }) => Name)]);
    expect(stages).toEqual([
      ['Source', ['example_proxies']],
      ['Build', ['Synth']],
      ['UpdatePipeline', ['SelfMutate']],
      ['Assets', expect.arrayContaining(['Proxy_Image'])],
      ['dev', ['Prepare', 'Deploy']],
      ['prod', ['Approve', 'crm.Prepare', 'orders.Prepare', 'crm.Deploy', 'orders.Deploy']],
    ]);
  });

  it('builds on arm64, with the CLI of this repository', async () => {
    const template = Template.fromJSON(
      JSON.parse(await readFile(join(out, 'mcp-proxy-pipeline.template.json'), 'utf8')),
    );
    template.allResourcesProperties('AWS::CodeBuild::Project', { Environment: { Type: 'ARM_CONTAINER' } });
    const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(JSON.stringify(template.toJSON())).toContain(`aws-cdk@${devDependencies['aws-cdk']}`);
  });

  it('names the stacks as `cdk deploy` does, in their own accounts', async () => {
    const { artifacts } = JSON.parse(await readFile(join(out, 'assembly-prod/manifest.json'), 'utf8')) as {
      artifacts: Record<string, { type: string; environment: string; properties: { stackName: string } }>;
    };
    const stacks = Object.values(artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
    expect(
      Object.fromEntries(stacks.map(({ environment, properties }) => [properties.stackName, environment])),
    ).toEqual({ 'prod-crm': 'aws://444455556666/eu-west-1', 'prod-orders': 'aws://444455556666/eu-west-1' });
  });

  it('writes asset manifests that cdk-assets can read', async () => {
    const manifests = (await readdir(out, { recursive: true })).filter((name) => name.endsWith('.assets.json'));
    expect(manifests.length).toBeGreaterThan(2);
    for (const name of manifests)
      expect(JSON.parse(await readFile(join(out, name), 'utf8')), name).toHaveProperty('version', '54.0.0');
  });

  it('reports the faults of the entries and of its own settings, one per line', async () => {
    expect(
      await synth([
        { ...ORDERS, region: 'eu-wst-1' },
        { ...ORDERS, name: 'crm', bindings: { NOBODY_READS: 'this' } },
      ]),
    ).toMatch(/^deployments\[0\] orders: region: expected .*\ndeployments\[1\] crm: .*NOBODY_READS.*\n$/);
    expect(await synth([])).toMatch(/^nothing to deploy: .* lists no deployments\n$/);
    expect(await synth([ORDERS], { ...SETTINGS, connection: '' })).toBe(
      '-c connection: expected the ARN of a CodeConnections connection to it, got ""\n',
    );
  });
});
