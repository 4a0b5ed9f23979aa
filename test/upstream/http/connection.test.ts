/** One connection over a real socket, without a pool: what it sends, and when it may carry another exchange. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Connection, hungUp } from '../../../proxy/upstream/http/connection.ts';
import { answering, asking, got, ok, open, read, startWire, stream } from './wire.ts';

afterEach(() => void vi.useRealTimers());

/** Whether its socket keeps the process running. */
function keepsRunning({ socket }: Connection): boolean {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  socket.unref();
  const isRunning = sockets() < before;
  if (isRunning) socket.ref();
  return isRunning;
}

describe('a request', () => {
  it('is its head, then its body in UTF-8', async () => {
    await using wire = await answering((text, socket) => {
      if (text.includes('!')) socket.write(ok('read'));
    });
    const { connection } = open(wire);
    for (const [head, body, isAscii] of [
      ['é 1 ', 'ascii!', true],
      ['é 2 ', 'Zoë!', false],
      ['é 3!', undefined, false],
      ['é 4!', undefined, true],
    ] as const) {
      const exchange = asking(head, { body, isAscii });
      connection.send(exchange);
      expect([await got(exchange), exchange.connection === connection]).toEqual(['read', true]);
    }
    const sent = wire.requests.map((piece) => piece.slice(2)).join('|');
    const utf8 = Buffer.from('Zoë!').toString('latin1');
    expect(sent.replace('é 2 |', 'é 2 ')).toBe(`é 1 ascii!|é 2 ${utf8}|é 3!|é 4!`);
    connection.destroy();
  });

  it('is sent once all of it is in the hands of the operating system', async () => {
    await using wire = await startWire((_text, socket) => void socket.pause());
    const { connection } = open(wire);
    const small = asking('a');
    connection.send(small);
    expect(connection.isSent).toBe(false);
    await vi.waitFor(() => expect(connection.isSent).toBe(true));
    connection.destroy();
    const other = open(wire).connection;
    other.send(asking('b', { body: 'x'.repeat(16_000_000), isAscii: true }));
    await vi.waitFor(() => expect(wire.requests.length).toBeGreaterThan(1));
    expect(other.isSent).toBe(false);
    // What the connection's end leaves unsent is not sent either.
    other.destroy();
    await once(other.socket, 'close');
    expect(other.isSent).toBe(false);
  });

  it('is known as the one that the connection carries, until its answer', async () => {
    await using wire = await answering(ok('a'));
    const { connection } = open(wire);
    const [first, second] = [asking('a'), asking('b')];
    connection.send(first);
    expect([connection.carries(first), connection.carries(second), connection.isReused]).toEqual([true, false, false]);
    await got(first);
    expect(connection.carries(first)).toBe(false);
    connection.send(second);
    expect([connection.carries(second), connection.isReused, connection.isSent]).toEqual([true, true, false]);
    await got(second);
    connection.destroy();
  });
});

describe('a connection', () => {
  it('is open once it is connected', async () => {
    await using wire = await startWire();
    const { connection } = open(wire);
    expect(connection.isOpen).toBe(false);
    await once(connection.socket, 'connect');
    expect(connection.isOpen).toBe(true);
    connection.destroy();
  });

  it('is not open before the end of its handshake, if it has one', async () => {
    await using wire = await startWire();
    const { connection } = open({
      dialer: {
        connect: (onread) => {
          const options = { host: '127.0.0.1', port: wire.port, onread };
          return tls.connect(options);
        },
      },
    });
    // The greeting of the handshake.
    await vi.waitFor(() => expect(wire.requests).toHaveLength(1));
    expect(connection.isOpen).toBe(false);
    connection.socket.emit('secureConnect');
    expect(connection.isOpen).toBe(true);
    connection.destroy();
  });

  it.each([
    ['', 60_000],
    ['Keep-Alive: timeout=5\r\n', 4_000],
    ['Keep-Alive: timeout=600\r\n', 60_000],
  ])('is kept after a response with %j for %d ms, and keeps no process running', async (more, ms) => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000_000 });
    await using wire = await answering(ok('a', more));
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    expect([connection.slot, keepsRunning(connection)]).toEqual([-1, true]);
    await got(exchange);
    expect([connection.at - performance.now(), connection.slot >= 0, keepsRunning(connection)]).toEqual([
      ms,
      true,
      false,
    ]);
    vi.setSystemTime(1_060_000);
    expect(connection.isStale).toBe(false);
    vi.setSystemTime(1_060_001);
    expect(connection.isStale).toBe(true);
    vi.setSystemTime(939_999);
    expect(connection.isStale).toBe(true);
    connection.send(asking('b'));
    expect([connection.slot, keepsRunning(connection)]).toEqual([-1, true]);
    expect(connection.expired()).toBeUndefined();
    expect([connection.socket.destroyed, told]).toEqual([true, ['freed', 'lost']]);
  });

  it('that gets its next exchange at once is not waiting for one', async () => {
    await using wire = await answering((text, socket) => {
      if (text === 'a') socket.write(ok('a'));
    });
    const { connection, told } = open(wire, (freed) => freed.send(asking('b')));
    const exchange = asking('a');
    connection.send(exchange);
    await got(exchange);
    expect([connection.slot, told, keepsRunning(connection)]).toEqual([-1, ['freed'], true]);
    connection.destroy();
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['says so', 'a', (socket) => socket.write(ok('a', 'Connection: close\r\n'))],
    ['is followed by other bytes', 'a', (socket) => socket.write(`${ok('a')}b`)],
  ])('is given up after a response that %s', async (_how, body, respond) => {
    await using wire = await answering((_text, socket) => respond(socket));
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    expect([await got(exchange), connection.socket.destroyed, told]).toEqual([body, true, ['lost']]);
  });

  it('is given up after a response that came before the end of its request', async () => {
    await using wire = await answering((_text, socket) => {
      socket.pause();
      socket.write(ok('early'));
    });
    const { connection, told } = open(wire);
    const exchange = asking('a', { body: 'x'.repeat(16_000_000), isAscii: true });
    connection.send(exchange);
    expect([await got(exchange), connection.socket.destroyed, told]).toEqual(['early', true, ['lost']]);
  });

  it('is given up if it brings what nothing asked for', async () => {
    await using wire = await answering(ok('a'));
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    await got(exchange);
    wire.sockets[0]?.write(ok('b'));
    await once(connection.socket, 'close');
    expect(told).toEqual(['freed', 'lost']);
  });

  it('that is refused fails its exchange with the reason, and one that ends with the end', async () => {
    const gone = await startWire();
    await gone[Symbol.asyncDispose]();
    const { connection } = open(gone);
    const refused = asking('a');
    connection.send(refused);
    expect(await got(refused)).toBe('ECONNREFUSED');
    await using wire = await answering((_text, socket) => socket.end('HTTP/1.1 200 OK\r\n'));
    const other = open(wire);
    const cut = asking('a');
    other.connection.send(cut);
    expect(await cut.outcome).toMatchObject({ code: 'ECONNRESET', message: 'the connection ended' });
    expect(other.told).toEqual(['lost']);
  });

  it('that is destroyed says so once, with the reason that it was given', async () => {
    await using wire = await startWire();
    for (const [reason, words] of [
      [new Error('cancelled'), 'cancelled'],
      [undefined, 'the connection ended'],
    ] as const) {
      const { connection, told } = open(wire);
      const failed: Error[] = [];
      connection.send(asking('a', { failed: (error) => void failed.push(error) }));
      connection.destroy(reason);
      connection.destroy(new Error('again'));
      await once(connection.socket, 'close');
      expect([failed.map(({ message }) => message), told]).toEqual([[words], ['lost']]);
    }
    expect(hungUp()).toMatchObject({ code: 'ECONNRESET' });
  });

  it('that brings no HTTP fails its exchange, or cuts the body', async () => {
    await using wire = await answering('HTTP/1.1 200 OK\r\nbroken\r\n\r\n');
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    expect([await got(exchange), told]).toEqual(['ENOTHTTP', ['lost']]);
    await using chunked = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    const other = open(chunked);
    const cut = asking('a');
    other.connection.send(cut);
    const body = stream(await cut.outcome);
    const text = read(body);
    chunked.sockets[0]?.write('x\r\n');
    await expect(text).rejects.toMatchObject({ code: 'ENOTHTTP' });
    expect(other.told).toEqual(['lost']);
  });
});
