import { expect, it } from 'vitest';
import { recallAt } from './recall.ts';

it('finds the right tool among 1,000 within five hits for nine of ten questions', async () => {
  const { share } = await recallAt(5);
  expect(share).toBeGreaterThanOrEqual(0.91);
});
