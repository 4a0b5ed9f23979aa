/**
 * How the command names the mutated file and its tests to the runner's process. Stryker's own option `testFiles` would
 * switch a mutant on after its file was imported: too late for a list or a pattern at the top of a file.
 */
const TESTS = 'MUTATION_TESTS';
const FILE = 'MUTATION_FILE';

export function nameTests(file: string, tests: readonly string[], environment: NodeJS.ProcessEnv): void {
  environment[FILE] = file;
  environment[TESTS] = tests.join(' ');
}

export function testsOf(environment: NodeJS.ProcessEnv): string[] {
  return (environment[TESTS] ?? '').split(' ').filter((test) => test !== '');
}

/** Its path below `proxy/`, without its ending. */
export function fileOf(environment: NodeJS.ProcessEnv): string | undefined {
  return environment[FILE];
}
