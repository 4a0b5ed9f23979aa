/** Vitest for mutants: short waits, since what a mutant keeps waiting is found, and no reporter of claims. */
import { defineConfig } from 'vitest/config';
import { testsOf } from './tests-variable.ts';

export default defineConfig({
  test: {
    include: testsOf(process.env),
    setupFiles: ['test/mutation/setup.ts'],
    testTimeout: 8_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 4_000 } },
  },
});
