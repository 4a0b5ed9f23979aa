/** One connection: what it sends, when it may carry another exchange, and what becomes of bodies. Over real sockets: `connection-sockets.test.ts`. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Connection, hungUp } from '../../../proxy/upstream/http/connection.ts';
import { type End, memoryWire, turn, type Watched, watched } from './memory-wire.ts';
import { ok, open } from './wire.ts';

afterEach(() => void vi.useRealTimers());

const EVENTS = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

interface Opened extends ReturnType<typeof open> {
  readonly end: End;
  readonly requests: readonly string[];
}

/** A connection to a server that answers so. */
function opened(
  answer: string | undefined | ((text: string) => string | undefined),
  { holds, next }: { readonly holds?: boolean; readonly next?: (connection: Connection) => void } = {},
): Opened {
  const wire = memoryWire(typeof answer === 'function' ? answer : () => answer, holds);
  const of = open(wire, next);
  const [end] = wire.ends;
  if (end === undefined) throw new Error('expected a connection');
  return { ...of, end, requests: wire.requests };
}

async function send({ connection }: Opened, head = 'a', more: Parameters<typeof watched>[1] = {}): Promise<Watched> {
  const exchange = watched(head, more);
  connection.send(exchange);
  await turn();
  return exchange;
}

/** What has arrived of a body, and how it ended. */
async function bodyOf({ arriving }: Watched) {
  if (arriving === undefined) throw new Error('expected a body that is arriving');
  const got = { text: '', end: undefined as string | undefined };
  arriving.on('data', (chunk: Buffer) => (got.text += chunk.toString('latin1')));
  arriving.on('end', () => (got.end = 'ended'));
  arriving.on('error', (error) => (got.end = 'code' in error ? String(error.code) : error.message));
  await turn();
  return got;
}

describe('a request', () => {
  it('is its head, then its body in UTF-8', async () => {
    const of = opened((text) => (text.includes('!') ? ok('read') : undefined));
    for (const [head, body, isAscii] of [
      ['é 1 ', 'ascii!', true],
      ['é 2 ', 'Zoë!', false],
      ['é 3!', undefined, false],
      ['é 4!', undefined, true],
    ] as const) {
      const exchange = await send(of, head, { body, isAscii });
      expect([exchange.outcome, exchange.connection === of.connection]).toEqual(['read', true]);
    }
    const utf8 = Buffer.from('Zoë!').toString('latin1');
    expect(of.requests.map((piece) => piece.slice(2))).toEqual(['é 1 ascii!', 'é 2 ', utf8, 'é 3!', 'é 4!']);
  });

  it.each([
    ['ascii', true],
    ['Zoë', false],
  ])('is sent once all of it was taken: %s', async (body, isAscii) => {
    const of = opened(undefined, { holds: true });
    await send(of, 'a', { body, isAscii });
    expect(of.connection.isSent).toBe(false);
    for (let n = 0; n < 2; n++) {
      of.end.take();
      await turn();
    }
    expect(of.connection.isSent).toBe(true);
    const lost = opened(undefined, { holds: true });
    await send(lost, 'a', { body, isAscii });
    lost.connection.destroy();
    await turn();
    expect(lost.connection.isSent).toBe(false);
  });

  it('is known as the one that the connection carries, until its answer', async () => {
    const of = opened((text) => (text === 'a' ? ok('a') : undefined));
    const { connection } = of;
    const [first, second] = [watched('a'), watched('b')];
    connection.send(first);
    expect([connection.carries(first), connection.carries(second), connection.isReused]).toEqual([true, false, false]);
    await turn();
    expect([connection.carries(first), connection.isSent]).toEqual([false, true]);
    connection.send(second);
    expect([connection.carries(second), connection.isReused, connection.isSent]).toEqual([true, true, false]);
  });
});

describe('a connection', () => {
  it.each([
    ['', 60_000],
    ['Keep-Alive: timeout=5\r\n', 4_000],
    ['Keep-Alive: timeout=600\r\n', 60_000],
  ])('is kept after a response with %j for %d ms, and keeps no process running', async (more, ms) => {
    vi.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000_000 });
    const of = opened((text) => (text === 'a' ? ok('a', more) : undefined));
    const { connection, end, told } = of;
    expect(end.isRunning).toBe(true);
    await send(of);
    expect([connection.at - performance.now(), connection.slot >= 0, end.isRunning]).toEqual([ms, true, false]);
    expect(end.resumed).toBe(0);
    vi.setSystemTime(1_060_000);
    expect(connection.isStale).toBe(false);
    vi.setSystemTime(1_060_001);
    expect(connection.isStale).toBe(true);
    vi.setSystemTime(939_999);
    expect(connection.isStale).toBe(true);
    await send(of, 'b');
    expect([connection.slot, end.isRunning]).toEqual([-1, true]);
    expect(connection.expired()).toBeUndefined();
    expect([end.isClosed, told]).toEqual([true, ['freed', 'lost']]);
  });

  it('that is lost while it is free is watched no more', async () => {
    const of = opened(ok('a'));
    await send(of);
    of.connection.destroy();
    expect(of.connection.slot).toBe(-1);
  });

  it('that gets its next exchange at once is not waiting for one', async () => {
    const of = opened((text) => (text === 'a' ? ok('a') : undefined), { next: (freed) => freed.send(watched('b')) });
    await send(of);
    expect([of.connection.slot, of.told, of.end.isRunning]).toEqual([-1, ['freed'], true]);
    expect(of.requests).toEqual(['1 a', '1 b']);
  });

  it.each([
    ['says so', ok('a', 'Connection: close\r\n')],
    ['is followed by other bytes', `${ok('a')}b`],
  ])('is given up after a response that %s', async (_how, text) => {
    const of = opened(text);
    expect([(await send(of)).outcome, of.end.isClosed, of.told]).toEqual(['a', true, ['lost']]);
  });

  it('is given up after a response that came before the end of its request', async () => {
    const of = opened(ok('early'), { holds: true });
    expect([(await send(of)).outcome, of.end.isClosed, of.told]).toEqual(['early', true, ['lost']]);
  });

  it('is given up if it brings what nothing asked for', async () => {
    const of = opened(ok('a'));
    await send(of);
    expect([of.end.write(ok('b')), of.end.isClosed, of.told]).toEqual([false, true, ['freed', 'lost']]);
  });

  it('that ends or breaks fails its exchange', async () => {
    for (const [end, outcome] of [
      [(of: Opened) => of.end.end(), 'ECONNRESET'],
      [(of: Opened) => of.end.destroy(), 'ECONNRESET'],
      [(of: Opened) => of.end.destroy(new Error('broken')), 'broken'],
      [(of: Opened) => of.connection.destroy(), 'ECONNRESET'],
      [(of: Opened) => of.connection.destroy(new Error('cancelled')), 'cancelled'],
      [(of: Opened) => of.end.write('HTTP/1.1 200 OK\r\nbroken\r\n\r\n'), 'ENOTHTTP'],
    ] as const) {
      const of = opened(undefined);
      const exchange = await send(of);
      of.end.write('HTTP/1.1 ');
      end(of);
      await turn();
      of.connection.destroy(new Error('again'));
      await turn();
      expect([exchange.outcome, of.end.isClosed, of.told]).toEqual([outcome, true, ['lost']]);
    }
    expect(hungUp()).toMatchObject({ code: 'ECONNRESET', message: 'the connection ended' });
  });

  it('that ends while it is free is lost', async () => {
    const of = opened(ok('a'));
    await send(of);
    of.end.end();
    await turn();
    expect([of.end.isClosed, of.told]).toEqual([true, ['freed', 'lost']]);
  });
});

describe('a body that arrives after its head', () => {
  it('is read to its end, and the connection is free after that', async () => {
    const of = opened(`${EVENTS}Content-Length: 4\r\n\r\nab`);
    const exchange = await send(of);
    const got = await bodyOf(exchange);
    expect([got, of.told, of.connection.carries(exchange)]).toEqual([{ text: 'ab', end: undefined }, [], true]);
    expect(of.end.write('cd')).toBe(true);
    await turn();
    expect([got, of.told]).toEqual([{ text: 'abcd', end: 'ended' }, ['freed']]);
    of.connection.destroy();
    expect((await send(opened(ok('b')), 'b')).outcome).toBe('b');
  });

  it('without a length ends with the connection, and a cut one is cut', async () => {
    for (const [length, text, end] of [
      ['', 'ab', 'ended'],
      ['Content-Length: 4\r\n', 'ab', 'ECONNRESET'],
    ] as const) {
      const of = opened(`${EVENTS}${length}\r\nab`);
      const got = await bodyOf(await send(of));
      of.end.end();
      await turn();
      expect([got, of.told]).toEqual([{ text, end }, ['lost']]);
    }
  });

  it('that breaks the rules of its coding is cut', async () => {
    const of = opened('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    const got = await bodyOf(await send(of));
    expect(of.end.write('x\r\n')).toBe(false);
    await turn();
    expect([got, of.told]).toEqual([{ text: 'abc', end: 'ENOTHTTP' }, ['lost']]);
  });

  it('that is given up ends the connection, also when all of it has arrived', async () => {
    const text = `${EVENTS}Content-Length: 2\r\n\r\nab`;
    for (const sent of [text, text.slice(0, -1)]) {
      const of = opened(undefined);
      await send(of, 'a', { headed: (response) => response.destroy() });
      expect([of.end.write(sent), of.end.isClosed, of.told]).toEqual([false, true, ['lost']]);
    }
  });

  it('is read no faster than it is wanted', async () => {
    const of = opened(undefined);
    const exchange = await send(of);
    of.end.write(`${EVENTS}Content-Length: 200000\r\n\r\n`);
    const { arriving: body } = exchange;
    if (body === undefined) throw new Error('expected a body that is arriving');
    await turn();
    const half = 'x'.repeat(body.readableHighWaterMark / 2);
    expect([of.end.write(half), of.end.write(half), of.end.resumed]).toEqual([true, false, 0]);
    body.read();
    expect(of.end.resumed).toBe(1);
    // It reads already.
    body.read();
    expect([of.end.resumed, of.end.write('x')]).toEqual([1, true]);
  });

  it('that was not wanted when its last part came leaves a connection that reads', async () => {
    const of = opened(undefined);
    const exchange = await send(of);
    const half = 'x'.repeat(32 * 1024);
    of.end.write(`${EVENTS}Content-Length: ${2 * half.length}\r\n\r\n`);
    expect(exchange.arriving?.readableHighWaterMark).toBe(2 * half.length);
    expect([of.end.write(half), of.end.write(half)]).toEqual([true, true]);
    expect([of.told, of.end.resumed]).toEqual([['freed'], 1]);
    expect((await bodyOf(exchange)).text).toHaveLength(2 * half.length);
    of.connection.destroy();
  });
});
