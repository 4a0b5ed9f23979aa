/**
 * Runs commands of `bin/` as npm does, with their arguments, environment, output and exit code. Commands of one test
 * file share a process (`command-host.mjs`), which is started for the first. What the process itself does (signals,
 * streams that are closed, that it ends) needs `inOwnProcess`.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { SHARED_ENVIRONMENT } from './shared-environment.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();
afterAll(async () => {
  if (host === undefined) return;
  const ended = once(host, 'exit');
  host.disconnect();
  await ended;
});

/** @param script such as `bin/policy.ts` */
export function command(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = last.then(() => inHost(script, args, { ...SHARED_ENVIRONMENT, ...environment }));
  last = ran.catch(() => {});
  return ran;
}

function inHost(script: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ran> {
  const shared = (host ??= fork(join(import.meta.dirname, 'command-host.mjs'), { cwd: ROOT, env: SHARED_ENVIRONMENT }));
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      host = undefined;
      reject(new Error(`${script} ended the process, with ${code}`));
    };
    shared.once('exit', ended);
    shared.once('message', (message) => {
      shared.off('exit', ended);
      resolve(message as Ran);
    });
    shared.send({ script, args, environment });
  });
}

/** The same in a process that only runs this command. */
export function inOwnProcess(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: ROOT, env: { ...SHARED_ENVIRONMENT, ...environment }, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    ).stdin?.end();
  });
}
