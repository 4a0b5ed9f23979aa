import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Lease, Renewal, renewalTime } from '../../../proxy/upstream/auth/renewal.ts';

afterEach(() => void vi.useRealTimers());

test('many proxies renew at different times, all between 75 and 90 % of the remaining time', () => {
  const times = Array.from(
    { length: 1000 },
    (_, n) => renewalTime({ value: undefined, id: `token-${n}`, expiresAt: 3_600_000 }, 0) / 3_600_000,
  );
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0.75);
  expect(Math.max(...times)).toBeLessThan(0.9);
  const tenths = new Set(times.map((time) => Math.floor((time - 0.75) / 0.015)));
  expect(tenths.size).toBe(10);
});

test('what never expires is never renewed early', () => {
  expect(renewalTime({ value: undefined, id: 'key', expiresAt: Infinity }, Date.now())).toBe(Infinity);
});

test('a fetch that hangs fails after 15 s, and the next call starts another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let fetches = 0;
  const renewal = new Renewal('AWS credentials', () =>
    ++fetches === 1
      ? new Promise<never>(() => {})
      : Promise.resolve({ value: 'fetched', id: '1', expiresAt: Infinity }),
  );
  const first = Promise.resolve(renewal.current());
  const failed = expect(first).rejects.toMatchObject({
    code: 'upstream-auth',
    message: 'fetching AWS credentials took more than 15 s: check that the proxy can reach the source',
  });
  await vi.advanceTimersByTimeAsync(15_000);
  await failed;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await renewal.current()).toBe('fetched');
});

test('failed fetches are spaced out, up to 5 s apart', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let fetches = 0;
  const renewal = new Renewal('AWS credentials', () => (fetches++, Promise.reject(new Error('no'))));
  const spacing: number[] = [];
  for (let last = 0, waited = 0; spacing.length < 8; waited += 50) {
    await expect(Promise.resolve(renewal.current())).rejects.toThrow('no');
    if (fetches > last) {
      spacing.push(waited);
      waited = 0;
      last = fetches;
    }
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(spacing).toEqual([0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});

describe('a credential', () => {
  /** Hands out 1, 2, 3, …, each for an hour, unless it fails. */
  class Source {
    fetches = 0;
    failing = false;
    isLast = false;
    readonly #held: (() => void)[] = [];
    holding = false;

    readonly obtain = async (): Promise<Lease<number>> => {
      const value = ++this.fetches;
      if (this.holding) await new Promise<void>((resolve) => this.#held.push(resolve));
      if (this.failing) throw new Error(`failure ${value}`);
      return { value, id: `id-${value}`, expiresAt: Date.now() + 3_600_000, isLast: this.isLast };
    };

    release(): void {
      this.holding = false;
      for (const resolve of this.#held.splice(0)) resolve();
    }
  }
  const make = () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    const source = new Source();
    return { source, renewal: new Renewal('a token', source.obtain) };
  };
  const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const at = (renewal: Renewal<number>) => Promise.resolve(renewal.current());

  test('is at hand until it expires, and leaves no timer behind', async () => {
    const { source, renewal } = make();
    expect(await at(renewal)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    source.failing = true;
    await later(3_599_999);
    expect(renewal.current()).toBe(1);
    await later(1);
    await expect(at(renewal)).rejects.toThrow('failure');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is kept once it is fetched, until it expires', async () => {
    const { renewal } = make();
    expect(renewal.kept).toBeUndefined();
    await at(renewal);
    await later(3_599_999);
    expect(renewal.kept).toBe(1);
    await later(1);
    expect(renewal.kept).toBeUndefined();
  });

  test('is spent if there is none, none is being fetched, and the next may be', async () => {
    const { source, renewal } = make();
    expect(renewal.isSpent).toBe(true);
    source.holding = true;
    const first = at(renewal);
    expect(renewal.isSpent).toBe(false);
    source.release();
    await first;
    await later(3_599_999);
    expect(renewal.isSpent).toBe(false);
    await later(1);
    expect(renewal.isSpent).toBe(true);
    source.failing = true;
    await expect(at(renewal)).rejects.toThrow('failure');
    await later(249);
    expect(renewal.isSpent).toBe(false);
    await later(1);
    expect(renewal.isSpent).toBe(true);
    source.holding = true;
    const next = at(renewal);
    expect(renewal.isSpent).toBe(false);
    source.failing = false;
    source.release();
    await next;
  });

  test('after which none can be got is not renewed before it expires', async () => {
    const { source, renewal } = make();
    source.isLast = true;
    await at(renewal);
    await later(3_599_999);
    expect([renewal.current(), source.fetches]).toEqual([1, 1]);
    await later(1);
    expect(await at(renewal)).toBe(2);
  });

  test('is renewed once while calls go on with the old one', async () => {
    const { source, renewal } = make();
    await at(renewal);
    await later(2_690_000);
    expect([renewal.current(), source.fetches]).toEqual([1, 1]);
    source.holding = true;
    await later(600_000);
    expect([renewal.current(), renewal.current(), source.fetches]).toEqual([1, 1, 2]);
    source.release();
    await later(0);
    expect([renewal.current(), source.fetches]).toEqual([2, 2]);
  });

  test('is tried to be renewed again only after the wait that follows a failure', async () => {
    const { source, renewal } = make();
    await at(renewal);
    source.failing = true;
    await later(3_300_000);
    void renewal.current();
    await later(249);
    expect([renewal.current(), source.fetches]).toEqual([1, 2]);
    await later(1);
    expect([renewal.current(), source.fetches]).toEqual([1, 3]);
    await later(499);
    expect([renewal.current(), source.fetches]).toEqual([1, 3]);
  });

  test('is waited for by all calls together', async () => {
    const { source, renewal } = make();
    source.holding = true;
    const calls = [at(renewal), at(renewal)];
    source.release();
    expect([await Promise.all(calls), source.fetches]).toEqual([[1, 1], 1]);
  });

  test('that could not be fetched fails calls with the same error until it is time to try again', async () => {
    const { source, renewal } = make();
    source.failing = true;
    await expect(at(renewal)).rejects.toThrow('failure 1');
    await later(249);
    await expect(at(renewal)).rejects.toThrow('failure 1');
    source.failing = false;
    await later(1);
    expect(await at(renewal)).toBe(2);
    // The waits begin again.
    await later(3_600_000);
    source.failing = true;
    await expect(at(renewal)).rejects.toThrow('failure 3');
    await later(250);
    await expect(at(renewal)).rejects.toThrow('failure 4');
  });

  test('that is refused is replaced, at most once in ten seconds', async () => {
    const { source, renewal } = make();
    await at(renewal);
    expect(await renewal.refused('id-1')).toBe(true);
    expect([await at(renewal), source.fetches]).toEqual([2, 2]);
    await later(9_999);
    expect([await renewal.refused('id-2'), source.fetches]).toEqual([false, 2]);
    await later(1);
    expect([await renewal.refused('id-2'), source.fetches]).toEqual([true, 3]);
  });

  test('that is refused after it was replaced is worth a retry, and no fetch', async () => {
    const { source, renewal } = make();
    await at(renewal);
    await renewal.refused('id-1');
    await later(20_000);
    expect([await renewal.refused('id-1'), source.fetches]).toEqual([true, 2]);
  });

  test('that is refused while another is fetched waits for that one', async () => {
    const { source, renewal } = make();
    await at(renewal);
    await later(3_300_000);
    source.holding = true;
    void renewal.current();
    const refused = renewal.refused('id-1');
    source.release();
    expect([await refused, source.fetches]).toEqual([true, 2]);
    // It was not this refusal that fetched one, so the next may.
    expect([await renewal.refused('id-2'), source.fetches]).toEqual([true, 3]);
  });

  test('that is refused without its id is the one that is held, or was until just now', async () => {
    const { source, renewal } = make();
    await at(renewal);
    expect([await renewal.refused(undefined), source.fetches]).toEqual([true, 2]);
    expect([await renewal.refused(undefined), source.fetches]).toEqual([true, 2]);
    source.failing = true;
    await later(10_000);
    await expect(renewal.refused(undefined)).rejects.toThrow('failure 3');
    expect([await renewal.refused(undefined), source.fetches]).toEqual([false, 3]);
  });

  test('that is refused is no use for a retry if the source has no other', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    const renewal = new Renewal('a token', async () => ({ value: 1, id: 'same', expiresAt: Infinity }));
    await at(renewal);
    expect(await renewal.refused('same')).toBe(false);
    await later(10_000);
    expect(await renewal.refused(undefined)).toBe(false);
  });
});
