import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Throttled } from '../../../proxy/base/errors.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { defineControl, type DefinedControl } from '../../../proxy/pipeline/control.ts';
import { callTool, control, TOOL, ways, withSessions } from '../../dispatch/forms.ts';
import { type Line, Lines } from '../../dispatch/lines.ts';
import { startWorld } from '../../dispatch/session.ts';
import { startFront } from '../../support/front.ts';
import { connect, exchange, request } from '../../support/raw.ts';
import { event, startUpstream } from '../../support/upstream.ts';
import { bytesOf, legacy, modern, send } from '../../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const records = (): Line[] => lines.all.filter((line) => line['event'] === 'call');
const recorded = async (method: string): Promise<Line> =>
  lines.find((line) => line['event'] === 'call' && line['method'] === method);
const caller = fixed({ sub: 'alice', iss: 'https://issuer.example' });
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const number = expect.any(Number);

describe.each(ways)('%s', (_name, way) => {
  test('writes one line per call: who, what, decisions, outcome, sizes, durations, trace', async () => {
    const noting = control(
      'noting',
      (call, next) => (call.note({ control: 'noting', found: 2 }), next(call)),
      'ignores',
    );
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await startFront(upstream, { controls: [audit(), noting], caller });
    const { body, headers } = way.call('tools/call', TOOL);
    const reply = await send(front, { body, headers }, [
      `traceparent: 00-${TRACE}-00f067aa0ba902b7-01`,
      'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: session-of-the-platform-0123456789',
    ]);
    expect(await recorded('tools/call')).toEqual({
      event: 'call',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      caller: 'alice',
      method: 'tools/call',
      name: 'x',
      upstream: 'default',
      era: way.era,
      outcome: 'ok',
      status: 200,
      bytesIn: Buffer.byteLength(body),
      bytesOut: reply.body.length,
      ms: { head: number, total: number },
      decisions: [
        { control: 'noting', found: 2 },
        { control: 'noting', decision: 'pass', ms: number },
        { control: 'audit', decision: 'pass', ms: number },
      ],
      trace: TRACE,
      session: 'session-of-the-platform-0123456789',
    });
    expect(records().filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  test('writes one line, with the code, for a call that a control refuses', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{}')));
    await using front = await startFront(upstream, {
      controls: [audit(), control('limit', () => Promise.reject(new Throttled(5)))],
    });
    await callTool(front, way);
    expect(await recorded('tools/call')).toMatchObject({
      outcome: 'refused',
      code: 'throttled',
      bytesOut: 0,
      decisions: [{ control: 'limit', decision: 'throttled', ms: number }],
    });
    expect(records()).toHaveLength(1);
  });

  test('writes one line, with the code, for a reply that is refused on its way back', async () => {
    await using upstream = await startUpstream(withSessions(way.messages('{"id":ID, no JSON}')));
    const looking = control('looking', async (call, next) => (await next(call)).mapMessages((message) => message));
    await using front = await startFront(upstream, { controls: [audit(), looking] });
    await callTool(front, way);
    expect(await recorded('tools/call')).toMatchObject({ outcome: 'rpc-error', code: 'inspection-failed' });
    expect(records().filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  test('writes one line for a call that the upstream cuts', async () => {
    await using upstream = await startUpstream(
      withSessions(
        (_request, response) =>
          void response
            .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 50 })
            .write('{', () => response.destroy()),
      ),
    );
    await using front = await startFront(upstream, { controls: [audit()] });
    await callTool(front, way);
    expect(await recorded('tools/call')).toMatchObject({ outcome: 'cut', bytesOut: 1 });
    expect(records().filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  test('writes one line for a call that does not reach the upstream', async () => {
    await using upstream = await startUpstream((_request, response) => void response.destroy());
    await using front = await startFront(upstream, { controls: [audit()] });
    await callTool(front, way);
    expect(records()).toEqual([expect.objectContaining({ outcome: 'refused', code: 'upstream-unreachable' })]);
  });
});

test('records a modern call as cancelled, not as an unreachable upstream, if its client leaves before the answer', async () => {
  await using upstream = await startUpstream(() => {});
  await using front = await startFront(upstream, { controls: [audit()] });
  await using client = await connect(front.port);
  client.send(bytesOf(modern('tools/call', TOOL)));
  const arrived = await upstream.arrival(0);
  client.destroy();
  await arrived.gone;
  expect(await recorded('tools/call')).toMatchObject({ outcome: 'refused', code: 'cancelled' });
});

test('writes one line each for notifications, responses, GET, its resumption and DELETE, with their kind', async () => {
  await using world = await startWorld([audit()]);
  const session = await world.session();
  const header = `Mcp-Session-Id: ${session}`;
  await send(world.front, {
    body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
    headers: [header],
  });
  await send(world.front, { body: '{"jsonrpc":"2.0","id":9,"result":{}}', headers: [header] });
  for (const after of [undefined, 'e-1']) {
    await using stream = await world.get(session, after);
    stream.out?.end(event({ jsonrpc: '2.0', id: 3, result: {} }));
    await stream.rest();
  }
  await exchange(world.front.port, request('DELETE', '/mcp', [header], undefined));
  await recorded('DELETE');
  expect(records().map(({ kind, method, outcome }) => [kind, method, outcome])).toEqual([
    [undefined, 'initialize', 'ok'],
    ['notification', 'notifications/cancelled', 'ok'],
    ['response', 'response', 'ok'],
    ['stream', 'GET', 'ok'],
    ['stream', 'GET', 'ok'],
    ['end', 'DELETE', 'rpc-error'],
  ]);
});

describe.each([
  ['unchanged', []],
  [
    'message by message',
    [control('looking', async (call, next) => (await next(call)).mapMessages((message) => message))],
  ],
])('a stream without an end of its own, delivered %s', (_way, controls) => {
  const streams = [
    ['GET', request('GET', '/mcp', ['Accept: text/event-stream'], undefined)],
    ['subscriptions/listen', bytesOf(modern('subscriptions/listen', {}))],
  ] as const;

  test.each(streams)('%s: ends with outcome ok when its client leaves', async (method, bytes) => {
    await using upstream = await startUpstream(
      (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': here\n\n'),
    );
    await using front = await startFront(upstream, { controls: [audit(), ...controls] });
    await using client = await connect(front.port);
    client.send(bytes);
    await client.head();
    expect(String(await client.piece())).toContain('here');
    client.destroy();
    expect(await recorded(method)).toMatchObject({ outcome: 'ok', status: 200 });
  });

  test.each(streams)('%s: is recorded as cut when the upstream breaks off', async (method, bytes) => {
    await using upstream = await startUpstream(
      (_request, response) =>
        void response
          .writeHead(200, { 'Content-Type': 'text/event-stream' })
          .write(': here\n\n', () => response.destroy()),
    );
    await using front = await startFront(upstream, { controls: [audit(), ...controls] });
    await exchange(front.port, bytes);
    expect(await recorded(method)).toMatchObject({ outcome: 'cut', status: 200 });
  });
});

describe('a name', () => {
  const record = async (method: string, params: Readonly<Record<string, unknown>>): Promise<Line> => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [audit()] });
    await send(front, legacy(method, params));
    return lines.find((line) => line['event'] === 'call');
  };

  test.each([
    ['tools/call', { name: 'gateway___search-v2.1' }, 'gateway___search-v2.1'],
    ['prompts/get', { name: 'greeting' }, 'greeting'],
    ['tools/call', { name: 'alice@example.com' }, '…'],
    ['tools/call', { name: 'please send it to alice, thanks' }, '…'],
    ['tools/call', { name: 'x'.repeat(500) }, '…'],
    ['resources/read', { uri: 'https://example.com/people/alice' }, 'https:…'],
    ['resources/subscribe', { uri: 'alice:secret' }, '…'],
    ['tasks/get', { taskId: 'a-task' }, '…'],
    ['tools/list', {}, undefined],
  ])('of %s %j is written in a form without a value', async (method, params, name) => {
    expect(await record(method, params)).toMatchObject({ method, ...(name === undefined ? {} : { name }) });
  });

  test('of a method that MCP does not define is not written', async () => {
    expect((await record('alice/secret', {}))['method']).toBe('unknown');
  });
});

test.each(['not-a-trace', `00-${'g'.repeat(32)}-00f067aa0ba902b7-01`, '00-short-00f067aa0ba902b7-01'])(
  'does not write an invalid traceparent (%s)',
  async (traceparent) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [audit()] });
    await send(front, legacy('tools/list'), [`traceparent: ${traceparent}`]);
    expect(await recorded('tools/list')).not.toHaveProperty('trace');
  },
);

test('records a decision of every control', async () => {
  const named = (name: string): DefinedControl =>
    defineControl({ name, replies: 'ignores', setup: () => (call, next) => next(call) });
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { controls: [named('before'), audit(), named('behind')] });
  await send(front, legacy('tools/list'));
  const { decisions } = await recorded('tools/list');
  expect((decisions as Line[]).map((decision) => decision['control'])).toEqual(['behind', 'audit', 'before']);
});
