import { describe, expect, it } from 'vitest';
import { startFront } from '../support/front.ts';
import { connect } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { LIST } from './messages.ts';

const N = LIST.length;
const HIDDEN = '{"jsonrpc":"2.0","id":666,"method":"tools/call","params":{"name":"hidden"}}';
const SMUGGLED = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`;

/** A POST with framing from the test. */
const framed = (framing: string, body: string, line = 'POST /mcp HTTP/1.1'): string =>
  `${line}\r\nHost: localhost\r\nContent-Type: application/json\r\n${framing}\r\n\r\n${body}`;
const chunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n`;

describe('a request whose end two readers could see in different places', () => {
  it.each([
    [
      'both a length and chunks',
      framed(`Content-Length: ${N}\r\nTransfer-Encoding: chunked`, `${chunk(LIST)}0\r\n\r\n`),
    ],
    [
      'chunks and a length that hides another request',
      framed(`Transfer-Encoding: chunked\r\nContent-Length: ${SMUGGLED.length + 5}`, `0\r\n\r\n${SMUGGLED}`),
    ],
    ['two lengths', framed(`Content-Length: ${N}\r\nContent-Length: ${N + SMUGGLED.length}`, LIST + SMUGGLED)],
    ['the same length twice', framed(`Content-Length: ${N}\r\nContent-Length: ${N}`, LIST)],
    ['a list of lengths', framed(`Content-Length: ${N}, ${N}`, LIST)],
    ['a signed length', framed(`Content-Length: +${N}`, LIST)],
    ['a hexadecimal length', framed('Content-Length: 0x10', LIST)],
    ['a negative length', framed('Content-Length: -1', LIST)],
    ['a length with a space before the colon', framed(`Content-Length : ${N}`, LIST)],
    ['a folded header', framed(`X-A: b\r\n Content-Length: ${N}`, LIST)],
    ['chunked before another coding', framed('Transfer-Encoding: chunked, identity', `${chunk(LIST)}0\r\n\r\n`)],
    ['chunked twice', framed('Transfer-Encoding: chunked, chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`)],
    ['the coding identity', framed(`Transfer-Encoding: identity\r\nContent-Length: ${N}`, LIST)],
    ['a vertical tab in the coding', framed('Transfer-Encoding: \u000bchunked', `${chunk(LIST)}0\r\n\r\n`)],
    ['a chunk size with a prefix', framed('Transfer-Encoding: chunked', `0x${chunk(LIST)}0\r\n\r\n`)],
    ['a chunk that is longer than declared', framed('Transfer-Encoding: chunked', `5\r\n${LIST}\r\n0\r\n\r\n`)],
    ['lines that end in LF only', framed(`Content-Length: ${N}`, LIST).replaceAll('\r\n', '\n')],
    ['a bare CR in a header', framed(`X-A: b\rContent-Length: 0\r\nContent-Length: ${N}`, LIST)],
    ['a NUL in a header', framed(`X-A: \u0000\r\nContent-Length: ${N}`, LIST)],
    ['a space in the target', framed(`Content-Length: ${N}`, LIST, 'POST /mcp x HTTP/1.1')],
    ['another protocol', framed(`Content-Length: ${N}`, LIST, 'POST /mcp HTTP/3.7')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('is refused with 400 in JSON, the connection ends and nothing is forwarded: %s', async (_, bytes) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(bytes);
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection')]).toEqual([400, 'close']);
    expect(reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32600, message: 'not an HTTP/1.1 request' } });
    await connection.closed;
    expect(upstream.received.filter(({ text }) => text.includes('hidden'))).toEqual([]);
  });

  it.each([
    ['an unknown transfer coding', framed('Transfer-Encoding: xchunked', `${chunk(LIST)}0\r\n\r\n`)],
    ['another coding before chunked', framed('Transfer-Encoding: x, chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`)],
    [
      'another coding before chunked, in a separate header',
      framed('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`),
    ],
    ['gzip before chunked', framed('Transfer-Encoding: gzip, chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`)],
    ['chunked with a parameter', framed('Transfer-Encoding: chunked;q=1', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`)],
    [
      'chunks in HTTP/1.0',
      framed('Transfer-Encoding: chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`, 'POST /mcp HTTP/1.0'),
    ],
    [
      'chunks in HTTP/1.0 with nothing behind them',
      framed('Transfer-Encoding: chunked', `${chunk(LIST)}0\r\n\r\n`, 'POST /mcp HTTP/1.0'),
    ],
    [
      'another coding of the body of /ping',
      framed('Transfer-Encoding: x, chunked', `${chunk(LIST)}0\r\n\r\n${SMUGGLED}`, 'GET /ping HTTP/1.1'),
    ],
  ])('is refused, the connection ends and nothing is forwarded: %s', async (_, bytes) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(bytes);
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection')]).toEqual([400, 'close']);
    expect(reply.json().error?.message).toBe(
      'expected a body with a Content-Length or in HTTP/1.1 chunks, got another transfer coding',
    );
    await connection.closed;
    expect(upstream.received).toEqual([]);
  });

  it.each([
    ['a length of 0 and a request behind it', framed('Content-Length: 0', SMUGGLED), 400],
    [
      'the body of a refused media type',
      framed(`Content-Length: ${SMUGGLED.length}`, SMUGGLED).replace('application/json', 'text/plain'),
      415,
    ],
    [
      'the body of a request to an unknown path',
      framed(`Content-Length: ${SMUGGLED.length}`, SMUGGLED, 'POST /nowhere HTTP/1.1'),
      404,
    ],
    [
      'the body of an unsupported method',
      framed(`Content-Length: ${SMUGGLED.length}`, SMUGGLED, 'PUT /mcp HTTP/1.1'),
      405,
    ],
    ['the body of /ping', framed(`Content-Length: ${SMUGGLED.length}`, SMUGGLED, 'GET /ping HTTP/1.1'), 200],
  ])('has only one end for this proxy: %s', async (what, bytes, status) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(bytes);
    expect((await connection.reply()).status).toBe(status);
    // After a body of length 0 comes a new request; inside a body there is none.
    if (what.startsWith('a length of 0')) expect((await connection.reply()).json().id).toBe(666);
    else {
      connection.send(framed(`Content-Length: ${N}`, LIST));
      await Promise.race([connection.closed, connection.reply()]);
      expect(upstream.received.filter(({ text }) => text.includes('hidden'))).toEqual([]);
    }
  });

  it('cannot be created upstream: what is sent has new framing, with one length', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(
      framed(
        'Transfer-Encoding: chunked\r\nTrailer: Cookie',
        `${chunk(LIST.slice(0, 10))}${chunk(LIST.slice(10))}0\r\nCookie: a\r\n\r\n`,
      ),
    );
    expect((await connection.reply()).status).toBe(200);
    const [seen] = upstream.received;
    expect([
      seen?.text,
      seen?.header('content-length'),
      seen?.header('transfer-encoding'),
      seen?.header('trailer'),
      seen?.header('cookie'),
    ]).toEqual([LIST, String(N), undefined, undefined, undefined]);
  });
});
