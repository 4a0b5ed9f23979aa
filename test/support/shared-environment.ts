/** The variables from `one-run.ts`, for a process that a test starts with its own environment. */
export const SHARED_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  ['CDK_VALIDATION', 'GOGC', 'GOMEMLIMIT', 'NODE_COMPILE_CACHE', 'NODE_OPTIONS', 'TEST_SHARED_BUILDS'].flatMap(
    (name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    },
  ),
);
