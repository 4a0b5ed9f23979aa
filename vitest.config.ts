import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/count-assertions.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    // Much of it waits for processes: on two cores, vitest would take one.
    maxWorkers: '100%',
    // Against tests that hang, not against slow machines.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', './test/support/claims-reporter.ts'],
  },
});
