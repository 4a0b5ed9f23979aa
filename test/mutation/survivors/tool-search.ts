import type { Explanation } from '../mutants.ts';

/** It stands after each part of long work. */
const TURN = 'if (isTurnOver()) await nextTurn();';
const TURNS: Explanation = {
  why: 'Other calls go on between the parts of long work. Its result is the same.',
  mutants: [
    { was: TURN, becomes: 'if (true) await nextTurn();' },
    { was: TURN, becomes: 'if (false) await nextTurn();' },
  ],
};

export const TOOL_SEARCH: Readonly<Record<string, readonly Explanation[]>> = {
  // In each of three loops.
  'tool-search/ranker': [TURNS, TURNS, TURNS],
  'tool-search/searched': [TURNS],
};
