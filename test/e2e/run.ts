/**
 * `npm run e2e`: the life of three proxies, from `cdk bootstrap` to `cdk destroy`, with the CDK CLI itself against AWS on
 * loopback. In between, the runtimes are started from the pushed image and called. Needs npm's packages, and podman for
 * the image.
 */
import { createHash } from 'node:crypto';
import { globSync, rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asText } from '../cloudformation/template.ts';
import { validateTemplate } from '../cloudformation/validate.ts';
import { imageAt, readManifest, sizeOf } from './aws/registry.ts';
import { type FakeAws, startFakeAws } from './aws/server.ts';
import { type Called, callSigned, callWithTokens, type Outputs } from './calls.ts';
import { type Cdk, cdkAgainst, type CdkResult } from './cdk.ts';
import { type Engine, openEngine } from './container/engine.ts';
import { ACCOUNT, GATEWAY_ARN, REGION } from './deployments.ts';
import { lint } from './lint.ts';
import { callAsPeople } from './people.ts';
import { expect, startProgress } from './progress.ts';
import { checkSboms } from './sbom.ts';

const DEPLOY = ['--require-approval', 'never', '--concurrency', '2'];
const PROXIES = ['e2e-signed', 'e2e-tokens', 'e2e-people'];

const { step, seconds } = startProgress((line) => console.log(line));
const scratch = await mkdtemp(join(tmpdir(), 'mcp-proxy-e2e-'));
// Children get the terminal's signal too; only the folder would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => (rmSync(scratch, { recursive: true, force: true }), process.exit(1)));
try {
  await main();
  console.log(`${seconds()} in all`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function main(): Promise<void> {
  await using aws = await startFakeAws({ account: ACCOUNT, region: REGION });
  const engine = await step(
    'what runs',
    () => openEngine(aws.account, scratch),
    ({ described }) => described,
  );
  try {
    await live(aws, engine);
  } finally {
    engine.end();
  }
}

async function live(aws: FakeAws, engine: Engine): Promise<void> {
  const { account } = aws;
  const cdk = cdkAgainst(aws, scratch, engine.environment);
  const [first, second, modes] = [join(scratch, 'first'), join(scratch, 'second'), join(scratch, 'modes')];
  await step('cdk synth: the deployments, their update, and every other mode', async () => {
    await succeed(cdk, 'synth', '-c', 'deployments=test/e2e/deployments.ts', '--quiet', '-o', first);
    await succeed(cdk, 'synth', '-c', 'deployments=test/e2e/deployments-updated.ts', '--quiet', '-o', second);
    await succeed(cdk, 'synth', '-c', 'deployments=test/cloudformation/modes.ts', '--quiet', '-o', modes);
  });
  const templates = [first, second, modes].flatMap((app) =>
    globSync('*.template.json', { cwd: app }).map((name) => join(app, name)),
  );
  await step(
    'every template is valid',
    () => validate(templates),
    () => `${templates.length} of them`,
  );
  await step(
    'cfn-lint',
    () => lint(templates, REGION),
    (found) => found,
  );
  await step(
    "every image's SBOM holds CycloneDX's schema",
    () => checkSboms(first, scratch),
    (found) => found,
  );
  await step('cdk bootstrap', () => succeed(cdk, 'bootstrap', '-a', first));
  await step(
    'cdk deploy',
    () => succeed(cdk, 'deploy', 'e2e-*', '-a', first, ...DEPLOY),
    () => stacksOf(aws),
  );
  console.log(`          ${imageSize(aws, engine)}`);
  const [signed = {}, tokens = {}, people = {}] = PROXIES.map((name) => outputsOf(aws, name));
  expectRetention(aws, signed, 30);

  const site = { account, engine, gatewayArn: GATEWAY_ARN };
  await step('signed calls: client, runtime, proxy, gateway and back', () => callSigned(site, signed), summary);
  await step('calls with tokens: the same way', () => callWithTokens(site, tokens), summary);
  await step(
    'on behalf of callers: two people, one upstream',
    () => callAsPeople(site, people),
    (words) => words,
  );

  await step('cdk diff finds nothing', async () => expectCode(await cdk('diff', 'e2e-*', '-a', first, '--fail'), 0));
  await step('cdk diff finds the update', async () => {
    const { output } = expectCode(await cdk('diff', 'e2e-*', '-a', second, '--fail'), 1);
    expect(
      output.includes('IdleRuntimeSessionTimeout'),
      () => `expected the diff to name IdleRuntimeSessionTimeout, got ${output.slice(-2000)}`,
    );
    expectCode(await cdk('diff', 'e2e-*', '-a', second, '--fail-on', 'broadening'), 0);
  });
  await step('cdk deploy, updated', async () => {
    await succeed(cdk, 'deploy', 'e2e-*', '-a', second, ...DEPLOY);
    expectRuntime(aws, 2, 1200);
    expectRetention(aws, signed, 60);
  });
  await step('a refused change, rolled back', () => refuseChange(aws, cdk, second));
  await step('the proxy still answers', () => callSigned(site, signed), summary);
  await step('cdk destroy', async () => {
    await succeed(cdk, 'destroy', 'e2e-*', '-a', second, '--force');
    expectNothingLeft(aws);
  });
  await walkThrough(aws, engine, cdk);
  expect(aws.refused.length === 0, () => `AWS refused requests: ${aws.refused.join('; ')}`);
  console.log(
    `          ${aws.calls.length} requests, every one signed: ${[...new Set(aws.calls.map((call) => call.split('.')[0] ?? ''))].toSorted((a, b) => a.localeCompare(b)).join(', ')}`,
  );
}

/** The sample for an empty account: a gateway with a calculator, and a proxy in front of it. */
async function walkThrough(aws: FakeAws, engine: Engine, cdk: Cdk): Promise<void> {
  const app = join(scratch, 'sample');
  await step(
    'the sample: cdk synth, cdk deploy',
    async () => {
      await succeed(cdk, 'synth', '-c', 'sample=iam', '--quiet', '-o', app);
      await validate(['sample-gateway', 'sample-calculator'].map((name) => join(app, `${name}.template.json`)));
      await succeed(cdk, 'deploy', '--all', '-a', app, ...DEPLOY);
    },
    () => stacksOf(aws),
  );
  const { account } = aws;
  const gatewayArn = [...account.stacks.values()]
    .flatMap(({ made }) => [...made.values()])
    .find(({ type }) => type === 'AWS::BedrockAgentCore::Gateway')?.attributes['GatewayArn'];
  await step(
    'the sample: signed calls',
    () => callSigned({ account, engine, gatewayArn: asText(gatewayArn) }, outputsOf(aws, 'sample-calculator')),
    summary,
  );
  await step('the sample: cdk destroy', async () => {
    await succeed(cdk, 'destroy', '--all', '-a', app, '--force');
  });
}

async function succeed(cdk: Cdk, ...parameters: readonly string[]): Promise<CdkResult> {
  return expectCode(await cdk(...parameters), 0);
}

function expectCode(result: CdkResult, code: number): CdkResult {
  expect(
    result.code === code,
    () => `expected cdk to end with ${code}, got ${result.code}: ${result.output.slice(-4000)}`,
  );
  return result;
}

async function validate(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const faults = validateTemplate(JSON.parse(await readFile(path, 'utf8')));
    expect(faults.length === 0, () => `${path}: ${faults.join('\n')}`);
  }
}

function stacksOf({ account }: FakeAws): string {
  return [...account.stacks.values()]
    .filter(({ status }) => status !== 'DELETE_COMPLETE')
    .map(({ name, status, made }) => `${name} ${status} (${made.size})`)
    .join(', ');
}

function outputsOf({ account }: FakeAws, name: string): Outputs {
  const stack = [...account.stacks.values()].find(
    (candidate) => candidate.name === name && candidate.status !== 'DELETE_COMPLETE',
  );
  if (stack === undefined) throw new Error(`no stack ${name}`);
  return Object.fromEntries(stack.outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

function imageSize({ account }: FakeAws, { kind }: Engine): string {
  const images = [...account.repositories].flatMap(([repository, { tags }]) =>
    [...tags.keys()].map((tag) => imageAt(account, repository, tag)),
  );
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const sizes = images
    .filter((image) => image !== undefined)
    .map(
      (image) =>
        `${mebibytes(sizeOf(image))} MiB (the proxy's own layer ${mebibytes(readManifest(image).layers.at(-1)?.size ?? 0)})`,
    );
  return `pushed, compressed: ${sizes.join(', ')}${kind === 'folder' ? '; there is no base beneath it' : ''}`;
}

function summary({ startMs, conversations, refusals, replaced, logged }: Called): string {
  const eras = conversations.map(({ era, tools }) => `${era} (${tools.length} tools)`).join(' and ');
  return `ready after ${(startMs / 1000).toFixed(1)} s; ${eras}; add(2, 3) is 5; ${refusals} callers refused; ${logged} lines logged by its role\n          ${replaced}`;
}

function expectRuntime({ account }: FakeAws, version: number, idle: number): void {
  const runtime = [...account.runtimes.values()].find(({ id }) => id.startsWith('e2e_signed'));
  const lifecycle = JSON.stringify(runtime?.properties['LifecycleConfiguration']);
  expect(
    runtime?.version === version && lifecycle.includes(`"IdleRuntimeSessionTimeout":${idle}`),
    () => `expected version ${version} with ${idle} s idle, got version ${runtime?.version} with ${lifecycle}`,
  );
}

function expectRetention({ account }: FakeAws, { LogGroupName = '' }: Outputs, days: number): void {
  const group = account.logGroups.get(LogGroupName);
  expect(
    group?.retentionInDays === days,
    () => `expected ${LogGroupName} to be kept ${days} days, got ${group?.retentionInDays}`,
  );
}

/**
 * A template that is changed behind CDK's back to something that the service refuses. The refusal rolls everything
 * back.
 */
async function refuseChange(aws: FakeAws, cdk: Cdk, app: string): Promise<void> {
  const broken = join(scratch, 'broken');
  await cp(app, broken, { recursive: true });
  const path = join(broken, 'e2e-signed.template.json');
  const text = await readFile(path, 'utf8');
  const changed = text.replace(/"IdleRuntimeSessionTimeout": ?1200/, '"IdleRuntimeSessionTimeout": 30');
  expect(changed !== text, () => 'expected IdleRuntimeSessionTimeout in the template');
  await writeFile(path, changed);
  // A template is stored under the hash of its content, which two files of the app name.
  const [was, is] = [text, changed].map((content) => createHash('sha256').update(content).digest('hex'));
  for (const file of ['manifest.json', 'e2e-signed.assets.json']) {
    const names = await readFile(join(broken, file), 'utf8');
    expect(names.includes(was ?? ''), () => `expected the template's hash ${was} in ${file}`);
    await writeFile(join(broken, file), names.replaceAll(was ?? '', is ?? ''));
  }
  const { output } = expectCode(await cdk('deploy', 'e2e-signed', '-a', broken, ...DEPLOY), 1);
  expect(
    output.includes('expected 60 to 28800, got 30'),
    () => `expected CloudFormation's reason in the CLI's output, got ${output.slice(-3000)}`,
  );
  const stack = [...aws.account.stacks.values()].find(({ name }) => name === 'e2e-signed');
  expect(stack?.status === 'UPDATE_ROLLBACK_COMPLETE', () => `expected UPDATE_ROLLBACK_COMPLETE, got ${stack?.status}`);
  expectRuntime(aws, 2, 1200);
}

function expectNothingLeft({ account }: FakeAws): void {
  const stacks = [...account.stacks.values()]
    .filter(({ status }) => status !== 'DELETE_COMPLETE')
    .map(({ name }) => name);
  expect(stacks.join() === 'CDKToolkit', () => `expected only CDKToolkit to be left, got ${stacks.join(', ')}`);
  const left = {
    runtimes: account.runtimes.size,
    functions: account.functions.size,
    'log groups': account.logGroups.size,
  };
  for (const [what, count] of Object.entries(left))
    expect(
      count === 0,
      () => `expected no ${what} to be left, got ${count}: ${[...account.logGroups.keys()].join(', ')}`,
    );
}
