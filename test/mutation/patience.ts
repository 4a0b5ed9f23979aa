/**
 * How long a mutant's tests wait: long enough that a busy machine kills no mutant, short enough that one which never
 * answers costs little.
 */
import { vi } from 'vitest';

export const PATIENCE = 10_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? PATIENCE);
