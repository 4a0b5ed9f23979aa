/**
 * One pipeline for many accounts: a separate CDK app, in the account that runs the pipeline. Each stage of
 * `deployments.ts` is a stage here, in the order of the file; its proxies are deployed in parallel, in any account.
 *
 *   npx cdk deploy -a 'npx --no-install node examples/pipeline.ts' \
 *     -c account=111122223333 -c region=eu-west-1 -c repository=ORG/REPO -c connection=ARN
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { CodePipeline, CodePipelineSource, type FileSet, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import { addProxy } from '../lib/deployment/stacks.ts';
import { loadDeployments } from '../lib/deployments.ts';

const app = new App({ autoSynth: false });
try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const account = context('account', "the pipeline's account");
  const region = context('region', "the pipeline's region");
  const repository = context('repository', 'ORG/REPO');
  const connectionArn = context('connection', 'the ARN of a CodeConnections connection to it');
  const file = resolve(String(app.node.tryGetContext('deployments') ?? 'deployments.ts'));
  const { entries, faults } = await loadDeployments(file);
  const found = [...faults];

  const stack = new Stack(app, 'mcp-proxy-pipeline', {
    env: { account, region },
    description: 'Deploys MCP proxies to many accounts',
  });
  const synth = new ShellStep('Synth', {
    input: withOutput(CodePipelineSource.connection(repository, 'main', { connectionArn })),
    primaryOutputDirectory: 'cdk.out',
    installCommands: ['npm ci --ignore-scripts --no-audit --no-fund'],
    commands: [
      `npx --no-install cdk synth -q -a "npx --no-install node examples/pipeline.ts" -c account=${account} -c region=${region} -c repository=${repository} -c connection=${connectionArn} -c "$(npm run -s base-image)"`,
    ],
  });
  const pipeline = new CodePipeline(stack, 'Pipeline', {
    synth: withOutput(synth),
    crossAccountKeys: true,
    // npm's `latest` is an old version that was published by accident.
    cliVersion: '2.1148.1',
    // The image is for arm64, so it is built on arm64, without emulation.
    codeBuildDefaults: { buildEnvironment: { buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_4_0 } },
  });
  for (const [name, proxies] of Map.groupBy(entries, ({ deployment }) => deployment.stage ?? 'proxies')) {
    const stage = new Stage(app, name);
    for (const proxy of proxies) found.push(...addProxy(stage, proxy, dirname(file)));
    // A stage without a valid stack deploys nothing; its faults are reported below.
    if (stage.node.children.length > 0)
      pipeline.addStage(stage, name === 'prod' ? { pre: [new ManualApprovalStep('Approve')] } : {});
  }
  if (entries.length === 0 && found.length === 0) found.push(`nothing to deploy: ${file} lists no deployments`);
  if (found.length > 0) throw new Error(found.join('\n'));
  lowerAssetManifests(app.synth().directory);
}

function context(name: string, expected: string): string {
  const value: unknown = app.node.tryGetContext(name);
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`-c ${name}: expected ${expected}, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
}

/** In CDK's types a step may have no output; these steps have one. */
function withOutput<S extends { readonly primaryOutput?: FileSet | undefined }>(
  step: S,
): S & { readonly primaryOutput: FileSet } {
  if (!hasOutput(step)) throw new Error('expected a step with an output, got one without');
  return step;
}

function hasOutput<S extends { readonly primaryOutput?: FileSet | undefined }>(
  step: S,
): step is S & { readonly primaryOutput: FileSet } {
  return step.primaryOutput !== undefined;
}

/**
 * CDK Pipelines publishes with `cdk-assets`. Its newest version (4.7.3) reads manifests up to version 54, but this CDK
 * writes 55, although these files use nothing new in it. Remove this once a `cdk-assets` reads version 55.
 */
function lowerAssetManifests(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.assets.json')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replace(/^(\{\s*"version": )"55\.\d+\.\d+"/, '$1"54.0.0"'));
  }
}
