/** How often other work gets its turn while some work is done. Time passes only as the work moves the clock. */
import { StoppedClock } from './stopped-clock.ts';

export async function turnsDuring(work: (clock: StoppedClock) => Promise<unknown>): Promise<number> {
  // So that the turn begins by this clock.
  await new Promise(setImmediate);
  using clock = new StoppedClock();
  let turns = 0;
  const count = (): void => {
    turns++;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  try {
    await work(clock);
  } finally {
    clearImmediate(counting);
  }
  return turns;
}
