/** `npm run tools` as a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function runTools(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'bin/tools.ts'), ...args],
      { env: { PATH: process.env['PATH'], ...environment }, encoding: 'utf8' },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
