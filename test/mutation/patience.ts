/**
 * How long a mutant's tests wait: long enough that a busy machine kills no mutant, short enough that one which never
 * answers costs little. `vitest.config.ts` says the same of `expect.poll`.
 */
import { vi } from 'vitest';

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? 4_000);
