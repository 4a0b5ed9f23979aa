/** How the replies to the messages of a batch become one, without connections. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inTurns } from '../../proxy/base/turns.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { BatchReply, readBatch } from '../../proxy/ingress/batch.ts';
import type { Sink } from '../../proxy/reply/deliver.ts';
import { LIST } from './messages.ts';
import { NotingSink } from './noting-sink.ts';

const JSON_TYPE = ['Content-Type', 'application/json'];
const EVENTS = ['Content-Type', 'Text/Event-Stream; charset=utf-8'];
const NOTE = '{"jsonrpc":"2.0","method":"x"}';
const answer = (id: number): string => `{"jsonrpc":"2.0","id":${id},"result":{}}`;
const event = (id: number): string => `data: ${answer(id)}\n\n`;

/** The reply to a batch of these messages, by default two requests, and its parts. */
function replyTo(bodies: readonly string[] = [LIST, LIST.replace('1', '2')], limit = 1_000): [NotingSink, ...Sink[]] {
  const client = new NotingSink();
  return [
    client,
    ...new BatchReply(
      client,
      bodies.map((body) => readMessage(body, 10)),
      limit,
    ).parts,
  ];
}

/** One whole reply to a part. */
function give(part: Sink | undefined, status: number, headers: readonly string[], body?: string | Buffer): void {
  part?.head(status, headers, false);
  part?.end(body === undefined ? undefined : Buffer.from(body));
}

describe('answers without streams', () => {
  it('are one array, in the order of the messages, once all are whole', () => {
    const [client, first, second] = replyTo();
    give(second, 200, JSON_TYPE, answer(2));
    first?.head(200, JSON_TYPE, true);
    first?.write(Buffer.from(answer(1).slice(0, 5)));
    expect([client.status, client.isWhole]).toEqual([0, false]);
    first?.end(Buffer.from(answer(1).slice(5)));
    const body = `[${answer(1)},${answer(2)}]`;
    expect([client.status, client.headers, client.flushed]).toEqual([
      200,
      [...JSON_TYPE, 'Content-Length', String(body.length)],
      false,
    ]);
    expect([client.written, client.isWhole]).toEqual([[body], true]);
  });

  it('have the length of their bytes', () => {
    const [client, only] = replyTo([LIST]);
    give(only, 200, JSON_TYPE, '{"a":"é"}');
    expect(client.headers.at(-1)).toBe('12');
  });

  it.each([
    [404, 404, 404],
    [404, 403, 200],
    [200, 404, 200],
    [200, 200, 200],
    [400, 400, 400],
    [201, 201, 200],
  ])('of status %i and %i have the status %i', (a, b, status) => {
    const [client, first, second] = replyTo();
    give(first, a, JSON_TYPE, answer(1));
    give(second, b, JSON_TYPE, answer(2));
    expect(client.status).toBe(status);
  });

  it('have the status of the requests, whatever that of a notification', () => {
    const [client, note, request] = replyTo([NOTE, LIST]);
    give(note, 202, []);
    give(request, 503, JSON_TYPE, answer(1));
    expect([client.status, client.written]).toEqual([503, [`[${answer(1)}]`]]);
  });

  it.each([
    [[202, 202], 202],
    [[202, 400], 400],
    [[403, 400], 403],
    [[204, 399], 202],
  ])('that are none, of status %j, have the status %i and no body', ([a = 0, b = 0], status) => {
    const [client, first, second] = replyTo([NOTE, NOTE]);
    give(first, a, JSON_TYPE, 'ignored');
    give(second, b, []);
    expect([client.status, client.headers, client.flushed]).toEqual([status, ['Content-Length', '0'], false]);
    expect([client.written, client.isWhole]).toEqual([[], true]);
  });

  it.each([
    ['a text that is no JSON', 200, JSON_TYPE, '<html>', 'the upstream answered HTTP 200 without JSON'],
    ['an empty error', 500, JSON_TYPE, '', 'the upstream answered HTTP 500 without JSON'],
    ['an error of status 400 that is empty', 400, [], undefined, 'the upstream answered HTTP 400 without JSON'],
    [
      'a coding that nobody asked for',
      200,
      [...JSON_TYPE, 'Content-Encoding', 'GZIP'],
      gzipSync(answer(1)),
      'the upstream answered HTTP 200 in a content coding that was not asked for',
    ],
    ['the coding identity', 200, ['content-encoding', 'Identity'], 'x', 'the upstream answered HTTP 200 without JSON'],
  ])('include one that says so for %s', (_what, status, headers, body, message) => {
    const [client, first, second] = replyTo();
    give(first, status, headers, body);
    give(second, 200, JSON_TYPE, answer(2));
    expect(JSON.parse(client.written.join(''))).toEqual([
      { jsonrpc: '2.0', id: 1, error: expect.objectContaining({ code: -32603, message }) as unknown },
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
  });

  it('lack one to a request that is accepted without an answer', () => {
    const [client, first, second] = replyTo();
    give(first, 399, []);
    give(second, 200, JSON_TYPE, answer(2));
    expect(client.written).toEqual([`[${answer(2)}]`]);
  });

  it.each([
    [`\ufeff${answer(1)}`, answer(1)],
    ['{"a":"\ufeff"}', '{"a":"\ufeff"}'],
    ['{"a":\n1}', '{"a":\n1}'],
  ])('leave out a byte order mark at the start, and nothing else: %j', (body, expected) => {
    const [client, only] = replyTo([LIST]);
    give(only, 200, JSON_TYPE, body);
    expect(client.written).toEqual([`[${expected}]`]);
  });

  it('are held up to the limit for all of them together', () => {
    for (const [size, isCut] of [
      [500, false],
      [501, true],
    ] as const) {
      const [client, first, second] = replyTo();
      first?.head(200, JSON_TYPE, false);
      expect(first?.write(Buffer.alloc(500, ' '))).toBe(true);
      second?.head(200, JSON_TYPE, false);
      second?.end(Buffer.alloc(size, ' '));
      expect(client.isCut).toBe(isCut);
    }
  });

  it('make no writer wait, and are held by their parts', () => {
    const [, first] = replyTo();
    let waited = true;
    first?.onDrain(() => (waited = false));
    expect([waited, first?.settled]).toEqual([false, false]);
  });
});

describe('a stream', () => {
  it('begins once every part has its headers, and has each event as it is whole', () => {
    const [client, first, second] = replyTo();
    second?.head(200, EVENTS, true);
    second?.write(Buffer.from(event(2)));
    expect(client.status).toBe(0);
    first?.head(200, EVENTS, true);
    expect([client.status, client.headers, client.flushed]).toEqual([
      200,
      ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache'],
      true,
    ]);
    expect(client.written).toEqual([event(2)]);
    first?.write(Buffer.from(event(1).slice(0, 8)));
    expect(client.written).toHaveLength(1);
    first?.write(Buffer.from(event(1).slice(8) + event(3)));
    expect(client.written).toEqual([event(2), event(1), event(3)]);
    first?.end();
    expect(client.isWhole).toBe(false);
    second?.end(Buffer.from(event(4)));
    expect([client.written.at(-1), client.isWhole]).toEqual([event(4), true]);
  });

  it('ends with the answers that are none, each on one line', () => {
    const [client, first, second, note] = replyTo([LIST, LIST.replace('1', '2'), NOTE]);
    give(first, 200, JSON_TYPE, '{"a":\r\n1}');
    give(note, 202, []);
    second?.head(200, EVENTS, true);
    second?.end(Buffer.from(event(2)));
    expect(client.written).toEqual([event(2), 'event: message\ndata: {"a":  1}\n\n']);
    expect(client.isWhole).toBe(true);
  });

  it.each(['', '\n', '\r\n'])('has its last event completed, whatever it ends with: %j', (end) => {
    const [client, first, second] = replyTo();
    first?.head(200, EVENTS, true);
    second?.head(200, JSON_TYPE, true);
    first?.end(Buffer.from(`data: x${end}`));
    expect(client.written).toEqual([`data: x${end}\n\n`]);
  });

  it('holds answers beside it up to the limit, and events of any number', () => {
    const [client, first, second] = replyTo([LIST, LIST.replace('1', '2')], 100);
    first?.head(200, EVENTS, true);
    second?.head(200, JSON_TYPE, true);
    for (let i = 0; i < 10; i++) first?.write(Buffer.from(event(1)));
    expect([client.isCut, client.written.length]).toEqual([false, 10]);
    second?.write(Buffer.alloc(101, ' '));
    expect(client.isCut).toBe(true);
  });

  it('is cut at an event beyond the limit', () => {
    const [client, only] = replyTo([LIST], 100);
    only?.head(200, EVENTS, true);
    only?.write(Buffer.alloc(200, 'x'));
    expect([client.isCut, client.written]).toEqual([true, []]);
  });

  it('makes its writers wait for the client', () => {
    const [client, only] = replyTo([LIST]);
    only?.head(200, EVENTS, true);
    expect(only?.write(Buffer.from(event(1)))).toBe(true);
    client.reads = false;
    expect(only?.write(Buffer.from(event(1)))).toBe(false);
    // Nothing that must be waited for was written.
    expect(only?.write(Buffer.from('data: '))).toBe(true);
    let waits = true;
    only?.onDrain(() => (waits = false));
    expect(waits).toBe(true);
    client.drain();
    expect(waits).toBe(false);
  });
});

it('has no answer to what a client answered', () => {
  const [client, answered, request] = replyTo([answer(9), LIST]);
  give(answered, 200, JSON_TYPE, answer(9));
  give(request, 200, JSON_TYPE, answer(1));
  expect(client.written).toEqual([`[${answer(1)}]`]);
});

it('has the type that is named so, and not one that another header mentions', () => {
  const [client, only] = replyTo([LIST]);
  give(only, 200, ['X-About', 'Content-Encoding', 'Identity', 'x', ...JSON_TYPE], 'no JSON');
  expect(client.written[0]).toContain('without JSON');
  const [coded, gzipped] = replyTo([LIST]);
  give(gzipped, 200, ['X-About', 'content-encoding', 'gzip', 'x', ...JSON_TYPE], 'no JSON');
  expect(coded.written[0]).toContain('without JSON');
});

it('is gone with its client, and cut with any part', () => {
  const [client, first, second] = replyTo();
  expect([first?.gone, client.isCut]).toEqual([false, false]);
  second?.cut();
  client.gone = true;
  expect([first?.gone, client.isCut]).toEqual([true, true]);
});

describe('the messages of a batch', () => {
  const read = async (text: string): Promise<unknown> => await inTurns(readBatch(text, 10));

  it('are read in their order, with what stands before them', async () => {
    expect(await read(` \n[${LIST}, ${NOTE}]`)).toMatchObject([{ method: 'tools/list' }, { method: 'x' }]);
  });

  it.each([0, 1, 100, 101])('may be %i, or not', async (count) => {
    const batch = read(`[${Array.from({ length: count }, () => NOTE).join(',')}]`);
    if (count === 1 || count === 100) expect(await batch).toHaveLength(count);
    else
      await expect(batch).rejects.toMatchObject({
        code: 'invalid-request',
        message: `expected a batch of 1 to 100 messages, got ${count}`,
      });
  });

  it('do not open a session', async () => {
    await expect(read('[{"jsonrpc":"2.0","id":1,"method":"initialize"}]')).rejects.toMatchObject({
      code: 'invalid-request',
      message: 'initialize must not be part of a batch',
    });
  });
});
