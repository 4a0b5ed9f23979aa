/** How long what belongs to a caller is kept. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ByCaller, MAX_TOKEN } from '../../../proxy/upstream/auth/by-caller.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function counted() {
  let made = 0;
  const callers = new ByCaller((): { readonly number: number; isSpent: boolean } => ({
    number: ++made,
    isSpent: false,
  }));
  return { callers, number: (id: string) => callers.of(id).number };
}

it('each caller has its own, the same each time', () => {
  const { number } = counted();
  expect(['a', 'b', 'a', 'b'].map(number)).toEqual([1, 2, 1, 2]);
});

it.each([
  ['a minute', 60_000],
  ['a clock that was set back', -60_000],
])('what is spent is dropped when another caller comes after %s, and what is not is kept', (_when, ms) => {
  const { callers, number } = counted();
  callers.of('spent').isSpent = true;
  callers.of('good');
  vi.setSystemTime(1_000_000 + ms);
  number('other');
  expect([number('good'), number('spent')]).toEqual([2, 4]);
});

it('it is searched for at most once a minute', () => {
  const { callers, number } = counted();
  callers.of('spent').isSpent = true;
  vi.setSystemTime(1_000_000 + 59_999);
  number('other');
  expect(number('spent')).toBe(1);
  vi.setSystemTime(1_000_000 + 60_000);
  number('another');
  callers.of('late').isSpent = true;
  vi.setSystemTime(1_000_000 + 119_999);
  number('one more');
  expect(number('late')).toBe(4);
});

it('five thousand callers are kept, with tokens as long as any', () => {
  const { number } = counted();
  expect(MAX_TOKEN).toBe(12_288);
  for (let i = 1; i <= 5_000; i++) number(`caller ${i}`);
  expect(number('caller 1')).toBe(1);
  number('one more');
  // The one that was used longest ago has made room.
  expect(number('caller 2')).toBe(5_002);
  expect(number('caller 1')).toBe(1);
});
