/**
 * How the command names the tests to the runner's process. Stryker's own option `testFiles` would switch a mutant on
 * after its file was imported: too late for a list or a pattern at the top of a file.
 */
const VARIABLE = 'MUTATION_TESTS';

export function nameTests(tests: readonly string[], environment: NodeJS.ProcessEnv): void {
  environment[VARIABLE] = tests.join(' ');
}

export function testsOf(environment: NodeJS.ProcessEnv): string[] {
  return (environment[VARIABLE] ?? '').split(' ').filter((test) => test !== '');
}
