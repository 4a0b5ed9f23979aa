/** What is the same for every mutated file. `run.ts` adds the file and its tests. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000,
  // Stryker rewrites a tsconfig with a part of TypeScript that version 7 doesn't have. Nothing here reads a tsconfig.
  tsconfigFile: '.cache/mutation/none.json',
  // Nothing checks types there, and two thousand files need not be rewritten.
  disableTypeChecks: false,
  ignorePatterns: ['.cache', 'dist', 'cdk.out', 'docs'],
  tempDirName: '.cache/mutation/sandbox',
  cleanTempDir: 'always',
  reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'html'],
  warnings: { slow: false },
  logLevel: 'error',
};
