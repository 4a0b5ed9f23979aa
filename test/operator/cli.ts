/** Runs one of the operator's commands as npm does, and returns its output. */
import { execFile } from 'node:child_process';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Parses standard output as one JSON document. */
  json(): Readonly<Record<string, unknown>>;
}

export function cli(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [`bin/${name}.ts`, ...args],
      { env: { ...SHARED_ENVIRONMENT, ...environment }, timeout: 120_000, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          stdout,
          stderr,
          json: () => JSON.parse(stdout) as Readonly<Record<string, unknown>>,
        });
      },
    );
    child.stdin?.end();
  });
}
