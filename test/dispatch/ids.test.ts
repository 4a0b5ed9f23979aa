/**
 * Ids that a client chooses so that one call's reply is taken for another's, to get around a control that reads only
 * some methods.
 */
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, type Connection, post } from '../support/raw.ts';
import { event, openEvents, startUpstream, type Upstream } from '../support/upstream.ts';
import { bytesOf, initialize, legacy, send, type Sent } from '../upstream/messages.ts';

/** Hides the word in the results of tools, and reads nothing else. */
const redacting = (): DefinedControl =>
  defineControl({
    name: 'redacting',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': async (call, next) =>
        (await next(call)).mapMessages((message) => JSON.parse(JSON.stringify(message).replaceAll('secret', 'x'))),
    }),
  });

interface Streaming extends Upstream {
  /** The open replies in the order of their requests, including GET. */
  readonly streams: readonly ServerResponse[];
  stream(index: number): Promise<ServerResponse>;
}

/** Answers everything except `initialize` with an event stream that the test writes. */
async function startStreaming(): Promise<Streaming> {
  const streams: ServerResponse[] = [];
  const upstream = await startUpstream((received, response) => {
    if (received.text.includes('"initialize"')) {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'of-the-upstream' });
      response.end(
        '{"jsonrpc":"2.0","id":"init","result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"u","version":"1"}}}',
      );
      return;
    }
    openEvents(response);
    streams.push(response);
  });
  return Object.assign(upstream, {
    streams,
    async stream(index: number) {
      await upstream.arrival(index + 1);
      const stream = streams[index];
      if (stream === undefined) throw new Error('no such stream');
      return stream;
    },
  });
}

const withId = (sent: Sent, id: string): Sent => ({ ...sent, body: sent.body.replace('"id":1,', `"id":${id},`) });
const call = (session: string, id: string): Sent =>
  withId(legacy('tools/call', { name: 'x', arguments: {} }, { session }), id);
const list = (session: string, id: string): Sent => withId(legacy('tools/list', {}, { session }), id);
const resultOf = (id: string): string =>
  event(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"secret"}]}}`);

async function open(port: number, sent: Sent, more: readonly string[] = []): Promise<Connection> {
  const connection = await connect(port);
  connection.send(bytesOf(sent, more));
  return connection;
}

describe('two ids that the upstream may treat as one', () => {
  test.each([
    ['a number written at length', '1.00000000000000', '1'],
    ['a number that a double rounds', '9007199254740993', '9007199254740992'],
    ['minus zero', '-0.00000000000000', '0'],
  ])("are one for the proxy: %s does not get another call's treatment", async (_what, id, plain) => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
    await using first = await open(front.port, list(session, plain));
    (await upstream.stream(0)).end(event(`{"jsonrpc":"2.0","id":${plain},"result":{"tools":[]}}`));
    await first.reply();
    await using second = await open(front.port, call(session, id));
    (await upstream.stream(1)).end(resultOf(plain));
    const { text } = await second.reply();
    expect(text).toContain('"text":"x"');
    expect(text).not.toContain('secret');
  });
});

describe('an id that is used while its call is running', () => {
  test.each([
    ['with the same spelling', []],
    ['under another name of the session', ['X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: made-up-by-the-client']],
  ])(
    "%s is refused: an upstream that matches by id would answer one call with the other's result",
    async (_what, more) => {
      await using upstream = await startStreaming();
      await using front = await startFront(upstream, { controls: [redacting()] });
      const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
      await using first = await open(front.port, call(session, '1'));
      await upstream.stream(0);
      const second = await send(front, list(session, '1.0'), more);
      expect([second.status, second.json().error?.code]).toEqual([200, -32600]);
      expect(upstream.streams).toHaveLength(1);
      upstream.streams[0]?.end(resultOf('1'));
      expect((await first.reply()).text).toContain('"text":"x"');
    },
  );

  test('is refused even if the stream of that call ended without its response', async () => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
    await using first = await open(front.port, call(session, '1'));
    (await upstream.stream(0)).end('id: e-0\ndata:\n\n');
    await first.reply();
    expect((await send(front, list(session, '1'))).json().error?.code).toBe(-32600);
  });

  test('is refused in a batch', async () => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = (await send(front, initialize('2025-03-26'))).header('mcp-session-id') ?? '';
    const messages = [
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } },
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    ];
    const reply = post(front.port, JSON.stringify(messages), [`Mcp-Session-Id: ${session}`]);
    (await upstream.stream(0)).end(resultOf('1'));
    const { text } = await reply;
    expect(text).toContain('"code":-32600');
    expect(upstream.streams).toHaveLength(1);
    expect(text).not.toContain('secret');
  });

  test('is allowed again after the response has passed, and in another session at any time', async () => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream, { controls: [redacting()] });
    for (let i = 0; i < 3; i++) {
      const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
      for (let k = 0; k < 2; k++) {
        const seen = upstream.streams.length;
        await using client = await open(front.port, call(session, '1'));
        while (upstream.streams.length === seen) await new Promise((resolve) => setTimeout(resolve, 5));
        upstream.streams.at(-1)?.end(resultOf('1'));
        expect((await client.reply()).text).toContain('"text":"x"');
      }
    }
  });

  test('is not checked if no control looks at replies', async () => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream);
    const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
    await using first = await open(front.port, call(session, '1'));
    await upstream.stream(0);
    await using second = await open(front.port, list(session, '1'));
    (await upstream.stream(1)).end(resultOf('1'));
    expect((await second.reply()).status).toBe(200);
    first.destroy();
  });
});

describe('an id that was used before', () => {
  test('does not identify a response on a GET stream, which is refused', async () => {
    await using upstream = await startStreaming();
    await using front = await startFront(upstream, { controls: [redacting()] });
    const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
    for (const [i, sent] of [call(session, '1'), list(session, '1')].entries()) {
      await using client = await open(front.port, sent);
      (await upstream.stream(i)).end(event('{"jsonrpc":"2.0","id":1,"result":{}}'));
      await client.reply();
    }
    await using client = await connect(front.port);
    client.send(
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nMcp-Session-Id: ${session}\r\n\r\n`,
    );
    (await upstream.stream(2)).end(resultOf('1'));
    const { text } = await client.reply();
    expect(text).toContain('"code":-31409');
    expect(text).not.toContain('secret');
  });
});

test("a response to another call in the reply to a notification gets that call's treatment", async () => {
  await using upstream = await startStreaming();
  await using front = await startFront(upstream, { controls: [redacting()] });
  const session = (await send(front, initialize())).header('mcp-session-id') ?? '';
  await using first = await open(front.port, call(session, '1'));
  await upstream.stream(0);
  await first.head();
  const notification: Sent = {
    body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    headers: [`Mcp-Session-Id: ${session}`],
  };
  await using second = await open(front.port, notification);
  (await upstream.stream(1)).end(resultOf('1') + resultOf('2'));
  const { text } = await second.reply();
  expect(text).toContain('"text":"x"');
  expect(text).toContain('"code":-31409');
  expect(text).not.toContain('secret');
});
