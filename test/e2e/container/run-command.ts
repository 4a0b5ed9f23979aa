/** Runs a program to its end. If it fails, the error has its output. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default 120 seconds */
  readonly longestMs?: number;
  readonly input?: string;
}

/** @returns its standard output */
export async function runCommand(
  program: string,
  parameters: readonly string[],
  { cwd, env = process.env, longestMs = 120_000, input = '' }: CommandOptions = {},
): Promise<string> {
  const child = spawn(program, parameters, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const overdue = setTimeout(() => child.kill('SIGKILL'), longestMs);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (errors += chunk));
  // A program that reads nothing may have ended before this is written.
  child.stdin.on('error', () => {}).end(input);
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  clearTimeout(overdue);
  if (code !== 0)
    throw new Error(
      `${program} ${parameters.slice(0, 3).join(' ')}: ended with ${code}: ${(errors + output).trim().slice(-1500)}`,
    );
  return output;
}

/** Whether a program of this name can be started. */
export async function has(program: string): Promise<boolean> {
  return runCommand(program, ['--version'], { longestMs: 10_000 }).then(
    () => true,
    () => false,
  );
}
