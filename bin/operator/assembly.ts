/** Runs the CDK app into a temporary cloud assembly, and reads what the commands need from it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedVariables } from '../../proxy/config/packed-variables.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { PROJECT } from '../project.ts';
import { CDK } from './cdk.ts';
import { run } from './child.ts';
import { Failure } from './failure.ts';
import { recordAt, textAt } from './members.ts';
import { type Known, resolvedText } from './template.ts';

const SYNTH_LIMIT_MS = 300_000;

export interface SynthStack {
  readonly name: string;
  /** Undefined if the app leaves the account to the person who deploys. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** The parameter with the bootstrap stack's version, and the lowest version that this stack needs. */
  readonly bootstrap: { readonly parameter: string; readonly version: number } | undefined;
  /** The role by which `cdk` deploys, with placeholders such as `${AWS::AccountId}`. */
  readonly deployRole: string | undefined;
  /** Whether deploying builds an image. */
  readonly image: boolean;
  /** Undefined if the stack has no proxy. */
  readonly runtime: SynthRuntime | undefined;
}

export interface SynthRuntime {
  /** Undefined for a value that is known only after deployment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Callers send a token rather than sign. */
  readonly jwt: boolean;
}

export interface Assembly extends AsyncDisposable {
  /** The value for `cdk --app`. */
  readonly folder: string;
  readonly stacks: readonly SynthStack[];
}

/**
 * Runs the app. It works offline and only writes into the folder, which is removed on dispose. Throws a `Failure` with
 * the faults that the app found.
 * @param context `key=value`, as `cdk -c` takes
 */
export async function synthesize(context: readonly string[]): Promise<Assembly> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-proxy-synth-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const args = [
      CDK,
      'synth',
      '--quiet',
      '--no-notices',
      '--lookups=false',
      '--output',
      folder,
      ...context.flatMap((pair) => ['-c', pair]),
    ];
    const ran = await run(process.execPath, args, {
      limitMs: SYNTH_LIMIT_MS,
      cwd: PROJECT,
      env: { ...process.env, NO_COLOR: '1' },
    });
    if (!ran.ran) throw new Failure(`cdk synth: ${ran.reason}`);
    if (ran.code !== 0) throw new Failure(complaint(`${ran.stdout}\n${ran.stderr}`));
    return { folder, stacks: await readStacks(folder), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The output before the CLI adds that its child process failed. */
function complaint(output: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const end = lines.findIndex((line) => /Subprocess exited with error|^npx --no-install/.test(line));
  const said = (end < 0 ? lines : lines.slice(0, end)).filter((line) => line !== '' && !/^\s+at /.test(line));
  return said.length === 0 ? 'cdk synth failed without a message' : said.slice(-40).join('\n');
}

async function readStacks(folder: string): Promise<SynthStack[]> {
  const manifest = await readJson(join(folder, 'manifest.json'));
  const stacks: SynthStack[] = [];
  for (const [id, artifact] of Object.entries(recordAt(manifest, 'artifacts'))) {
    if (!isObject(artifact) || artifact['type'] !== 'aws:cloudformation:stack') continue;
    const properties = recordAt(artifact, 'properties');
    const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(textAt(artifact, 'environment') ?? '') ?? [];
    const place = {
      account: account?.startsWith('unknown') === true ? undefined : account,
      region: region?.startsWith('unknown') === true ? undefined : region,
    };
    const name = textAt(properties, 'stackName') ?? id;
    const template = await readJson(join(folder, textAt(properties, 'templateFile') ?? ''));
    const version = properties['requiresBootstrapStackVersion'];
    const parameter = textAt(properties, 'bootstrapStackVersionSsmParameter');
    stacks.push({
      name,
      ...place,
      bootstrap: typeof version === 'number' && parameter !== undefined ? { parameter, version } : undefined,
      deployRole: textAt(properties, 'assumeRoleArn'),
      image: await hasImage(folder, id),
      runtime: runtimeOf(template, place),
    });
  }
  return stacks;
}

/** The stack's assets are in a separate manifest. */
async function hasImage(folder: string, id: string): Promise<boolean> {
  const assets = await readJson(join(folder, `${id}.assets.json`)).catch(() => ({}));
  return Object.keys(recordAt(assets, 'dockerImages')).length > 0;
}

function runtimeOf(template: unknown, place: Known): SynthRuntime | undefined {
  const runtime = Object.values(recordAt(template, 'Resources')).find(
    (resource) => textAt(resource, 'Type') === 'AWS::BedrockAgentCore::Runtime',
  );
  if (runtime === undefined) return undefined;
  const properties = recordAt(runtime, 'Properties');
  const variables = Object.entries(recordAt(properties, 'EnvironmentVariables'));
  return {
    environment: unpackedVariables(
      Object.fromEntries(variables.map(([name, value]) => [name, resolvedText(value, place)])),
    ),
    jwt: 'CustomJWTAuthorizer' in recordAt(properties, 'AuthorizerConfiguration'),
  };
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
