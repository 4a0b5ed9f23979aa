/**
 * How long a mutant's tests wait: long enough that a busy machine kills no mutant, short enough that one which never
 * answers costs little. `vitest.config.ts` says the same of `expect.poll`.
 */
import fc from 'fast-check';
import { vi } from 'vitest';

// A smaller example of the same failure says nothing more about a mutant, and takes minutes to find.
fc.configureGlobal({ endOnFailure: true });

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? 4_000);
