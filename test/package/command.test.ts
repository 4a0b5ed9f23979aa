/** `npx agentcore-mcp-proxy` in an empty folder, from the tarball. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { install } from './installed.ts';
import { tarballs } from './tarball.ts';

const run = promisify(execFile);

/** Where npx keeps the package, and where the person is. */
let cache: string;
let empty: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'npx-'));
  empty = await mkdtemp(join(tmpdir(), 'empty-'));
  // Without the CDK, which who only starts a proxy doesn't install.
  await install((await tarballs()).proxy, cache, []);
}, 1_000_000);

afterAll(async () => {
  await rm(cache, { recursive: true, force: true });
  await rm(empty, { recursive: true, force: true });
});

const program = (): string => join(cache, 'node_modules/.bin/agentcore-mcp-proxy');
const environment = (): NodeJS.ProcessEnv => ({
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: empty,
  TMPDIR: tmpdir(),
});
const command = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
  run(program(), args, { cwd: empty, env: environment() });

/** Starts a proxy, and waits until it has said where it listens. */
async function start(...args: readonly string[]): Promise<{ readonly said: string; readonly url: string }> {
  const child = spawn(program(), [...args, '--port', '0'], { cwd: empty, env: environment() });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    said += String(chunk);
    if (said.includes('Ctrl-C ends it.')) break;
  }
  return { said, url: /proxy {5}(\S+)/.exec(said)?.[1] ?? '' };
}

test('starts a proxy before the sample upstream, with its console, and prints a call that works', async () => {
  const { said, url } = await start('--console-port', '0');
  const paste = /npx agentcore-mcp-proxy (agent --url .+)/.exec(said)?.[1] ?? '';
  expect(paste).toContain(url);
  expect((await command(...paste.split(' '))).stdout).toMatch(/\b5\b/);
  const page = /console {3}(\S+?)\/#key=/.exec(said)?.[1] ?? '';
  expect(await (await fetch(page)).text()).toContain('<script type="module" src="/console.js">');
  const script = await fetch(`${page}/console.js`);
  expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect((await script.text()).length).toBeGreaterThan(10_000);
});

test('stands before a given upstream', async () => {
  const first = await start('--no-console');
  const { said, url } = await start('--no-console', '--upstream', first.url);
  expect(said).toContain(`upstream  ${first.url}`);
  expect((await command('agent', '--url', url, '--call', 'add', 'a=20', 'b=3')).stdout).toMatch(/\b23\b/);
});

test('--version and help say what there is', async () => {
  expect((await command('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await command('--help')).stdout).toContain('usage: npx agentcore-mcp-proxy [--upstream');
  const { stdout } = await command('help');
  for (const name of ['init', 'doctor', 'deploy', 'policy', 'tools'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('an unknown command is refused with the nearest one', async () => {
  await expect(command('dcotor')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected a command (such as doctor), got "dcotor"'),
  });
});

test('a command that needs the CDK says what to install', async () => {
  await expect(command('doctor')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /needs the package aws-cdk-lib, which isn't installed: run "npm install --save-dev aws-cdk-lib@\d/,
    ),
  });
});

test('on an old Node, the error says which one is needed, and how to get it', async () => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
    process.argv = ['node', 'agentcore-mcp-proxy', '--upstream', 'https://mcp.example.com/mcp'];
    require(${JSON.stringify(join(cache, 'node_modules/agentcore-mcp-proxy/dist/package/bin/cli/agentcore-mcp-proxy.cjs'))});`;
  await expect(run(process.execPath, ['-e', pretend], { cwd: empty })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /needs Node 22\.18 or later, got 20\.20\.2[^]*npx -p node@26 -p agentcore-mcp-proxy agentcore-mcp-proxy --upstream https:\/\/mcp\.example\.com\/mcp/,
    ),
  });
});
