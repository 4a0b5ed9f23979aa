/** Runs `npm start` with an example's config, in its own process, until the example ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningProxy extends AsyncDisposable {
  readonly url: string;
  /** What it has logged so far, one line each. */
  readonly log: readonly string[];
  end(): Promise<void>;
}

/**
 * @param config the file, as `new URL('proxy.config.ts', import.meta.url)`
 * @param options further options of `npm start`
 * @param environment all of its variables but `PATH`
 */
export async function startProxy(
  config: URL,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  const child = spawn(
    process.execPath,
    ['bin/start.ts', '--port', '0', '--no-console', '--config', fileURLToPath(config), ...options],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], ...environment } },
  );
  const exited = once(child, 'exit');
  const log: string[] = [];
  const url = await urlOf(child, log);
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return { url, log, end, [Symbol.asyncDispose]: end };
}

/** Its URL, once the introduction is complete. What is logged later, and it alone, is kept. */
function urlOf({ stdout }: ChildProcess, log: string[]): Promise<string> {
  if (stdout === null) throw new Error('expected the output of the proxy');
  return new Promise((resolve, reject) => {
    let url: string | undefined;
    const lines = createInterface(stdout);
    lines.on('line', (line) => {
      if (line.startsWith('{')) log.push(line);
      url ??= /^ +proxy +(http:\S+)$/.exec(line)?.[1];
      if (url !== undefined && line.startsWith('Ctrl-C ends it')) resolve(url);
    });
    lines.on('close', () => reject(new Error('the proxy ended before it listened')));
  });
}
