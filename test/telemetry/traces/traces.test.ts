import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Denied } from '../../../proxy/base/errors.ts';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { callTool, control, TOOL, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { type Front, type FrontOptions, startFront } from '../../support/front.ts';
import { StoppedClock } from '../../support/stopped-clock.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';
import { legacy, modern, send } from '../../upstream/messages.ts';
import { type CollectedSpan, type Collector, startCollector } from '../collector.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => {
  vi.useRealTimers();
  lines.stop();
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TRACEPARENT = `traceparent: 00-${TRACE}-${PARENT}-01`;

function start(
  upstream: Upstream,
  collector: Collector,
  { environment = {}, ...options }: FrontOptions = {},
): Promise<Front> {
  return startFront(upstream, {
    ...options,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PROXY_NAME: 'calc', ...environment },
  });
}

/** The spans of an ended proxy, the one of each call first. */
async function spansOf(
  front: Front,
  collector: Collector,
): Promise<{
  server: CollectedSpan | undefined;
  client: CollectedSpan | undefined;
  controls: readonly CollectedSpan[];
}> {
  await front.proxy.close(0);
  const kind = (kind: string): CollectedSpan[] => collector.spans.filter((span) => span.kind === kind);
  return {
    server: kind('SERVER')[0],
    client: kind('CLIENT')[0],
    controls: kind('INTERNAL').toSorted((a, b) => a.start - b.start),
  };
}

const sentOn = (upstream: Upstream, text: string): string | undefined =>
  upstream.received.find((received) => received.text.includes(text))?.header('traceparent');

describe.each(ways)('%s', (_name, way) => {
  test('a call that a control answers is a SERVER span with its name, and has no CLIENT span', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const cache = control('cache', (call) => call.answer({ content: [] }), 'ignores');
    await using front = await start(upstream, collector, { controls: [audit(), cache] });
    await callTool(front, way);
    const { server, client, controls } = await spansOf(front, collector);
    expect(server).toMatchObject({ failed: false, attributes: { 'mcp_proxy.answered_by': 'cache' } });
    expect(client).toBeUndefined();
    expect(controls.map(({ name, failed, attributes }) => [name, failed, attributes['mcp_proxy.decision']])).toEqual([
      ['control audit', false, 'pass'],
      ['control cache', false, 'answer'],
    ]);
  });

  test('a call is a SERVER span in the trace of the client, with its upstream exchange and its controls below it', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    using clock = new StoppedClock();
    const waiting = control('waiting', (call, next) => (clock.move(20), next(call)), 'ignores');
    const begunAt = Date.now();
    await using front = await start(upstream, collector, { controls: [audit(), waiting] });
    const { body, headers } = way.call('tools/call', TOOL);
    await send(front, { body, headers }, [
      TRACEPARENT,
      'tracestate: a=b,c=d',
      'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: session-of-the-platform-0123456789',
    ]);
    const { server, client, controls } = await spansOf(front, collector);
    const version = way.era === 'modern' ? '2026-07-28' : '2025-11-25';
    const common = {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'x',
      'gen_ai.operation.name': 'execute_tool',
      'mcp.protocol.version': version,
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
      ...(way.era === 'modern' ? {} : { 'mcp.session.id': expect.stringMatching(/^[0-9a-f]{32}$/) }),
    };
    expect(server).toMatchObject({ name: 'tools/call x', traceId: TRACE, parentSpanId: PARENT, failed: false });
    expect(server?.attributes).toEqual({ ...common, 'session.id': 'session-of-the-platform-0123456789' });
    expect(server?.resource).toMatchObject({ 'service.name': 'calc' });
    expect(client).toMatchObject({ name: 'tools/call x', traceId: TRACE, parentSpanId: server?.spanId, failed: false });
    expect(client?.attributes).toEqual({
      ...common,
      'server.address': '127.0.0.1',
      'server.port': upstream.port,
      'http.response.status_code': 200,
    });
    expect(
      controls.map(({ name, parentSpanId, attributes }) => [name, parentSpanId, attributes['mcp_proxy.decision']]),
    ).toEqual([
      ['control audit', server?.spanId, 'pass'],
      ['control waiting', server?.spanId, 'pass'],
    ]);
    const [, waited] = controls;
    expect((waited?.end ?? 0) - (waited?.start ?? 0)).toBeCloseTo(20, 1);
    expect(server?.start).toBeLessThanOrEqual(client?.start ?? 0);
    expect(client?.start).toBeGreaterThanOrEqual((waited?.end ?? Infinity) - 0.01);
    expect(server?.end).toBeGreaterThanOrEqual((client?.end ?? Infinity) - 0.01);
    // By the same clock, to the millisecond; a span's times are offsets from its start.
    expect(server?.start).toBeGreaterThanOrEqual(begunAt - 1_000);
    expect(server?.end).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test("the upstream gets the proxy's span as its parent, and the tracestate unchanged", async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await start(upstream, collector);
    await send(front, way.call('tools/call', TOOL), [TRACEPARENT, 'tracestate: a=b,c=d']);
    const { client } = await spansOf(front, collector);
    expect(sentOn(upstream, 'tools/call')).toBe(`00-${TRACE}-${client?.spanId}-01`);
    expect(upstream.received.at(-1)?.header('tracestate')).toBe('a=b,c=d');
  });

  test('without a traceparent, the trace begins in the proxy', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await start(upstream, collector, { controls: [audit()] });
    await send(front, way.call('tools/call', TOOL), ['tracestate: a=b']);
    const { server, client } = await spansOf(front, collector);
    expect(server?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(server?.parentSpanId).toBeUndefined();
    expect(sentOn(upstream, 'tools/call')).toBe(`00-${server?.traceId}-${client?.spanId}-01`);
    expect(upstream.received.at(-1)?.header('tracestate')).toBeUndefined();
    expect(lines.all.find((line) => line['method'] === 'tools/call')).toMatchObject({ trace: server?.traceId });
  });

  test('a refusal is an error of the call and of its control, and nothing is sent upstream', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await start(upstream, collector, {
      controls: [control('policy', () => Promise.reject(new Denied()), 'ignores')],
    });
    await callTool(front, way);
    const { server, client, controls } = await spansOf(front, collector);
    expect(server).toMatchObject({ failed: true, attributes: { 'error.type': 'denied' } });
    expect(controls).toMatchObject([
      { name: 'control policy', failed: true, attributes: { 'mcp_proxy.decision': 'denied', 'error.type': 'denied' } },
    ]);
    expect(client).toBeUndefined();
  });

  test('an upstream that breaks off is an error of both spans', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream((_request, response) => void response.destroy());
    await using front = await start(upstream, collector);
    await callTool(front, way);
    const { server, client } = await spansOf(front, collector);
    for (const span of [server, client])
      expect(span).toMatchObject({ failed: true, attributes: { 'error.type': 'upstream-unreachable' } });
  });

  test.each([
    ['a tool result with isError', 'tool_error', '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"isError":true}}'],
    ['an error of JSON-RPC', '-32602', '{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"no"}}'],
    ['an error whose code is no integer', '_OTHER', '{"jsonrpc":"2.0","id":ID,"error":{"code":"x","message":"no"}}'],
  ])('%s has the error type %s', async (_what, type, text) => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.messages(text)));
    await using front = await start(upstream, collector);
    await callTool(front, way);
    const { server, client } = await spansOf(front, collector);
    for (const span of [server, client]) {
      expect(span).toMatchObject({ failed: true, attributes: { 'error.type': type } });
      expect(span?.attributes['rpc.response.status_code']).toBe(type.startsWith('-') ? type : undefined);
    }
  });

  test('a call that the client did not sample is not exported, and is marked so upstream', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await start(upstream, collector);
    await send(front, way.call('tools/call', TOOL), [`traceparent: 00-${TRACE}-${PARENT}-00`]);
    await front.proxy.close(0);
    expect(collector.spans).toEqual([]);
    expect(sentOn(upstream, 'tools/call')).toMatch(new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-00$`));
  });
});

test("a stream's span ends with the stream", async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream((_received, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n');
    setTimeout(() => response.end('data: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'), 100);
  });
  await using front = await start(upstream, collector);
  await send(front, modern('tools/call', TOOL));
  const { server, client } = await spansOf(front, collector);
  for (const span of [server, client]) expect((span?.end ?? 0) - (span?.start ?? 0)).toBeGreaterThanOrEqual(95);
});

test('the traceparent in the message is the parent, the one in the headers a link; the message is forwarded unchanged', async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  await using front = await start(upstream, collector);
  const inMessage = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'm=1' };
  const { body, headers } = legacy('tools/call', { ...TOOL, _meta: inMessage });
  await send(front, { body, headers }, [TRACEPARENT, 'tracestate: h=1']);
  const { server, client } = await spansOf(front, collector);
  expect(server).toMatchObject({
    traceId: 'a'.repeat(32),
    parentSpanId: 'b'.repeat(16),
    links: [{ traceId: TRACE, spanId: PARENT }],
  });
  expect(upstream.received[0]?.header('traceparent')).toBe(`00-${'a'.repeat(32)}-${client?.spanId}-01`);
  expect(upstream.received[0]?.header('tracestate')).toBe('m=1');
  expect(upstream.received[0]?.text).toBe(body);
});

test.each([
  `00-${'0'.repeat(32)}-${PARENT}-01`,
  `ff-${TRACE}-${PARENT}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  'alice',
])('an invalid traceparent (%s) is not used as a parent', async (traceparent) => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  await using front = await start(upstream, collector);
  await send(front, modern('tools/list'), [`traceparent: ${traceparent}`]);
  const { server } = await spansOf(front, collector);
  expect(server?.parentSpanId).toBeUndefined();
  expect(server?.traceId).not.toBe(TRACE);
});

test("the proxy's own requests to the upstream are below the call, too", async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  const asking = control(
    'asking',
    async (call, next) => (await call.upstream.tool('x').catch(() => undefined), next(call)),
    'ignores',
  );
  await using front = await start(upstream, collector, { controls: [asking] });
  await send(front, modern('tools/call', TOOL), [TRACEPARENT]);
  const { server } = await spansOf(front, collector);
  expect(sentOn(upstream, 'tools/list')).toBe(`00-${TRACE}-${server?.spanId}-01`);
});

describe('sampling', () => {
  const sampled = async (
    environment: Readonly<Record<string, string>>,
    headers: readonly string[],
  ): Promise<number> => {
    await using collector = await startCollector();
    await using upstream = await startUpstream();
    await using front = await start(upstream, collector, { environment });
    for (let i = 0; i < 200; i++) await send(front, modern('tools/list'), headers);
    await front.proxy.close(0);
    return collector.spans.filter((span) => span.kind === 'SERVER').length;
  };

  test.each([
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, [TRACEPARENT], 0, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [], 0, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, [TRACEPARENT], 200, 200],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, [`traceparent: 00-${TRACE}-${PARENT}-00`], 200, 200],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }, [], 50, 150],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, [], 0, 0],
  ])('by %j, with %j, exports %i to %i of 200 calls', async (environment, headers, least, most) => {
    const count = await sampled(environment, headers);
    expect(count).toBeGreaterThanOrEqual(least);
    expect(count).toBeLessThanOrEqual(most);
  });
});

describe('an endpoint', () => {
  test('that hangs delays no call, and shutdown by only a few seconds', async () => {
    await using collector = await startCollector();
    collector.answer = () => {};
    await using upstream = await startUpstream();
    await using front = await start(upstream, collector);
    // No time limit ends meanwhile: a call that waited for the endpoint would never be answered.
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    for (let i = 0; i < 20; i++) expect((await send(front, modern('tools/list'))).status).toBe(200);
    vi.useRealTimers();
    await front.proxy.close(0);
    expect(collector.requests.length).toBeGreaterThan(0);
    expect(lines.all.filter((line) => line['event'] === 'spans-lost')).toMatchObject([
      { spans: 40, reason: 'unreachable' },
    ]);
  });

  test.each([
    [
      'refuses',
      ((_request, response) => response.writeHead(503).end('alice')) satisfies Collector['answer'],
      'HTTP 503',
    ],
    ['breaks off', ((_request, response) => response.destroy()) satisfies Collector['answer'], 'unreachable'],
  ])(
    "that %s loses spans but no call, and the log reports it without the endpoint's own words",
    async (_what, answer, reason) => {
      await using collector = await startCollector();
      collector.answer = answer;
      await using upstream = await startUpstream();
      await using front = await start(upstream, collector);
      for (let i = 0; i < 3; i++) expect((await send(front, modern('tools/list'))).status).toBe(200);
      await front.proxy.close(0);
      expect(lines.all.filter((line) => line['event'] === 'spans-lost')).toMatchObject([
        { level: 'warn', spans: 6, reason },
      ]);
      expect(lines.text).not.toContain('alice');
    },
  );

  test('given completely, by OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, is used unchanged', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, {
      environment: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/in?x=1`,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      },
    });
    await send(front, modern('tools/list'));
    await front.proxy.close(0);
    expect(collector.requests.map(({ method, target }) => [method, target])).toEqual([['POST', '/in?x=1']]);
  });

  test('given as a base gets /v1/traces', async () => {
    await using collector = await startCollector();
    await using upstream = await startUpstream();
    await using front = await start(upstream, collector);
    await send(front, modern('tools/list'));
    await front.proxy.close(0);
    expect(collector.requests[0]).toMatchObject({ method: 'POST', target: '/v1/traces' });
  });
});

test('only safe names are in spans: no unknown method, no odd tool, no resource, no id', async () => {
  await using collector = await startCollector();
  await using upstream = await startUpstream();
  await using front = await start(upstream, collector);
  await send(front, legacy('alice/secret'));
  await send(front, legacy('tools/call', { name: 'mail to alice, please', arguments: { a: 'alice' } }));
  await send(front, legacy('resources/read', { uri: 'https://example.com/alice' }, { id: 'alice' }));
  await front.proxy.close(0);
  expect(collector.spans.filter(({ kind }) => kind === 'SERVER').map(({ name }) => name)).toEqual([
    'unknown',
    'tools/call',
    'resources/read',
  ]);
  expect(collector.requests.map(({ body }) => body.toString('utf8')).join()).not.toContain('alice');
  const uris = collector.spans
    .filter(({ kind }) => kind === 'SERVER')
    .map(({ attributes }) => attributes['mcp.resource.uri']);
  expect(uris).toEqual([undefined, undefined, 'https:…']);
});

test("without a binding, the client's traceparent is sent upstream unchanged", async () => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream);
  await send(front, modern('tools/list'), [TRACEPARENT]);
  expect(upstream.received[0]?.header('traceparent')).toBe(`00-${TRACE}-${PARENT}-01`);
});
