import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/count-assertions.ts', 'test/support/patience.ts'],
    globalSetup: ['test/support/one-run.ts'],
    // Much of it waits for processes: on two cores, vitest would take one.
    maxWorkers: '100%',
    // Against tests that hang, not against slow machines.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default', './test/support/claims-reporter.ts'],
  },
});
