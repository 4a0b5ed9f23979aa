/** Runs other programs: captures their output within a time limit, or hands the terminal over to them. */
import { execFile, spawn } from 'node:child_process';

export type Ran =
  | { readonly ran: true; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** Missing, not executable, or too slow. */
  | { readonly ran: false; readonly reason: string };

export interface RunOptions {
  readonly limitMs: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program without input; never throws. */
export function run(file: string, args: readonly string[], { limitMs, cwd, env }: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 ** 2, encoding: 'utf8', cwd, env },
      (error, stdout, stderr) => {
        if (error === null) resolve({ ran: true, code: 0, stdout, stderr });
        else if (typeof error.code === 'number') resolve({ ran: true, code: error.code, stdout, stderr });
        else
          resolve({
            ran: false,
            reason: error.killed === true ? `no answer within ${limitMs / 1000} s` : (error.code ?? error.message),
          });
      },
    );
  });
}

/**
 * Runs a program on this terminal and returns its exit code. Ctrl-C reaches it as usual; this process waits for it to
 * end.
 * @param toStderr its standard output goes to this process's standard error
 */
export async function handOver(
  file: string,
  args: readonly string[],
  { cwd, env, toStderr }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly toStderr: boolean },
): Promise<number> {
  const child = spawn(file, args, { cwd, env, stdio: ['inherit', toStderr ? 2 : 'inherit', 'inherit'] });
  const wait = (): void => {};
  const pass = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
    });
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', pass);
  }
}
