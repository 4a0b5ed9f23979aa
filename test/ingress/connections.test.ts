import { describe, expect, it, vi } from 'vitest';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { connect, exchange, postBytes, request, USUAL } from '../support/raw.ts';
import { openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { LIST } from './messages.ts';

/** The time limits under test. The proxy checks them as often as the shorter one requires. */
const limits = { headersMs: 150, requestMs: 300 };

const TOO_SLOW = {
  jsonrpc: '2.0',
  error: {
    code: -32600,
    message: 'the request did not arrive in time',
    // No line of the log is about bytes that are no request.
    data: { reason: 'invalid-request', docs: `${ERRORS_PAGE}#invalid-request` },
  },
};

describe('a slow sender', () => {
  it.each([
    ['sends nothing at all', ''],
    ['stops in the middle of its headers', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-A: '],
    ['stops in the middle of its body', request('POST', '/mcp', [...USUAL, 'Content-Length: 100'], '{"jsonrpc"')],
    ['stops between two chunks', request('POST', '/mcp', [...USUAL, 'Transfer-Encoding: chunked'], '5\r\n{"jso\r\n')],
  ])('that %s gets a 408 with a JSON-RPC error, and its connection ends', async (_, bytes) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { limits });
    await using connection = await connect(front.port);
    connection.send(bytes);
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection')]).toEqual([408, 'close']);
    expect(reply.json()).toEqual(TOO_SLOW);
    await connection.closed;
    expect(upstream.received).toHaveLength(0);
  });

  it.each([
    ['headers', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n'],
    ['a body', request('POST', '/mcp', [...USUAL, 'Content-Length: 1000'], '{').toString(), ' '],
  ])('that drips %s gets the same', async (_, start, drop) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { limits });
    await using connection = await connect(front.port);
    connection.send(start);
    const drip = setInterval(() => connection.send(drop), 20);
    expect((await connection.reply()).status).toBe(408);
    await connection.closed;
    clearInterval(drip);
    expect(upstream.received).toHaveLength(0);
  });

  it('is distinguished from a slow upstream: the limit applies only until the request is complete', async () => {
    await using upstream = await startUpstream((_, response) => {
      setTimeout(
        () =>
          response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}'),
        700,
      );
    });
    await using front = await startFront(upstream, { limits });
    expect((await exchange(front.port, postBytes(LIST))).status).toBe(200);
  });

  it('that never ends the body of a GET is cut off, and no error is written into its stream', async () => {
    await using upstream = await startUpstream((_, response) => {
      openEvents(response);
      response.write('data: {}\n\n');
    });
    await using front = await startFront(upstream, { limits });
    await using connection = await connect(front.port);
    connection.send(request('GET', '/mcp', ['Content-Length: 10'], ''));
    const reply = await connection.reply();
    expect([reply.status, reply.text, reply.complete]).toEqual([200, 'data: {}\n\n', false]);
  });

  it('is cut off also on a connection that has served a request before', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { limits });
    await using connection = await connect(front.port);
    connection.send(postBytes(LIST));
    expect((await connection.reply()).status).toBe(200);
    connection.send('POST /mcp HTTP/1.1\r\n');
    expect((await connection.reply()).status).toBe(408);
  });
});

describe('a slow reader', () => {
  it('that reads nothing of a complete reply is cut off, so that nothing is kept for it', async () => {
    const whole = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(12_000_000) } });
    await using upstream = await startUpstream((_, response) => respondJson(response, whole));
    const looking = defineControl({
      name: 'looking',
      setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
    });
    for (const pauses of [true, false]) {
      await using front = await startFront(upstream, { limits: pauses ? limits : {}, controls: [looking] });
      await using connection = await connect(front.port);
      connection.send(postBytes(LIST));
      await connection.head();
      connection.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      connection.socket.resume();
      let bytes = 0;
      try {
        for (let piece = await connection.piece(); piece !== undefined; piece = await connection.piece())
          bytes += piece.length;
      } catch {}
      expect(bytes === whole.length).toBe(!pauses);
    }
  });
});

describe('large headers', () => {
  it('pass up to the size that the platform may send', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const headers = Array.from({ length: 20 }, (_, i) => `X-Custom-${i}: ${'v'.repeat(4096)}`);
    expect((await exchange(front.port, postBytes(LIST, headers))).status).toBe(200);
  });

  it.each([
    ['one header', [`X-A: ${'v'.repeat(100 * 1024)}`]],
    ['many headers', Array.from({ length: 2000 }, (_, i) => `X-${i}: ${'v'.repeat(60)}`)],
  ])('are refused with 431 and a JSON-RPC error: %s', async (_, headers) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(postBytes(LIST, headers));
    const reply = await connection.reply();
    expect(reply.status).toBe(431);
    expect(reply.json()).toMatchObject({
      jsonrpc: '2.0',
      error: { code: -32600, message: 'expected at most 98304 bytes of headers, got more' },
    });
    await connection.closed;
    expect(upstream.received).toHaveLength(0);
  });
});

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

describe('a connection that can no longer be used', () => {
  it('is closed even if its client never does, so that nothing is kept for it', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send('garbage\r\n\r\n');
    expect((await connection.reply()).status).toBe(400);
    await connection.closed;
    // Both ends are in this process: only the client's is left.
    const held = sockets();
    await vi.waitFor(() => expect(sockets()).toBe(held - 1));
    expect(connection.socket.destroyed).toBe(false);
  });

  it('carries several calls while it is usable, one after another and pipelined', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(Buffer.concat([1, 2, 3].map((id) => postBytes(LIST.replace('"id":1', `"id":${id}`)))));
    for (const id of [1, 2, 3]) expect((await connection.reply()).json().id).toBe(id);
    expect(upstream.received).toHaveLength(3);
  });
});
