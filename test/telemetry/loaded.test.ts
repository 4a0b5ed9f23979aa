import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProxy } from '../../bin/bundle.ts';
import type { Line } from '../dispatch/lines.ts';
import { startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';
import { startCollector } from './collector.ts';
import { decodeMetrics } from './otlp-decoder.ts';
import { sumsOf } from './series.ts';

/** Preloaded: prints on stderr which modules are loaded. */
const NOTING = `data:text/javascript,${encodeURIComponent("import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { process.stderr.write(`loaded ${url}\\n`); return next(url, context); } });")}`;

interface Ran {
  /** The names of the folder's loaded files. */
  readonly loaded: readonly string[];
  readonly lines: readonly Line[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-telemetry-'));
  await buildProxy({ config: join(import.meta.dirname, '../../proxy.config.ts'), out: join(folder, 'proxy') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs the built proxy as it is deployed, or another, and sends it three calls.
 * @param end ends it; by default SIGTERM, which must end it cleanly
 */
async function run(
  bindings: Readonly<Record<string, string>>,
  main = join(folder, 'proxy/main.mjs'),
  end?: (port: number) => Promise<unknown>,
): Promise<Ran> {
  await using upstream = await startUpstream();
  const child = spawn(process.execPath, ['--import', NOTING, main], {
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: upstream.url, ...bindings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const lines: Line[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line['event'] === 'listening') resolve(Number(line['port']));
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
  for (let i = 0; i < 3; i++) expect((await send({ port }, modern('tools/list'))).status).toBe(200);
  if (end === undefined) child.kill('SIGTERM');
  else await end(port);
  expect(await closed).toEqual([end === undefined ? 0 : 1, null]);
  return {
    loaded: [...said.matchAll(/^loaded (\S+)$/gm)]
      .map(([, url = '']) => basename(url))
      .filter((name) => name.endsWith('.mjs')),
    lines,
  };
}

/** Files of the folder that contain a part of it, found by text that minifying keeps. */
async function filesWith(text: string): Promise<string[]> {
  const names = await readdir(join(folder, 'proxy'));
  const found = await Promise.all(
    names.map(async (name) => ((await readFile(join(folder, 'proxy', name), 'utf8')).includes(text) ? [name] : [])),
  );
  return found.flat();
}

describe('the built proxy', () => {
  test('loads neither metrics nor traces if nothing is bound', async () => {
    const parts = [
      ...(await filesWith('CloudWatchMetrics')),
      ...(await filesWith('opentelemetry')),
      ...(await filesWith('resourceSpans')),
    ];
    expect(parts.length).toBeGreaterThanOrEqual(2);
    expect(parts).not.toContain('main.mjs');
    const { loaded, lines } = await run({});
    expect(loaded).toContain('main.mjs');
    expect(loaded.filter((name) => parts.includes(name))).toEqual([]);
    expect(sumsOf(lines)).toEqual({});
  });

  test('loads metrics without traces if a namespace is bound, and loses none of them at SIGTERM', async () => {
    const { loaded, lines } = await run({ METRICS_NAMESPACE: 'AgentCoreMcpProxy', PROXY_NAME: 'calc' });
    expect(loaded.filter((name) => name.startsWith('chunk-metrics-'))).toHaveLength(1);
    expect(loaded.filter((name) => name.startsWith('chunk-traces-'))).toEqual([]);
    expect(sumsOf(lines)).toMatchObject({
      'Calls{Proxy=calc}': 3,
      'Calls{Proxy=calc,Method=tools/list}': 3,
      'Latency{Proxy=calc}': 3,
      'ColdStarts{Proxy=calc}': 1,
      'StartMs{Proxy=calc}': 1,
    });
  });

  test('loads traces without metrics if an endpoint is bound, and loses none of them at SIGTERM', async () => {
    await using collector = await startCollector();
    const { loaded, lines } = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    expect(loaded.filter((name) => name.startsWith('chunk-traces-'))).toHaveLength(1);
    expect(loaded.filter((name) => name.startsWith('chunk-metrics-'))).toEqual([]);
    expect(sumsOf(lines)).toEqual({});
    expect(collector.spans.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array(3).fill('CLIENT'),
      ...Array(3).fill('INTERNAL'),
      ...Array(3).fill('SERVER'),
    ]);
    expect(collector.spans[0]?.resource).toMatchObject({
      'service.name': 'agentcore-mcp-proxy',
      'deployment.environment.name': 'test',
    });
  });

  test("loads MCP's own metric without traces if its endpoint is bound, and loses none of it at SIGTERM", async () => {
    await using collector = await startCollector();
    const { loaded } = await run({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics` });
    expect(loaded.filter((name) => name.startsWith('chunk-durations-'))).toHaveLength(1);
    expect(loaded.filter((name) => /^chunk-(?:traces|metrics)-/.test(name))).toEqual([]);
    const points = collector.requests.flatMap(({ body }) => decodeMetrics(body)).flatMap(({ points }) => points);
    expect(points).toMatchObject([{ count: 3, attributes: { 'mcp.method.name': 'tools/list' } }]);
  });

  test('loses no metrics if the process ends because of a fault', async () => {
    const main = join(import.meta.dirname, 'crashing-proxy.ts');
    const { lines } = await run({ METRICS_NAMESPACE: 'AgentCoreMcpProxy', PROXY_NAME: 'calc' }, main, (port) =>
      send({ port }, modern('tools/call', { name: 'crash', arguments: {} })),
    );
    expect(lines.find((line) => line['event'] === 'fatal')).toBeDefined();
    expect(sumsOf(lines)).toMatchObject({ 'Calls{Proxy=calc}': 4, 'Calls{Proxy=calc,Method=tools/call}': 1 });
  });
});
