/** Runs a probe with a deployment's bindings in a process that has nothing else of this one's. */
import { fork } from 'node:child_process';
import { moduleFile } from '../../../lib/root.ts';

const LIMIT_MS = 60_000;

export interface Told {
  /** What the child sent; undefined if it ended without. */
  readonly message: unknown;
  readonly log: string;
  /** Why there is no message, in words. */
  readonly silent: string;
  /** It was ended, since it took too long. */
  readonly isLate: boolean;
}

/** @param file in `bin/operator/`, without its ending. It sends one message, and ends. */
export function inChild(
  file: string,
  args: readonly string[],
  bindings: Readonly<Record<string, string | undefined>>,
): Promise<Told> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(UPSTREAM_|SESSION_SECRET$|CA_BUNDLE$|PLAIN_HTTP_HOSTS$)/.test(name),
  );
  const child = fork(moduleFile(`bin/operator/${file}`), args, {
    env: { ...Object.fromEntries(inherited), ...bindings, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  let errors = '';
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return new Promise((resolve) => {
    let message: unknown;
    child.once('message', (got: unknown) => (message = got));
    child.once('close', (_code, signal) => {
      clearTimeout(limit);
      const isLate = signal === 'SIGKILL';
      const silent = isLate
        ? `no answer within ${LIMIT_MS / 1000} s`
        : (errors.trim().split('\n').at(-1) ?? 'the check ended without an answer');
      resolve({ message, log, silent, isLate });
    });
  });
}
