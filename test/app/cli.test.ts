/** The app as the CDK CLI runs it: on the machine's own Node, offline, without credentials. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { GATEWAY, listed, ORDERS } from './app-of.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cdk-home-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * An environment without credentials, without network access, and without what `npm run` puts before the machine's own
 * Node on the path.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:AWS|CDK(?!_VALIDATION)|npm)_/i.test(name));
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(':'),
    CDK_HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(home, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  };
}

function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args, '--no-notices'],
      { cwd: ROOT, env: environment(), timeout: 300_000 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
      },
    );
  });
}

/** The CLI on the machine's own Node. */
const cdk = (...args: readonly string[]): Promise<Ended> => run('node', ['node_modules/aws-cdk/bin/cdk', ...args]);

/** Without the notices of npm and the CLI. */
const linesOf = ({ stderr }: Ended): string[] =>
  stderr.split('\n').filter((line) => line !== '' && !/^npm (?:warn|notice)|Subprocess exited/.test(line));

describe('cdk', () => {
  it('lists the stacks of a list, and selects by stage', async () => {
    const file = listed([
      { ...ORDERS, stage: 'prod' },
      { ...ORDERS, stage: 'dev' },
      { ...ORDERS, stage: 'prod', name: 'crm' },
    ]);
    const all = await run('npx', [
      '--no-install',
      'cdk',
      'ls',
      '-c',
      `deployments=${file}`,
      '-o',
      join(home, 'out-ls'),
    ]);
    expect(all.stdout.trim().split('\n')).toEqual(['prod-orders', 'dev-orders', 'prod-crm']);
    const picked = await cdk('ls', 'prod-*', '-c', `deployments=${file}`, '-o', join(home, 'out-ls'));
    expect(picked.stdout.trim().split('\n')).toEqual(['prod-orders', 'prod-crm']);
  });

  it('synthesizes the sample: templates, and an image for arm64 that is not built yet', async () => {
    vi.stubEnv('CDK_VALIDATION', undefined);
    const out = join(home, 'out-sample');
    const ended = await cdk('synth', '-q', '-c', 'sample=jwt', '-o', out);
    expect(ended.code, ended.stderr).toBe(0);
    expect(await readdir(out)).toEqual(
      expect.arrayContaining(['sample-gateway.template.json', 'sample-calculator.template.json']),
    );
    const assets = await readFile(join(out, 'sample-calculator.assets.json'), 'utf8');
    expect(JSON.parse(assets)).toHaveProperty('dockerImages', expect.any(Object));
    expect(assets).toContain('"platform": "linux/arm64"');
  });

  it('says in one line that there is nothing to deploy', async () => {
    const ended = await cdk('synth', '-c', `deployments=${listed([])}`, '-o', join(home, 'out-none'));
    expect(ended.code).toBe(1);
    expect(linesOf(ended)).toEqual([
      expect.stringMatching(
        /^nothing to deploy: .* lists no deployments; add one \(docs\/deploy\.md\), or try the sample with "-c sample=iam"$/,
      ),
    ]);
  });

  it('bootstraps an account even then, as the page says', async () => {
    const page = await readFile(join(ROOT, 'docs/deploy.md'), 'utf8');
    expect(page).toContain("npx cdk bootstrap -a '' aws://111122223333/eu-west-1 ");
    // With credentials it would go on from here.
    expect((await cdk('bootstrap', '-a', '', 'aws://111122223333/eu-west-1')).stderr).toContain(
      'no credentials have been configured',
    );
  });

  it('ends with 1 and reports every fault of every entry in one line, without a stack trace', async () => {
    const file = listed([
      { ...ORDERS, name: 'or-ders', region: 'eu-wst-1', upstream: { url: 'http://mcp.example.com' } },
      { ...ORDERS, upstream: { gatewayArn: GATEWAY.replace('bedrock-agentcore', 'lambda') } },
      { ...ORDERS, name: 'crm', bindings: { NOBODY_READS: 'this' } },
    ]);
    const out = join(home, 'out-faults');
    const ended = await cdk('synth', '-c', `deployments=${file}`, '-o', out);
    expect(ended.code).toBe(1);
    expect(linesOf(ended)).toEqual([
      'deployments[0] or-ders: name: expected a letter, then up to 47 letters, digits or underscores, got "or-ders"',
      'deployments[0] or-ders: region: expected one of AWS\'s regions (such as eu-west-1), got "eu-wst-1"',
      'deployments[0] or-ders: upstream.url: expected an https URL, got http://mcp.example.com (http only to a host in plainHttpHosts)',
      expect.stringMatching(
        /^deployments\[1\] orders: upstream\.gatewayArn: expected the ARN of an AgentCore gateway .*, got "arn:aws:lambda:/,
      ),
      expect.stringMatching(/^deployments\[2\] crm: .*NOBODY_READS/),
    ]);
    expect((await readdir(out).catch(() => [])).filter((name) => name.endsWith('.template.json'))).toEqual([]);
  });
});
