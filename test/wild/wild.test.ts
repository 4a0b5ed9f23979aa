/** `npm run wild` plays only these; `npm run wild -- -t 'event of type ping'` some of them. */
import { describe, expect, test } from 'vitest';
import type { Era } from './case.ts';
import { CASES } from './cases/index.ts';
import { play } from './play.ts';
import { SET_NAMES } from './sets.ts';

const ERAS: readonly Era[] = ['legacy', 'modern'];

describe.each(CASES)('$title', (wild) => {
  const plays = (wild.eras ?? ERAS).flatMap((era) => (wild.sets ?? SET_NAMES).map((set) => ({ era, set })));
  test.each(plays)('$era, controls: $set', async ({ era, set }) => {
    expect(await play(wild, era, set)).toEqual([]);
  });
});
