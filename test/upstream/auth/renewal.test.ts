import { afterEach, expect, test, vi } from 'vitest';
import { Renewal, renewalTime } from '../../../proxy/upstream/auth/renewal.ts';

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
  const failed = expect(first).rejects.toThrow(
    'fetching AWS credentials took more than 15 s: check that the proxy can reach the source',
  );
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
