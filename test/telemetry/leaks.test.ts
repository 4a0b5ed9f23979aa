import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Denied, Invalid, Throttled, UnknownName } from '../../proxy/base/errors.ts';
import { control } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { exchange, post, request } from '../support/raw.ts';
import { type Answer, idOf, startUpstream } from '../support/upstream.ts';
import { startCollector } from './collector.ts';
import { emfFaults } from './emf-rules.ts';
import { isEmf } from './series.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

/** The marks that no line and no span may contain, wherever they were put. */
const marker = fc.stringMatching(/^[0-9a-f]{10}$/).map((hex) => `mark${hex}`);
const MARKER = /mark[0-9a-f]{10}/i;

const scenario = fc.record({
  era: fc.constantFrom('modern', 'legacy'),
  method: fc.oneof(
    fc.constantFrom('tools/call', 'prompts/get', 'resources/read', 'completion/complete', 'tasks/get', 'GET', 'DELETE'),
    marker,
    marker.map((m) => `acme/${m}`),
  ),
  kind: fc.constantFrom('request', 'request', 'request', 'notification', 'response', 'no JSON'),
  control: fc.constantFrom('nothing', 'nothing', 'deny', 'throttle', 'invalid', 'unknown', 'break', 'break-after'),
  answer: fc.nat(5),
  marker,
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function bodyOf({ era, method, kind, marker: mark }: Scenario): string {
  const trace = { traceparent: mark, tracestate: `k=${mark}`, progressToken: mark };
  const meta =
    era === 'modern'
      ? {
          ...trace,
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: mark, version: mark },
        }
      : trace;
  const params = {
    name: `the tool of ${mark}`,
    uri: `https://example.com/${mark}`,
    taskId: mark,
    ref: { name: mark },
    argument: { value: mark },
    arguments: { [mark]: [mark] },
    _meta: meta,
  };
  if (kind === 'notification') return JSON.stringify({ jsonrpc: '2.0', method: `notifications/${mark}`, params });
  if (kind === 'response') return JSON.stringify({ jsonrpc: '2.0', id: mark, result: { [mark]: mark } });
  return kind === 'request' ? JSON.stringify({ jsonrpc: '2.0', id: mark, method, params }) : `{"${mark}`;
}

const answers: readonly ((
  id: string,
  mark: string,
) => { status?: number; type?: string; headers?: Record<string, string>; body: string })[] = [
  (id, mark) => ({
    body: `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${mark}"}],"isError":true}}`,
  }),
  (id, mark) => ({ body: `{"jsonrpc":"2.0","id":${id},"error":{"code":-32000,"message":"${mark}"}}` }),
  (id, mark) => ({
    type: 'text/event-stream',
    body: `id: ${mark}\ndata: {"jsonrpc":"2.0","method":"notifications/${mark}","params":{}}\n\ndata: {"jsonrpc":"2.0","id":${id},"result":{"a":"${mark}"}}\n\n`,
  }),
  (_id, mark) => ({
    status: 500,
    type: `text/${mark}`,
    headers: { 'X-Any': mark, 'x-amzn-errortype': mark },
    body: mark,
  }),
  (_id, mark) => ({ status: 302, headers: { Location: `http://127.0.0.1/${mark}` }, body: mark }),
  (_id, mark) => ({ body: `{"${mark}` }),
];

test('no value of a call is in any line or span, whatever surface it came on', async () => {
  let now: Scenario | undefined;
  const mark = (): string => now?.marker ?? '';
  const answer: Answer = (received, response) => {
    const {
      status = 200,
      type = 'application/json',
      headers = {},
      body,
    } = (answers[now?.answer ?? 0] ?? answers[0])?.(idOf(received) ?? '1', mark()) ?? { body: '' };
    response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
  };
  const acting = control('acting', async (call, next) => {
    if (now?.control === 'deny') throw new Denied(mark());
    if (now?.control === 'throttle') throw new Throttled(1, mark());
    if (now?.control === 'invalid') throw new Invalid(mark());
    if (now?.control === 'unknown') throw new UnknownName('tool', mark());
    if (now?.control === 'break') throw new TypeError(mark());
    const reply = await next(call);
    if (now?.control !== 'break-after') return reply;
    return reply.mapMessages(() => {
      throw new TypeError(mark());
    });
  });
  await using collector = await startCollector();
  await using upstream = await startUpstream(answer);
  await using front = await startFront(upstream, {
    controls: [acting],
    environment: {
      METRICS_NAMESPACE: 'AgentCoreMcpProxy',
      PROXY_NAME: 'calc',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'otlp',
    },
  });
  const numRuns = 200;
  await fc.assert(
    fc.asyncProperty(scenario, async (one) => {
      now = one;
      const headers = [
        `Authorization: Bearer ${one.marker}`,
        `traceparent: ${one.marker}`,
        `tracestate: k=${one.marker}`,
        `User-Agent: ${one.marker}`,
        `Last-Event-ID: ${one.marker}`,
        ...(one.era === 'modern' ? ['MCP-Protocol-Version: 2026-07-28'] : [`MCP-Protocol-Version: ${one.marker}`]),
      ];
      const bare = one.method === 'GET' || one.method === 'DELETE';
      await (bare
        ? exchange(front.port, request(one.method, `/mcp?${one.marker}`, headers, undefined))
        : post(front.port, bodyOf(one), headers));
    }),
    { numRuns },
  );
  await front.proxy.close(0);
  const exported = collector.requests.map(({ body }) => body.toString('utf8')).join('\n');
  expect(MARKER.exec(lines.text)).toBeNull();
  expect(MARKER.exec(exported)).toBeNull();
  const emf = lines.all.filter(isEmf);
  expect(emf.length).toBeGreaterThan(3);
  for (const line of emf) expect(emfFaults(JSON.stringify(line))).toEqual([]);
  expect(collector.spans.length).toBeGreaterThan(numRuns);
  expect(exported).toContain('mcp.server.operation.duration');
});
