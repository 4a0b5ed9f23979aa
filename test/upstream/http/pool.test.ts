/** Which connection carries which exchange. Over real sockets: `transport.test.ts`. */
import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Dialer } from '../../../proxy/network/dialer.ts';
import { Pool } from '../../../proxy/upstream/http/pool.ts';
import { type MemoryWire, memoryWire, turn, type Watched, watched } from './memory-wire.ts';
import { ok } from './wire.ts';

afterEach(() => void vi.useRealTimers());

/** A server that answers what does not begin with `held`. */
const start = (): MemoryWire => memoryWire((text) => (text.startsWith('held') ? undefined : ok(text)));

async function send(pool: Pool, ...heads: string[]): Promise<Watched[]> {
  const exchanges = heads.map((head) => watched(head));
  for (const exchange of exchanges) pool.send(exchange);
  await turn();
  return exchanges;
}

const outcomes = (exchanges: readonly Watched[]): unknown => exchanges.map(({ outcome }) => outcome);
const answers = async (pool: Pool, ...heads: string[]): Promise<unknown> => outcomes(await send(pool, ...heads));

/** The server does something to its end of a connection. */
async function at(wire: MemoryWire, number: number, what: 'destroy' | { readonly says: string }): Promise<void> {
  if (what === 'destroy') wire.ends[number - 1]?.destroy();
  else wire.ends[number - 1]?.write(ok(what.says));
  await turn();
}

const closed = ({ ends }: MemoryWire): unknown => ends.map(({ isClosed }) => isClosed);

describe('an exchange', () => {
  it('is sent by a connection that is free, the one freed last first', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 3);
    const held = await send(pool, 'held 1', 'held 2');
    await at(wire, 1, { says: 'a' });
    await at(wire, 2, { says: 'b' });
    expect([outcomes(held), await answers(pool, 'c')]).toEqual([['a', 'b'], ['c']]);
    await send(pool, 'held 3', 'held 4');
    expect(wire.requests).toEqual(['1 held 1', '2 held 2', '2 c', '2 held 3', '1 held 4']);
  });

  it('waits if there are as many connections as there may be, in its order', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 2);
    const all = await send(pool, 'held 1', 'held 2', 'c', 'held 3', 'd', 'e');
    expect(wire.requests).toEqual(['1 held 1', '2 held 2']);
    await at(wire, 2, { says: 'b' });
    expect(outcomes(all)).toEqual([undefined, 'b', 'c', undefined, undefined, undefined]);
    await at(wire, 1, { says: 'a' });
    expect(outcomes(all)).toEqual(['a', 'b', 'c', undefined, 'd', 'e']);
    expect(wire.requests.slice(2)).toEqual(['2 c', '2 held 3', '1 d', '1 e']);
  });

  it('that waits gets the connection that is opened in place of a lost one', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 1);
    const all = await send(pool, 'held', 'next');
    await at(wire, 1, 'destroy');
    expect(outcomes(all)).toEqual(['ECONNRESET', 'next']);
    expect(wire.requests).toEqual(['1 held', '2 next']);
  });

  it('is sent by no connection that was free for too long', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 1);
    await send(pool, 'a');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect(await answers(pool, 'b')).toEqual(['b']);
    expect([wire.requests, closed(wire)]).toEqual([
      ['1 a', '2 b'],
      [true, false],
    ]);
  });

  it('is sent by no connection that was lost while it was free, and by one that was not', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 3);
    await send(pool, 'held 1', 'held 2', 'held 3');
    for (const [number, says] of [
      [1, 'a'],
      [2, 'b'],
    ] as const)
      await at(wire, number, { says });
    await at(wire, 3, 'destroy');
    await at(wire, 1, 'destroy');
    expect(await answers(pool, 'c')).toEqual(['c']);
    await at(wire, 2, 'destroy');
    expect(await answers(pool, 'd')).toEqual(['d']);
    expect(wire.requests.slice(3)).toEqual(['2 c', '4 d']);
  });
});

describe('an exchange that is cancelled', () => {
  it('is never sent if it waits', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 1);
    const [held, second, third] = await send(pool, 'held', 'second', 'third');
    if (second !== undefined) pool.cancel(second, new Error('cancelled'));
    await at(wire, 1, { says: 'first' });
    expect([held?.outcome, second?.outcome, third?.outcome]).toEqual(['first', undefined, 'third']);
    expect(wire.requests).toEqual(['1 held', '1 third']);
  });

  it('ends its connection, and takes the place of none that waits', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 1);
    const [held, next] = await send(pool, 'held', 'next');
    if (held !== undefined) pool.cancel(held, new Error('cancelled'));
    await turn();
    expect([held?.outcome, next?.outcome, closed(wire)]).toEqual(['cancelled', 'next', [true, false]]);
  });

  it('ends no other one that its connection carries by now', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 1);
    const [first] = await send(pool, 'a');
    const [held] = await send(pool, 'held');
    if (first !== undefined) pool.cancel(first, new Error('cancelled'));
    pool.cancel(watched('never sent'), new Error('cancelled'));
    await at(wire, 1, { says: 'b' });
    expect([held?.outcome, closed(wire)]).toEqual(['b', [false]]);
  });
});

describe('a pool', () => {
  it('drops what is free, and nothing else', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 2);
    const [held] = await send(pool, 'held', 'a');
    pool.dropFree();
    pool.dropFree();
    expect(closed(wire)).toEqual([false, true]);
    await at(wire, 1, { says: 'done' });
    expect([held?.outcome, await answers(pool, 'b'), wire.requests.at(-1)]).toEqual(['done', ['b'], '1 b']);
  });

  it('that is retired sends what it has, and is empty after the last of it', async () => {
    const wire = start();
    let empty = 0;
    new Pool(wire.dialer, 2).retire(() => empty++);
    expect(empty).toBe(1);
    const pool = new Pool(wire.dialer, 2);
    const all = await send(pool, 'held 1', 'held 2', 'next');
    pool.retire(() => empty++);
    await at(wire, 1, { says: 'first' });
    expect([outcomes(all), closed(wire), empty]).toEqual([['first', undefined, 'next'], [true, false], 1]);
    await at(wire, 2, { says: 'second' });
    expect([outcomes(all), closed(wire), empty]).toEqual([['first', 'second', 'next'], [true, true], 2]);
  });

  it('that is retired drops what is free', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 2);
    await send(pool, 'a');
    let empty = 0;
    pool.retire(() => empty++);
    expect([closed(wire), empty > 0]).toEqual([[true], true]);
  });

  it('that is closed ends what it has, and sends no more', async () => {
    const wire = start();
    const pool = new Pool(wire.dialer, 3);
    await send(pool, 'free');
    const before = await send(pool, 'held 1', 'held 2', 'held 3', 'waits');
    pool.close();
    expect(outcomes([...before, ...(await send(pool, 'late'))])).toEqual(Array(5).fill('ECONNRESET'));
    expect([wire.requests.length, closed(wire)]).toEqual([4, [true, true, true]]);
  });
});

describe('through a tunnel', () => {
  interface Opening extends PromiseWithResolvers<Socket> {
    readonly signal: AbortSignal;
  }

  /** A dialer whose tunnels a test opens. */
  function tunnelled(wire: MemoryWire) {
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

  async function opened(opening: Opening | undefined): Promise<Socket> {
    const tunnel = new Socket();
    opening?.resolve(tunnel);
    await turn();
    return tunnel;
  }

  it('an exchange waits for one of its own, which counts as a connection', async () => {
    const wire = start();
    const { openings, tunnels, dialer } = tunnelled(wire);
    const all = await send(new Pool(dialer, 1), 'a', 'b');
    expect([openings.length, wire.requests]).toEqual([1, []]);
    const tunnel = await opened(openings[0]);
    expect([outcomes(all), openings.length, tunnels]).toEqual([['a', 'b'], 1, [tunnel]]);
    expect(wire.requests).toEqual(['1 a', '1 b']);
  });

  it.each([
    [new Error('no route'), 'no route'],
    ['nothing', 'ECONNRESET'],
  ])('one that is not opened fails its exchange, and the next one opens its own: %s', async (reason, words) => {
    const wire = start();
    const { openings, dialer } = tunnelled(wire);
    const all = await send(new Pool(dialer, 1), 'a', 'b');
    openings[0]?.reject(reason);
    await turn();
    expect([outcomes(all), openings.length]).toEqual([[words, undefined], 2]);
    await opened(openings[1]);
    expect(outcomes(all)).toEqual([words, 'b']);
  });

  it('an exchange that is cancelled sends nothing, and another one may open a tunnel', async () => {
    const wire = start();
    const { openings, tunnels, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 1);
    const all = await send(pool, 'a', 'b');
    if (all[0] !== undefined) pool.cancel(all[0], new Error('cancelled'));
    expect([openings[0]?.signal.aborted, openings.length]).toEqual([true, 1]);
    const tunnel = await opened(openings[0]);
    expect([outcomes(all), tunnel.destroyed, tunnels, openings.length]).toEqual([
      ['ECONNRESET', undefined],
      true,
      [],
      2,
    ]);
    await opened(openings[1]);
    expect([outcomes(all), wire.requests]).toEqual([['ECONNRESET', 'b'], ['1 b']]);
  });

  it('an exchange is not that of its earlier attempt’s connection while it opens one', async () => {
    const wire = start();
    const { openings, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 2);
    const [a] = await send(pool, 'a');
    await opened(openings[0]);
    pool.dropFree();
    if (a === undefined) throw new Error('expected one');
    pool.send(a);
    expect([a.outcome, a.connection]).toEqual(['a', undefined]);
  });

  it.each([1, 2])('a pool that is retired with %i more waits for it, and one that is closed ends it', async (more) => {
    const wire = start();
    const { openings, dialer } = tunnelled(wire);
    const pool = new Pool(dialer, 3);
    await send(pool, ...Array.from({ length: more }, (_, n) => `held ${n}`));
    for (const opening of openings) await opened(opening);
    const [a] = await send(pool, 'a');
    let empty = 0;
    pool.retire(() => empty++);
    for (let number = 1; number <= more; number++) {
      await at(wire, number, 'destroy');
      expect([empty, openings[more]?.signal.aborted]).toEqual([0, false]);
    }
    pool.close();
    expect(openings[more]?.signal.aborted).toBe(true);
    await opened(openings[more]);
    expect([a?.outcome, empty]).toEqual(['ECONNRESET', 1]);
  });
});
