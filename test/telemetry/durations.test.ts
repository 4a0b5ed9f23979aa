/** The metric `mcp.server.operation.duration`, received over HTTP and decoded by OpenTelemetry's definitions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Denied, Invalid } from '../../proxy/base/errors.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import { control, TOOL, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Front, type FrontOptions, startFront } from '../support/front.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';
import { type Collector, startCollector } from './collector.ts';
import { decodeMetrics, type Exported, type Point } from './otlp-decoder.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

function start(upstream: Upstream, collector: Collector, options: FrontOptions = {}): Promise<Front> {
  return startFront(upstream, {
    ...options,
    environment: {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics`,
      PROXY_NAME: 'calc',
      ...options.environment,
    },
  });
}

/** What an ended proxy sent. */
async function exportedBy(front: Front, collector: Collector): Promise<readonly Exported[]> {
  await front.proxy.close(0);
  return collector.requests.flatMap(({ body }) => decodeMetrics(body));
}

async function pointOf(front: Front, collector: Collector, method = 'tools/call'): Promise<Point | undefined> {
  const exported = await exportedBy(front, collector);
  return exported.flatMap(({ points }) => points).find(({ attributes }) => attributes['mcp.method.name'] === method);
}

describe.each(ways)('%s', (_name, way) => {
  test('a call is in a histogram in seconds, with the attributes and the bounds of the conventions', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await start(upstream, collector);
    for (let i = 0; i < 3; i++) await send(front, way.call('tools/call', TOOL));
    const [exported] = await exportedBy(front, collector);
    expect(exported).toMatchObject({
      name: 'mcp.server.operation.duration',
      unit: 's',
      scope: 'agentcore-mcp-proxy',
      temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
      resource: { 'service.name': 'calc', 'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const point = exported?.points.find(({ attributes }) => attributes['mcp.method.name'] === 'tools/call');
    expect(point?.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'x',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': way.era === 'modern' ? '2026-07-28' : '2025-11-25',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
    });
    expect(point?.explicitBounds).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]);
    expect(point?.count).toBe(3);
    expect(point?.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(point?.sum).toBeGreaterThan(0);
    expect(point?.sum).toBeLessThan(180);
  });

  test.each([
    ['is denied', () => new Denied('why'), 'error', { 'error.type': 'denied', 'rpc.response.status_code': '-31403' }],
    ['breaks', () => new TypeError('why'), 'error', { 'error.type': 'internal', 'rpc.response.status_code': '-32603' }],
    // Answered with a result, which has no code.
    ['is answered with isError', () => new Invalid('why'), 'error', { 'error.type': 'invalid-arguments' }],
    ['is denied in a result', () => new Denied('why'), 'result', { 'error.type': 'denied' }],
  ] as const)('a call that %s has its error', async (_does, error, toolRefusals, expected) => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    const controls = [control('policy', () => Promise.reject(error()), 'ignores')];
    await using front = await start(upstream, collector, { controls, toolRefusals });
    await send(front, way.call('tools/call', TOOL));
    const point = await pointOf(front, collector);
    const { 'error.type': type, 'rpc.response.status_code': code } = point?.attributes ?? {};
    expect({ 'error.type': type, ...(code === undefined ? {} : { 'rpc.response.status_code': code }) }).toEqual(
      expected,
    );
  });

  test.each([
    ['passes', false, '"error":{"code":-32002,"message":"m"},"id":ID', '-32002'],
    ['is read', true, '"id":ID,"\\u0065rror":{"message":"m","data":{"code":1},"code":429}', '429'],
    ['has a code that may be a value', false, '"id":ID,"error":{"code":4929123456,"message":"m"}', undefined],
  ] as const)("an upstream's error that %s has its JSON-RPC code", async (_does, looks, members, expected) => {
    await using collector = await startCollector();
    const notification = '{"jsonrpc":"2.0","method":"notifications/message","params":{"error":{"code":7}}}';
    const messages = [notification, `{"jsonrpc":"2.0",${members}}`];
    await using upstream = await startUpstream(withSessions(way.messages(...messages)));
    const act: Control = async (call, next) => (await next(call)).mapMessages((message) => message);
    const controls = looks ? [control('reader', act, 'transforms')] : [];
    await using front = await start(upstream, collector, { controls });
    await send(front, way.call('tools/call', TOOL));
    const point = await pointOf(front, collector);
    expect(point?.attributes['error.type']).toBe(expected ?? '_OTHER');
    expect(point?.attributes['rpc.response.status_code']).toBe(expected);
  });
});

test('delta exports and another interval can be chosen', async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  await using front = await start(upstream, collector, {
    environment: { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta', OTEL_METRIC_EXPORT_INTERVAL: '100' },
  });
  const [way] = ways.map(([, way]) => way);
  if (way === undefined) throw new Error('expected a way');
  await send(front, way.call('tools/list', {}));
  // Before the end.
  await expect.poll(() => collector.requests.length).toBeGreaterThan(0);
  const [first] = collector.requests.flatMap(({ body }) => decodeMetrics(body));
  expect(first?.temporality).toBe('AGGREGATION_TEMPORALITY_DELTA');
  await front.proxy.close(0);
});

test('the base endpoint gets them only if they are asked for', async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  for (const [exporter, targets] of [
    [undefined, []],
    ['otlp', ['/v1/metrics']],
  ] as const) {
    await using front = await startFront(upstream, {
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_TRACES_SAMPLER: 'always_off',
        ...(exporter === undefined ? {} : { OTEL_METRICS_EXPORTER: exporter }),
      },
    });
    const [way] = ways.map(([, way]) => way);
    if (way !== undefined) await send(front, way.call('tools/list', {}));
    await front.proxy.close(0);
    expect(collector.requests.map(({ target }) => target)).toEqual(targets);
  }
});

test('an endpoint that accepts nothing is reported, and delays no call', async () => {
  await using collector = await startCollector();
  collector.answer = (_request, response) => void response.writeHead(503).end();
  await using upstream = await startUpstream();
  await using front = await start(upstream, collector);
  const [way] = ways.map(([, way]) => way);
  if (way !== undefined) expect((await send(front, way.call('tools/list', {}))).status).toBe(200);
  await front.proxy.close(0);
  expect(lines.all.find((line) => line['event'] === 'metrics-lost')).toMatchObject({ points: 1, reason: 'HTTP 503' });
});

test.each([
  [{ OTEL_METRICS_EXPORTER: 'prometheus' }, /OTEL_METRICS_EXPORTER: expected otlp or none/],
  [
    { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '' },
    /expected OTEL_EXPORTER_OTLP_ENDPOINT or/,
  ],
  [{ OTEL_METRIC_EXPORT_INTERVAL: '1s' }, /OTEL_METRIC_EXPORT_INTERVAL: expected milliseconds from 100, got "1s"/],
  [
    { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'lowmemory' },
    /TEMPORALITY_PREFERENCE: expected cumulative or delta/,
  ],
  [
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://xray.eu-west-1.amazonaws.com/v1/metrics' },
    /got X-Ray's, which takes only spans/,
  ],
])('%j is refused at the start', async (environment, message) => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  await expect(start(upstream, collector, { environment })).rejects.toThrow(message);
});
