import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { header } from '../../proxy/callers/header.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, request } from '../support/raw.ts';
import { event, idOf, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { bytesOf, initialize, legacy, send } from '../upstream/messages.ts';
import { control } from './forms.ts';
import { Lines } from './lines.ts';
import { startWorld, type World } from './session.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const fail = (): never => {
  throw new Error('the upstream has no stream');
};

/** Hides the data in the results of tool calls, and in nothing else. */
const redacting = (): DefinedControl =>
  defineControl({
    name: 'redacting',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': async (call, next) =>
        (await next(call)).mapMessages((message) =>
          JSON.parse(JSON.stringify(message).replaceAll('secret', call.params.name)),
        ),
    }),
  });

const result = (id = 1): string =>
  event({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'secret' }] } }, 'e-2');
const log = event(
  { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'secret' } },
  'e-1',
);
const progress = (token: string): string =>
  event({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: token, progress: 1, message: 'secret' },
  });

/** Makes a call, reads an event id from its stream, and cuts the connection. */
async function callAndCut(world: World, session: string, id = 1): Promise<void> {
  await using stream = await world.call(
    session,
    'tools/call',
    { name: 'x', arguments: {}, _meta: { progressToken: 'token' } },
    id,
  );
  stream.out?.write('id: e-0\ndata:\n\n');
  await stream.until('e-0');
}

describe('the reply of a call whose connection was cut', () => {
  test('is still transformed if its stream is resumed by Last-Event-ID, from the first message to the result', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await callAndCut(world, session);
    await using resumed = await world.get(session, 'e-0');
    expect(world.upstream.received.at(-1)?.header('last-event-id')).toBe('e-0');
    resumed.out?.end(log + result());
    const text = await resumed.rest();
    expect(text).not.toContain('secret');
    expect(text.match(/"x"/g)).toHaveLength(2);
  });

  test('is still transformed if it is resumed again after an event of the first resumption', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await callAndCut(world, session);
    await using first = await world.get(session, 'e-0');
    first.out?.write(log);
    await first.until('e-1');
    first.client.destroy();
    await using second = await world.get(session, 'e-1');
    second.out?.end(result());
    expect(await second.rest()).toContain('"text":"x"');
  });

  test('is still transformed if its result comes on a plain GET stream', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await callAndCut(world, session);
    await using stream = await world.get(session);
    stream.out?.end(progress('token') + result());
    const text = await stream.rest();
    expect(text).not.toContain('secret');
    expect(text).toContain('"progressToken":"token"');
  });

  test('is still transformed if the upstream closed the stream for polling', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await using stream = await world.call(session);
    stream.out?.end('id: e-0\nretry: 10\ndata:\n\n');
    await stream.rest();
    await using resumed = await world.get(session, 'e-0');
    resumed.out?.end(result());
    expect(await resumed.rest()).toContain('"text":"x"');
  });

  test('is found again among many events that the client never got', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await callAndCut(world, session);
    const [out] = world.streams;
    const many = Array.from({ length: 900 }, (_, i) =>
      event({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x' } }, `late-${i}`),
    );
    out?.end(many.join('') + result());
    await using resumed = await world.get(session, 'e-0');
    expect(resumed.status).toBe(200);
  });
});

describe('a response whose call is unknown', () => {
  test('is refused on a GET stream under its own id, and the stream continues', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await using stream = await world.get(session);
    stream.out?.end(result(99) + log);
    const text = await stream.rest();
    expect(text).toContain('"id":99,"error":{"code":-31409');
    expect(text).not.toContain('"text":"secret"');
    expect(text).toContain('notifications/message');
  });

  test('is refused on the stream of another call, too; a known one gets its own treatment', async () => {
    await using world = await startWorld([redacting()]);
    const session = await world.session();
    await callAndCut(world, session, 1);
    await using other = await world.call(session, 'tools/call', { name: 'other', arguments: {} }, 2);
    other.out?.end(result(1) + result(77) + result(2));
    const text = await other.rest();
    expect(text).toContain('"id":1,"result":{"content":[{"type":"text","text":"x"}]}');
    expect(text).toContain('"id":77,"error":{"code":-31409');
    expect(text).toContain('"id":2,"result":{"content":[{"type":"text","text":"other"}]}');
    expect(text).not.toContain('secret');
  });

  test.each([
    ['a stream resumed after an unknown event', 'e-unknown'],
    ['a stream resumed after an event of another session', 'e-0'],
  ])('%s is refused before the upstream is asked, and is logged', async (_what, after) => {
    await using world = await startWorld([audit(), redacting()]);
    const session = await world.session();
    await callAndCut(world, session);
    const other = await world.session();
    const asked = world.upstream.received.length;
    await using stream = await world.get(other, after);
    expect(stream.status).toBe(409);
    expect(await stream.rest()).toContain('"code":-31409');
    expect(world.upstream.received).toHaveLength(asked);
    expect(await lines.find((line) => line['code'] === 'unmatched-stream')).toMatchObject({
      event: 'call',
      method: 'GET',
      outcome: 'refused',
    });
  });

  test('is refused if it belongs to another session', async () => {
    await using world = await startWorld([redacting()]);
    await callAndCut(world, await world.session());
    await using stream = await world.get(await world.session());
    stream.out?.end(result());
    expect(await stream.rest()).toContain('"id":1,"error":{"code":-31409');
  });

  test('is refused by a process that did not see the call, even if it can open the session', async () => {
    await using world = await startWorld([redacting()]);
    const environment = { SESSION_SECRET: 'env:TEST_SECRET' };
    process.env['TEST_SECRET'] = 'a shared secret of the test';
    await using first = await startFront(world.upstream, { controls: [redacting()], environment });
    await using second = await startFront(world.upstream, { controls: [redacting()], environment });
    const session = (await send(first, initialize())).header('mcp-session-id') ?? '';
    await using resumed = await world.get(session, 'e-0', second.port);
    expect(resumed.status).toBe(409);
    await using stream = await world.get(session, undefined, second.port);
    stream.out?.end(result());
    expect(await stream.rest()).toContain('"id":1,"error":{"code":-31409');
  });
});

test('without a control that transforms replies, a resumed stream passes unchanged to any caller', async () => {
  await using world = await startWorld([audit()]);
  const session = await world.session();
  await using stream = await world.get(session, 'anything');
  stream.out?.end(result(5));
  expect(await stream.rest()).toBe(result(5));
});

test("if a mapping fails on a resumed stream, the stream ends with an error under the resumed call's id", async () => {
  const failing = defineControl({
    name: 'failing',
    setup: () => async (call, next) =>
      (await next(call)).mapMessages((message) => {
        if (message['method'] !== undefined) throw new Error('no');
        return message;
      }),
  });
  await using world = await startWorld([failing]);
  const session = await world.session();
  await callAndCut(world, session, 7);
  await using resumed = await world.get(session, 'e-0');
  resumed.out?.write(log);
  expect(await resumed.rest()).toMatch(/"id":7,"error":\{"code":-32603/);
});

test('if a client disconnects from a GET stream, the stream ends at the upstream', async () => {
  await using world = await startWorld([redacting()]);
  await using stream = await world.get(await world.session());
  const { out } = stream;
  if (out === undefined) throw new Error('no stream');
  const closed = once(out, 'close');
  stream.client.destroy();
  await closed;
});

test('GET and DELETE pass through the controls like any other call', async () => {
  const denying = defineControl({
    name: 'denying',
    setup: () => ({ otherwise: 'deny', initialize: (call, next) => next(call) }),
  });
  await using world = await startWorld([denying]);
  const session = await world.session();
  await using stream = await world.get(session);
  expect(stream.status).toBe(403);
  await using client = await connect(world.front.port);
  client.send(request('DELETE', '/mcp', [`Mcp-Session-Id: ${session}`], undefined));
  expect((await client.reply()).status).toBe(403);
  expect(world.upstream.received.map(({ method }) => method)).toEqual(['POST']);
});

describe('behind an upstream with event ids and without sessions', () => {
  const named = (who: string): string[] => ['MCP-Protocol-Version: 2025-11-25', `X-Who: ${who}`];

  test.each([
    ['the caller who owns it', 'alice', 200],
    ['another caller', 'eve', 409],
    ['nobody', '', 403],
  ])('%s resumes a stream: %s gets %i', async (_what, who, status) => {
    await using upstream = await startUpstream((received, response) => {
      openEvents(response);
      if (received.method === 'GET') response.end(result());
      else response.write('id: e-0\ndata:\n\n', () => response.destroy());
    });
    await using front = await startFront(upstream, { controls: [redacting()], caller: header('x-who') });
    await using cut = await connect(front.port);
    cut.send(bytesOf(legacy('tools/call', { name: 'x', arguments: {} }), named('alice')));
    await cut.reply().catch(() => undefined);
    await using client = await connect(front.port);
    client.send(request('GET', '/mcp', ['Accept: text/event-stream', 'Last-Event-ID: e-0', ...named(who)], undefined));
    const reply = await client.reply();
    expect(reply.status).toBe(status);
    expect(reply.text).not.toContain('secret');
    expect(upstream.received.filter(({ method }) => method === 'GET')).toHaveLength(status === 200 ? 1 : 0);
  });
});

test("a stream is not resumed after an event id that two calls' streams had, since its call is unclear", async () => {
  await using world = await startWorld([redacting()]);
  const session = await world.session();
  await callAndCut(world, session, 1);
  await callAndCut(world, session, 2);
  await using resumed = await world.get(session, 'e-0');
  expect(resumed.status).toBe(409);
});

test('a stream whose call becomes unclear while the upstream answers is refused, and ended at the upstream', async () => {
  const [head, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = control('slow', async (call, next) => {
    const reply = await next(call);
    if (call.method !== 'GET') return reply;
    head.resolve();
    await go.promise;
    return reply;
  });
  await using world = await startWorld([redacting(), slow]);
  const session = await world.session();
  await callAndCut(world, session, 1);
  const resuming = world.get(session, 'e-0');
  await head.promise;
  const ended = once(world.streams.at(-1) ?? fail(), 'close');
  await callAndCut(world, session, 2);
  go.resolve();
  await using resumed = await resuming;
  expect(resumed.status).toBe(409);
  await ended;
});

describe('an event that a control refuses', () => {
  /** Refuses every message that contains "secret". */
  const refusing = control('refusing', async (call, next) =>
    (await next(call)).mapMessages((message) => {
      if (JSON.stringify(message).includes('secret')) throw new Denied('not this');
      return message;
    }),
  );

  test.each([
    ['the response', result()],
    ['a message before it', log.replace('e-1', 'e-2') + result()],
  ])('leaves its id on the error that replaces it (%s), so that a client resumes after it', async (_what, events) => {
    await using world = await startWorld([refusing]);
    const session = await world.session();
    await using stream = await world.call(session);
    stream.out?.write('id: e-0\ndata:\n\n');
    stream.out?.write(events);
    const text = await stream.rest();
    expect(text).toMatch(
      /^id: e-0\ndata:\n\nid: e-2\nevent: message\ndata: \{"jsonrpc":"2.0","id":1,"error":\{"code":-31403.*\n\n$/,
    );
    await using resumed = await world.get(session, 'e-2');
    expect(resumed.status).toBe(200);
    expect(world.upstream.received.at(-1)?.header('last-event-id')).toBe('e-2');
  });

  test('leaves its id on a GET stream, where no error can be sent', async () => {
    await using world = await startWorld([refusing]);
    const session = await world.session();
    await using stream = await world.get(session);
    stream.out?.write(log);
    expect(await stream.rest()).toBe('event: message\nid: e-1\ndata: \n\n');
    await using resumed = await world.get(session, 'e-1');
    expect(resumed.status).toBe(200);
  });

  test("leaves, if it is left out, the id after which the protocol package's client resumes", async () => {
    await using upstream = await startUpstream((received, response) => {
      const id = idOf(received);
      if (received.method === 'GET') return void response.writeHead(405).end();
      if (id === undefined) return void response.writeHead(202).end();
      if (received.text.includes('"initialize"'))
        return respondJson(
          response,
          `{"jsonrpc":"2.0","id":${id},"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"u","version":"1"}}}`,
        );
      openEvents(response);
      response.end(log + event(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`));
    });
    const dropping = control('dropping', async (call, next) =>
      (await next(call)).mapMessages((message) => (JSON.stringify(message).includes('secret') ? undefined : message)),
    );
    await using front = await startFront(upstream, { controls: [dropping] });
    const ids: string[] = [];
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${front.port}/mcp`)));
    expect(
      await client.callTool({ name: 'x', arguments: {} }, { onresumptiontoken: (id) => ids.push(id) }),
    ).toMatchObject({ content: [] });
    expect(ids).toEqual(['e-1']);
    await client.close();
  });
});
