/** Answers of real servers that follow no specification: what the client gets, and what the upstream has seen. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { audit } from '../../proxy/controls/audit/index.ts';
import { validation } from '../../proxy/controls/validation/index.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { control, responseOf, type Way, ways } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { connect, post, request } from '../support/raw.ts';
import { type Answer, event, idOf, openEvents, startUpstream } from '../support/upstream.ts';
import { initialize, legacy, modern, send, type Sent } from './messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const looking = (): DefinedControl =>
  control('looking', async (call, next) => (await next(call)).mapMessages((message) => message));
const call = (era: Way['era']): Sent =>
  era === 'modern'
    ? modern('tools/call', { name: 't', arguments: {} })
    : legacy('tools/call', { name: 't', arguments: {} });

const RAN = '{"content":[{"type":"text","text":"ran"}],"resultType":"complete"}';
const LISTED = '{"tools":[{"name":"t","inputSchema":{"type":"object"}}],"resultType":"complete"}';
const OPENED = '{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"u","version":"1"}}';
const resultOf = (method: string): string =>
  method === 'initialize' ? OPENED : method === 'tools/list' ? LISTED : RAN;

/** Answers each request with what `write` makes of its response, which it gets as JSON text. */
function answering(
  write: (message: string) => { readonly type: string; readonly body: string | Buffer; readonly coding?: string },
  idWritten: (id: string) => string = (id) => id,
): Answer {
  return (received, response) => {
    const id = idOf(received);
    if (received.method !== 'POST' || id === undefined)
      return void response.writeHead(received.method === 'POST' ? 202 : 405).end();
    const { type, body, coding } = write(
      `{"jsonrpc":"2.0","id":${idWritten(id)},"result":${resultOf(/"method":"([^"]+)"/.exec(received.text)?.[1] ?? '')}}`,
    );
    response
      .writeHead(200, { 'Content-Type': type, ...(coding === undefined ? {} : { 'Content-Encoding': coding }) })
      .end(body);
  };
}

const json = (body: string | Buffer): { type: string; body: string | Buffer } => ({ type: 'application/json', body });
const stream = (body: string | Buffer): { type: string; body: string | Buffer } => ({
  type: 'text/event-stream; charset=utf-8',
  body,
});

/** Answers that the proxy's own requests must understand. */
const understood: readonly (readonly [string, (message: string) => ReturnType<typeof json>])[] = [
  ...[
    'event: ping\ndata: 2026-11-29T00:00:00\n\n',
    'event: ping\ndata: {}\n\n',
    'event: ping\ndata: {not json\n\n',
    'event: heartbeat\ndata: {"type":"ping"}\n\n',
    'event: ping\ndata: null\n\n',
    'event: endpoint\ndata: /mcp?s=1\n\n',
    ': ping\n\n',
    'event: ping\n\n',
    'retry: 5\nid: 0\ndata:\n\n',
    'data:\n\n',
    'data: ok\n\n',
    'data: 17\n\n',
    'data: [DONE]\n\n',
    'data: []\n\n',
    'data: [1]\n\n',
    'data: {"jsonrpc":"2.0","id":"another","result":{}}\n\n',
    'data: {"jsonrpc":"2.0","id":9,"method":"roots/list"}\n\n',
    'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\r\n\r\n',
    '\ufeff: a comment\n\n',
  ].map(
    (before) =>
      [JSON.stringify(before), (message: string) => stream(`${before}event: message\ndata: ${message}\n\n`)] as const,
  ),
  ['[DONE] after it', (message) => stream(`data: ${message}\n\ndata: [DONE]\n\n`)],
  ['lines that end in CR only', (message) => stream(`: c\r\revent: message\rdata: ${message}\r\r`)],
  ['data in two lines', (message) => stream(`data: ${message.replace(',"id"', ',\ndata: "id"')}\n\n`)],
  ['no blank line at the end', (message) => stream(`data: ${message}\n`)],
  ['a batch of one', (message) => stream(`data: [${message}]\n\n`)],
  ['a byte order mark in data', (message) => stream(`data: \ufeff${message}\n\n`)],
  ['JSON with a byte order mark', (message) => json(`\ufeff${message}`)],
  ['JSON with white space around', (message) => json(`\r\n ${message}\n`)],
  ['JSON, a batch of one', (message) => json(`[${message}]`)],
];

const validating = (): DefinedControl[] => [audit(), validation()];

describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
  test.each(understood)('the proxy itself understands %s', async (_what, write) => {
    await using upstream = await startUpstream(answering(write));
    await using front = await startFront(upstream, { controls: validating() });
    expect((await send(front, call(era))).text).toContain('"text":"ran"');
    expect(upstream.received.map(({ text }) => /"method":"([^"]+)"/.exec(text)?.[1])).toEqual([
      'tools/list',
      'tools/call',
    ]);
  });

  test.each([
    ['an empty body', () => json(''), /is empty/],
    ['no JSON', () => json('<html>'), /is not JSON/],
    ['no response', () => json('{"type":"ping"}'), /not a JSON-RPC response/],
    ['a stream of pings', () => stream('event: ping\ndata: {}\n\n'), /stream ended without an answer/],
    [
      'a content coding',
      (message: string) => ({ ...json(gzipSync(message)), coding: 'gzip' }),
      /content coding that was not asked for/,
    ],
  ])('the proxy itself reports what is wrong with %s', async (_what, write, words) => {
    await using upstream = await startUpstream(answering(write));
    await using front = await startFront(upstream, { controls: validating() });
    const reply = await send(front, call(era));
    expect(reply.json()).toMatchObject({ id: 1, error: { message: expect.stringMatching(words) } });
    expect(upstream.received).toHaveLength(1);
  });
});

describe.each(ways)('an id that comes back changed: %s', (_name, way) => {
  const controls = [
    ['no control', () => []],
    ['one that looks', () => [looking()]],
    ['validation', validating],
  ] as const;
  const other = [
    ['5', '"5"'],
    ['"5"', '5'],
    ['5', '5.0'],
    ['5', '5e0'],
    ['"a/b"', String.raw`"a\/b"`],
    ['"é"', String.raw`"\u00e9"`],
  ] as const;
  test.each(other.flatMap(([sent, back]) => controls.map(([name, make]) => [sent, back, name, make] as const)))(
    'with %s as %s, %s passes it unchanged',
    async (sent, back, _controls, make) => {
      await using upstream = await startUpstream(
        answering(way.form === 'json' ? json : (message) => stream(`data: ${message}\n\n`), (id) =>
          id === sent ? back : id,
        ),
      );
      await using front = await startFront(upstream, { controls: make() });
      const { body, headers } = call(way.era);
      const reply = await send(front, { body: body.replace('"id":1,', `"id":${sent},`), headers });
      expect(reply.text).toContain(`"id":${back},"result":${RAN}`);
      expect(upstream.received.filter(({ text }) => text.includes('tools/call'))).toHaveLength(1);
    },
  );
});

test.each(['"server-error"', 'null', '8'])(
  'the single JSON body to a request is its response, whatever its id: %s',
  async (id) => {
    const error = `{"jsonrpc":"2.0","id":${id},"error":{"code":-32600,"message":"not today"}}`;
    await using upstream = await startUpstream(
      (_received, response) => void response.writeHead(400, { 'Content-Type': 'application/json' }).end(error),
    );
    await using front = await startFront(upstream, { controls: [looking()] });
    for (const era of ['legacy', 'modern'] as const) {
      const reply = await send(front, call(era));
      expect([reply.status, reply.text]).toEqual([400, error]);
    }
  },
);

describe('a request that gets no response', () => {
  const nothings: readonly (readonly [string, Answer])[] = [
    ['200', (_received, response) => void response.writeHead(200, { 'Content-Length': 0 }).end()],
    ['202', (_received, response) => void response.writeHead(202).end()],
    ['204', (_received, response) => void response.writeHead(204).end()],
    [
      '200, JSON',
      (_received, response) =>
        void response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }).end(),
    ],
    [
      '200, a stream without an event',
      (_received, response) => void response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(),
    ],
  ];

  describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
    test.each(nothings)(
      'with %s gets an error under its id if a control looks at replies, and is recorded as not ok',
      async (_what, answer) => {
        await using upstream = await startUpstream(answer);
        await using front = await startFront(upstream, { controls: [audit(), looking()] });
        expect(responseOf(await send(front, call(era)))).toMatchObject({
          id: 1,
          error: { data: { reason: 'upstream-invalid' }, message: expect.stringContaining('no response in it') },
        });
        expect(upstream.received).toHaveLength(1);
        await vi.waitFor(async () =>
          expect(await lines.find((line) => line['event'] === 'call')).toMatchObject({
            outcome: expect.not.stringMatching(/^ok$/),
          }),
        );
      },
    );

    test.each(nothings)(
      'with %s gets exactly that if no control looks, and is recorded as not ok',
      async (_what, answer) => {
        await using upstream = await startUpstream(answer);
        await using front = await startFront(upstream, { controls: [audit()] });
        const reply = await send(front, call(era));
        expect([reply.text, reply.status < 300]).toEqual(['', true]);
        expect(await lines.find((line) => line['event'] === 'call')).toMatchObject({ outcome: 'unknown' });
      },
    );

    test('a notification without an answer is ok', async () => {
      await using upstream = await startUpstream((_received, response) => void response.writeHead(202).end());
      await using front = await startFront(upstream, { controls: [audit(), looking()] });
      const { body, headers } = call(era);
      const reply = await send(front, {
        body: body.replace('"id":1,', '').replace('tools/call', 'notifications/x'),
        headers: headers.filter((line) => !/^mcp-(?:method|name)/i.test(line)),
      });
      expect([reply.status, reply.text]).toEqual([202, '']);
      expect(await lines.find((line) => line['event'] === 'call')).toMatchObject({ outcome: 'ok' });
    });
  });

  test('a request waits for its response if its client has a GET stream open, which some servers answer on', async () => {
    let listening: { end(text: string): unknown } | undefined;
    await using upstream = await startUpstream((received, response) => {
      if (received.method === 'GET') {
        openEvents(response);
        listening = response;
      } else if (received.text.includes('"initialize"'))
        response
          .writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 's' })
          .end(`{"jsonrpc":"2.0","id":"init","result":${OPENED}}`);
      else response.writeHead(202).end();
    });
    await using front = await startFront(upstream, { controls: [looking()] });
    const session = (await send(front, initialize())).header('mcp-session-id');
    await using client = await connect(front.port);
    client.send(request('GET', '/mcp', ['Accept: text/event-stream', `Mcp-Session-Id: ${session}`], undefined));
    await client.head();
    expect((await send(front, legacy('tools/call', { name: 't' }, { session }))).status).toBe(202);
    listening?.end(event(`{"jsonrpc":"2.0","id":1,"result":${RAN}}`));
    expect((await client.piece())?.toString()).toContain('"text":"ran"');
  });
});

test('the parts of a batch are requested without a content coding, and one that has a coding causes an error that says so', async () => {
  await using upstream = await startUpstream(
    answering((message) =>
      message.includes('"id":2') ? { ...json(gzipSync(message)), coding: 'gzip' } : json(message),
    ),
  );
  await using front = await startFront(upstream);
  const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 't' } }));
  const reply = await post(front.port, JSON.stringify(batch), [
    'Accept-Encoding: gzip',
    'MCP-Protocol-Version: 2025-03-26',
  ]);
  expect(reply.text).toContain('"text":"ran"');
  expect(reply.text).toContain('in a content coding that was not asked for');
  expect(upstream.received.map((received) => received.header('accept-encoding'))).toEqual(['identity', 'identity']);
});

test.each([
  ['{"jsonrpc":"2.0","id":"q","result":{"action":"accept"},"error":null}', { action: 'accept' }],
  ['{"jsonrpc":"2.0","id":"q","error":null,"result":{"action":"accept"}}', { action: 'accept' }],
  ['{"jsonrpc":"2.0","id":"q","result":null,"error":{"code":1,"message":"no"}}', { code: 1, message: 'no' }],
])("a client's response with one of two members null is forwarded unchanged: %s", async (body, params) => {
  const seen: unknown[] = [];
  await using upstream = await startUpstream((_received, response) => void response.writeHead(202).end());
  await using front = await startFront(upstream, {
    controls: [control('c', (call, next) => (seen.push(call.kind, call.params), next(call)))],
  });
  expect((await send(front, { body, headers: ['MCP-Protocol-Version: 2025-11-25'] })).status).toBe(202);
  expect(upstream.received.map(({ text }) => text)).toEqual([body]);
  expect(seen).toEqual(['response', params]);
});

test.each([
  '{"jsonrpc":"2.0","id":"q","result":null,"error":null}',
  '{"jsonrpc":"2.0","id":"q","result":{},"error":{"code":1,"message":"no"}}',
  '{"jsonrpc":"2.0","id":"q"}',
  '{"jsonrpc":"2.0","id":null,"result":{},"error":null}',
])("a client's response with both or neither is refused: %s", async (body) => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream);
  expect((await send(front, { body, headers: ['MCP-Protocol-Version: 2025-11-25'] })).status).toBe(400);
  expect(upstream.received).toEqual([]);
});
