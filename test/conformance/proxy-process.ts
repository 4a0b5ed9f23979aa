import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START = 40_000;
const STOP = 10_000;

/** The deployed form of the proxy: a process with an environment, ready when it says so, ended with SIGTERM. */
export interface ProxyProcess {
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the proxy in front of an upstream, on a free port of 127.0.0.1.
 *
 * @param main the file to run: `proxy/main.ts`, or the `main.mjs` of a build
 * @param bindings environment on top of `UPSTREAM_URL`; the surrounding environment is not passed on
 * @param node the Node to run it with
 * @throws if it exits or says nothing for 40 s; the message carries what it wrote to stderr
 */
export async function startProxy(
  main: string,
  upstreamUrl: string,
  bindings: Record<string, string> = {},
  node: string = process.execPath,
): Promise<ProxyProcess> {
  const child = spawn(node, [main], {
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      UPSTREAM_URL: upstreamUrl,
      UPSTREAM_AUTH: 'none',
      ...bindings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000);
  });
  const exited = once(child, 'exit');
  // Read to the end, not only until it listens: a full pipe would stop the proxy.
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (what: string): void => {
      child.kill('SIGKILL');
      reject(
        new Error(
          `the proxy did not start: expected a line with "event":"listening" from ${main}, got ${what}\n${complaints}`,
        ),
      );
    };
    const timer = setTimeout(() => fail(`nothing for ${START} ms`), START);
    lines.on('line', (line) => {
      const said = listening(line);
      if (said === undefined) return;
      clearTimeout(timer);
      resolve(said);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`exit code ${code}`);
    });
  });
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP);
      const [code, signal] = await exited;
      clearTimeout(timer);
      if (code !== 0)
        throw new Error(
          `expected the proxy to exit with 0 after SIGTERM, got ${String(code ?? signal)}\n${complaints}`,
        );
    },
  };
}

function listening(line: string): number | undefined {
  if (!line.includes('"listening"')) return undefined;
  const said: unknown = JSON.parse(line);
  if (typeof said !== 'object' || said === null || !('event' in said) || said.event !== 'listening') return undefined;
  return 'port' in said && typeof said.port === 'number' ? said.port : undefined;
}
