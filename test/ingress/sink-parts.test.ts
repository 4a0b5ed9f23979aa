/** A reply on its way to a client whose connection a test holds up, piece by piece. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Closing } from '../../proxy/ingress/closing.ts';
import { ResponseSink } from '../../proxy/ingress/sink.ts';

/** A connection that takes bytes only while it is open for them. */
class Held extends Duplex {
  timeout: number | undefined;
  readonly pieces: string[] = [];
  #taken: (() => void) | undefined;
  isOpen = true;

  constructor() {
    super({ writableHighWaterMark: 1_024 });
  }

  setTimeout(ms: number): this {
    this.timeout = ms;
    return this;
  }

  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(chunk.toString('latin1'));
    if (this.isOpen) done();
    else this.#taken = done;
  }

  /** Takes what is held, and all that follows. */
  open(): void {
    this.isOpen = true;
    this.#taken?.();
  }

  get text(): string {
    return this.pieces.join('');
  }
}

const STALL = 50_000;
const PLAIN = ['Content-Type', 'text/plain'];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** The body in what was sent. */
const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

function made(closing?: Closing) {
  const request = new IncomingMessage(new Socket());
  request.httpVersionMajor = request.httpVersionMinor = 1;
  const response = new ServerResponse(request);
  const socket = new Held();
  // A real socket without a connection is closed; a response uses no more of it than `Held` has.
  response.assignSocket(socket as unknown as Socket);
  const gone = vi.fn<() => void>();
  const sink = new ResponseSink(response, gone, STALL, ...(closing === undefined ? [] : [closing]));
  return { sink, response, socket, gone };
}

describe('a reply', () => {
  it.each([
    ['short', 'é'.repeat(4 * 1024)],
    ['long', 'é'.repeat(4 * 1024 + 1)],
  ])('has its bytes as they are: %s', async (_what, text) => {
    const { sink, socket, response, gone } = made();
    const body = Buffer.from(text);
    sink.head(201, [...PLAIN, 'Content-Length', String(body.length)], false);
    sink.end(body);
    await turn();
    expect(socket.text).toMatch(/^HTTP\/1\.1 201 Created\r\nContent-Type: text\/plain\r\n/);
    expect(bodyOf(socket.text)).toBe(body.toString('latin1'));
    expect(response.writableFinished).toBe(true);
    expect([sink.gone, gone.mock.calls.length]).toEqual([false, 0]);
  });

  it('that is short is sent together with its headers, and one after other bytes as it is', async () => {
    const first = made();
    first.sink.head(200, [...PLAIN, 'Content-Length', '5'], false);
    first.sink.end(Buffer.from('whole'));
    expect(first.socket.pieces).toHaveLength(1);
    const second = made();
    second.sink.head(200, [...PLAIN, 'Content-Length', '7'], false);
    expect(second.sink.write(Buffer.from('in '))).toBe(true);
    second.sink.end(Buffer.from('two\u00e9', 'latin1'));
    await turn();
    expect(bodyOf(second.socket.text)).toBe('in two\u00e9');
  });

  it('may end without another byte', async () => {
    const { sink, socket, response } = made();
    sink.head(204, [], false);
    sink.end();
    await turn();
    expect([response.writableFinished, bodyOf(socket.text)]).toEqual([true, '']);
  });

  it.each([
    [true, true],
    [false, false],
  ])('has its headers sent before its body if they are to be flushed (%s)', async (flush, sent) => {
    const { sink, socket } = made();
    sink.head(200, PLAIN, flush);
    expect(socket.pieces).toEqual([]);
    await turn();
    expect(socket.pieces.length > 0).toBe(sent);
    sink.end(Buffer.from('x'));
    await turn();
    expect(socket.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('has its headers sent with a body that is at hand, though they are to be flushed', async () => {
    const { sink, socket, response } = made();
    const flushed = vi.spyOn(response, 'flushHeaders');
    sink.head(200, [...PLAIN, 'Content-Length', '5'], true);
    process.nextTick(() => sink.end(Buffer.from('whole')));
    await turn();
    expect(flushed).not.toHaveBeenCalled();
    expect(bodyOf(socket.text)).toBe('whole');
  });

  it.each([
    [undefined, 'keep-alive'],
    [{ begun: false, cut: false }, 'keep-alive'],
    [{ begun: true, cut: false }, 'close'],
  ])('ends its connection once the server closes: %j', async (closing, connection) => {
    const { sink, socket } = made(closing);
    sink.head(200, [...PLAIN, 'Content-Length', '0'], false);
    sink.end();
    await turn();
    expect(socket.text).toContain(`Connection: ${connection}\r\n`);
  });

  it.each([
    [true, true],
    [false, false],
  ])('is cut off where it stands, after headers that are to be flushed (%s)', async (flush, sent) => {
    const { sink, socket, gone } = made();
    sink.head(200, PLAIN, flush);
    sink.cut();
    await turn();
    expect([socket.destroyed, socket.text !== '', gone.mock.calls.length]).toEqual([true, sent, 1]);
  });
});

describe('a client that reads slowly', () => {
  it('makes writers wait, within its time, until it has read; each goes on once', () => {
    const { sink, socket, response } = made();
    sink.head(200, PLAIN, false);
    expect(sink.settled).toBe(true);
    socket.isOpen = false;
    expect(sink.write(Buffer.from('x'.repeat(2_000)))).toBe(false);
    expect([sink.settled, socket.timeout]).toEqual([false, undefined]);
    const resumed: number[] = [];
    sink.onDrain(() => resumed.push(1));
    expect(socket.timeout).toBe(STALL);
    socket.timeout = 1;
    sink.onDrain(() => resumed.push(2));
    // The time runs since the first began to wait.
    expect([socket.timeout, resumed]).toEqual([1, []]);
    response.emit('drain');
    expect([socket.timeout, resumed]).toEqual([0, [1, 2]]);
    socket.timeout = 1;
    response.emit('drain');
    expect([socket.timeout, resumed]).toEqual([1, [1, 2]]);
    sink.onDrain(() => resumed.push(3));
    expect([socket.timeout, response.listenerCount('drain')]).toEqual([STALL, 1]);
    response.emit('drain');
    expect(resumed).toEqual([1, 2, 3]);
  });

  it('has the rest of a complete reply held within its time, and then the time of the server', async () => {
    const { sink, socket, response } = made();
    const limits: (number | undefined)[] = [];
    response.once('finish', () => limits.push(socket.timeout));
    socket.isOpen = false;
    sink.head(200, PLAIN, false);
    sink.end(Buffer.from('x'.repeat(20_000)));
    expect(socket.timeout).toBe(STALL);
    socket.open();
    await turn();
    // Before the listener that the server had on it first.
    expect(limits).toEqual([0]);
  });

  it('is not watched if it has taken the reply already', async () => {
    const { sink, socket } = made();
    sink.head(200, [...PLAIN, 'Content-Length', '1'], false);
    sink.end(Buffer.from('x'));
    await turn();
    expect(socket.timeout).toBeUndefined();
  });
});

describe('a client that has gone', () => {
  it('is reported once, lets each writer go on, and gets nothing more', async () => {
    const { sink, socket, response, gone } = made();
    sink.head(200, PLAIN, true);
    socket.isOpen = false;
    sink.write(Buffer.from('x'));
    const resumed: number[] = [];
    sink.onDrain(() => resumed.push(1));
    socket.destroy();
    await turn();
    expect([sink.gone, gone.mock.calls.length, resumed]).toEqual([true, 1, [1]]);
    sink.onDrain(() => resumed.push(2));
    expect(resumed).toEqual([1, 2]);
    const [write, end, watched] = [vi.spyOn(response, 'write'), vi.spyOn(response, 'end'), socket.timeout];
    expect(sink.write(Buffer.from('y'))).toBe(true);
    sink.end(Buffer.from('z'));
    expect([write.mock.calls, end.mock.calls, socket.timeout]).toEqual([[], [], watched]);
  });

  it('gets no headers, at once or later', async () => {
    const early = made();
    early.socket.destroy();
    await turn();
    early.sink.head(200, PLAIN, true);
    expect(early.response.headersSent).toBe(false);
    const late = made();
    late.sink.head(200, PLAIN, true);
    const flushed = vi.spyOn(late.response, 'flushHeaders');
    late.response.emit('close');
    await turn();
    expect([late.sink.gone, flushed.mock.calls.length]).toEqual([true, 0]);
  });

  it('after a complete reply is nothing to report', async () => {
    const { sink, socket, gone } = made();
    sink.head(200, [...PLAIN, 'Content-Length', '1'], false);
    sink.end(Buffer.from('x'));
    await turn();
    socket.destroy();
    await turn();
    expect([sink.gone, gone.mock.calls.length]).toEqual([false, 0]);
  });
});
