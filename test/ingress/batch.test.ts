import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, type Connection, post, postBytes } from '../support/raw.ts';
import { event, idOf, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { LIST, modern } from './messages.ts';

const V = 'MCP-Protocol-Version: 2025-03-26';
const request = (id: number | string, method: string, params = '{}'): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"${method}","params":${params}}`;
const NOTE = '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}';

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';

const noTools = defineControl({
  name: 'no-tools',
  replies: 'ignores',
  setup: () => (call, next) => {
    if (call.method === 'tools/call') throw new Denied();
    return next(call);
  },
});

/** Reads until a text arrives; with undefined, until the end. */
async function untilIn(connection: Connection, wanted: string | undefined): Promise<string> {
  let text = '';
  for (let piece = await connection.piece(); piece !== undefined; piece = await connection.piece()) {
    text += String(piece);
    if (wanted !== undefined && text.includes(wanted)) break;
  }
  return text;
}

/** The data of the events, as read by a reader that counts an event once its blank line arrived. */
function messagesOf(text: string): string[] {
  const messages: string[] = [];
  let data: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data: ')) data = line.slice(6);
    if (line !== '') continue;
    if (data !== undefined) messages.push(data);
    data = undefined;
  }
  return messages;
}

describe('a batch', () => {
  it.each([
    ['of version 2025-03-26', [V]],
    ['of a client that names no version', []],
  ])('%s: each message is forwarded separately, and the replies are returned in one array', async (_, headers) => {
    await using upstream = await startUpstream((seen, response) =>
      respondJson(response, `{"jsonrpc":"2.0", "id":${idOf(seen)}, "result":{"n":1.0,"big":9007199254740993}}`),
    );
    await using front = await startFront(upstream);
    const reply = await post(front.port, ` [${request(1, 'tools/list')},\n${request('b', 'prompts/list')}]`, headers);
    expect([reply.status, reply.header('content-type')]).toEqual([200, 'application/json']);
    expect(reply.text).toBe(
      '[{"jsonrpc":"2.0", "id":1, "result":{"n":1.0,"big":9007199254740993}},{"jsonrpc":"2.0", "id":"b", "result":{"n":1.0,"big":9007199254740993}}]',
    );
    expect(upstream.received.map(({ text }) => text).toSorted()).toEqual(
      [request(1, 'tools/list'), request('b', 'prompts/list')].toSorted(),
    );
  });

  it('of only notifications and responses is answered 202 without a body', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${NOTE},{"jsonrpc":"2.0","id":9,"result":{}}]`, [V]);
    expect([reply.status, reply.text]).toEqual([202, '']);
    expect(upstream.received).toHaveLength(2);
  });

  it('is answered by one event stream if any reply streams, each event as it arrives', async () => {
    let last = (): void => {};
    await using upstream = await startUpstream((seen, response) => {
      if (idOf(seen) === '2') return respondJson(response, '{"jsonrpc":"2.0","id":2,\r"result":{}}');
      openEvents(response);
      response.write(event({ jsonrpc: '2.0', method: 'notifications/progress' }));
      last = () => void response.end(event({ jsonrpc: '2.0', id: 1, result: {} }));
    });
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(postBytes(`[${request(1, 'tools/call', '{"name":"slow"}')},${request(2, 'tools/list')}]`, [V]));
    expect((await connection.head()).header('content-type')).toBe('text/event-stream');
    const first = String(await connection.piece());
    expect(first).toBe(event({ jsonrpc: '2.0', method: 'notifications/progress' }));
    last();
    let rest = '';
    for (let piece = await connection.piece(); piece !== undefined; piece = await connection.piece())
      rest += String(piece);
    expect(rest).toBe(
      `${event({ jsonrpc: '2.0', id: 1, result: {} })}event: message\ndata: {"jsonrpc":"2.0","id":2, "result":{}}\n\n`,
    );
  });

  const LAST = '{"jsonrpc":"2.0","id":1,"result":{"last":true}}';
  const looking = defineControl({
    name: 'looking',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
  });

  it.each([
    ['without its blank line', `data: ${LAST}\n`],
    ['without the end of its line', `data: ${LAST}`],
    ['whose line ends with CRLF', `event: message\r\ndata: ${LAST}\r\n`],
    ['whose line ends with CR', `data: ${LAST}\r`],
  ])('passes the last event of a stream %s like a single request, whatever comes after it', async (_, last) => {
    for (const controls of [[], [looking]]) {
      const seenLast = Promise.withResolvers<void>();
      await using upstream = await startUpstream(async (seen, response) => {
        openEvents(response);
        if (idOf(seen) === '1')
          return void response.end(`data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n${last}`);
        await seenLast.promise;
        response.end(event({ jsonrpc: '2.0', id: 2, result: {} }));
      });
      await using front = await startFront(upstream, { controls });
      await using connection = await connect(front.port);
      connection.send(postBytes(`[${request(1, 'tools/call', '{"name":"x"}')},${request(2, 'tools/list')}]`, [V]));
      expect((await connection.head()).status).toBe(200);
      // It arrives before the other stream ends.
      let text = await untilIn(connection, '"last":true');
      seenLast.resolve();
      text += await untilIn(connection, undefined);
      expect(messagesOf(text).slice(1)).toEqual([LAST, '{"jsonrpc":"2.0","id":2,"result":{}}']);
      // The reply to the same request sent on its own has it, too.
      const alone = await post(front.port, request(1, 'tools/call', '{"name":"x"}'), [V]);
      expect(alone.text).toContain(LAST);
    }
  });

  it('passes that last event also if another message was answered after the stream ended', async () => {
    const streamed = Promise.withResolvers<void>();
    await using upstream = await startUpstream(async (seen, response) => {
      if (idOf(seen) === '2') {
        await streamed.promise;
        respondJson(response, '{"jsonrpc":"2.0","id":2,"result":{}}');
        return;
      }
      openEvents(response);
      response.end(`data: ${LAST}`, () => setImmediate(streamed.resolve));
    });
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${request(2, 'tools/list')},${request(1, 'tools/call', '{"name":"x"}')}]`, [
      V,
    ]);
    expect(reply.text).toBe(`data: ${LAST}\n\nevent: message\ndata: {"jsonrpc":"2.0","id":2,"result":{}}\n\n`);
  });

  it('does not hide a message from a control: each is refused or passed separately', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [noTools] });
    const reply = await post(
      front.port,
      `[${request(1, 'tools/list')},${request(2, 'tools/call', '{"name":"x"}')},${NOTE}]`,
      [V],
    );
    expect(reply.status).toBe(200);
    expect(reply.json()).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { data: { reason: 'denied' } } },
    ]);
    expect(upstream.received.map(({ text }) => text).toSorted()).toEqual([NOTE, request(1, 'tools/list')].toSorted());
  });

  it('has its pings answered by the proxy, whatever else it contains', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${request('p', 'ping')},${request(1, 'tools/list')}]`, [V]);
    expect(reply.json()).toEqual([
      { jsonrpc: '2.0', id: 'p', result: {} },
      { jsonrpc: '2.0', id: 1, result: {} },
    ]);
    expect(upstream.received).toHaveLength(1);
    expect((await post(front.port, `[${request('p', 'ping')}]`, [V, 'Host: anything.example'])).text).toBe(
      '[{"jsonrpc":"2.0","id":"p","result":{}}]',
    );
    expect(
      (await post(front.port, `[${request('p', 'ping')},${request(1, 'tools/list')}]`, [V, 'Host: anything.example']))
        .status,
    ).toBe(403);
  });

  it.each([
    ['an answer that is not JSON', 'text/html', '<html>'],
    ['an answer that only claims to be JSON', 'application/json', '{"jsonrpc"'],
    ['an empty error', 'application/json', ''],
  ])('has all its other answers in spite of %s to one of its messages', async (_, type, body) => {
    await using upstream = await startUpstream((seen, response) => {
      if (idOf(seen) === '1') return respondJson(response, '{"jsonrpc":"2.0","id":1,"result":{}}');
      response.writeHead(500, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
    });
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${request(1, 'tools/list')},${request(2, 'tools/list')}]`, [V]);
    expect(reply.json()).toMatchObject([
      { id: 1, result: {} },
      {
        id: 2,
        error: {
          code: -32603,
          message: 'the upstream answered HTTP 500 without JSON',
          data: { reason: 'upstream-invalid' },
        },
      },
    ]);
  });

  it('does not pass on an answer in a content coding that was not asked for', async () => {
    const body = gzipSync(ANSWER);
    await using upstream = await startUpstream(
      (_, response) =>
        void response
          .writeHead(200, {
            'Content-Type': 'application/json',
            'Content-Encoding': 'gzip',
            'Content-Length': body.length,
          })
          .end(body),
    );
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${request(1, 'tools/list')}]`, [V]);
    expect(reply.json()).toMatchObject([
      { id: 1, error: { message: 'the upstream answered HTTP 200 in a content coding that was not asked for' } },
    ]);
    expect(upstream.received[0]?.header('accept-encoding')).toBe('identity');
  });

  it.each([
    ['that begins with a byte order mark', `\ufeff${ANSWER}`, `[${ANSWER}]`],
    ['in the coding identity', ANSWER, `[${ANSWER}]`],
    ['with a byte order mark elsewhere', ANSWER.replace('{}', '"\ufeff"'), `[${ANSWER.replace('{}', '"\ufeff"')}]`],
  ])('passes on an answer %s', async (_, body, expected) => {
    await using upstream = await startUpstream((_seen, response) =>
      respondJson(response, body, { headers: { 'Content-Encoding': 'Identity' } }),
    );
    await using front = await startFront(upstream);
    expect((await post(front.port, `[${request(1, 'tools/list')}]`, [V])).text).toBe(expected);
  });

  it('has no answer to a request that the upstream accepts without one', async () => {
    await using upstream = await startUpstream((seen, response) => {
      if (idOf(seen) === '1') respondJson(response, ANSWER);
      else response.writeHead(202).end();
    });
    await using front = await startFront(upstream);
    const both = await post(front.port, `[${request(2, 'tools/list')},${request(1, 'tools/list')}]`, [V]);
    expect([both.status, both.text]).toEqual([200, `[${ANSWER}]`]);
    const none = await post(front.port, `[${request(2, 'tools/list')}]`, [V]);
    expect([none.status, none.header('content-length'), none.text]).toEqual([202, '0', '']);
  });

  it('of only notifications has the status with which the first of them is refused', async () => {
    await using upstream = await startUpstream((seen, response) => {
      const status = seen.text.includes('"n":') ? Number(/"n":(\d+)/.exec(seen.text)?.[1]) : 202;
      response.writeHead(status).end();
    });
    await using front = await startFront(upstream);
    const note = (n: number): string => NOTE.replace('}', `,"params":{"n":${n}}}`);
    for (const [batch, status] of [
      [`[${NOTE},${note(400)},${note(403)}]`, 400],
      [`[${note(204)},${NOTE}]`, 202],
    ] as const) {
      const reply = await post(front.port, batch, [V]);
      expect([reply.status, reply.header('content-length'), reply.text]).toEqual([status, '0', '']);
    }
  });

  it('in which requests fail with different statuses, or one does not fail, has status 200', async () => {
    await using upstream = await startUpstream((seen, response) =>
      respondJson(response, `{"jsonrpc":"2.0","id":${idOf(seen)},"error":{"code":-32000,"message":"no"}}`, {
        status: Number(idOf(seen)),
      }),
    );
    await using front = await startFront(upstream);
    for (const [a, b, status] of [
      [403, 404, 200],
      [200, 404, 200],
      [400, 400, 400],
    ] as const) {
      const reply = await post(front.port, `[${request(a, 'tools/list')},${request(b, 'tools/list')}]`, [V]);
      expect([reply.status, reply.header('content-length')]).toEqual([status, String(reply.text.length)]);
    }
  });

  it('holds answers up to the limit for all of them together, and is cut beyond it', async () => {
    const answer = (size: number): string => ANSWER.replace('{}', JSON.stringify('x'.repeat(size - ANSWER.length)));
    let size = 500;
    await using upstream = await startUpstream((_, response) => respondJson(response, answer(size)));
    await using front = await startFront(upstream, { limits: { maxInspectedReply: 1000 } });
    const batch = `[${request(1, 'tools/list')},${request(1, 'tools/list')}]`;
    expect((await post(front.port, batch, [V])).text).toBe(`[${answer(500)},${answer(500)}]`);
    size = 501;
    await expect(post(front.port, batch, [V])).rejects.toThrow('the connection ended');
  });

  it('is cut if an answer is cut', async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
      response.write('{', () => response.destroy());
    });
    await using front = await startFront(upstream);
    await expect(post(front.port, `[${request(1, 'tools/list')}]`, [V])).rejects.toThrow('the connection ended');
  });

  it('of 100 messages is accepted', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const batch = `[${Array.from({ length: 100 }, (_, i) => request(i, 'ping')).join(',')}]`;
    expect((await post(front.port, batch, [V])).json()).toHaveLength(100);
  });

  it('with a stream has its headers, however the upstream writes the type', async () => {
    await using upstream = await startUpstream((seen, response) => {
      if (seen.text === NOTE) response.writeHead(202).end();
      else response.writeHead(200, { 'Content-Type': 'Text/Event-Stream; charset=utf-8' }).end(event(ANSWER));
    });
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${NOTE},${request(1, 'tools/list')}]`, [V]);
    expect([reply.status, reply.header('content-type'), reply.header('cache-control'), reply.text]).toEqual([
      200,
      'text/event-stream',
      'no-cache',
      event(ANSWER),
    ]);
  });

  it.each([
    ['a lost session', 404, [V, 'Mcp-Session-Id: mcps1.AAAA']],
    ['one status from the upstream for all of them', 503, [V]],
  ])('in which all requests fail with %s has that status: %i', async (_, status, headers) => {
    await using upstream = await startUpstream((seen, response) => {
      response
        .writeHead(seen.text.includes('"id"') ? 503 : 202, { 'Content-Type': 'application/json' })
        .end(`{"jsonrpc":"2.0","id":${idOf(seen)},"error":{"code":-32000,"message":"busy"}}`);
    });
    await using front = await startFront(upstream);
    const reply = await post(front.port, `[${request(1, 'tools/list')},${request(2, 'tools/list')},${NOTE}]`, headers);
    expect(reply.status).toBe(status);
    expect(reply.json()).toMatchObject([
      { id: 1, error: {} },
      { id: 2, error: {} },
    ]);
  });

  it('in which a control refuses all requests has status 200, like each refusal on its own', async () => {
    await using upstream = await startUpstream();
    const broken = defineControl({
      name: 'broken',
      replies: 'ignores',
      setup: () => () => Promise.reject(new TypeError('x')),
    });
    await using front = await startFront(upstream, { controls: [broken] });
    const reply = await post(front.port, `[${request(1, 'tools/list')},${request(2, 'tools/list')}]`, [V]);
    expect([reply.status, reply.json()]).toMatchObject([
      200,
      [
        { id: 1, error: { data: { reason: 'internal' } } },
        { id: 2, error: { data: { reason: 'internal' } } },
      ],
    ]);
  });

  it('with an event beyond the limit in its stream is cut, and the proxy keeps running', async () => {
    await using upstream = await startUpstream((seen, response) => {
      if (!seen.text.includes('tools/call'))
        return respondJson(response, `{"jsonrpc":"2.0","id":${idOf(seen)},"result":{}}`);
      openEvents(response);
      response.end(`data: ${'x'.repeat(5000)}`);
    });
    await using front = await startFront(upstream, { limits: { maxInspectedReply: 1000 } });
    const reply = await post(front.port, `[${request(1, 'tools/call', '{"name":"x"}')}]`, [V]);
    expect(reply.complete).toBe(false);
    expect((await post(front.port, LIST)).status).toBe(200);
  });

  it.each([
    [
      'in 2025-06-18',
      `[${LIST}]`,
      ['MCP-Protocol-Version: 2025-06-18'],
      'expected one message: protocol version 2025-06-18 has no batches (2025-03-26 has)',
    ],
    ['in 2025-11-25', `[${LIST}]`, ['MCP-Protocol-Version: 2025-11-25'], 'has no batches'],
    ['in 2026-07-28', `[${modern('tools/list')}]`, ['MCP-Protocol-Version: 2026-07-28'], 'has no batches'],
    [
      'with a modern message in it',
      `[${LIST},${modern('tools/list')}]`,
      [V],
      'expected one message: its protocol version has no batches',
    ],
    ['with initialize in it', `[${request(1, 'initialize')}]`, [V], 'initialize must not be part of a batch'],
    ['without messages', '[]', [V], '1 to 100 messages, got 0'],
    ['with too many', `[${Array.from({ length: 101 }, (_, i) => request(i, 'tools/list')).join(',')}]`, [V], 'got 101'],
    ['in a batch', `[[${LIST}]]`, [V], 'an object'],
    ['with something else in it', `[${LIST},5]`, [V], 'an object'],
    ['with a broken message in it', `[${LIST},{"jsonrpc":"2.0"}]`, [V], 'expected a request'],
    ['with a duplicate key in it', `[${LIST},{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}]`, [V], 'the same key twice'],
    [
      'with a message that another header contradicts',
      `[${LIST},${request(2, 'prompts/list')}]`,
      [V, 'Mcp-Method: tools/list'],
      'header mismatch',
    ],
    ['100,000 levels deep', '['.repeat(100_000), [V], 'nested too deeply'],
  ])('is refused as a whole, without an id, and nothing of it is forwarded: %s', async (_, body, headers, message) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const reply = await post(front.port, body, headers);
    expect(reply.status).toBe(400);
    expect(reply.json()).not.toHaveProperty('id');
    expect(reply.json().error?.message).toContain(message);
    expect(upstream.received).toHaveLength(0);
  });
});
