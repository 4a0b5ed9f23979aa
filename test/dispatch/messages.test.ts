import { describe, expect, test } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import type { Call } from '../../proxy/call/call.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect } from '../support/raw.ts';
import { event, startUpstream } from '../support/upstream.ts';
import { bytesOf, legacy, modern, send } from '../upstream/messages.ts';
import { control, TOOL, ways } from './forms.ts';
import { startWorld } from './session.ts';

const messages = [
  { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1, message: 'told' } },
  { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'told' } },
  { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'told' } },
  {
    jsonrpc: '2.0',
    id: 'q1',
    method: 'elicitation/create',
    params: { message: 'told', requestedSchema: { type: 'object', properties: {} } },
  },
  {
    jsonrpc: '2.0',
    id: 'q2',
    method: 'sampling/createMessage',
    params: { messages: [], maxTokens: 1, systemPrompt: 'told' },
  },
  { jsonrpc: '2.0', id: 'q3', method: 'acme/unknown', params: { told: 'told' } },
] as const;
const result = {
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: 'told' }], structuredContent: { a: ['told'] }, _meta: { m: 'told' } },
};
const error = { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'told', data: { at: 'told' } } };

/** Replaces a word everywhere in every message, and remembers the messages it saw. */
function replacing(seen: unknown[] = []): DefinedControl {
  return control('replacing', async (call, next) =>
    (await next(call)).mapMessages((message) => {
      seen.push(message);
      return JSON.parse(JSON.stringify(message).replaceAll('"told"', '"shown"'));
    }),
  );
}

describe.each([
  ['modern', () => modern('tools/call', TOOL)],
  ['legacy', () => legacy('tools/call', TOOL)],
] as const)('a control that maps messages, in the %s era', (_era, call) => {
  test.each([
    ['its result', result],
    ['an error', error],
  ])('sees every message of a stream with %s at its end, and the client gets what it returns', async (_what, last) => {
    const all = [...messages, last];
    await using upstream = await startUpstream(
      (_request, response) =>
        void response
          .writeHead(200, { 'Content-Type': 'text/event-stream' })
          .end(all.map((message) => event(message)).join('')),
    );
    const seen: unknown[] = [];
    await using front = await startFront(upstream, { controls: [replacing(seen)] });
    const reply = await send(front, call());
    expect(seen).toEqual(all);
    expect(reply.text).toBe(
      all.map((message) => event(JSON.stringify(message).replaceAll('"told"', '"shown"'))).join(''),
    );
  });

  test('sends an event before the upstream sends the next', async () => {
    await using world = await startWorld([replacing()]);
    await using client = await connect(world.front.port);
    client.send(bytesOf(call()));
    await client.head();
    const [out] = world.streams;
    for (const message of messages) {
      out?.write(event(message));
      expect((await client.piece())?.toString()).toBe(event(JSON.stringify(message).replaceAll('"told"', '"shown"')));
    }
  });
});

test.each(ways)(
  'an error with its data is mapped like a result, and a mapping of results does not change it: %s',
  async (_name, way) => {
    const sent = way.era === 'modern' ? modern('tools/call', TOOL) : legacy('tools/call', TOOL);
    await using upstream = await startUpstream(way.messages(JSON.stringify(error)));
    await using mapping = await startFront(upstream, { controls: [replacing()] });
    expect((await send(mapping, sent)).text).not.toContain('told');
    await using results = await startFront(upstream, {
      controls: [control('results', async (call, next) => (await next(call)).mapResult(() => ({ never: true })))],
    });
    expect((await send(results, sent)).text).toContain('told');
  },
);

test('a GET stream is mapped message by message, too', async () => {
  const seen: unknown[] = [];
  await using world = await startWorld([replacing(seen)]);
  const session = await world.session();
  await using call = await world.call(session, 'tools/call', { ...TOOL, _meta: { progressToken: 1 } });
  await using stream = await world.get(session);
  seen.length = 0;
  expect(call.status).toBe(200);
  stream.out?.end(messages.map((message) => event(message)).join(''));
  expect(await stream.rest()).not.toContain('told');
  expect(seen).toEqual(messages);
});

describe('what clients send besides requests', () => {
  const recording = (calls: Call[], deny: (call: Call) => boolean = () => false): DefinedControl =>
    defineControl({
      name: 'recording',
      setup: () => async (call, next) => {
        calls.push(call);
        if (deny(call)) throw new Denied();
        return next(
          call.kind === 'response' && call.params !== undefined ? call.with({ ...call.params, checked: true }) : call,
        );
      },
    });
  const answer = (id: string, body: string = '"result":{"action":"accept","content":{"name":"told"}}'): string =>
    `{"jsonrpc":"2.0","id":${id},${body}}`;

  test('a notification passes through the controls, which allow or deny it', async () => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls, (call) => call.method === 'notifications/cancelled')]);
    const session = await world.session();
    const notify = (method: string): ReturnType<typeof send> =>
      send(world.front, {
        body: `{"jsonrpc":"2.0","method":"${method}","params":{"requestId":1}}`,
        headers: [`Mcp-Session-Id: ${session}`],
      });
    expect((await notify('notifications/progress')).status).toBe(202);
    expect((await notify('notifications/cancelled')).status).toBe(403);
    expect(calls.slice(1).map(({ kind, method }) => `${kind} ${method}`)).toEqual([
      'notification notifications/progress',
      'notification notifications/cancelled',
    ]);
    expect(world.upstream.received.filter(({ text }) => text.includes('cancelled'))).toEqual([]);
  });

  test('a response is matched to its request and to the call that this request came from, and may be changed', async () => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls)]);
    const session = await world.session();
    await using stream = await world.call(session);
    stream.out?.write(event(messages[3]));
    await stream.until('q1');
    const arrived = world.upstream.received.length;
    await send(world.front, { body: answer('"q1"'), headers: [`Mcp-Session-Id: ${session}`] });
    const last = calls.at(-1);
    expect([last?.kind, last?.method, last?.origin?.method, last?.origin?.name]).toEqual([
      'response',
      'elicitation/create',
      'tools/call',
      'x',
    ]);
    expect(last?.params).toEqual({ action: 'accept', content: { name: 'told' } });
    expect((await world.upstream.arrival(arrived)).text).toBe(
      answer('"q1"', '"result":{"action":"accept","content":{"name":"told"},"checked":true}'),
    );
  });

  test('a response is matched even if the question came on a GET stream, and however its id is spelled', async () => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls)]);
    const session = await world.session();
    await using stream = await world.get(session);
    stream.out?.write(event('{"jsonrpc":"2.0","id":"\\u0071é","method":"roots/list"}'));
    await stream.until('roots/list');
    await send(world.front, { body: answer('"qé"'), headers: [`Mcp-Session-Id: ${session}`] });
    expect([calls.at(-1)?.method, calls.at(-1)?.origin?.method]).toEqual(['roots/list', 'GET']);
  });

  test.each([
    ['with another id type is matched, too', '1', 'elicitation/create', 'tools/call'],
    ['to no question passes under the method response', '"never"', 'response', undefined],
  ])('a response %s', async (_what, id, method, origin) => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls)]);
    const session = await world.session();
    await using stream = await world.call(session);
    stream.out?.write(event({ jsonrpc: '2.0', id: '1', method: 'elicitation/create', params: {} }));
    await stream.until('elicitation');
    await send(world.front, { body: answer(id), headers: [`Mcp-Session-Id: ${session}`] });
    expect([calls.at(-1)?.method, calls.at(-1)?.origin?.method]).toEqual([method, origin]);
  });

  test('a question is answered once, and only in its own session', async () => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls)]);
    const [session, other] = [await world.session(), await world.session()];
    await using stream = await world.call(session);
    stream.out?.write(event(messages[3]));
    await stream.until('q1');
    for (const from of [other, session, session])
      await send(world.front, { body: answer('"q1"'), headers: [`Mcp-Session-Id: ${from}`] });
    expect(calls.slice(-3).map(({ method }) => method)).toEqual(['response', 'elicitation/create', 'response']);
  });

  test('a response that a control denies never reaches the upstream', async () => {
    const calls: Call[] = [];
    await using world = await startWorld([recording(calls, ({ kind }) => kind === 'response')]);
    const session = await world.session();
    expect((await send(world.front, { body: answer('"q1"'), headers: [`Mcp-Session-Id: ${session}`] })).status).toBe(
      403,
    );
    expect(world.upstream.received.filter(({ text }) => text.includes('accept'))).toEqual([]);
  });
});
