/**
 * An upstream that keeps no state in its sessions (`reopen: true`) may forget them. The proxy then opens them again,
 * once, and the client doesn't notice.
 */
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type Front, type FrontOptions, startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { openEvents, respondJson } from '../support/upstream.ts';
import { lookers } from './controls.ts';
import { startEverything } from './everything.ts';
import { badRequest, startLegacyUpstream } from './legacy-upstream.ts';
import { initialize, legacy, LEGACY, send } from './messages.ts';

function plain(_request: unknown, response: ServerResponse): void {
  response.writeHead(400, { 'Content-Type': 'text/plain' }).end('Bad Request: No valid session ID provided');
}

const REOPEN = { upstreams: { default: { reopen: true } } };
const startReopening = (upstream: { readonly url: string }, options: FrontOptions = {}): Promise<Front> =>
  startFront(upstream, { ...REOPEN, ...options });

const ways = [
  ['404, as the specification says', undefined],
  ["400 and -32000, as the TypeScript SDK's servers do", badRequest],
  ['400 and the same words in plain text', plain],
] as const;

const call = (session: string | undefined) =>
  legacy('tools/call', { name: 'pay', arguments: { amount: 1 } }, { session });

describe.each(ways)('an upstream that forgot its sessions and says so with %s', (_way, unknownSession) => {
  const options = unknownSession === undefined ? {} : { unknownSession };

  test("gets the session opened again with the client's own initialize, and then the call", async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize(LEGACY, { elicitation: {}, sampling: {} }))).header('mcp-session-id');
    upstream.forget();
    const reply = await send(front, call(session));
    expect([reply.status, reply.json().result?.['session']]).toEqual([200, 'upstream-session-2']);
    expect(reply.header('mcp-session-id')).toBeUndefined();
    expect(upstream.initialized[1]).toEqual(upstream.initialized[0]);
    const [before, after] = upstream.calls();
    expect(after?.text).toBe(before?.text);
    expect((await send(front, call(session))).json().result?.['session']).toBe('upstream-session-2');
    expect(upstream.initialized).toHaveLength(2);
  });

  test('gets one session opened again for twenty calls at once', async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    upstream.forget();
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(front, call(session))));
    expect(new Set(replies.map((reply) => reply.json().result?.['session']))).toEqual(new Set(['upstream-session-2']));
    expect(upstream.initialized).toHaveLength(2);
  });

  test('gets the log level and the subscriptions again before the call', async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    await send(front, legacy('logging/setLevel', { level: 'debug' }, { session }));
    for (const uri of ['a://1', 'a://2', 'a://3'])
      await send(front, legacy('resources/subscribe', { uri }, { session }));
    await send(front, legacy('resources/unsubscribe', { uri: 'a://2' }, { session }));
    upstream.forget();
    const from = upstream.received.length;
    expect((await send(front, call(session))).json().result?.['session']).toBe('upstream-session-2');
    const sent = upstream.received
      .slice(from)
      .filter((received) => received.header('mcp-session-id') === 'upstream-session-2')
      .map(({ text }) => JSON.parse(text) as { method: string; params?: unknown });
    expect(
      sent.map(({ method, params }) =>
        method.startsWith('resources/') || method.startsWith('logging/') ? [method, params] : method,
      ),
    ).toEqual([
      'notifications/initialized',
      ['logging/setLevel', { level: 'debug' }],
      ['resources/subscribe', { uri: 'a://1' }],
      ['resources/subscribe', { uri: 'a://3' }],
      'tools/call',
    ]);
  });

  test('gets no reopened session for a call that would set something in it but lacks its parameters: the upstream answers that', async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    for (const method of ['logging/setLevel', 'resources/subscribe'])
      expect((await send(front, legacy(method, {}, { session }))).json().result?.['session']).toBe(
        'upstream-session-1',
      );
  });

  test('loses the session for good if more was set in it than the proxy remembers', async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    await send(front, legacy('resources/subscribe', { uri: `a://${'x'.repeat(10_000)}` }, { session }));
    upstream.forget();
    expect((await send(front, call(session))).status).toBe(404);
    expect(upstream.initialized).toHaveLength(1);
  });

  test('is believed if it says so a second time', async () => {
    await using upstream = await startLegacyUpstream(options);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    const { answer } = upstream;
    upstream.answer = (request, response) => {
      upstream.forget();
      return answer(request, response);
    };
    const reply = await send(front, call(session));
    expect([reply.status, reply.json().error?.data?.['reason']]).toEqual([404, 'session-not-found']);
    expect(upstream.calls()).toHaveLength(2);
  });
});

test.each(lookers)('gets the call after the re-opening streamed like any other, with %s', async (_name, controls) => {
  await using upstream = await startLegacyUpstream();
  upstream.call = (_request, response) => {
    openEvents(response);
    response.end('data: {"jsonrpc":"2.0","id":1,"result":{"streamed":true}}\n\n');
  };
  await using front = await startReopening(upstream, { controls: controls() });
  const session = (await send(front, initialize())).header('mcp-session-id');
  upstream.forget();
  expect((await send(front, call(session))).text).toBe('data: {"jsonrpc":"2.0","id":1,"result":{"streamed":true}}\n\n');
});

test.each([
  [400, '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"amount must be positive"}}'],
  [400, '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"your checkout session has expired"}}'],
  [400, '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no valid session ID in arguments"}}'],
  [400, 'a page of text about session ids'],
  [422, '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Bad Request: No valid session ID provided"}}'],
  [500, '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Bad Request: No valid session ID provided"}}'],
])(
  "a tool's own %i (%s) is not taken for a forgotten session: it passes, and nothing is sent twice",
  async (status, body) => {
    await using upstream = await startLegacyUpstream();
    upstream.call = (_request, response) =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    await using front = await startReopening(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id');
    const reply = await send(front, call(session));
    expect([reply.status, reply.text]).toEqual([status, body]);
    expect([upstream.initialized.length, upstream.calls().length]).toEqual([1, 1]);
  },
);

test('if an upstream refuses to open the session again, all waiting calls fail', async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startReopening(upstream);
  const session = (await send(front, initialize())).header('mcp-session-id');
  upstream.forget();
  const { answer } = upstream;
  upstream.answer = (request, response) => {
    if (request.text.includes('"method":"initialize"'))
      respondJson(response, '{"jsonrpc":"2.0","id":"proxy-initialize","error":{"code":-32603,"message":"full"}}');
    else return answer(request, response);
  };
  const replies = await Promise.all(Array.from({ length: 5 }, () => send(front, call(session))));
  expect(replies.map((reply) => [reply.status, reply.json().error?.data?.['reason']])).toEqual(
    Array.from({ length: 5 }, () => [200, 'upstream-invalid']),
  );
  upstream.answer = answer;
  expect((await send(front, call(session))).status).toBe(200);
});

test("a client's response to a request of the forgotten session is not sent to another session", async () => {
  await using upstream = await startLegacyUpstream();
  await using front = await startReopening(upstream);
  const session = (await send(front, initialize())).header('mcp-session-id');
  upstream.forget();
  const reply = await send(front, {
    body: '{"jsonrpc":"2.0","id":"asked","result":{}}',
    headers: [`Mcp-Session-Id: ${session}`],
  });
  expect(reply.status).toBe(404);
  expect(upstream.initialized).toHaveLength(1);
});

test('server-everything, restarted on its port, serves twenty calls of an old session without the client noticing', async () => {
  await using everything = await startEverything();
  await using front = await startReopening(everything);
  const opened = await send(front, initialize());
  const session = opened.header('mcp-session-id');
  await send(front, {
    body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    headers: [`Mcp-Session-Id: ${session}`],
  });
  const sum = (id: number): Promise<RawReply> =>
    send(front, legacy('tools/call', { name: 'get-sum', arguments: { a: id, b: 1 } }, { id, session }));
  const first = await sum(1);
  expect([first.status, first.rawHeaders.join(), first.text]).toEqual([
    200,
    expect.any(String),
    expect.stringContaining('The sum of 1 and 1 is 2.'),
  ]);
  await everything.restart();
  const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => sum(i + 2)));
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  replies.forEach((reply, i) => expect(reply.text).toContain(`The sum of ${i + 2} and 1 is ${i + 3}.`));
});
