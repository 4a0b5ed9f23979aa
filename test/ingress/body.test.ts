import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody, SenderGone } from '../../proxy/ingress/body.ts';
import { errorData } from '../support/error-data.ts';
import { type Front, startFront } from '../support/front.ts';
import { startLoopback } from '../support/loopback.ts';
import { connect, exchange, post, postBytes, request, USUAL } from '../support/raw.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { LIST } from './messages.ts';

const LIMIT = 1000;

let upstream: Upstream;
let front: Front;

beforeAll(async () => {
  upstream = await startUpstream();
  front = await startFront(upstream, { limits: { maxBody: LIMIT } });
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** A request of exactly this many bytes. */
function sized(bytes: number): string {
  const [before, after] = ['{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"', '"}}'];
  return before + 'x'.repeat(bytes - before.length - after.length) + after;
}

function chunked(body: string): Buffer {
  const chunks = body.match(/.{1,400}/gs) ?? [];
  const bytes = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
  return request('POST', '/mcp', [...USUAL, 'Transfer-Encoding: chunked'], bytes);
}

describe('the limit on the body', () => {
  it('accepts a body of exactly that size, by length and in chunks', async () => {
    const seen = upstream.received.length;
    expect((await post(front.port, sized(LIMIT))).status).toBe(200);
    expect((await exchange(front.port, chunked(sized(LIMIT)))).status).toBe(200);
    expect(upstream.received.slice(seen).map(({ text }) => text)).toEqual([sized(LIMIT), sized(LIMIT)]);
  });

  it.each([
    ['declared', () => request('POST', '/mcp', USUAL, sized(LIMIT + 1)), `got ${LIMIT + 1} bytes`],
    ['in chunks', () => chunked(sized(LIMIT + 1)), 'got more'],
  ])('refuses one byte more, %s, with 413, forwards nothing and ends the connection', async (_, bytes, got) => {
    const seen = upstream.received.length;
    await using connection = await connect(front.port);
    connection.send(bytes());
    const reply = await connection.reply();
    expect(reply.status).toBe(413);
    expect(reply.json()).toEqual({
      jsonrpc: '2.0',
      error: {
        code: -32600,
        message: `the body is larger than ${LIMIT} bytes: ${got} (limits.maxBody)`,
        data: errorData('payload-too-large'),
      },
    });
    await connection.closed;
    expect(upstream.received).toHaveLength(seen);
  });

  it('answers 413 before the body is sent, and never waits for it', async () => {
    await using connection = await connect(front.port);
    connection.send(
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
    );
    expect((await connection.reply()).status).toBe(413);
    await connection.closed;
  });

  it('accepts no second request after a body that it refused', async () => {
    const seen = upstream.received.length;
    await using connection = await connect(front.port);
    connection.send(
      Buffer.concat([request('POST', '/mcp', USUAL, sized(LIMIT + 1)), request('POST', '/mcp', USUAL, LIST)]),
    );
    expect((await connection.reply()).status).toBe(413);
    await connection.closed;
    expect(upstream.received).toHaveLength(seen);
  });

  it('is 4 MiB by default', async () => {
    await using standard = await startFront(upstream);
    expect((await post(standard.port, sized(4 * 1024 ** 2))).status).toBe(200);
    expect((await post(standard.port, sized(4 * 1024 ** 2 + 1))).status).toBe(413);
  });
});

describe('the media type', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'Application/Json; Charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json ; charset=utf8',
    'application/json; version=1',
    'application/json; version=1; charset=utf-8',
    'application/json; xcharset=utf-16',
  ])('is accepted as %s', async (type) => {
    expect((await post(front.port, LIST, [`Content-Type: ${type}`])).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/jsonp',
    'application/json-patch+json',
    'text/plain; application/json',
    'application/json; charset=utf-16',
    'application/json; version=1; charset=utf-16',
    'application/json; charset=',
    'application/x-www-form-urlencoded',
    'application/json, text/plain',
  ])('is refused as %s with 415', async (type) => {
    const seen = upstream.received.length;
    const reply = await post(front.port, LIST, [`Content-Type: ${type}`]);
    expect(reply.status).toBe(415);
    expect(reply.json().error).toMatchObject({
      code: -32600,
      message: `expected Content-Type application/json, got ${JSON.stringify(type)}`,
    });
    expect(upstream.received).toHaveLength(seen);
  });

  it('is quoted in the refusal, up to 100 characters', async () => {
    const type = `text/${'x'.repeat(95)}`;
    for (const sent of [type, `${type}y`])
      expect((await post(front.port, LIST, [`Content-Type: ${sent}`])).json().error?.message).toBe(
        `expected Content-Type application/json, got "${type}"`,
      );
  });

  it('must be present exactly once', async () => {
    const missing = await exchange(front.port, request('POST', '/mcp', [], LIST));
    expect(missing.status).toBe(415);
    expect(missing.json().error?.message).toContain('got none');
    const twice = await post(front.port, LIST, ['Content-Type: application/json', 'Content-Type: text/plain']);
    expect(twice.status).toBe(415);
  });
});

describe('the bytes of the body', () => {
  it.each([
    ['a byte that is never in UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong encoding', Buffer.from([0xc0, 0xaf])],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a compressed body', Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00])],
  ])('are refused if they are not UTF-8: %s', async (_, bytes) => {
    const seen = upstream.received.length;
    const reply = await post(
      front.port,
      Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'), bytes, Buffer.from('"}')]),
    );
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: -32700, message: expect.stringContaining('UTF-8') } });
    expect(upstream.received).toHaveLength(seen);
  });

  it.each([
    ['empty', ''],
    ['a byte order mark', '\ufeff{}'],
    ['cut off', LIST.slice(0, -1)],
    ['followed by more', `${LIST}{}`],
    ['with a comment', `${LIST} // x`],
    ['a trailing comma', '{"jsonrpc":"2.0",}'],
    ['NaN', '{"a":NaN}'],
  ])('are refused with -32700 if they are not JSON: %s', async (_, body) => {
    const reply = await post(front.port, body);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -32700, data: { reason: 'parse-error' } } });
  });

  it.each(['5', '"text"', 'null', ' true '])(
    'are refused with -32600 if they are JSON but not a message: %s',
    async (body) => {
      const reply = await post(front.port, body);
      expect([reply.status, reply.json().error?.code]).toEqual([400, -32600]);
      expect(reply.json().error?.message).toContain('an object');
    },
  );

  it('are forwarded completely or not at all: nothing is sent if the sender breaks off', async () => {
    const seen = upstream.received.length;
    const connection = await connect(front.port);
    connection.send(request('POST', '/mcp', [...USUAL, `Content-Length: ${LIST.length + 5}`], LIST));
    connection.destroy();
    expect((await post(front.port, LIST)).status).toBe(200);
    expect(upstream.received).toHaveLength(seen + 1);
  });

  it.each([
    ['by length', postBytes(LIST, [`Content-Length: ${LIST.length + 5}`])],
    ['in chunks', chunked(LIST).subarray(0, -5)],
  ])('are not waited for any longer once the sender breaks off, %s', async (_, bytes) => {
    const reading = Promise.withResolvers<{ readonly outcome: Promise<unknown> }>();
    await using server = await startLoopback((incoming) =>
      reading.resolve({ outcome: readBody(incoming, LIMIT).catch((error: unknown) => error) }),
    );
    await using connection = await connect(Number(new URL(server.url).port));
    connection.send(bytes);
    const { outcome } = await reading.promise;
    connection.destroy();
    expect(await outcome).toBeInstanceOf(SenderGone);
  });
});
