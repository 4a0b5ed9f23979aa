import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { METRIC_NAMES } from '../../lib/metrics.ts';
import { Denied, Throttled } from '../../proxy/base/errors.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { callTool, control, TOOL, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Front, type FrontOptions, startFront } from '../support/front.ts';
import { connect, exchange, post, request } from '../support/raw.ts';
import { StoppedClock } from '../support/stopped-clock.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { bytesOf, legacy, modern, send } from '../upstream/messages.ts';
import { emfFaults } from './emf-rules.ts';
import { isEmf, seriesOf, sumsOf } from './series.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const environment = { METRICS_NAMESPACE: 'AgentCoreMcpProxy', PROXY_NAME: 'calc' };
const start = (upstream: Upstream, options: FrontOptions = {}): Promise<Front> =>
  startFront(upstream, { ...options, environment });
const P = 'Proxy=calc';
const CALL = `${P},Method=tools/call`;

/** Every line of an ended proxy, checked against the rules of the format. */
async function printed(front: Front): Promise<Readonly<Record<string, number>>> {
  await front.proxy.close(0);
  const emf = lines.all.filter(isEmf);
  for (const line of emf) expect(emfFaults(JSON.stringify(line))).toEqual([]);
  return sumsOf(emf);
}

/** In a legacy session, the proxy's own `initialize` isn't a call. */
describe.each(ways)('%s', (_name, way) => {
  test('an answered call is counted, and timed in all its parts', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await start(upstream);
    await callTool(front, way);
    await callTool(front, way);
    expect(await printed(front)).toEqual({
      [`Calls{${P}}`]: 2,
      [`Calls{${CALL}}`]: 2,
      [`Latency{${P}}`]: 2,
      [`Latency{${CALL}}`]: 2,
      [`UpstreamLatency{${P}}`]: 2,
      [`Overhead{${P}}`]: 2,
      [`ColdStarts{${P}}`]: 1,
      [`StartMs{${P}}`]: 1,
    });
  });

  test('a call that a control refuses is a denial of that control, without a latency', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const outer = control('outer', (call, next) => next(call), 'ignores');
    const policy = control('policy', () => Promise.reject(new Denied()), 'ignores');
    await using front = await start(upstream, { controls: [outer, policy] });
    await callTool(front, way);
    expect(await printed(front)).toEqual({
      [`Calls{${P}}`]: 1,
      [`Calls{${CALL}}`]: 1,
      [`Denials{${P}}`]: 1,
      [`Denials{${P},Control=policy}`]: 1,
      [`ColdStarts{${P}}`]: 1,
      [`StartMs{${P}}`]: 1,
    });
  });

  test('a call that a control answers is an answer of that control, timed as a whole and not in parts', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const outer = control('outer', (call, next) => next(call), 'ignores');
    const cache = control('cache', (call) => call.answer({ content: [], isError: true }), 'ignores');
    await using front = await start(upstream, { controls: [outer, cache] });
    await callTool(front, way);
    expect(await printed(front)).toEqual({
      [`Calls{${P}}`]: 1,
      [`Calls{${CALL}}`]: 1,
      [`Answers{${P}}`]: 1,
      [`Answers{${P},Control=cache}`]: 1,
      [`ToolErrors{${P}}`]: 1,
      [`Latency{${P}}`]: 1,
      [`Latency{${CALL}}`]: 1,
      [`ColdStarts{${P}}`]: 1,
      [`StartMs{${P}}`]: 1,
    });
  });

  test('a call over a limit is throttled and a denial; a failing control is an internal error and a denial', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    const limit = control(
      'limit',
      (call, next) => (call.params?.['name'] === 'x' ? Promise.reject(new Throttled(5)) : next(call)),
      'ignores',
    );
    const broken = control('broken', () => Promise.reject(new Error('oh')), 'ignores');
    await using front = await start(upstream, { controls: [limit, broken] });
    await callTool(front, way);
    await send(front, way.call('tools/call', { name: 'y', arguments: {} }));
    expect(await printed(front)).toMatchObject({
      [`Calls{${P}}`]: 2,
      [`Denials{${P}}`]: 2,
      [`Throttled{${P}}`]: 1,
      [`InternalErrors{${P}}`]: 1,
      [`Denials{${P},Control=limit}`]: 1,
      [`Denials{${P},Control=broken}`]: 1,
    });
  });

  test('a reply that is refused on its way back is a denial of no particular control', async () => {
    await using upstream = await startUpstream(withSessions(way.messages('{"id":ID, no JSON}')));
    const looking = control('looking', async (call, next) => (await next(call)).mapMessages((message) => message));
    await using front = await start(upstream, { controls: [looking] });
    await callTool(front, way);
    expect(await printed(front)).toMatchObject({
      [`Denials{${P}}`]: 1,
      [`Denials{${P},Control=(reply)}`]: 1,
      [`Latency{${P}}`]: 1,
    });
  });

  test.each([
    ['a tool result with isError', 'ToolErrors', '{"jsonrpc":"2.0","id":ID,"result":{"content":[],"isError":true}}'],
    ['an error of JSON-RPC', 'RpcErrors', '{"jsonrpc":"2.0","id":ID,"error":{"code":-32602,"message":"no"}}'],
  ])('%s is counted as %s, and as no other error', async (_what, metric, text) => {
    await using upstream = await startUpstream(withSessions(way.messages(text)));
    await using front = await start(upstream);
    await callTool(front, way);
    const sums = await printed(front);
    expect(sums).toMatchObject({ [`${metric}{${P}}`]: 1, [`Latency{${P}}`]: 1 });
    expect(Object.keys(sums).filter((key) => /Errors|Denials|Throttled/.test(key))).toEqual([`${metric}{${P}}`]);
  });

  test('an upstream that breaks off is an upstream error with its duration, and no denial', async () => {
    await using upstream = await startUpstream((_request, response) => void response.destroy());
    await using front = await start(upstream, { controls: [control('policy', (call, next) => next(call))] });
    await callTool(front, way);
    const sums = await printed(front);
    expect(sums).toMatchObject({ [`UpstreamErrors{${P}}`]: 1, [`Latency{${P}}`]: 1 });
    expect(Object.keys(sums).filter((key) => /Denials|UpstreamLatency/.test(key))).toEqual([]);
  });

  test('HTTP 503 of the upstream is an upstream error', async () => {
    await using upstream = await startUpstream(
      withSessions((_request, response) => void response.writeHead(503, { 'Content-Length': 0 }).end()),
    );
    await using front = await start(upstream);
    await callTool(front, way);
    expect(await printed(front)).toMatchObject({ [`UpstreamErrors{${P}}`]: 1 });
  });

  test('250 calls fit in few lines, none with more than 100 values, and none is lost', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await start(upstream);
    for (let i = 0; i < 25; i++) await Promise.all(Array.from({ length: 10 }, () => callTool(front, way)));
    expect(await printed(front)).toMatchObject({
      [`Calls{${CALL}}`]: 250,
      [`Latency{${CALL}}`]: 250,
      [`UpstreamLatency{${P}}`]: 250,
      [`Overhead{${P}}`]: 250,
    });
    expect(lines.all.filter(isEmf).length).toBeLessThanOrEqual(5);
  });
});

test('a method that MCP does not have is counted as unknown', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream);
  await send(front, legacy('alice/secret'));
  expect(await printed(front)).toMatchObject({ [`Calls{${P},Method=unknown}`]: 1 });
  expect(lines.text).not.toContain('alice');
});

test("a control that notes a decision under a name that is no control's creates no metric from it", async () => {
  await using upstream = await startUpstream();
  const noting = control('noting', (call) => {
    call.note({ control: 'made-up-1234', decision: 'denied' });
    throw new Denied();
  });
  await using front = await start(upstream, { controls: [noting] });
  await send(front, modern('tools/call', TOOL));
  const sums = await printed(front);
  expect(sums).toMatchObject({ [`Denials{${P}}`]: 1, [`Denials{${P},Control=noting}`]: 1 });
  const metrics = lines.all.filter((line) => '_aws' in line);
  expect(metrics).not.toEqual([]);
  expect(JSON.stringify(metrics)).not.toContain('made-up');
});

test('a request that is refused before any control is a refusal, and not a call', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream);
  await post(front.port, '{"no json', []);
  await exchange(front.port, request('GET', '/elsewhere', [], undefined));
  expect(await printed(front)).toEqual({ [`Refusals{${P}}`]: 2 });
});

test('health probes are not counted', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream);
  await exchange(front.port, request('GET', '/ping', [], undefined));
  await post(front.port, '{"jsonrpc":"2.0","id":1,"method":"ping"}', []);
  expect(await printed(front)).toEqual({});
});

test('GET and DELETE that the upstream does not support are calls, but no errors and without a latency', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream);
  for (const method of ['GET', 'DELETE'])
    await exchange(front.port, request(method, '/mcp', ['Accept: text/event-stream'], undefined));
  const sums = await printed(front);
  expect(sums).toMatchObject({ [`Calls{${P},Method=GET}`]: 1, [`Calls{${P},Method=DELETE}`]: 1 });
  expect(Object.keys(sums).filter((key) => /Errors|Latency|Denials/.test(key))).toEqual([]);
});

test('the durations are those of the upstream and of the controls', async () => {
  using clock = new StoppedClock();
  let finish = (): void => {};
  await using upstream = await startUpstream((received, response) => {
    clock.move(10);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(`{"jsonrpc":"2.0","id":${String(JSON.parse(received.text).id)},`);
    finish = () => response.end('"result":{}}');
  });
  const slow = control('slow', (call, next) => (clock.move(100), next(call)), 'ignores');
  await using front = await start(upstream, { controls: [slow] });
  await using client = await connect(front.port);
  client.send(bytesOf(modern('tools/call', TOOL)));
  // The proxy has passed the headers on.
  await client.head();
  clock.move(1_000);
  finish();
  while ((await client.piece()) !== undefined);
  await front.proxy.close(0);
  const series = seriesOf(lines.all);
  expect(series).toMatchObject({
    [`UpstreamLatency{${P}}`]: [10],
    [`Overhead{${P}}`]: [100],
    [`Latency{${P}}`]: [1_110],
  });
});

test('lines are printed without a trigger, soon after a quiet time', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream);
  await send(front, modern('tools/list'));
  expect(await lines.find(isEmf)).toMatchObject({ Calls: 1, Method: 'tools/list', Proxy: 'calc' });
});

test('the metrics are printed next to the audit lines, which do not contain them', async () => {
  await using upstream = await startUpstream();
  await using front = await start(upstream, { controls: [audit()] });
  await send(front, modern('tools/list'));
  await front.proxy.close(0);
  const [record] = lines.all.filter((line) => line['event'] === 'call');
  expect(record?.['decisions']).toEqual([{ control: 'audit', decision: 'pass', ms: expect.any(Number) }]);
});

test('without a binding, nothing is printed', async () => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { environment: { PROXY_NAME: 'calc' } });
  await send(front, modern('tools/list'));
  await front.proxy.close(0);
  expect(lines.all.filter(isEmf)).toEqual([]);
});

test('every printed metric is on the dashboard, and vice versa', async () => {
  await using upstream = await startUpstream(
    withSessions((received, response) => {
      const id = String((JSON.parse(received.text) as { id?: number }).id);
      if (received.text.includes('"down"')) response.destroy();
      else if (received.text.includes('"rpc"'))
        response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(`{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":""}}`);
      else
        response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"isError":true}}`);
    }),
  );
  const act = control('act', (call, next) => {
    if (call.name === 'limit') throw new Throttled(1);
    if (call.name === 'break') throw new Error('broken');
    return call.name === 'answer' ? call.answer({ content: [] }) : next(call);
  });
  await using front = await start(upstream, { controls: [act] });
  for (const name of ['limit', 'break', 'answer', 'down', 'rpc', 'tool'])
    await send(front, modern('tools/call', { name, arguments: {} }));
  await post(front.port, 'no json', []);
  const names = Object.keys(await printed(front)).map((key) => key.split('{')[0]);
  expect(new Set(names)).toEqual(new Set(METRIC_NAMES));
});
