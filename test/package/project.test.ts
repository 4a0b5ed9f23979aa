/** A project made by `init` and by `npm create`, from the tarballs, in an empty folder. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { install, manifestIn, unpack } from './installed.ts';
import { tarballs } from './tarball.ts';

const run = promisify(execFile);

const GATEWAY = 'arn:aws:bedrock-agentcore:eu-central-1:444455556666:gateway/orders-a1b2c3d4e5';

let place: string;
let app: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'project-'));
  const { proxy, create } = await tarballs();
  const creator = await unpack(create, join(place, 'creator'));
  await run(process.execPath, [join(creator, 'dist/create.cjs'), 'my-orders', '--upstream', GATEWAY], { cwd: place });
  app = join(place, 'my-orders');
  const { devDependencies = {} } = await manifestIn(app);
  await install(proxy, app, Object.keys(devDependencies));
}, 1_000_000);

afterAll(() => rm(place, { recursive: true, force: true }));

/** What Node has compiled, and how Go programs collect garbage. */
const { NODE_OPTIONS: _ours, CDK_VALIDATION: _validates, ...shared } = SHARED_ENVIRONMENT;
const environment = (): NodeJS.ProcessEnv => ({
  ...shared,
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: place,
  TMPDIR: tmpdir(),
  CI: 'true',
  // No credentials, and no search for any.
  AWS_EC2_METADATA_DISABLED: 'true',
});
/** As a person types it. */
const npm = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> => npmWith({}, ...args);
const npmWith = (more: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  run('npm', args, { cwd: app, env: { ...environment(), ...more } });

/** Starts it, and ends it by a signal as Ctrl-C does. */
async function duringStart(
  options: readonly string[],
  use: (said: string, url: string) => Promise<void>,
): Promise<void> {
  const child = spawn('npm', ['start', '--', '--port', '0', '--no-console', ...options], {
    cwd: app,
    env: environment(),
    detached: true,
  });
  try {
    let said = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      said += String(chunk);
      if (said.includes('Ctrl-C ends it.')) break;
    }
    await use(said, /proxy {5}(\S+)/.exec(said)?.[1] ?? '');
  } finally {
    const ended = once(child, 'close');
    // npm's process, and the proxy beneath it.
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
  }
}

test('npm create and init write the same files', async () => {
  await install((await tarballs()).proxy, place, []);
  await run(
    process.execPath,
    [join(place, 'node_modules/.bin/agentcore-mcp-proxy'), 'init', 'other/my-orders', '--upstream', GATEWAY],
    { cwd: place, env: environment() },
  );
  const filesOf = async (folder: string): Promise<Record<string, string>> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'));
    return Object.fromEntries(
      await Promise.all(
        files.map(async ({ parentPath, name }) => {
          const file = join(parentPath, name);
          return [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const;
        }),
      ),
    );
  };
  const written = await filesOf(join(place, 'other/my-orders'));
  expect(await filesOf(app)).toEqual(written);
  expect(Object.keys(written).toSorted()).toEqual([
    '.github/workflows/ci.yml',
    '.gitignore',
    'README.md',
    'cdk.json',
    'controls/only-reads.ts',
    'deployments.ts',
    'package.json',
    'proxy.config.ts',
    'test/proxy.test.ts',
    'tsconfig.json',
  ]);
});

test('its npm test passes, and fails if the control is taken out', async () => {
  expect((await npm('test')).stdout).toMatch(/pass 2\b[^]*fail 0\b/);
  const config = await readFile(join(app, 'proxy.config.ts'), 'utf8');
  await writeFile(join(app, 'proxy.config.ts'), config.replace(', onlyReads]', ']'));
  try {
    await expect(npm('test')).rejects.toMatchObject({ stdout: expect.stringMatching(/fail 2\b/) });
  } finally {
    await writeFile(join(app, 'proxy.config.ts'), config);
  }
});

test('it type-checks', async () => {
  await npm('run', 'typecheck');
});

test('npm start stands before the sample with its controls, which refuse what does not read', async () => {
  await duringStart([], async (said, url) => {
    expect(said).toMatch(/1 audit [^]*2 only-reads /);
    expect((await npm('run', '-s', 'agent', '--', '--url', url, '--call', 'add', 'a=2', 'b=3')).stdout).toMatch(
      /\b5\b/,
    );
    await expect(npm('run', '-s', 'agent', '--', '--url', url, '--call', 'confirm_reset')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('only tools that read may be called'),
    });
  });
});

test('a record of its calls is a gate in its workflow: it passes, and fails with what a change decides otherwise', async () => {
  const call = (url: string, tool: string, ...values: readonly string[]): Promise<unknown> =>
    npm('run', '-s', 'agent', '--', '--url', url, '--call', tool, ...values).catch(() => {});
  await duringStart(['--record', 'test/traffic.jsonl'], async (_, url) => {
    await call(url, 'add', 'a=2', 'b=3');
    await call(url, 'confirm_reset');
  });
  // The step as the workflow has it.
  const workflow = await readFile(join(app, '.github/workflows/ci.yml'), 'utf8');
  const step = /if: hashFiles\('(\S+)'\) != ''\n\s+run: npm (.+)/.exec(workflow);
  expect(step?.[1]).toBe('test/traffic.jsonl');
  const gate = (): Promise<{ stdout: string }> => npm(...(step?.[2] ?? '').split(' '));
  expect((await gate()).stdout).toMatch(/\n(\d+) of \1 as recorded\n/);
  const config = await readFile(join(app, 'proxy.config.ts'), 'utf8');
  await writeFile(join(app, 'proxy.config.ts'), config.replace(', onlyReads]', ']'));
  try {
    await expect(gate()).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/only-reads\n {2}denied → no such control {2}tools\/call confirm_reset/),
    });
    // The changed decision is what is expected from now on.
    await npm(...(step?.[2] ?? '').split(' '), '--accept');
    expect((await gate()).stdout).toContain('as recorded');
  } finally {
    await writeFile(join(app, 'proxy.config.ts'), config);
    await rm(join(app, 'test/traffic.jsonl'));
  }
});

test('npm run synth makes the template of the upstream that was given, with its controls', async () => {
  await npm('run', 'synth');
  const template = JSON.parse(await readFile(join(app, 'cdk.out/dev-my-orders.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  const runtime = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::BedrockAgentCore::Runtime');
  expect(runtime?.Properties?.['EnvironmentVariables']).toMatchObject({ UPSTREAM_ARN: GATEWAY, UPSTREAM_AUTH: 'iam' });
  expect(runtime?.Properties).toHaveProperty('AgentRuntimeName', 'dev_my_orders');
  expect(JSON.stringify(template)).toContain('only-reads');
});

test('npm run doctor reads its deployments and synthesizes them', async () => {
  // The test before has had CDK validate the same template.
  const ran = await npmWith({ CDK_VALIDATION: 'false' }, 'run', '-s', 'doctor', '--', '--json').catch(
    (error: unknown) => error as { stdout: string },
  );
  const { findings } = JSON.parse(ran.stdout) as { findings: { check: string; state: string; message?: string }[] };
  const stateOf = (name: string): string | undefined => findings.find(({ check }) => check === name)?.state;
  expect([stateOf('cdk'), stateOf('deployments'), stateOf('app')]).toEqual(['ok', 'ok', 'ok']);
});

test('npm run build makes a folder that runs', async () => {
  await npm('run', 'build');
  const { stdout } = await run(process.execPath, [join(app, 'dist/proxy/main.mjs'), '--describe']);
  expect(JSON.parse(stdout)).toMatchObject({ controls: [{ name: 'audit' }, { name: 'only-reads' }] });
});

test("its workflow uses the same actions as this repository's", async () => {
  const pinned = (text: string): string[] => [...new Set(text.match(/uses: \S+@[0-9a-f]{40}/g) ?? [])];
  const own = pinned(await readFile(join(ROOT, '.github/workflows/ci.yml'), 'utf8'));
  const theirs = pinned(await readFile(join(app, '.github/workflows/ci.yml'), 'utf8'));
  expect(theirs.length).toBeGreaterThan(1);
  expect(own).toEqual(expect.arrayContaining(theirs));
});
