/** Which connection carries which exchange, over real sockets. Through the transport: `transport.test.ts`. */
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Dialer } from '../../../proxy/network/dialer.ts';
import { Pool } from '../../../proxy/upstream/http/pool.ts';
import { type Asked, asking, got, ok, startWire, type Wire } from './wire.ts';

afterEach(() => void vi.useRealTimers());

/** A server that answers what does not begin with `held`. */
const start = (): Promise<Wire> =>
  startWire((text, socket) => {
    if (!text.startsWith('held')) socket.write(ok(text));
  });

function send(pool: Pool, ...heads: string[]): Asked[] {
  return heads.map((head) => {
    const exchange = asking(head);
    pool.send(exchange);
    return exchange;
  });
}

async function answers(pool: Pool, ...heads: string[]): Promise<string[]> {
  return Promise.all(send(pool, ...heads).map(got));
}

const arrived = (wire: Wire, count: number): Promise<void> =>
  vi.waitFor(() => expect(wire.requests).toHaveLength(count));

describe('an exchange', () => {
  it('is sent by a connection that is free, the one freed last first', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 3);
    const [a, b] = send(pool, 'a', 'held');
    if (a === undefined || b === undefined) throw new Error('expected two');
    await got(a);
    await arrived(wire, 2);
    expect(await answers(pool, 'c')).toEqual(['c']);
    wire.sockets[1]?.write(ok('b'));
    expect(await got(b)).toBe('b');
    expect(await answers(pool, 'd')).toEqual(['d']);
    expect(wire.requests).toEqual(['1 a', '2 held', '1 c', '2 d']);
    pool.close();
  });

  it('waits if there are as many connections as there may be, in its order', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    expect(await answers(pool, 'a', 'b', 'c', 'd', 'e')).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(wire.sockets).toHaveLength(2);
    const of = wire.requests.map((line) => line.slice(2));
    expect([of.slice(2).sort(), of.indexOf('e') > of.indexOf('c')]).toEqual([['c', 'd', 'e'], true]);
    pool.close();
  });

  it('that waits gets the connection that is opened in place of a lost one', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 1);
    const [held, next] = send(pool, 'held', 'next');
    if (held === undefined || next === undefined) throw new Error('expected two');
    await arrived(wire, 1);
    wire.sockets[0]?.destroy();
    expect([await got(held), await got(next)]).toEqual(['ECONNRESET', 'next']);
    expect(wire.requests).toEqual(['1 held', '2 next']);
    pool.close();
  });

  it('is sent by no connection that was free for too long', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 1);
    await answers(pool, 'a');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    await answers(pool, 'b');
    expect(wire.requests).toEqual(['1 a', '2 b']);
    await vi.waitFor(() => expect(wire.sockets[0]?.destroyed).toBe(true));
    pool.close();
  });

  it('is sent by no connection that was lost while it was free', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    const [a] = send(pool, 'a');
    if (a === undefined) throw new Error('expected one');
    await got(a);
    a.connection?.destroy();
    await answers(pool, 'b');
    expect(wire.requests).toEqual(['1 a', '2 b']);
    pool.close();
  });
});

describe('an exchange that is cancelled', () => {
  it('is never sent if it waits', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 1);
    const [held, second, third] = send(pool, 'held', 'second', 'third');
    if (held === undefined || second === undefined || third === undefined) throw new Error('expected three');
    await arrived(wire, 1);
    pool.cancel(second, new Error('cancelled'));
    wire.sockets[0]?.write(ok('first'));
    expect([await got(held), await got(third)]).toEqual(['first', 'third']);
    expect(wire.requests).toEqual(['1 held', '1 third']);
    pool.close();
  });

  it('ends its connection', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 1);
    const [held] = send(pool, 'held');
    if (held === undefined) throw new Error('expected one');
    await arrived(wire, 1);
    pool.cancel(held, new Error('cancelled'));
    expect(await got(held)).toBe('cancelled');
    await vi.waitFor(() => expect(wire.sockets[0]?.destroyed).toBe(true));
  });

  it('ends no other one that its connection carries by now', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 1);
    const [first] = send(pool, 'a');
    if (first === undefined) throw new Error('expected one');
    await got(first);
    const [held] = send(pool, 'held');
    await arrived(wire, 2);
    pool.cancel(first, new Error('cancelled'));
    wire.sockets[0]?.write(ok('b'));
    expect(held && (await got(held))).toBe('b');
    pool.cancel(asking('never sent'), new Error('cancelled'));
    pool.close();
  });
});

describe('a pool', () => {
  it('drops what is free, and nothing else', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    const [held] = send(pool, 'held', 'a');
    await vi.waitFor(() => expect(wire.requests).toHaveLength(2));
    await answers(pool, 'b');
    pool.dropFree();
    pool.dropFree();
    await vi.waitFor(() => expect(wire.sockets.filter(({ destroyed }) => destroyed)).toHaveLength(1));
    const at = wire.requests.findIndex((line) => line.endsWith('held'));
    wire.sockets[Number(wire.requests[at]?.[0]) - 1]?.write(ok('done'));
    expect(held && (await got(held))).toBe('done');
    pool.close();
  });

  it('that is retired sends what it has, and is empty after that', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    let empty = 0;
    pool.retire(() => empty++);
    expect(empty).toBe(1);
    const busy = new Pool(wire.dialer, 1);
    const [held, next] = send(busy, 'held', 'next');
    if (held === undefined || next === undefined) throw new Error('expected two');
    await arrived(wire, 1);
    busy.retire(() => empty++);
    expect(empty).toBe(1);
    wire.sockets[0]?.write(ok('first'));
    expect([await got(held), await got(next)]).toEqual(['first', 'next']);
    expect([empty, wire.sockets.length]).toEqual([2, 1]);
    await vi.waitFor(() => expect(wire.sockets[0]?.destroyed).toBe(true));
  });

  it('that is retired drops what is free', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    await answers(pool, 'a');
    let empty = 0;
    pool.retire(() => empty++);
    expect(empty).toBeGreaterThan(0);
    await vi.waitFor(() => expect(wire.sockets[0]?.destroyed).toBe(true));
  });

  it('that is closed ends what it has, and sends no more', async () => {
    await using wire = await start();
    const pool = new Pool(wire.dialer, 2);
    const before = send(pool, 'held 1', 'held 2', 'waits');
    await arrived(wire, 2);
    pool.close();
    const after = send(pool, 'late');
    for (const exchange of [...before, ...after]) expect(await got(exchange)).toBe('ECONNRESET');
    expect([wire.requests.length, wire.sockets.length]).toEqual([2, 2]);
  });
});

describe('through a tunnel', () => {
  interface Opening extends PromiseWithResolvers<Socket> {
    readonly signal: AbortSignal;
  }

  /** A dialer whose tunnels a test opens. */
  function tunnelled(wire: Wire) {
    const openings: Opening[] = [];
    const tunnels: (Socket | undefined)[] = [];
    const dialer: Dialer = {
      connect: (onread, tunnel) => (tunnels.push(tunnel), wire.dialer.connect(onread)),
      tunnel: (signal) => {
        const opening = { ...Promise.withResolvers<Socket>(), signal };
        openings.push(opening);
        return opening.promise;
      },
    };
    return { openings, tunnels, dialer };
  }

  it('an exchange waits for one of its own, which counts as a connection', async () => {
    await using wire = await start();
    const { openings, tunnels, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 1);
    const [a, b] = send(pool, 'a', 'b');
    if (a === undefined || b === undefined) throw new Error('expected two');
    expect(openings).toHaveLength(1);
    const tunnel = new Socket();
    openings[0]?.resolve(tunnel);
    expect([await got(a), await got(b)]).toEqual(['a', 'b']);
    expect([openings.length, tunnels, wire.requests]).toEqual([1, [tunnel], ['1 a', '1 b']]);
    pool.close();
  });

  it.each([
    [new Error('no route'), 'no route'],
    ['nothing', 'ECONNRESET'],
  ])('one that is not opened fails its exchange, and the next one opens its own: %s', async (reason, words) => {
    await using wire = await start();
    const { openings, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 1);
    const [a, b] = send(pool, 'a', 'b');
    if (a === undefined || b === undefined) throw new Error('expected two');
    openings[0]?.reject(reason);
    expect(await got(a)).toBe(words);
    expect(openings).toHaveLength(2);
    openings[1]?.resolve(new Socket());
    expect(await got(b)).toBe('b');
    pool.close();
  });

  it('an exchange that is cancelled sends nothing, and another one may open a tunnel', async () => {
    await using wire = await start();
    const { openings, tunnels, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 1);
    const [a, b] = send(pool, 'a', 'b');
    if (a === undefined || b === undefined) throw new Error('expected two');
    pool.cancel(a, new Error('cancelled'));
    expect(openings[0]?.signal.aborted).toBe(true);
    const tunnel = new Socket();
    openings[0]?.resolve(tunnel);
    expect(await got(a)).toBe('ECONNRESET');
    expect([tunnel.destroyed, tunnels, openings.length]).toEqual([true, [], 2]);
    openings[1]?.resolve(new Socket());
    expect([await got(b), wire.requests]).toEqual(['b', ['1 b']]);
    pool.close();
  });

  it('an exchange is not that of its earlier attempt’s connection while it opens one', async () => {
    await using wire = await start();
    const { openings, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 2);
    const [a] = send(pool, 'a');
    openings[0]?.resolve(new Socket());
    if (a === undefined) throw new Error('expected one');
    await got(a);
    pool.dropFree();
    pool.send(a);
    expect(a.connection).toBeUndefined();
    pool.close();
  });

  it('a pool that is retired or closed waits for it, or ends it', async () => {
    await using wire = await start();
    const { openings, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 1);
    const [a] = send(pool, 'a');
    let empty = 0;
    pool.retire(() => empty++);
    expect(empty).toBe(0);
    pool.close();
    expect(openings[0]?.signal.aborted).toBe(true);
    openings[0]?.resolve(new Socket());
    expect(a && (await got(a))).toBe('ECONNRESET');
    expect(empty).toBe(1);
  });
});
