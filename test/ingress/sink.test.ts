/** A reply on its way to a client, over a real connection. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { ResponseSink } from '../../proxy/ingress/sink.ts';
import { connect, type Connection } from '../support/raw.ts';

interface Side extends AsyncDisposable {
  readonly sink: ResponseSink;
  readonly response: ServerResponse;
  readonly client: Connection;
  readonly server: Server;
  readonly gone: () => number;
}

/** Reads what comes and drops it: collecting it would take far longer. */
function readOn({ socket }: Connection): void {
  socket
    .removeAllListeners('data')
    .on('data', () => {})
    .resume();
}

/** A client that has asked, and the sink for its reply. */
async function asked(stallMs = 60_000): Promise<Side> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await connect((server.address() as AddressInfo).port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const onGone = vi.fn<() => void>();
  return {
    sink: new ResponseSink(response, onGone, stallMs),
    response,
    client,
    server,
    gone: () => onGone.mock.calls.length,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** More than the buffers of a connection on this machine hold. */
const HUGE = Buffer.alloc(16 * 1024 * 1024, 'x');
const PLAIN = ['Content-Type', 'text/plain'];
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

describe('a reply', () => {
  it.each([
    ['short', 256],
    ['long', 100_000],
  ])('has its bytes as they are: %s', async (_what, length) => {
    const body = Buffer.alloc(length, bytes);
    await using side = await asked();
    side.sink.head(200, [...PLAIN, 'Content-Length', `${length}`], false);
    side.sink.end(body);
    const reply = await side.client.reply();
    expect([reply.status, reply.header('content-type'), reply.body.equals(body)]).toEqual([200, 'text/plain', true]);
    expect(side.gone()).toBe(0);
  });

  it('that is short arrives together with its headers', async () => {
    await using side = await asked();
    const first = once(side.client.socket, 'data');
    side.sink.head(200, [...PLAIN, 'Content-Length', '5'], false);
    side.sink.end(Buffer.from('whole'));
    expect(String((await first)[0])).toMatch(/\r\n\r\nwhole$/);
  });

  it('has its headers sent at once if they are to be flushed, and only then', async () => {
    await using side = await asked();
    side.sink.head(201, PLAIN, true);
    expect((await side.client.head()).status).toBe(201);
    side.sink.end(bytes);
    expect((await side.client.piece())?.equals(bytes)).toBe(true);
    expect(await side.client.piece()).toBeUndefined();
    await using other = await asked();
    const sent = other.response.socket?.bytesWritten;
    other.sink.head(201, PLAIN, false);
    expect(other.response.socket?.bytesWritten).toBe(sent);
  });

  it('passes on pieces as they come, and bytes after them', async () => {
    await using side = await asked();
    side.sink.head(200, PLAIN, false);
    expect(side.sink.write(bytes)).toBe(true);
    await side.client.head();
    expect((await side.client.piece())?.equals(bytes)).toBe(true);
    side.sink.end(bytes);
    expect((await side.client.piece())?.equals(bytes)).toBe(true);
    expect(await side.client.piece()).toBeUndefined();
  });

  it('may end without another byte', async () => {
    await using side = await asked();
    side.sink.head(200, PLAIN, true);
    side.sink.end();
    expect((await side.client.reply()).text).toBe('');
  });

  it.each([
    [['Date', 'a day'], 'a day'],
    [['X-A', 'b', 'dAtE', 'a day'], 'a day'],
  ])('with the headers %j has one date, the one in them', async (headers, date) => {
    await using side = await asked();
    side.sink.head(200, headers, true);
    expect((await side.client.head()).header('date')).toBe(date);
  });

  it.each([[['Vary', 'date']], [['X-Date', 'a day']], [[]]])(
    'with the headers %j has the date of now',
    async (headers) => {
      await using side = await asked();
      side.sink.head(200, headers, true);
      expect((await side.client.head()).header('date')).toMatch(/GMT$/);
    },
  );

  it('is cut off where it stands', async () => {
    await using side = await asked();
    side.sink.head(200, [...PLAIN, 'Content-Length', '10'], false);
    side.sink.write(Buffer.from('half'));
    await side.client.head();
    side.sink.cut();
    expect((await side.client.reply().catch(() => undefined))?.complete).toBeUndefined();
    await vi.waitFor(() => expect(side.gone()).toBe(1));
  });
});

describe('a client that reads slowly', () => {
  it('makes the writer wait, and lets every writer go on once it has read', async () => {
    await using side = await asked();
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    expect(side.sink.settled).toBe(true);
    expect(side.sink.write(HUGE)).toBe(false);
    expect(side.sink.settled).toBe(false);
    const resumed: number[] = [];
    for (const i of [1, 2]) side.sink.onDrain(() => resumed.push(i));
    expect(resumed).toEqual([]);
    readOn(side.client);
    await vi.waitFor(() => expect(resumed).toEqual([1, 2]));
    // Each goes on once: the next wait is another.
    side.client.socket.pause();
    expect(side.sink.write(HUGE)).toBe(false);
    side.sink.onDrain(() => resumed.push(3));
    readOn(side.client);
    await vi.waitFor(() => expect(resumed).toEqual([1, 2, 3]));
  });

  it('is cut off if it accepts nothing of a complete reply for as long as it may', async () => {
    await using side = await asked(50);
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    side.sink.end(HUGE);
    await vi.waitFor(() => expect(side.gone()).toBe(1));
  });

  it('is cut off as well while a writer waits for it with more of the reply', async () => {
    await using side = await asked(50);
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    side.sink.write(HUGE);
    const resumed: number[] = [];
    side.sink.onDrain(() => resumed.push(1));
    await vi.waitFor(() => expect(side.gone()).toBe(1));
    expect(resumed).toEqual([1]);
  });

  it('has all its time again once it has read', async () => {
    await using side = await asked(60_000);
    const { socket } = side.response;
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    side.sink.write(HUGE);
    const resumed: number[] = [];
    for (const i of [1, 2]) side.sink.onDrain(() => resumed.push(i));
    expect(socket?.timeout).toBe(60_000);
    readOn(side.client);
    await vi.waitFor(() => expect(resumed).toEqual([1, 2]));
    expect(socket?.timeout).toBe(0);
  });

  it('has its connection left to the server once the reply is sent', async () => {
    await using side = await asked(60_000);
    const { socket } = side.response;
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    side.sink.end(HUGE);
    expect(socket?.timeout).toBe(60_000);
    // The server's own listener sets its own limit.
    const limits: (number | undefined)[] = [];
    side.response.once('finish', () => limits.push(socket?.timeout));
    readOn(side.client);
    await vi.waitFor(() => expect(limits).toHaveLength(1));
    expect(limits).not.toContain(60_000);
    expect(side.gone()).toBe(0);
  });

  it('may be slow again with the next reply, whose time is not that of the one before', async () => {
    await using side = await asked(60_000);
    const { socket } = side.response;
    side.client.socket.pause();
    // Waits behind the first, so that the server sets no limit of its own.
    side.client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(side.server, 'request');
    side.sink.head(200, PLAIN, true);
    side.sink.end(HUGE);
    expect(socket?.timeout).toBe(60_000);
    readOn(side.client);
    await once(side.response, 'finish');
    expect(socket?.timeout).toBe(0);
  });

  it('is not watched if it has taken the reply already', async () => {
    await using side = await asked(60_000);
    const before = side.response.socket?.timeout;
    side.sink.head(200, [...PLAIN, 'Content-Length', '5'], false);
    side.sink.end(Buffer.from('whole'));
    expect(side.response.socket?.timeout).toBe(before);
  });
});

describe('a client that has gone', () => {
  it('is reported once, lets a waiting writer go on, and gets nothing more', async () => {
    await using side = await asked();
    side.client.socket.pause();
    side.sink.head(200, PLAIN, true);
    side.sink.write(HUGE);
    const resumed: number[] = [];
    side.sink.onDrain(() => resumed.push(1));
    expect(side.sink.gone).toBe(false);
    side.client.destroy();
    await vi.waitFor(() => expect(resumed).toEqual([1]));
    expect([side.sink.gone, side.gone()]).toEqual([true, 1]);
    side.sink.onDrain(() => resumed.push(2));
    expect(resumed).toEqual([1, 2]);
    const [write, end] = [vi.spyOn(side.response, 'write'), vi.spyOn(side.response, 'end')];
    expect(side.sink.write(bytes)).toBe(true);
    side.sink.end(bytes);
    expect([write.mock.calls, end.mock.calls]).toEqual([[], []]);
  });

  it('gets no headers either', async () => {
    await using side = await asked();
    side.client.destroy();
    await vi.waitFor(() => expect(side.sink.gone).toBe(true));
    side.sink.head(200, PLAIN, true);
    expect(side.response.headersSent).toBe(false);
  });

  it('after a complete reply is nothing to report', async () => {
    await using side = await asked();
    side.sink.head(200, [...PLAIN, 'Content-Length', '0'], false);
    side.sink.end();
    await side.client.reply();
    const closed = once(side.response, 'close').catch(() => undefined);
    side.client.destroy();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 50))]);
    expect([side.sink.gone, side.gone()]).toEqual([false, 0]);
  });
});
