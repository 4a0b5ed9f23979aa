import type { Explanation } from '../mutants.ts';

export const UPSTREAM: Readonly<Record<string, readonly Explanation[]>> = {};
