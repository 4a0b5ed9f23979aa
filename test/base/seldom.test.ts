import { afterEach, expect, it, vi } from 'vitest';
import { Seldom } from '../../proxy/base/seldom.ts';

afterEach(() => void vi.useRealTimers());

it('lets a line through at once, then one a minute that says how often it happened', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const seldom = new Seldom();
  const happens = (times: number): unknown[] => Array.from({ length: times }, () => seldom.due());
  expect(happens(3)).toEqual([1, undefined, undefined]);
  vi.setSystemTime(Date.now() + 60_000);
  expect(happens(2)).toEqual([3, undefined]);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(happens(1)).toEqual([2]);
});
