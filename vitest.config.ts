import { defineConfig } from 'vitest/config';
import { TOGETHER } from './test/support/together.ts';

const setupFiles = ['test/support/count-assertions.ts', 'test/support/patience.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/one-run.ts'],
    // Much of it waits for processes: on two cores, vitest would take one.
    maxWorkers: '100%',
    // Against tests that hang, not against slow machines.
    testTimeout: 400_000,
    hookTimeout: 400_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ['default', './test/support/claims-reporter.ts'],
    // Loading the modules takes longer than most files' tests.
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...TOGETHER], setupFiles } },
      {
        extends: true,
        test: {
          name: 'together',
          include: [...TOGETHER],
          isolate: false,
          setupFiles: [...setupFiles, 'test/support/left-over.ts'],
        },
      },
    ],
  },
});
