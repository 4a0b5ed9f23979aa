import { describe, expect, it } from 'vitest';
import { order } from '../../bench/order.ts';

describe('the order of a round', () => {
  it('is swapped each round for two', () => {
    expect([0, 1, 2, 3].map((round) => order(['new', 'old'], round).join(' '))).toEqual([
      'new old',
      'old new',
      'new old',
      'old new',
    ]);
  });

  it.each([3, 4, 5])('lets each of %d begin equally often, and come after different neighbours', (count) => {
    const names = Array.from({ length: count }, (_, n) => n);
    const rounds = Array.from({ length: 2 * count }, (_, round) => order(names, round));
    for (const name of names) expect(rounds.filter(([first]) => first === name)).toHaveLength(2);
    const after = rounds.flatMap((round) =>
      round.flatMap((name, place) => (name === 0 && place > 0 ? [round[place - 1]] : [])),
    );
    expect(new Set(after).size).toBeGreaterThan(1);
    for (const round of rounds) expect(round.toSorted((a, b) => a - b)).toEqual(names);
  });
});
