/** A body that arrives after its head, over a real socket: what becomes of it, and of its connection. */
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { answering, asking, open, read, stream } from './wire.ts';

const EVENTS = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

describe('a body that arrives after its head', () => {
  it('is read to its end, and the connection is free after that', async () => {
    await using wire = await answering(`${EVENTS}Content-Length: 4\r\n\r\nab`);
    const { connection, told } = open(wire);
    const exchange = asking('a');
    connection.send(exchange);
    const body = stream(await exchange.outcome);
    expect([told, connection.carries(exchange)]).toEqual([[], true]);
    wire.sockets[0]?.write('cd');
    expect([await read(body), told]).toEqual(['abcd', ['freed']]);
    connection.destroy();
    expect(body.errored).toBeNull();
  });

  it('without a length ends with the connection, and a cut one is cut', async () => {
    await using wire = await answering((text, socket) =>
      socket.end(text === 'a' ? `${EVENTS}\r\nab` : `${EVENTS}Content-Length: 4\r\n\r\nab`),
    );
    const whole = open(wire);
    const exchange = asking('a');
    whole.connection.send(exchange);
    expect(await read(stream(await exchange.outcome))).toBe('ab');
    expect(whole.told).toEqual(['lost']);
    const cut = asking('b');
    open(wire).connection.send(cut);
    await expect(read(stream(await cut.outcome))).rejects.toThrow('the connection ended');
  });

  it('that is given up ends the connection, also when all of it has arrived', async () => {
    const text = `${EVENTS}Content-Length: 2\r\n\r\nab`;
    for (const sent of [text, text.slice(0, -1)]) {
      await using wire = await answering(sent);
      const { connection, told } = open(wire);
      const exchange = asking('a', {}, (response) => response.destroy());
      connection.send(exchange);
      await exchange.outcome;
      expect(connection.socket.destroyed).toBe(true);
      await once(connection.socket, 'close');
      expect(told).toEqual(['lost']);
    }
  });

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
