/** One connection over a real socket, where only that shows what it does. All else: `connection.test.ts`. */
import { once } from 'node:events';
import tls from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../../proxy/upstream/http/connection.ts';
import { answering, asking, got, ok, open, read, startWire, stream } from './wire.ts';

const EVENTS = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

/** Whether its socket keeps the process running. */
function keepsRunning({ socket }: Connection): boolean {
  const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  socket.unref();
  const isRunning = sockets() < before;
  if (isRunning) socket.ref();
  return isRunning;
}

describe('a request over a socket', () => {
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
});

describe('a connection over a socket', () => {
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

  it('keeps the process running while it carries an exchange', async () => {
    await using wire = await answering(ok('a'));
    const { connection } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    expect(keepsRunning(connection)).toBe(true);
    await got(exchange);
    expect(keepsRunning(connection)).toBe(false);
    connection.send(asking('b'));
    expect(keepsRunning(connection)).toBe(true);
    connection.destroy();
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

  it('that is refused fails its exchange with the reason', async () => {
    const gone = await startWire();
    await gone[Symbol.asyncDispose]();
    const exchange = asking('a');
    open(gone).connection.send(exchange);
    expect(await got(exchange)).toBe('ECONNREFUSED');
  });
});

describe('a body over a socket', () => {
  it('is read no faster than it is wanted, and nothing is lost', async () => {
    const piece = Buffer.alloc(400_000, 'x');
    await using wire = await answering((_text, socket) => {
      socket.write(`${EVENTS}Content-Length: ${20 * piece.length}\r\n\r\n`);
      for (let n = 0; n < 20; n++) socket.write(piece);
    });
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    const body = stream(await exchange.outcome);
    await vi.waitFor(() => expect(body.readableLength).toBeGreaterThanOrEqual(body.readableHighWaterMark));
    // All that can be underway has arrived somewhere.
    await vi.waitFor(() => expect(wire.sockets[0]?.writableLength).toBeGreaterThan(0));
    for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
    expect(body.readableLength).toBeLessThan(300_000);
    expect((await read(body)).length).toBe(20 * piece.length);
    expect(told).toEqual(['freed']);
    connection.destroy();
  });
});
