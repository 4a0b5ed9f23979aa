/** For a process that is started with an environment of its own: what `one-run.ts` sets for all of them. */
export const SHARED_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  ['CDK_VALIDATION', 'GOGC', 'GOMEMLIMIT', 'NODE_COMPILE_CACHE', 'NODE_OPTIONS', 'TEST_SHARED_BUILDS'].flatMap(
    (name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    },
  ),
);
