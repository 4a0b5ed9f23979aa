import { expect, it, vi } from 'vitest';
import { Flights } from '../../proxy/upstream/flights.ts';

/** Work that ends when the test says so; its result is how many were begun before. */
function work() {
  const ends: (() => void)[] = [];
  const begin = (): Promise<number> => {
    const number = ends.length;
    return new Promise((resolve) => ends.push(() => resolve(number)));
  };
  return { begin, ends };
}

it('shares what was begun after the last change, and begins no third while two are under way', async () => {
  const flights = new Flights<number>();
  const { begin, ends } = work();
  let generation = 0;
  const ask = (): Promise<number> => flights.share(() => generation, begin);
  const [first, same] = [ask(), ask()];
  generation++;
  const second = ask();
  const waiting = Array.from({ length: 1_000 }, () => {
    generation++;
    return ask();
  });
  expect(ends).toHaveLength(2);
  ends[1]?.();
  expect(await second).toBe(1);
  await vi.waitFor(() => expect(ends).toHaveLength(3));
  const late = ask();
  ends[2]?.();
  expect(await Promise.all([...waiting, late])).toEqual([...waiting, late].map(() => 2));
  ends[0]?.();
  expect([await first, await same, flights.isIdle]).toEqual([0, 0, true]);
});

it('goes on after one that failed', async () => {
  const flights = new Flights<number>();
  let generation = 0;
  const fail = (): Promise<number> => Promise.reject(new Error('failed'));
  const asked = [0, 1, 2].map((each) => {
    generation = each;
    return flights.share(() => generation, fail);
  });
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(
    await flights.share(
      () => generation,
      () => Promise.resolve(7),
    ),
  ).toBe(7);
});
