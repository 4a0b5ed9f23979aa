import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/count-assertions.ts'],
    globalSetup: ['test/support/temporary-folder.ts'],
    // Much of it waits for processes: on two cores, vitest would take one.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/claims-reporter.ts'],
  },
});
