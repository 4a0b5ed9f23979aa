/**
 * What counts as a lost session, and what its client is told. Each case is data: the upstream's answer and its
 * consequence.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { lookers } from './controls.ts';
import { startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, LEGACY, send } from './messages.ts';

type Outcome =
  /** The upstream's bytes reach the client, and the session goes on. */
  | 'passes'
  /** The client gets the proxy's 404, and the session is over. */
  | 'told'
  /** The proxy opened another session and sent the call again. */
  | 'again';

interface Case {
  readonly when: string;
  readonly asks: 'tools/call' | 'tools/list' | 'GET' | 'notification' | 'response';
  readonly answer: {
    readonly status: number;
    readonly type?: string;
    readonly body: string | Buffer;
    readonly coding?: string;
  };
  readonly plain: Outcome;
  readonly reopening: Outcome;
}

const JSON_TYPE = 'application/json';
const rpc = (id: unknown, code: number, message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id });
const NOT_FOUND = rpc(null, -32001, 'Session not found');
const NO_VALID = 'Bad Request: No valid session ID provided';

const cases: readonly Case[] = [
  // The forms of known servers: the call wasn't carried out.
  {
    when: 'the TypeScript SDK loses it',
    asks: 'tools/call',
    answer: { status: 404, body: NOT_FOUND },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'the Python SDK loses it',
    asks: 'tools/call',
    answer: { status: 404, body: rpc('server-error', -32600, 'Session not found') },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'an older Python SDK loses it',
    asks: 'tools/call',
    answer: { status: 400, type: 'text/plain', body: NO_VALID },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'the Go SDK loses it',
    asks: 'tools/call',
    answer: { status: 404, type: 'text/plain; charset=utf-8', body: 'session not found\n' },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'the C# SDK loses it',
    asks: 'tools/call',
    answer: { status: 404, body: rpc('', -32001, 'Session not found') },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'rmcp loses it',
    asks: 'tools/call',
    answer: { status: 404, type: 'text/plain', body: 'Not Found: Session not found' },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'an older rmcp loses it',
    asks: 'tools/call',
    answer: { status: 401, type: 'text/plain', body: 'Unauthorized: Session not found' },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: "a server based on the SDK's example loses it",
    asks: 'tools/call',
    answer: { status: 400, body: rpc(null, -32000, NO_VALID) },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: "server-everything loses it, with the request's own id",
    asks: 'tools/call',
    answer: { status: 400, body: rpc(7, -32000, NO_VALID) },
    plain: 'passes',
    reopening: 'again',
  },
  {
    when: 'it is lost in an unknown form, by a call that may have run',
    asks: 'tools/call',
    answer: { status: 404, type: 'text/html', body: '<h1>Not Found</h1>' },
    plain: 'told',
    reopening: 'told',
  },
  {
    when: 'it is lost in an unknown form, by a call that may run twice',
    asks: 'tools/list',
    answer: { status: 404, type: 'text/html', body: '<h1>Not Found</h1>' },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'a 404 says nothing at all',
    asks: 'tools/list',
    answer: { status: 404, body: '' },
    plain: 'told',
    reopening: 'again',
  },
  {
    when: 'the words are in gzip',
    asks: 'tools/call',
    answer: { status: 404, body: gzipSync(NOT_FOUND), coding: 'gzip' },
    plain: 'told',
    reopening: 'again',
  },
  // A message with the request's own id is its answer.
  {
    when: 'a tool runs, and its server says 404',
    asks: 'tools/call',
    answer: { status: 404, body: rpc(7, -32002, 'order 12 not found') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'the id comes back as a string',
    asks: 'tools/call',
    answer: { status: 404, body: rpc('7', -32002, 'order 12 not found') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 is a result',
    asks: 'tools/call',
    answer: { status: 404, body: '{"jsonrpc":"2.0","id":7,"result":{"content":[]}}' },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 comes in gzip',
    asks: 'tools/call',
    answer: { status: 404, body: gzipSync(rpc(7, -32002, 'order 12 not found')), coding: 'gzip' },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 begins with a byte-order mark',
    asks: 'tools/call',
    answer: { status: 404, body: `\uFEFF${rpc(7, -32002, 'order 12 not found')}` },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 is an event stream',
    asks: 'tools/call',
    answer: { status: 404, type: 'text/event-stream', body: `data: ${rpc(7, -32002, 'order 12 not found')}\n\n` },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 is a batch',
    asks: 'tools/call',
    answer: { status: 404, body: `[${rpc(7, -32002, 'order 12 not found')}]` },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 is in a coding that the proxy cannot decode',
    asks: 'tools/call',
    answer: { status: 404, body: 'zzz', coding: 'zstd' },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'an answer of 404 is longer than any error',
    asks: 'tools/call',
    answer: { status: 404, type: 'text/plain', body: 'x'.repeat(100_000) },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a method is unknown',
    asks: 'tools/list',
    answer: { status: 404, body: rpc(7, -32601, 'Method not found') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: "a tool mentions sessions under the request's id",
    asks: 'tools/call',
    answer: { status: 400, body: rpc(7, -32000, 'your session id has expired: session not found') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: "the SDK's words come under the request's id",
    asks: 'tools/call',
    answer: { status: 404, body: rpc(7, -32001, 'Session not found') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a 400 mentions sessions in other words',
    asks: 'tools/call',
    answer: { status: 400, body: rpc(null, -32000, 'Bad Request: session id given but streams are not supported') },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a 400 has a page of text about session ids',
    asks: 'tools/call',
    answer: { status: 400, type: 'text/plain', body: `${NO_VALID}: see https://example.com` },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'the words come with another status',
    asks: 'tools/call',
    answer: { status: 500, body: rpc(null, -32000, NO_VALID) },
    plain: 'passes',
    reopening: 'passes',
  },
  // Answers that prove nothing.
  {
    when: 'there are no streams',
    asks: 'GET',
    answer: { status: 404, type: 'text/plain', body: 'Not Found' },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a GET is told that there is no session',
    asks: 'GET',
    answer: { status: 404, body: NOT_FOUND },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a GET is told so with 400',
    asks: 'GET',
    answer: { status: 400, body: rpc(null, -32000, NO_VALID) },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: 'a notification gets a 404',
    asks: 'notification',
    answer: { status: 404, body: NOT_FOUND },
    plain: 'passes',
    reopening: 'passes',
  },
  {
    when: "the client's response gets a 404",
    asks: 'response',
    answer: { status: 404, body: NOT_FOUND },
    plain: 'passes',
    reopening: 'passes',
  },
];

const bodies = {
  'tools/call': '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"pay","arguments":{}}}',
  'tools/list': '{"jsonrpc":"2.0","id":7,"method":"tools/list"}',
  notification: '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}',
  response: '{"jsonrpc":"2.0","id":"asked","result":{}}',
} as const;

describe.each([
  ['an upstream that may keep state', false],
  ['an upstream that keeps no state (reopen)', true],
])('%s', (_name, reopen) => {
  test.each(cases.map((one) => ({ ...one, outcome: reopen ? one.reopening : one.plain })))(
    '$outcome: $asks, when $when',
    async ({ asks, answer, outcome }) => {
      await using upstream = await startLegacyUpstream();
      await using front = await startFront(upstream, { upstreams: { default: { reopen } } });
      const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
      const usual = upstream.answer;
      let probes = 0;
      upstream.answer = (received, response) => {
        if (received.text.includes('"initialize') || received.text.includes('/initialized') || ++probes > 1)
          return usual(received, response);
        const { status, type = JSON_TYPE, body, coding } = answer;
        response
          .writeHead(status, { 'Content-Type': type, ...(coding === undefined ? {} : { 'Content-Encoding': coding }) })
          .end(body);
      };
      const reply = await ask(front.port, asks, session);
      const after = (): Promise<RawReply> => send(front, legacy('tools/list', {}, { session }));
      if (outcome === 'passes') {
        expect([reply.status, reply.body]).toEqual([answer.status, Buffer.from(answer.body)]);
        expect([probes, upstream.initialized.length]).toEqual([1, 1]);
        expect((await after()).json().result?.['session']).toBe('upstream-session-1');
      } else if (outcome === 'told') {
        expect(reply).toMatchObject({ status: 404 });
        expect(reply.json()).toMatchObject({
          id: 7,
          error: {
            code: -32001,
            message: expect.stringMatching(/^Session not found: .*initialize again/) as unknown,
            data: { reason: 'session-not-found' },
          },
        });
        expect([probes, upstream.initialized.length]).toEqual([1, 1]);
        expect((await after()).status).toBe(404);
        expect(probes).toBe(1);
      } else {
        expect([reply.status, reply.json().result?.['session']]).toEqual([200, 'upstream-session-2']);
        expect([probes, upstream.initialized.length]).toEqual([2, 2]);
        expect((await after()).json().result?.['session']).toBe('upstream-session-2');
      }
    },
  );
});

function ask(port: number, asks: Case['asks'], session: string): Promise<RawReply> {
  const headers = [`Mcp-Session-Id: ${session}`, `MCP-Protocol-Version: ${LEGACY}`];
  // If no control looks, the client's Accept goes upstream.
  if (asks === 'GET')
    return exchange(port, request('GET', '/mcp', ['Accept: text/event-stream', ...headers], undefined));
  return send({ port }, { body: bodies[asks], headers: ['Accept-Encoding: gzip', ...headers] });
}

describe('a session that the upstream lost', () => {
  const call = (session: string | undefined, id = 1) =>
    legacy('tools/call', { name: 'which', arguments: {} }, { id, session });

  test.each(lookers)(
    'is reported once to each of two calls that learn it at the same time, with %s',
    async (_name, controls) => {
      await using upstream = await startLegacyUpstream();
      await using front = await startFront(upstream, { controls: controls() });
      const session = (await send(front, initialize())).header('mcp-session-id');
      upstream.forget();
      const usual = upstream.answer;
      const waiting: (() => void)[] = [];
      upstream.answer = (received, response) => {
        waiting.push(() => void usual(received, response));
        if (waiting.length === 2) for (const go of waiting) go();
      };
      const replies = await Promise.all([send(front, call(session, 1)), send(front, call(session, 2))]);
      expect(replies.map((reply) => [reply.status, reply.json().id, reply.json().error?.code])).toEqual([
        [404, 1, -32001],
        [404, 2, -32001],
      ]);
      upstream.answer = usual;
      const again = (await send(front, initialize())).header('mcp-session-id');
      expect((await send(front, call(again))).json().result?.['session']).toBe('upstream-session-2');
      // The old id reaches no session, in particular not the new one.
      expect((await send(front, call(session))).status).toBe(404);
    },
  );

  test('leaves the other sessions alone', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const [first, second] = [
      (await send(front, initialize())).header('mcp-session-id'),
      (await send(front, initialize())).header('mcp-session-id'),
    ];
    upstream.forgetOne('upstream-session-1');
    expect((await send(front, call(first))).status).toBe(404);
    expect((await send(front, call(second))).json().result?.['session']).toBe('upstream-session-2');
  });

  test('is detected in a batch: 404 if each of its requests was refused so', async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    const session = (await send(front, initialize('2025-03-26'))).header('mcp-session-id');
    upstream.forget();
    const batch = JSON.stringify(
      [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'which', arguments: {} } })),
    );
    const reply = await send(front, { body: batch, headers: [`Mcp-Session-Id: ${session}`] });
    expect(reply.status).toBe(404);
    const messages: unknown = JSON.parse(reply.text);
    expect(messages).toMatchObject([1, 2].map((id) => ({ id, error: { code: -32001 } })));
    expect(upstream.initialized).toHaveLength(1);
  });

  test('is not detected from the answers of a batch that are 404 by themselves', async () => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (received, response) => {
      const { id } = JSON.parse(received.text) as { id: number };
      response.writeHead(404, { 'Content-Type': JSON_TYPE }).end(rpc(id, -32601, 'Method not found'));
    };
    await using front = await startFront(upstream);
    const session = (await send(front, initialize('2025-03-26'))).header('mcp-session-id');
    const batch = { body: '[{"jsonrpc":"2.0","id":1,"method":"x"}]', headers: [`Mcp-Session-Id: ${session}`] };
    for (let i = 0; i < 2; i++) expect((await send(front, batch)).text).toBe(`[${rpc(1, -32601, 'Method not found')}]`);
    expect(upstream.calls()).toHaveLength(2);
  });

  test("is detected by the proxy's own request: its client gets 404, and another client that waits for the same answer does not", async () => {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, { controls: [asking()] });
    const [lost, good] = [
      (await send(front, initialize())).header('mcp-session-id'),
      (await send(front, initialize())).header('mcp-session-id'),
    ];
    upstream.forgetOne('upstream-session-1');
    upstream.call = (received, response) => {
      const { id, method } = JSON.parse(received.text) as { id: unknown; method: string };
      const result =
        method === 'tools/list'
          ? { tools: [{ name: 'which', inputSchema: { type: 'object' } }] }
          : { session: received.header('mcp-session-id') };
      response.writeHead(200, { 'Content-Type': JSON_TYPE }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
    const { answer } = upstream;
    let asked: (() => void) | undefined;
    upstream.answer = (received, response) => {
      if (asked !== undefined || !received.text.includes('tools/list')) return answer(received, response);
      asked = () => void answer(received, response);
    };
    const first = send(front, call(lost));
    await expect.poll(() => asked).toBeDefined();
    const second = send(front, call(good));
    // By now it waits for the list that was requested in the other's session.
    await new Promise((resolve) => setTimeout(resolve, 100));
    asked?.();
    expect([(await first).status, (await first).json().error?.data?.['reason']]).toEqual([404, 'session-not-found']);
    expect((await second).json().result?.['session']).toBe('upstream-session-2');
  });

  test('is never exchanged for a new one: what was chosen in the old one is not applied to a new one', async () => {
    // An upstream with state: which database a session has selected.
    const chosen = new Map<string | undefined, string>();
    await using upstream = await startLegacyUpstream();
    upstream.call = (received, response) => {
      const { id, params } = JSON.parse(received.text) as { id: unknown; params: { name: string } };
      const session = received.header('mcp-session-id');
      if (params.name === 'select') chosen.set(session, 'test');
      response
        .writeHead(200, { 'Content-Type': JSON_TYPE })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result: { database: chosen.get(session) ?? 'production' } }));
    };
    await using front = await startFront(upstream);
    const tool = (name: string, session: string | undefined) =>
      send(front, legacy('tools/call', { name, arguments: {} }, { session }));
    const session = (await send(front, initialize())).header('mcp-session-id');
    await tool('select', session);
    expect((await tool('which', session)).json().result).toEqual({ database: 'test' });
    upstream.forget();
    expect((await tool('which', session)).status).toBe(404);
    expect([upstream.initialized.length, upstream.calls().length]).toEqual([1, 3]);
  });

  test('is logged once, with the option that would open it again', async () => {
    const lines = new Lines();
    lines.start();
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream);
    for (let round = 0; round < 2; round++) {
      const session = (await send(front, initialize())).header('mcp-session-id');
      upstream.forget();
      expect((await send(front, call(session))).status).toBe(404);
    }
    const logged = lines.all.filter(({ event }) => event === 'session-lost');
    lines.stop();
    expect(logged).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('reopen: true') as unknown }),
    ]);
  });
});

function asking(): DefinedControl {
  return defineControl({
    name: 'asking',
    replies: 'ignores',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': async (call, next) => {
        await call.upstream.tools();
        return next(call);
      },
    }),
  });
}
