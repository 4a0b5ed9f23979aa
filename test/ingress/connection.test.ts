/** How connections end whose bytes are no request, or whose request is not read. Without the rest of a proxy. */
import { EventEmitter } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it, test } from 'vitest';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';
import { answerBroken, isEnding, refuseTunnel } from '../../proxy/ingress/connection.ts';
import { Lines } from '../dispatch/lines.ts';
import { connect, exchange, request, USUAL } from '../support/raw.ts';
import { LIST } from './messages.ts';
import { serve } from './served.ts';

/** A connection that notes what is sent on it. */
class Noting extends Duplex {
  readonly sent: string[] = [];
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent.push(String(chunk));
    done();
  }
}

const failed = (code?: string): NodeJS.ErrnoException => Object.assign(new Error('failed'), code && { code });

describe('bytes that are no request', () => {
  it.each([
    ['HPE_INVALID_METHOD', '400 Bad Request', 'not an HTTP/1.1 request'],
    [undefined, '400 Bad Request', 'not an HTTP/1.1 request'],
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'the request did not arrive in time'],
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'expected at most 98304 bytes of headers, got more'],
  ])('are refused on their connection, which ends then: %s', (code, status, message) => {
    const socket = new Noting();
    answerBroken(failed(code), socket);
    const [head = '', body = ''] = socket.sent.join('').split('\r\n\r\n');
    expect(head).toBe(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`,
    );
    // No line of the log is about it, so no id names one.
    const data = { reason: 'invalid-request', docs: `${ERRORS_PAGE}#invalid-request` };
    expect(JSON.parse(body)).toEqual({ jsonrpc: '2.0', error: { code: -32600, message, data } });
    expect([isEnding(socket), socket.writableEnded, socket.destroyed]).toEqual([true, true, false]);
  });

  it('are ignored on a connection that was refused already', () => {
    const socket = new Noting();
    answerBroken(failed(), socket);
    const { length } = socket.sent;
    const open = Object.defineProperty(socket, 'writable', { value: true });
    answerBroken(failed(), open);
    expect([socket.sent.length, socket.destroyed]).toEqual([length, false]);
  });

  it.each([
    ['was reset', (): Duplex => new Noting(), 'ECONNRESET'],
    ['can no longer be written', (): Duplex => new Noting().end() as Duplex, undefined],
  ])('have no answer if the connection %s: it is closed', (_what, made, code) => {
    const socket = made();
    answerBroken(failed(code), socket);
    expect([socket.destroyed, (socket as Noting).sent, isEnding(socket)]).toEqual([true, [], false]);
  });

  it.each([
    ['that have no answer yet, are refused', false],
    ['whose answer is being sent, close the connection', true],
  ])('behind a request: those %s', async (_what, isAnswering) => {
    await using served = await serve({
      dispatcher: {
        async dispatch(_kind, _message, _exchange, sink) {
          if (!isAnswering) return;
          sink.head(200, ['Content-Length', '10'], true);
          sink.write(Buffer.from('half'));
        },
        isOpen: () => false,
      },
    });
    await using connection = await connect(served.port);
    connection.send(request('POST', '/mcp', USUAL, LIST));
    if (isAnswering) {
      await connection.head();
      await connection.piece();
    }
    connection.send('garbage\r\n\r\n');
    const rest = await (isAnswering ? connection.piece() : connection.reply()).catch(() => 'cut');
    expect(typeof rest === 'object' && 'status' in rest ? rest.status : rest).toBe(isAnswering ? 'cut' : 400);
    await connection.closed;
  });

  it('leave nothing behind: the connection is closed once the client has sent the rest', async () => {
    const socket = new Noting({ autoDestroy: false });
    answerBroken(failed(), socket);
    socket.push('more');
    socket.push(null);
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.destroyed).toBe(true);
  });
});

describe('a request whose body is not read', () => {
  it('is answered at once, and its connection ends after what is still sent', async () => {
    await using served = await serve();
    await using connection = await connect(served.port);
    connection.send(request('POST', '/nowhere', [...USUAL, 'Content-Length: 100'], 'x'));
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection'), reply.header('content-length')]).toEqual([
      404,
      'close',
      String(reply.text.length),
    ]);
    expect(connection.isClosed).toBe(false);
    connection.send(Buffer.concat([Buffer.alloc(99, 'x'), request('POST', '/mcp', USUAL, LIST)]));
    await connection.closed;
    expect(served.dispatched).toEqual([]);
  });
});

describe('a tunnel', () => {
  it('is refused in words, with the methods that there are', () => {
    const lines = new Lines();
    lines.start();
    const socket = new Noting();
    const told = refuseTunnel(socket);
    lines.stop();
    // Its line is left to the caller.
    expect(lines.all).toEqual([]);
    const text = socket.sent.join('');
    expect(told).toMatchObject({ status: 405, code: 'method-not-allowed', errorId: expect.any(String) as unknown });
    expect(text).toBe(
      `HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/json\r\nAllow: POST, GET, DELETE\r\nContent-Length: ${told.body.length}\r\nConnection: close\r\n\r\n${told.body}`,
    );
    expect(told.body).toContain('got CONNECT: there are no tunnels here');
    expect(isEnding(socket)).toBe(true);
  });

  it('that breaks is closed, and nothing else breaks', () => {
    const socket = new PassThrough();
    refuseTunnel(socket);
    EventEmitter.prototype.emit.call(socket, 'error', new Error('reset'));
    expect(socket.destroyed).toBe(true);
  });
});

test('the methods that a refusal names are those of the version', async () => {
  await using served = await serve();
  for (const [headers, allow] of [
    [[], 'POST, GET, DELETE'],
    [['MCP-Protocol-Version: 2026-07-28'], 'POST'],
  ] as const)
    expect((await exchange(served.port, request('PUT', '/mcp', headers, undefined))).header('allow')).toBe(allow);
});
