/** The package in another CDK app. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { install } from './installed.ts';
import { tarballs } from './tarball.ts';

const run = promisify(execFile);

/** The tarball, installed with only its peers. */
let app: string;

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'package-'));
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await install((await tarballs()).proxy, app, ['aws-cdk-lib', 'constructs', 'typescript', '@types/node']);
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
}, 1_000_000);

afterAll(() => rm(app, { recursive: true, force: true }));

const node = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, args, { cwd: app, env: { ...process.env, NODE_OPTIONS: '', ...environment } });

test('the tarball contains what is used, and nothing else', async () => {
  const entries = await readdir(join(app, 'node_modules/agentcore-mcp-proxy'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  const within = files.map((file) => file.slice(join(app, 'node_modules/agentcore-mcp-proxy/').length));
  const odd = within.filter((file) => !BELONGS.some((pattern) => pattern.test(file)));
  expect(odd).toEqual([]);
  expect(within.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(100);
});

/** Every file of the package matches one of these. */
const BELONGS = [
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/,
  /^deployments\.schema\.json$/,
  /^docs\/(?:[\w-]+\/)*[\w-]+\.md$/,
  /^dist\/package\/(?:pins|cdk)\.json$/,
  /^dist\/package\/proxy\.config\.(?:js|d\.ts)$/,
  // What may be imported has types.
  /^dist\/package\/(?:proxy|lib|testing)\/.+\.(?:js|d\.ts)$/,
  /^dist\/package\/(?:bin|local|traffic)\/.+\.js$/,
  /^dist\/package\/console\/(?!page\/).+\.js$/,
  /^dist\/package\/console\/page\/(?:index\.html|console\.js|console\.css|icon\.svg)$/,
  /^dist\/package\/bin\/cli\/(?:agentcore-mcp-proxy|begin)\.cjs$/,
  /^dist\/package\/template\//,
  /^dist\/package\/proxy\/Dockerfile$/,
  /^dist\/package\/lib\/deployment\/sample-calculator\/index\.mjs$/,
];

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
});

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
});

test('a config that does not type-check is reported with its line', async () => {
  await writeFile(
    join(app, 'wrong.config.ts'),
    `import { defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: 5 });\n`,
  );
  const failed = await node(['app.ts'], { CONFIG: 'wrong.config.ts' }).catch((error: unknown) => error);
  expect(failed).toHaveProperty('stderr', expect.stringMatching(/wrong\.config\.ts.*2.*TS2322/));
});
