/** Exit codes of commands that take options: a wrong option and a task that failed have different ones. */
import { ConfigError } from '../proxy/start-proxy.ts';
import { EXIT, type ExitCode } from './operator/failure.ts';

/** Errors in the values of options. Each names its option. */
export class OptionError extends ConfigError {
  constructor(faults: readonly string[]) {
    super(faults);
    // Not "in the configuration": that would send people to their proxy.config.ts.
    this.message =
      faults.length === 1
        ? faults.join()
        : `${faults.length} wrong options:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`;
  }
}

/** The exit code for an error: 2 for options that are unknown or have a wrong value, else 1. */
export function exitCodeOf(error: unknown): ExitCode {
  const unknown = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return unknown || error instanceof OptionError ? EXIT.usage : EXIT.failed;
}
