import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../lib/root.ts';

const run = promisify(execFile);

/** The tarball, installed with only its peers. */
let app: string;
let place: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'package-'));
  const tarball = await pack(join(place, 'repository'));
  app = join(place, 'app');
  await mkdir(app);
  const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const peers = ['aws-cdk-lib', 'constructs', 'typescript', '@types/node'].map(
    (name) => `${name}@${devDependencies[name]}`,
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', tarball, ...peers], {
    cwd: app,
  });
  await writeFile(
    join(app, 'tickets.config.ts'),
    `import { defineControl, defineProxy, Denied } from 'agentcore-mcp-proxy';
     import { audit } from 'agentcore-mcp-proxy/controls';
     const noDeletes = defineControl({
       name: 'no-deletes',
       bindings: { TICKETS_TABLE: { for: 'who may delete', kind: 'table' } },
       setup: () => (call, next) => {
         if (call.name?.startsWith('delete')) throw new Denied('nothing is deleted here');
         return next(call);
       },
     });
     export default defineProxy({ controls: [audit(), noDeletes] });`,
  );
  await writeFile(
    join(app, 'app.ts'),
    `import { App, Stack } from 'aws-cdk-lib';
     import { McpProxy, ProxyUpstream } from 'agentcore-mcp-proxy/cdk';
     const app = new App({ outdir: 'out' });
     const stack = new Stack(app, 'Tickets', { env: { account: '111122223333', region: 'eu-west-1' } });
     const proxy: McpProxy = new McpProxy(stack, 'Proxy', { upstream: ProxyUpstream.url('https://mcp.example.com/mcp'), config: process.env['CONFIG'] ?? 'tickets.config.ts' });
     console.log(proxy.runtimeName);
     app.synth();`,
  );
}, 180_000);

afterAll(() => rm(place, { recursive: true, force: true }));

/**
 * Packs a copy of the working tree, since packing changes its package.json for a moment, while other tests import from
 * it.
 */
async function pack(copy: string): Promise<string> {
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT });
  for (const file of stdout.split('\n').filter((name) => name !== '')) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(ROOT, file), join(copy, file)).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const before = await readFile(join(copy, 'package.json'), 'utf8');
  await run('npm', ['pack', '--silent'], { cwd: copy });
  expect(await readFile(join(copy, 'package.json'), 'utf8')).toBe(before);
  const tarball = (await readdir(copy)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  return join(copy, tarball);
}

const node = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, args, { cwd: app, env: { ...process.env, ...environment } });

test('the tarball contains no TypeScript except declarations', async () => {
  const files = await readdir(join(app, 'node_modules/agentcore-mcp-proxy'), { recursive: true });
  expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
  expect(files.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(100);
});

test('a separate app type-checks against it', async () => {
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,esnext.iterator,esnext.collection',
    '--types',
    'node',
  ];
  await node(['node_modules/typescript/bin/tsc', ...options, 'app.ts', 'tickets.config.ts']);
}, 60_000);

test('a separate app synthesizes a proxy with its own config, and the resources that the config needs', async () => {
  await node(['app.ts']);
  const template = JSON.parse(await readFile(join(app, 'out/Tickets.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  const resources = Object.values(template.Resources);
  const runtime = resources.find(({ Type }) => Type === 'AWS::BedrockAgentCore::Runtime');
  expect(runtime?.Properties?.['EnvironmentVariables']).toMatchObject({
    UPSTREAM_URL: 'https://mcp.example.com/mcp',
    UPSTREAM_AUTH: 'none',
    TICKETS_TABLE: expect.anything(),
  });
  expect(resources.some(({ Type }) => Type.startsWith('AWS::DynamoDB::'))).toBe(true);
}, 60_000);

test('a config that does not type-check is reported with its line', async () => {
  await writeFile(
    join(app, 'wrong.config.ts'),
    `import { defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: 5 });\n`,
  );
  const failed = await node(['app.ts'], { CONFIG: 'wrong.config.ts' }).catch((error: unknown) => error);
  expect(failed).toHaveProperty('stderr', expect.stringMatching(/wrong\.config\.ts.*2.*TS2322/));
}, 60_000);
